//! Operating points: which share of personal and of irrelevant pictures is called irrelevant at
//! each threshold of the irrelevant probability. With "irrelevant" as positive it is the ROC curve.

use serde::Serialize;

use super::{GroupScore, coverage::thin};

/// False irrelevant rates that one may want to keep to.
const LIMITS: [f64; 5] = [0.0, 0.001, 0.005, 0.01, 0.02];

/// All operating points worth knowing, from the safest to the one that calls all irrelevant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OperatingCurve {
    /// Area under the ROC curve.
    pub auc: f64,
    /// What the threshold given in the options does, if one was given.
    pub chosen: Option<OperatingPoint>,
    /// The best that some limits of the false irrelevant rate allow.
    pub limits: Vec<OperatingLimit>,
    /// Points in order of falling threshold; those on a straight line are left out.
    pub points: Vec<OperatingPoint>,
}

/// What happens if a picture is irrelevant when its irrelevant probability is at least `threshold`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OperatingPoint {
    /// `None` when nothing is called irrelevant.
    pub threshold: Option<f64>,
    /// Share of personal pictures called irrelevant.
    pub false_irrelevant_rate: f64,
    /// Share of irrelevant pictures called irrelevant.
    pub irrelevant_recall: f64,
}

/// The operating point of the highest recall whose false irrelevant rate is within `limit`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OperatingLimit {
    /// The highest false irrelevant rate allowed.
    pub limit: f64,
    /// The point, seen on this very set: a threshold to use must be chosen on another one.
    pub best: OperatingPoint,
}

/// `None` unless there are both personal and irrelevant pictures.
pub(super) fn operating_curve(
    scores: &[GroupScore],
    chosen: Option<f64>,
    max_points: usize,
) -> Option<OperatingCurve> {
    let personal = scores.iter().filter(|score| score.personal).count();
    let irrelevant = scores.len() - personal;
    if personal == 0 || irrelevant == 0 {
        return None;
    }
    let steps = steps(scores);
    let area: f64 = steps
        .windows(2)
        .map(|pair| {
            let width = pair[1].false_irrelevant - pair[0].false_irrelevant;
            width as f64 * f64::midpoint(pair[0].hits as f64, pair[1].hits as f64)
        })
        .sum();
    let point = |step: &Step| OperatingPoint {
        threshold: step.threshold,
        false_irrelevant_rate: step.false_irrelevant as f64 / personal as f64,
        irrelevant_recall: step.hits as f64 / irrelevant as f64,
    };
    let chosen = chosen.and_then(|threshold| {
        let step = steps.iter().rfind(|step| step.threshold.is_none_or(|t| t >= threshold))?;
        Some(OperatingPoint { threshold: Some(threshold), ..point(step) })
    });
    let all: Vec<_> = steps.iter().map(point).collect();
    Some(OperatingCurve {
        auc: area / (personal as f64 * irrelevant as f64),
        chosen,
        limits: LIMITS.map(|limit| best_within(&all, limit)).to_vec(),
        points: thin(corners(&steps).iter().map(point).collect(), max_points),
    })
}

/// How many pictures are at or above a threshold.
#[derive(Clone, Copy)]
struct Step {
    threshold: Option<f64>,
    false_irrelevant: usize,
    hits: usize,
}

/// One step for each distinct score, after one where nothing is called irrelevant.
fn steps(scores: &[GroupScore]) -> Vec<Step> {
    let mut ranked = scores.to_vec();
    ranked.sort_by(|a, b| b.irrelevant_probability.total_cmp(&a.irrelevant_probability));
    let mut step = Step { threshold: None, false_irrelevant: 0, hits: 0 };
    let mut steps = vec![step];
    for tied in ranked.chunk_by(|a, b| a.irrelevant_probability == b.irrelevant_probability) {
        let personal = tied.iter().filter(|score| score.personal).count();
        step.threshold = Some(tied[0].irrelevant_probability);
        step.false_irrelevant += personal;
        step.hits += tied.len() - personal;
        steps.push(step);
    }
    steps
}

/// Leaves out what lies on a straight line between its neighbours.
fn corners(steps: &[Step]) -> Vec<Step> {
    let mut corners: Vec<Step> = Vec::new();
    for step in steps {
        if let [.., before, last] = corners[..] {
            let (dx, dy) =
                (last.false_irrelevant - before.false_irrelevant, last.hits - before.hits);
            let straight = dx * (step.hits - last.hits)
                == dy * (step.false_irrelevant - last.false_irrelevant);
            if straight {
                corners.pop();
            }
        }
        corners.push(*step);
    }
    corners
}

/// `points` start with the one that calls nothing irrelevant, which every limit allows.
fn best_within(points: &[OperatingPoint], limit: f64) -> OperatingLimit {
    let mut best = points[0];
    for point in points.iter().take_while(|point| point.false_irrelevant_rate <= limit) {
        if point.irrelevant_recall > best.irrelevant_recall {
            best = *point;
        }
    }
    OperatingLimit { limit, best }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{assert_close, labels, predictions};
    use super::super::group_scores;
    use super::*;

    #[test]
    fn agrees_with_scikit_learn() {
        let scores = group_scores(&labels(), &predictions()).unwrap();
        let actual = operating_curve(&scores, None, 100).unwrap();
        assert_close(actual.auc, 0.916_666_666_666_666_7); // roc_auc_score(gt, s)
        // roc_curve(gt, s): the corners of the curve
        let expected = [
            (0.0, 0.0, None),
            (0.0, 5.0 / 6.0, Some(0.9)),
            (0.5, 5.0 / 6.0, Some(0.46)),
            (0.5, 1.0, Some(0.4)),
            (1.0, 1.0, Some(0.1)),
        ];
        let found: Vec<_> = actual
            .points
            .iter()
            .map(|p| (p.false_irrelevant_rate, p.irrelevant_recall, p.threshold))
            .collect();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert_close(found.0, expected.0);
            assert_close(found.1, expected.1);
            assert_close(found.2.unwrap_or(9.0), expected.2.unwrap_or(9.0));
        }
    }

    #[test]
    fn a_chosen_threshold_and_limits_are_exact_however_thin_the_curve() {
        let scores: Vec<_> = (0..1000_u32)
            .map(|i| GroupScore {
                irrelevant_probability: f64::from(i) / 1000.0,
                // Personal: 0, 3, 6 … below 0.6, and every hundredth above.
                personal: if i < 600 { i % 3 == 0 } else { i % 100 == 0 },
            })
            .collect();
        let (personal, irrelevant) = (204.0, 796.0);
        let curve = operating_curve(&scores, Some(0.801), 3).unwrap();
        assert_eq!(curve.points.len(), 3);
        // From 0.801 on: 199 pictures, of which 0.9 is personal.
        let chosen = curve.chosen.unwrap();
        assert_eq!(chosen.threshold, Some(0.801));
        assert_close(chosen.false_irrelevant_rate, 1.0 / personal);
        assert_close(chosen.irrelevant_recall, 198.0 / irrelevant);
        let best: Vec<_> = curve.limits.iter().map(|limit| limit.best.threshold).collect();
        // 0, 0, 1, 2 and 4 of the 204 may be called irrelevant.
        assert_eq!(best[..2], [Some(0.901), Some(0.901)]);
        assert_eq!(best[2..], [Some(0.801), Some(0.701), Some(0.599 - 0.001)]);
    }

    #[test]
    fn a_limit_takes_no_personal_picture_for_nothing() {
        let scores = [(0.9, false), (0.5, true), (0.4, true)]
            .map(|(p, personal)| GroupScore { irrelevant_probability: p, personal });
        let points: Vec<_> = operating_curve(&scores, None, 100).unwrap().points;
        assert_eq!(best_within(&points, 1.0).best.threshold, Some(0.9));
    }

    #[test]
    fn ties_between_the_groups_count_half() {
        let tied = [true, false, true, false]
            .map(|personal| GroupScore { irrelevant_probability: 0.5, personal });
        let actual = operating_curve(&tied, None, 100).unwrap();
        assert_eq!(actual.auc, 0.5);
        assert_eq!(actual.points.len(), 2);
    }

    #[test]
    fn needs_both_groups() {
        let one = [GroupScore { irrelevant_probability: 0.5, personal: true }];
        assert_eq!(operating_curve(&one, None, 100), None);
    }
}
