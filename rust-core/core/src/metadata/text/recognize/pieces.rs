//! Lines longer than the widest input, cut between words.

use std::ops::Range;

use super::ink::{IS_INK, InkLine};

/// The part of the longest allowed piece, from its right end, in which a gap is looked for.
const SEARCHED: f32 = 0.5;

/// Columns of the pieces of a line, left to right, each at most `longest` columns wide
/// (at least one): cut in the middle of the widest gap without ink, else at the bound.
pub(super) fn pieces(line: &InkLine, longest: usize) -> Vec<Range<usize>> {
    let longest = longest.max(1);
    let columns = if line.width > longest { ink_columns(line) } else { Vec::new() };
    let mut pieces = Vec::new();
    let mut start = 0;
    while line.width - start > longest {
        let end = start + longest;
        let from = end - (longest as f32 * SEARCHED) as usize;
        let cut = columns.get(from..end).and_then(widest_gap).map_or(end, |gap| from + gap);
        pieces.push(start..cut);
        start = cut;
    }
    pieces.push(start..line.width);
    pieces
}

fn ink_columns(line: &InkLine) -> Vec<bool> {
    let mut columns = vec![false; line.width];
    for row in line.ink.chunks_exact(line.width.max(1)) {
        for (column, value) in columns.iter_mut().zip(row) {
            *column |= *value >= IS_INK;
        }
    }
    columns
}

/// The middle of the longest run of columns without ink, the last of equals; never 0.
fn widest_gap(columns: &[bool]) -> Option<usize> {
    let mut best: Option<(usize, usize)> = None;
    let mut length = 0;
    for (column, is_ink) in columns.iter().enumerate() {
        length = if *is_ink { 0 } else { length + 1 };
        if length > 0 && best.is_none_or(|(longest, _)| length >= longest) {
            best = Some((length, column + 1 - length / 2));
        }
    }
    best.map(|(_, middle)| middle.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(columns: &[bool]) -> InkLine {
        let row = columns.iter().map(|ink| if *ink { 255 } else { 0 });
        InkLine { width: columns.len(), height: 1, ink: row.collect() }
    }

    #[test]
    fn short_lines_stay_whole() {
        for columns in [10, 0] {
            let whole = pieces(&line(&vec![true; columns]), 10);
            assert_eq!(
                whole.iter().map(|piece| (piece.start, piece.end)).collect::<Vec<_>>(),
                [(0, columns)]
            );
        }
    }

    #[test]
    fn cuts_fall_into_the_widest_gap() {
        let mut columns = [true; 100];
        columns[22] = false;
        columns[30..36].fill(false);
        columns[60] = false;
        assert_eq!(pieces(&line(&columns), 40), [0..33, 33..61, 61..100]);
    }

    #[test]
    fn lines_without_gaps_are_cut_at_the_bound() {
        let pieces = pieces(&line(&[true; 3000]), 700);
        assert_eq!(pieces, [0..700, 700..1400, 1400..2100, 2100..2800, 2800..3000]);
        assert_eq!(super::pieces(&line(&[false; 5]), 0).len(), 5);
    }
}
