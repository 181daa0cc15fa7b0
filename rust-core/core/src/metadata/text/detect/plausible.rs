//! Boxes that no line of text has.

use crate::metadata::geometry::{Quad, union_area};

/// A line covers at most this share of its picture; what covers more is a shape.
const MAX_SHARE: f64 = 0.5;
/// Pixels of the picture; thinner ones are what is left of a box outside of it.
const MIN_THICKNESS: f64 = 3.0;

/// Whether a box may be a line in a picture of that size.
pub(super) fn is_plausible(quad: &Quad, (width, height): (u32, u32)) -> bool {
    let inside = union_area(std::slice::from_ref(quad), width, height);
    let [a, b, _, d] = quad.corners;
    let length = f64::from(a.distance(b).max(a.distance(d)));
    inside >= MIN_THICKNESS * length && inside <= MAX_SHARE * f64::from(width) * f64::from(height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::geometry::Rect;

    #[test]
    fn shapes_and_slivers_are_no_lines() {
        let is_line =
            |x, y, width, height| is_plausible(&Rect { x, y, width, height }.to_quad(), (640, 426));
        assert!(is_line(10.0, 10.0, 600.0, 40.0));
        assert!(is_line(10.0, 10.0, 30.0, 300.0));
        assert!(is_line(10.0, 10.0, 500.0, 200.0), "a headline");
        assert!(!is_line(20.0, 0.0, 586.0, 426.0), "a cup");
        assert!(!is_line(20.0, 424.0, 480.0, 30.0), "below the picture");
    }
}
