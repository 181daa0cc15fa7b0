//! Lines that run up or down.

use crate::metadata::geometry::Quad;

/// Up to this ratio of height to width a box is a line of letters; above, it may be a
/// line on its side.
const TALL: f32 = 2.0;
/// From this ratio on a box is no upright letter: `l` and `1` are wider.
const VERY_TALL: f32 = 4.0;

/// The ways in which the line in a box may be read, likeliest first. A box at most
/// [`TALL`] times taller than wide is upright. A taller one is read upright and turned to
/// both sides, a [`VERY_TALL`] one only turned; the surest reading counts, and a box that
/// no recogniser is sure of (letters stacked on one another, upside-down lines) stays
/// unread.
pub(super) fn turns(quad: &Quad) -> Vec<Quad> {
    let [a, b, c, d] = quad.corners;
    let width = a.distance(b);
    let height = a.distance(d);
    if height <= TALL * width {
        return vec![*quad];
    }
    let upwards = Quad { corners: [d, a, b, c] };
    let downwards = Quad { corners: [b, c, d, a] };
    let upright = (height < VERY_TALL * width).then_some(*quad);
    upright.into_iter().chain([upwards, downwards]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::geometry::{Point, Rect};

    fn quad(width: f32, height: f32) -> Quad {
        Rect { x: 10.0, y: 20.0, width, height }.to_quad()
    }

    #[test]
    fn wide_boxes_and_single_letters_are_upright() {
        for (width, height) in [(100.0, 20.0), (20.0, 20.0), (12.0, 24.0)] {
            assert_eq!(turns(&quad(width, height)), [quad(width, height)]);
        }
        assert_eq!(turns(&quad(10.0, 30.0)).first(), Some(&quad(10.0, 30.0)));
    }

    #[test]
    fn columns_are_read_upwards_and_downwards() {
        let [up, down] = turns(&quad(20.0, 200.0))[..] else { panic!() };
        let point = |x, y| Point { x, y };
        assert_eq!(up.corners[..2], [point(10.0, 220.0), point(10.0, 20.0)]);
        assert_eq!(down.corners[..2], [point(30.0, 20.0), point(30.0, 220.0)]);
    }
}
