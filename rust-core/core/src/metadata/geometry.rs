//! Boxes in picture pixels and the area that they cover together.

use serde::{Deserialize, Serialize};

/// A point in pixels of the upright full picture; (0, 0) is the top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// From the left.
    pub x: f32,
    /// From the top.
    pub y: f32,
}

impl Point {
    /// Length of the straight line between both, in pixels.
    pub fn distance(self, other: Self) -> f32 {
        (other.x - self.x).hypot(other.y - self.y)
    }
}

/// An upright rectangle in pixels of the full picture.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rect {
    /// Left side.
    pub x: f32,
    /// Top side.
    pub y: f32,
    /// Width, not negative.
    pub width: f32,
    /// Height, not negative.
    pub height: f32,
}

impl Rect {
    /// Width × height.
    pub fn area(&self) -> f32 {
        self.width.max(0.0) * self.height.max(0.0)
    }

    /// Area of the common part ÷ area of both together, in [0, 1].
    pub fn intersection_over_union(&self, other: &Self) -> f32 {
        let side = |a: f32, a_len: f32, b: f32, b_len: f32| {
            ((a + a_len).min(b + b_len) - a.max(b)).max(0.0)
        };
        let common = side(self.x, self.width, other.x, other.width)
            * side(self.y, self.height, other.y, other.height);
        let all = self.area() + other.area() - common;
        if all > 0.0 { common / all } else { 0.0 }
    }

    /// Its corners, clockwise from the top left one.
    pub fn to_quad(&self) -> Quad {
        let (right, bottom) = (self.x + self.width, self.y + self.height);
        Quad {
            corners: [
                Point { x: self.x, y: self.y },
                Point { x: right, y: self.y },
                Point { x: right, y: bottom },
                Point { x: self.x, y: bottom },
            ],
        }
    }
}

/// A quadrilateral, convex, its corners clockwise on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quad {
    /// For text: top left, top right, bottom right, bottom left of the line as
    /// it is read.
    pub corners: [Point; 4],
}

/// Area in pixels that the quads cover together inside a picture of `width` × `height`:
/// overlaps count once, what lies outside not at all. Exact for upright rectangles,
/// within half a percent of a line's area for turned ones.
pub fn union_area(quads: &[Quad], width: u32, height: u32) -> f64 {
    let (width, height) = (f64::from(width), f64::from(height));
    let corners = quads.iter().flat_map(|quad| &quad.corners);
    let mut levels: Vec<f64> = corners
        .map(|point| f64::from(point.y).clamp(0.0, height))
        .filter(|y| y.is_finite())
        .collect();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    let slabs = levels.iter().zip(levels.iter().skip(1));
    slabs
        .map(|(top, bottom)| {
            // Sloping sides are integrated by the midpoint rule, a pixel row at a time.
            let steps = (bottom - top).ceil().clamp(1.0, 8192.0);
            let step = (bottom - top) / steps;
            let rows = (0..steps as u32).map(|row| top + (f64::from(row) + 0.5) * step);
            rows.map(|y| covered_length(quads, y, width) * step).sum::<f64>()
        })
        // The sum of nothing would be −0.
        .fold(0.0, |area, slab| area + slab)
}

/// Length of the part of row `y` that lies in any quad.
fn covered_length(quads: &[Quad], y: f64, width: f64) -> f64 {
    let mut spans: Vec<(f64, f64)> = quads
        .iter()
        .filter_map(|quad| quad.span(y))
        .map(|(from, to)| (from.clamp(0.0, width), to.clamp(0.0, width)))
        .collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut end = 0.0;
    let mut covered = 0.0;
    for (from, to) in spans {
        covered += (to - from.max(end)).max(0.0);
        end = to.max(end);
    }
    covered
}

impl Quad {
    /// Left and right end of the row at height `y`; `None` where the row misses the quad.
    fn span(&self, y: f64) -> Option<(f64, f64)> {
        let [a, b, c, d] = self.corners;
        let mut span: Option<(f64, f64)> = None;
        for (from, to) in [(a, b), (b, c), (c, d), (d, a)] {
            let (y0, y1) = (f64::from(from.y), f64::from(to.y));
            if (y0 <= y) == (y1 <= y) {
                continue;
            }
            let share = (y - y0) / (y1 - y0);
            let x = f64::from(from.x) + share * f64::from(to.x - from.x);
            let (left, right) = span.unwrap_or((x, x));
            span = Some((left.min(x), right.max(x)));
        }
        span
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rect(x: f32, y: f32, width: f32, height: f32) -> Rect {
        Rect { x, y, width, height }
    }

    #[test]
    fn overlaps_count_once_and_the_outside_never() {
        let quads = [
            rect(0.0, 0.0, 10.0, 10.0).to_quad(),
            rect(5.0, 5.0, 10.0, 10.0).to_quad(),
            rect(95.0, 95.0, 10.0, 10.0).to_quad(),
        ];
        assert!((union_area(&quads, 100, 100) - 200.0).abs() < 1e-6);
        assert_eq!(union_area(&[], 100, 100).to_bits(), 0);
    }

    #[test]
    fn a_face_box_of_the_thesis_covers_its_share() {
        // The thesis prints facial_area [70, 71, 211, 285]: 141 × 214 pixels.
        let face = rect(70.0, 71.0, 141.0, 214.0).to_quad();
        assert!((union_area(&[face], 300, 312) / (300.0 * 312.0) - 0.322_372).abs() < 1e-5);
    }

    #[test]
    fn turned_squares_have_their_area() {
        let point = |x, y| Point { x, y };
        let diamond = Quad {
            corners: [point(50.0, 10.0), point(90.0, 50.0), point(50.0, 90.0), point(10.0, 50.0)],
        };
        let area = union_area(&[diamond, diamond], 100, 100);
        assert!((area - 3200.0).abs() < 16.0, "{area}");
    }

    #[test]
    fn intersection_over_union_of_halves_is_a_third() {
        let iou = rect(0.0, 0.0, 2.0, 1.0).intersection_over_union(&rect(1.0, 0.0, 2.0, 1.0));
        assert!((iou - 1.0 / 3.0).abs() < 1e-6);
        assert_eq!(
            rect(0.0, 0.0, 0.0, 0.0).intersection_over_union(&rect(5.0, 5.0, 0.0, 0.0)),
            0.0
        );
    }
}
