//! Boxes grouped into lines and blocks, in reading order.

mod order;

use super::union_find::UnionFind;
use crate::metadata::geometry::{Point, Quad, Rect};
use order::{Direction, reading_order};

/// Lines of a paragraph stand closer than this, in heights of the smaller box.
const MAX_LEADING: f32 = 0.7;
/// Boxes on one baseline belong together up to this gap, in heights of the larger box.
const MAX_WORD_GAP: f32 = 1.0;
/// Boxes with and without ascenders differ by less; a heading and its text by more.
const MAX_HEIGHT_RATIO: f32 = 1.6;
/// Share of the smaller box that has to lie beside (or below) the larger one.
const MIN_OVERLAP: f32 = 0.5;
/// Cosine of the largest angle between boxes of a block: 15°.
const MIN_COSINE: f32 = 0.966;

/// A box to be placed.
#[derive(Debug, Clone, Copy)]
pub(super) struct LayoutBox {
    pub(super) quad: Quad,
    /// Whether it is read from right to left.
    pub(super) right_to_left: bool,
}

/// Where a box stands in the reading order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Index of the box in the input.
    pub(super) index: usize,
    pub(super) block: u32,
    pub(super) line: u32,
}

/// All boxes in reading order, with the numbers of their blocks and lines, both counted
/// over the whole picture.
///
/// A block is a set of boxes of like height and angle that stand close together: one
/// below the other with common columns, or side by side on a baseline. Blocks are
/// ordered by recursive cuts along gaps, rows first (XY-cut: Nagy and Seth 1984);
/// columns go from right to left where most boxes do.
pub(super) fn arrange(boxes: &[LayoutBox]) -> Vec<Place> {
    let frames: Vec<Frame> = boxes.iter().enumerate().map(Frame::new).collect();
    let mut sets = UnionFind::new(frames.len());
    for (index, frame) in frames.iter().enumerate() {
        for other in frames.iter().skip(index + 1).filter(|other| frame.is_near(other)) {
            sets.join(frame.index, other.index);
        }
    }
    let mut blocks: Vec<Vec<&Frame>> = vec![Vec::new(); frames.len()];
    for frame in &frames {
        if let Some(block) = blocks.get_mut(sets.root(frame.index)) {
            block.push(frame);
        }
    }
    blocks.retain(|block| !block.is_empty());
    let bounds: Vec<Rect> = blocks.iter().map(|block| bounds(block)).collect();
    let mut places = Vec::with_capacity(boxes.len());
    let mut line = 0;
    let order = reading_order(&bounds, direction(frames.iter()));
    for (number, block) in order.into_iter().filter_map(|index| blocks.get(index)).enumerate() {
        for boxes in lines(block) {
            places.extend(boxes.iter().map(|frame| Place {
                index: frame.index,
                block: number as u32,
                line,
            }));
            line += 1;
        }
    }
    places
}

/// The boxes of a block by baseline, top to bottom, each line in its own direction.
fn lines<'a>(block: &[&'a Frame]) -> Vec<Vec<&'a Frame>> {
    let widest = block.iter().copied().max_by(|a, b| a.width.total_cmp(&b.width));
    let Some(lead) = widest else { return Vec::new() };
    let mut sorted = block.to_vec();
    sorted.sort_by(|a, b| lead.offset(a).1.total_cmp(&lead.offset(b).1));
    let mut lines: Vec<Vec<&Frame>> = Vec::new();
    for frame in sorted {
        let last = lines.last_mut();
        match last.filter(|line| line.iter().all(|other| lead.shares_row(other, frame))) {
            Some(line) => line.push(frame),
            None => lines.push(vec![frame]),
        }
    }
    for line in &mut lines {
        let sign =
            if direction(line.iter().copied()) == Direction::RightToLeft { -1.0 } else { 1.0 };
        line.sort_by(|a, b| (sign * lead.offset(a).0).total_cmp(&(sign * lead.offset(b).0)));
    }
    lines
}

/// The direction of most of the text by length.
fn direction<'a>(frames: impl Iterator<Item = &'a Frame>) -> Direction {
    let balance: f32 =
        frames.map(|frame| if frame.right_to_left { frame.width } else { -frame.width }).sum();
    if balance > 0.0 { Direction::RightToLeft } else { Direction::LeftToRight }
}

fn bounds(block: &[&Frame]) -> Rect {
    let corners = || block.iter().flat_map(|frame| frame.corners);
    let fold = |value: fn(Point) -> f32, pick: fn(f32, f32) -> f32| {
        corners().map(value).reduce(pick).unwrap_or(0.0)
    };
    let (x, y) = (fold(|p| p.x, f32::min), fold(|p| p.y, f32::min));
    Rect { x, y, width: fold(|p| p.x, f32::max) - x, height: fold(|p| p.y, f32::max) - y }
}

/// A box by its centre, reading direction and sides.
struct Frame {
    index: usize,
    corners: [Point; 4],
    center: Point,
    axis: Point,
    width: f32,
    height: f32,
    right_to_left: bool,
}

impl Frame {
    fn new((index, item): (usize, &LayoutBox)) -> Self {
        let [a, b, c, d] = item.quad.corners;
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        let width = dx.hypot(dy);
        let axis = if width > 0.0 {
            Point { x: dx / width, y: dy / width }
        } else {
            Point { x: 1.0, y: 0.0 }
        };
        Self {
            index,
            corners: item.quad.corners,
            center: Point { x: (a.x + c.x) / 2.0, y: (a.y + c.y) / 2.0 },
            axis,
            width,
            height: a.distance(d),
            right_to_left: item.right_to_left,
        }
    }

    /// The centre of `other`, along and across this box.
    fn offset(&self, other: &Self) -> (f32, f32) {
        let (dx, dy) = (other.center.x - self.center.x, other.center.y - self.center.y);
        (dx * self.axis.x + dy * self.axis.y, dy * self.axis.x - dx * self.axis.y)
    }

    /// Whether both belong to one block.
    fn is_near(&self, other: &Self) -> bool {
        // Seen from the wider one, whose angle is surer.
        let (wide, narrow) = if self.width >= other.width { (self, other) } else { (other, self) };
        let cosine = wide.axis.x * narrow.axis.x + wide.axis.y * narrow.axis.y;
        let (low, high) = (wide.height.min(narrow.height), wide.height.max(narrow.height));
        if cosine < MIN_COSINE || high > MAX_HEIGHT_RATIO * low {
            return false;
        }
        let (along, across) = wide.offset(narrow);
        let gap_along = along.abs() - (wide.width + narrow.width) / 2.0;
        let gap_across = across.abs() - (wide.height + narrow.height) / 2.0;
        let stacked = gap_across <= MAX_LEADING * low && -gap_along >= MIN_OVERLAP * narrow.width;
        let beside = gap_along <= MAX_WORD_GAP * high && -gap_across >= MIN_OVERLAP * low;
        stacked || beside
    }

    /// Whether `a` and `b` stand on one baseline, seen along this box.
    fn shares_row(&self, a: &Self, b: &Self) -> bool {
        let across = (self.offset(a).1 - self.offset(b).1).abs();
        (a.height + b.height) / 2.0 - across >= MIN_OVERLAP * a.height.min(b.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rect(x: f32, y: f32, width: f32, height: f32) -> LayoutBox {
        LayoutBox { quad: Rect { x, y, width, height }.to_quad(), right_to_left: false }
    }

    fn arabic(x: f32, y: f32, width: f32, height: f32) -> LayoutBox {
        LayoutBox { right_to_left: true, ..rect(x, y, width, height) }
    }

    /// (index, block, line) of each place.
    fn placed(boxes: &[LayoutBox]) -> Vec<(usize, u32, u32)> {
        arrange(boxes).iter().map(|place| (place.index, place.block, place.line)).collect()
    }

    #[test]
    fn no_boxes_no_places() {
        assert!(arrange(&[]).is_empty());
    }

    #[test]
    fn a_paragraph_is_a_block_of_lines() {
        let boxes = [
            rect(10.0, 70.0, 200.0, 24.0),
            rect(10.0, 10.0, 400.0, 24.0),
            rect(10.0, 40.0, 380.0, 26.0),
        ];
        assert_eq!(placed(&boxes), [(1, 0, 0), (2, 0, 1), (0, 0, 2)]);
    }

    #[test]
    fn boxes_on_one_baseline_share_a_line_in_their_direction() {
        let latin = [rect(120.0, 11.0, 90.0, 24.0), rect(10.0, 10.0, 100.0, 22.0)];
        assert_eq!(placed(&latin), [(1, 0, 0), (0, 0, 0)]);
        let right = [arabic(10.0, 10.0, 100.0, 22.0), arabic(120.0, 11.0, 90.0, 24.0)];
        assert_eq!(placed(&right), [(1, 0, 0), (0, 0, 0)]);
    }

    #[test]
    fn columns_are_read_one_after_the_other() {
        let column = |x: f32| (0..4).map(move |row| (x, 10.0 + 30.0 * row as f32));
        let make = |boxed: fn(f32, f32, f32, f32) -> LayoutBox| -> Vec<LayoutBox> {
            column(10.0).chain(column(300.0)).map(|(x, y)| boxed(x, y, 240.0, 22.0)).collect()
        };
        let left_first = placed(&make(rect));
        let expected: Vec<_> = (0..8).map(|i| (i, i as u32 / 4, i as u32)).collect();
        assert_eq!(left_first, expected);
        let right_first: Vec<_> = placed(&make(arabic)).iter().map(|place| place.0).collect();
        assert_eq!(right_first, [4, 5, 6, 7, 0, 1, 2, 3]);
    }

    #[test]
    fn bubbles_on_both_sides_are_blocks_from_top_to_bottom() {
        let boxes = [
            rect(40.0, 100.0, 500.0, 44.0),
            rect(40.0, 150.0, 320.0, 44.0),
            rect(500.0, 270.0, 520.0, 44.0),
            rect(500.0, 320.0, 400.0, 44.0),
            rect(40.0, 440.0, 300.0, 44.0),
        ];
        let expected = [(0, 0, 0), (1, 0, 1), (2, 1, 2), (3, 1, 3), (4, 2, 4)];
        assert_eq!(placed(&boxes), expected);
    }

    #[test]
    fn a_heading_is_a_block_of_its_own() {
        let boxes = [rect(10.0, 10.0, 300.0, 60.0), rect(10.0, 75.0, 300.0, 24.0)];
        assert_eq!(placed(&boxes), [(0, 0, 0), (1, 1, 1)]);
    }

    #[test]
    fn turned_paragraphs_are_blocks_too() {
        let turned = |row: f32| {
            let (sin, cos) = 30.0_f32.to_radians().sin_cos();
            let corner = |u: f32, v: f32| Point {
                x: 200.0 + u * cos - v * sin,
                y: 100.0 + u * sin + v * cos,
            };
            let (top, bottom) = (row * 30.0, row * 30.0 + 24.0);
            let quad = Quad {
                corners: [
                    corner(0.0, top),
                    corner(200.0, top),
                    corner(200.0, bottom),
                    corner(0.0, bottom),
                ],
            };
            LayoutBox { quad, right_to_left: false }
        };
        let boxes = [turned(2.0), turned(0.0), turned(1.0)];
        assert_eq!(placed(&boxes), [(1, 0, 0), (2, 0, 1), (0, 0, 2)]);
        let upright = [turned(0.0), rect(200.0, 130.0, 200.0, 24.0)];
        assert_eq!(arrange(&upright).last().unwrap().block, 1, "another angle, another block");
    }

    #[test]
    fn boxes_without_area_are_placed_too() {
        let boxes = [rect(0.0, 0.0, 0.0, 0.0), rect(0.0, 0.0, 0.0, 0.0)];
        assert_eq!(arrange(&boxes).len(), 2);
    }
}
