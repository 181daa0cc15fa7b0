//! One box per face.

use crate::metadata::geometry::Rect;

/// Boxes that overlap more (intersection over union) are one face: MediaPipe's setting for
/// these networks.
const SAME_FACE: f32 = 0.3;
/// A box of which more than this share lies in a surer one is part of that face.
const INSIDE: f32 = 0.7;

/// A box and the logit of its being a face.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    pub(super) rect: Rect,
    pub(super) logit: f32,
}

/// Blends overlapping boxes, weighted by probability, instead of keeping the best one:
/// section 3.4 of the BlazeFace paper, it makes boxes steadier. The surest come first.
pub(super) fn merge(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    sort(&mut candidates);
    let mut merged = Vec::new();
    while let Some(best) = candidates.first().copied() {
        let (same, rest): (Vec<_>, Vec<_>) = candidates
            .into_iter()
            .partition(|c| *c == best || c.rect.intersection_over_union(&best.rect) > SAME_FACE);
        merged.push(Candidate { rect: blend(&same).unwrap_or(best.rect), logit: best.logit });
        candidates = rest;
    }
    merged
}

/// Keeps the surer one of two boxes of the same face, the surest first.
pub(super) fn keep_best(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    sort(&mut candidates);
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        let part = |other: &Candidate| {
            candidate.rect.intersection_over_union(&other.rect) > SAME_FACE
                || share_inside(&candidate.rect, &other.rect) > INSIDE
        };
        if !kept.iter().any(part) {
            kept.push(candidate);
        }
    }
    kept
}

/// Equal logits are ordered by place, so that results do not depend on the order found.
fn sort(candidates: &mut [Candidate]) {
    candidates.sort_by(|a, b| {
        let place = |c: &Candidate| (c.rect.y, c.rect.x);
        let ((ay, ax), (by, bx)) = (place(a), place(b));
        b.logit.total_cmp(&a.logit).then(ay.total_cmp(&by)).then(ax.total_cmp(&bx))
    });
}

fn blend(same: &[Candidate]) -> Option<Rect> {
    let mut total = 0.0;
    let mut sum = [0.0; 4];
    for candidate in same {
        let weight = probability(candidate.logit);
        let rect = candidate.rect;
        let numbers = [rect.x, rect.y, rect.width, rect.height];
        for (sum, number) in sum.iter_mut().zip(numbers) {
            *sum += weight * number;
        }
        total += weight;
    }
    let [x, y, width, height] = sum.map(|number| number / total);
    (total > 0.0).then_some(Rect { x, y, width, height })
}

fn share_inside(inner: &Rect, outer: &Rect) -> f32 {
    // From intersection over union: i / (a + b − i) = u, so i = u (a + b) / (1 + u).
    let union_share = inner.intersection_over_union(outer);
    let common = union_share * (inner.area() + outer.area()) / (1.0 + union_share);
    if inner.area() > 0.0 { common / inner.area() } else { 0.0 }
}

/// The logistic function.
pub(super) fn probability(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(x: f32, side: f32, logit: f32) -> Candidate {
        Candidate { rect: Rect { x, y: 0.0, width: side, height: side }, logit }
    }

    #[test]
    fn overlapping_boxes_are_blended_and_far_ones_kept() {
        let merged = merge(vec![
            candidate(100.0, 10.0, 0.0),
            candidate(2.0, 10.0, 1.0),
            candidate(0.0, 10.0, 1.0),
        ]);
        assert_eq!(merged.len(), 2);
        assert!((merged[0].rect.x - 1.0).abs() < 1e-5);
        assert_eq!((merged[0].logit, merged[1].rect.x), (1.0, 100.0));
    }

    #[test]
    fn the_order_found_does_not_matter() {
        let boxes =
            [candidate(0.0, 10.0, 1.0), candidate(4.0, 10.0, 1.0), candidate(8.0, 10.0, 1.0)];
        let mut reversed = boxes.to_vec();
        reversed.reverse();
        assert_eq!(merge(boxes.to_vec()), merge(reversed.clone()));
        assert_eq!(keep_best(boxes.to_vec()), keep_best(reversed));
    }

    #[test]
    fn a_box_inside_a_surer_one_is_the_same_face() {
        let kept = keep_best(vec![candidate(10.0, 10.0, 0.5), candidate(0.0, 40.0, 2.0)]);
        assert_eq!(kept, [candidate(0.0, 40.0, 2.0)]);
        let apart = vec![candidate(0.0, 10.0, 2.0), candidate(9.0, 10.0, 1.0)];
        assert_eq!(keep_best(apart.clone()), apart);
    }

    #[test]
    fn nothing_in_nothing_out() {
        assert_eq!(merge(Vec::new()), []);
        assert_eq!(keep_best(Vec::new()), []);
    }
}
