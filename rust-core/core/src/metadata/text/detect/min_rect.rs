//! The smallest rectangle around points.

use crate::metadata::geometry::{Point, Quad};

/// A rectangle at any angle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TurnedRect {
    pub(super) center: Point,
    /// Unit vector along [`Self::width`]: the side nearest to the horizontal, to the right.
    pub(super) axis: Point,
    pub(super) width: f32,
    pub(super) height: f32,
}

impl TurnedRect {
    /// The rectangle with each side moved outwards by `area × ratio ÷ perimeter`: what a
    /// detector of shrunk text regions needs (Liao et al. 2020, DBNet, section 3.4).
    pub(super) fn unclip(self, ratio: f32) -> Self {
        let perimeter = 2.0 * (self.width + self.height);
        let distance =
            if perimeter > 0.0 { self.width * self.height * ratio / perimeter } else { 0.0 };
        let (width, height) = (self.width + 2.0 * distance, self.height + 2.0 * distance);
        Self { width, height, ..self }
    }

    /// The same in a map `factor` times as large.
    pub(super) fn scaled(self, factor: f32) -> Self {
        let center = Point { x: self.center.x * factor, y: self.center.y * factor };
        let (width, height) = (self.width * factor, self.height * factor);
        Self { center, width, height, ..self }
    }

    pub(super) fn short_side(&self) -> f32 {
        self.width.min(self.height)
    }

    /// Columns of the row at height `y` that lie inside.
    pub(super) fn span(&self, y: f32) -> Option<(f32, f32)> {
        let Point { x: cos, y: sin } = self.axis;
        let dy = y - self.center.y;
        // |dx·cos + dy·sin| ≤ width ÷ 2 and |dy·cos − dx·sin| ≤ height ÷ 2.
        let (a, b) = slab(cos, dy * sin, self.width / 2.0)?;
        let (c, d) = slab(-sin, dy * cos, self.height / 2.0)?;
        let (from, to) = (a.max(c), b.min(d));
        (from <= to).then_some((self.center.x + from, self.center.x + to))
    }

    /// Corners: top left, top right, bottom right, bottom left, seen along the axis.
    pub(super) fn to_quad(self) -> Quad {
        let Point { x: cos, y: sin } = self.axis;
        let corner = |across: f32, down: f32| {
            let (u, v) = (across * self.width / 2.0, down * self.height / 2.0);
            Point { x: self.center.x + u * cos - v * sin, y: self.center.y + u * sin + v * cos }
        };
        Quad { corners: [corner(-1., -1.), corner(1., -1.), corner(1., 1.), corner(-1., 1.)] }
    }
}

/// The `t` with |slope × t + offset| ≤ half.
fn slab(slope: f32, offset: f32, half: f32) -> Option<(f32, f32)> {
    // Pixel centres on the border count, whatever the rounding.
    let half = half + 1e-3;
    if slope.abs() < 1e-6 {
        return (offset.abs() <= half).then_some((f32::MIN, f32::MAX));
    }
    let (a, b) = ((-half - offset) / slope, (half - offset) / slope);
    Some((a.min(b), a.max(b)))
}

/// Longest rectangle whose angle says little: a round letter or key has one by chance.
const MAX_ROUND_RATIO: f32 = 1.5;
/// An upright rectangle at most this much larger serves those as well.
const UPRIGHT_ALLOWANCE: f32 = 1.2;

/// The rectangle of least area around `points`; `None` without points. One of its sides
/// lies on the convex hull (Freeman and Shapira 1975). Round shapes get an upright one.
pub(super) fn min_area_rect(points: &[Point]) -> Option<TurnedRect> {
    let hull = convex_hull(points);
    let first = *hull.first()?;
    let edges = hull.iter().zip(hull.iter().cycle().skip(1));
    let directions = edges.filter_map(|(a, b)| {
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        let length = dx.hypot(dy);
        (length > 0.0).then(|| Point { x: dx / length, y: dy / length })
    });
    let rects = directions.map(|direction| bounding_rect(&hull, direction));
    let smallest = rects.min_by(|a, b| (a.width * a.height).total_cmp(&(b.width * b.height)));
    let point =
        TurnedRect { center: first, axis: Point { x: 1.0, y: 0.0 }, width: 0.0, height: 0.0 };
    let smallest = smallest.unwrap_or(point);
    let upright = bounding_rect(&hull, Point { x: 1.0, y: 0.0 });
    let round = smallest.width.max(smallest.height) <= MAX_ROUND_RATIO * smallest.short_side();
    let close =
        upright.width * upright.height <= UPRIGHT_ALLOWANCE * smallest.width * smallest.height;
    Some(if round && close { upright } else { smallest })
}

/// The rectangle around `hull` with a side along the unit vector `direction`.
fn bounding_rect(hull: &[Point], direction: Point) -> TurnedRect {
    // Of the two sides the one nearest to the horizontal leads, to the right.
    let Point { x, y } = direction;
    let level = if x.abs() >= y.abs() { direction } else { Point { x: y, y: -x } };
    let axis = if level.x < 0.0 { Point { x: -level.x, y: -level.y } } else { level };
    let (mut left, mut right) = (f32::MAX, f32::MIN);
    let (mut top, mut bottom) = (f32::MAX, f32::MIN);
    for point in hull {
        let (u, v) = (point.x * axis.x + point.y * axis.y, point.y * axis.x - point.x * axis.y);
        (left, right) = (left.min(u), right.max(u));
        (top, bottom) = (top.min(v), bottom.max(v));
    }
    let (u, v) = ((left + right) / 2.0, (top + bottom) / 2.0);
    let center = Point { x: u * axis.x - v * axis.y, y: u * axis.y + v * axis.x };
    TurnedRect { center, axis, width: right - left, height: bottom - top }
}

/// Andrew's monotone chain (1979): the corners of the convex hull in turn.
fn convex_hull(points: &[Point]) -> Vec<Point> {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    sorted.dedup();
    if sorted.len() < 3 {
        return sorted;
    }
    let mut hull = half_hull(sorted.iter());
    hull.extend(half_hull(sorted.iter().rev()));
    hull
}

/// One side of the hull, without its last point.
fn half_hull<'a>(points: impl Iterator<Item = &'a Point>) -> Vec<Point> {
    let mut chain: Vec<Point> = Vec::new();
    for point in points {
        while let [.., a, b] = chain.as_slice() {
            let turn = (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x);
            if turn > 0.0 {
                break;
            }
            chain.pop();
        }
        chain.push(*point);
    }
    chain.pop();
    chain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(x: f32, y: f32) -> Point {
        Point { x, y }
    }

    /// Grid points of a bar of `width` × `height`, turned by `degrees`.
    fn bar(width: f32, height: f32, degrees: f32) -> Vec<Point> {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let steps = |length: f32| (0..=20).map(move |i| (i as f32 / 20.0 - 0.5) * length);
        steps(height)
            .flat_map(|v| steps(width).map(move |u| (u, v)))
            .map(|(u, v)| point(100.0 + u * cos - v * sin, 50.0 + u * sin + v * cos))
            .collect()
    }

    #[test]
    fn turned_bars_are_found_at_every_angle() {
        for degrees in [-90.0, -60.0, -44.0, -10.0, 0.0, 5.0, 30.0, 44.0, 60.0, 89.0] {
            let rect = min_area_rect(&bar(80.0, 10.0, degrees)).unwrap();
            let (width, height) =
                if f32::abs(degrees) < 45.0 { (80.0, 10.0) } else { (10.0, 80.0) };
            assert!((rect.width - width).abs() < 0.1, "{degrees}: {rect:?}");
            assert!((rect.height - height).abs() < 0.1, "{degrees}: {rect:?}");
            assert!((rect.center.x - 100.0).abs() < 0.1 && (rect.center.y - 50.0).abs() < 0.1);
            assert!(rect.axis.x > 0.7);
        }
    }

    #[test]
    fn round_shapes_are_upright_and_turned_squares_are_not() {
        let disc: Vec<Point> = (0..21 * 21)
            .map(|i| point((i % 21) as f32, (i / 21) as f32))
            .filter(|p| (p.x - 10.0).hypot(p.y - 10.0) <= 9.0)
            .collect();
        assert_eq!(min_area_rect(&disc).unwrap().axis, point(1.0, 0.0));
        let square = min_area_rect(&bar(30.0, 30.0, 44.0)).unwrap();
        assert!((square.width - 30.0).abs() < 0.1 && square.axis.y.abs() > 0.6, "{square:?}");
    }

    #[test]
    fn degenerate_points_have_no_area() {
        assert_eq!(min_area_rect(&[]), None);
        let one = min_area_rect(&[point(3.0, 4.0); 3]).unwrap();
        assert_eq!((one.center, one.width, one.height), (point(3.0, 4.0), 0.0, 0.0));
        let line = min_area_rect(&[point(0.0, 0.0), point(4.0, 0.0), point(2.0, 0.0)]).unwrap();
        assert_eq!((line.width, line.height), (4.0, 0.0));
    }

    #[test]
    fn corners_start_at_the_top_left_and_go_clockwise() {
        let quad = min_area_rect(&bar(80.0, 10.0, 20.0)).unwrap().to_quad();
        let [a, b, c, d] = quad.corners;
        assert!(a.x < b.x && a.y < b.y, "the line falls to the right: {quad:?}");
        assert!(d.x < a.x && d.y > a.y && c.x < b.x && c.y > b.y, "{quad:?}");
    }

    #[test]
    fn unclip_moves_each_side_by_area_over_perimeter() {
        let rect = min_area_rect(&bar(80.0, 10.0, 0.0)).unwrap().unclip(1.4);
        let distance = 800.0 * 1.4 / 180.0;
        assert!((rect.width - 80.0 - 2.0 * distance).abs() < 1e-3);
        assert!((rect.height - 10.0 - 2.0 * distance).abs() < 1e-3);
        let nothing = min_area_rect(&[point(1.0, 1.0)]).unwrap().unclip(1.4);
        assert_eq!((nothing.width, nothing.height), (0.0, 0.0));
    }

    #[test]
    fn spans_follow_the_sides() {
        let rect = min_area_rect(&bar(80.0, 10.0, 0.0)).unwrap();
        let (from, to) = rect.span(50.0).unwrap();
        assert!((from - 60.0).abs() < 0.1 && (to - 140.0).abs() < 0.1);
        assert_eq!(rect.span(56.0), None);
        let turned = min_area_rect(&bar(80.0, 10.0, 30.0)).unwrap();
        let (from, to) = turned.span(50.0).unwrap();
        assert!((to - from - 20.0).abs() < 0.1, "10 ÷ sin 30°");
    }
}
