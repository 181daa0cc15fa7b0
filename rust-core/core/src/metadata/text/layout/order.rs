//! The order in which blocks are read.

use crate::metadata::geometry::Rect;

/// Order of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    LeftToRight,
    RightToLeft,
}

/// Nested tables of a page are never deeper; what is left is ordered by its top.
const MAX_DEPTH: u32 = 16;

/// Indices of `blocks` in reading order: cut into rows where a gap runs through, rows
/// into columns, and so on.
pub(super) fn reading_order(blocks: &[Rect], direction: Direction) -> Vec<usize> {
    let mut order = Vec::with_capacity(blocks.len());
    let all = blocks.iter().copied().enumerate().collect();
    cut(all, direction, MAX_DEPTH, &mut order);
    order
}

type Block = (usize, Rect);

fn cut(blocks: Vec<Block>, direction: Direction, depth: u32, order: &mut Vec<usize>) {
    let rows = split(blocks, |rect| (rect.y, rect.y + rect.height));
    if rows.len() > 1 && depth > 0 {
        return rows.into_iter().for_each(|row| cut(row, direction, depth - 1, order));
    }
    let columns = split(rows.into_iter().flatten().collect(), |rect| match direction {
        Direction::LeftToRight => (rect.x, rect.x + rect.width),
        Direction::RightToLeft => (-rect.x - rect.width, -rect.x),
    });
    if columns.len() > 1 && depth > 0 {
        return columns.into_iter().for_each(|column| cut(column, direction, depth - 1, order));
    }
    let mut rest: Vec<Block> = columns.into_iter().flatten().collect();
    rest.sort_by(|(_, a), (_, b)| a.y.total_cmp(&b.y));
    order.extend(rest.iter().map(|(index, _)| *index));
}

/// Groups whose extents do not meet, in the order of their starts.
fn split(mut blocks: Vec<Block>, extent: impl Fn(&Rect) -> (f32, f32)) -> Vec<Vec<Block>> {
    blocks.sort_by(|(_, a), (_, b)| extent(a).0.total_cmp(&extent(b).0));
    let mut groups: Vec<Vec<Block>> = Vec::new();
    let mut reach = f32::MIN;
    for block in blocks {
        let (start, end) = extent(&block.1);
        match groups.last_mut().filter(|_| start < reach) {
            Some(group) => group.push(block),
            None => groups.push(vec![block]),
        }
        reach = reach.max(end);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(blocks: &[(f32, f32, f32, f32)], direction: Direction) -> Vec<usize> {
        let rects: Vec<_> =
            blocks.iter().map(|&(x, y, width, height)| Rect { x, y, width, height }).collect();
        reading_order(&rects, direction)
    }

    #[test]
    fn a_heading_comes_before_its_columns() {
        let page =
            [(300.0, 100.0, 250.0, 400.0), (10.0, 104.0, 250.0, 380.0), (10.0, 10.0, 540.0, 60.0)];
        assert_eq!(order(&page, Direction::LeftToRight), [2, 1, 0]);
        assert_eq!(order(&page, Direction::RightToLeft), [2, 0, 1]);
    }

    #[test]
    fn interlocked_blocks_go_by_their_tops() {
        let page = [(0.0, 50.0, 60.0, 60.0), (50.0, 0.0, 60.0, 60.0)];
        assert_eq!(order(&page, Direction::LeftToRight), [1, 0]);
        assert_eq!(order(&[], Direction::LeftToRight), Vec::<usize>::new());
    }

    #[test]
    fn a_staircase_is_walked_without_deep_recursion() {
        let steps: Vec<_> = (0..900).map(|i| (i as f32, i as f32 * 2.0, 5.0, 1.0)).collect();
        assert_eq!(order(&steps, Direction::LeftToRight), (0..900).collect::<Vec<_>>());
    }
}
