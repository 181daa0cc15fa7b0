//! Whether a picture may be a plain card: few colours, and rows where nothing happens.

use crate::dataset::RgbPixels;

/// Blocks of as many pixels a side are busy or calm.
const BLOCK: usize = 8;
/// A block with a step of luminance above this, from one pixel to the next, is busy: a letter, an edge, texture.
const STEP: f32 = 24.0;
/// A row of blocks is busy if more than this share of its blocks are.
const BUSY_BLOCKS: f32 = 0.1;
/// A card has margins, and room between its lines. What is missed by this is in docs/dataset-accuracy.md.
const MAX_BUSY_ROWS: f32 = 0.9;
/// The text of smaller pictures fills them, and is read quickly.
const SMALL_SIDE: u32 = 128;
/// Share of the pixels in the three most frequent of 512 colours.
const MIN_THREE_COLORS: f32 = 0.7;

/// What reading a picture's text is worth: whether it may be a card that says that a picture is gone.
pub(super) fn may_be_a_card(pixels: &RgbPixels) -> bool {
    pixels.is_consistent()
        && three_colors(pixels) >= MIN_THREE_COLORS
        && (pixels.width.min(pixels.height) < SMALL_SIDE || busy_rows(pixels) <= MAX_BUSY_ROWS)
}

fn three_colors(pixels: &RgbPixels) -> f32 {
    let mut counts = vec![0u32; 512];
    for rgb in pixels.data.chunks_exact(3) {
        let level = |value: u8| usize::from(value >> 5);
        counts[level(rgb[0]) << 6 | level(rgb[1]) << 3 | level(rgb[2])] += 1;
    }
    counts.sort_unstable();
    let most: u32 = counts.iter().rev().take(3).sum();
    most as f32 / (pixels.data.len() / 3).max(1) as f32
}

/// Share of the rows of blocks that are busy. The outermost blocks do not count: cards have frames.
fn busy_rows(pixels: &RgbPixels) -> f32 {
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    let luminance = pixels.luminance();
    let (columns, rows) = ((width - 1) / BLOCK, (height - 1) / BLOCK);
    if columns < 4 || rows < 4 {
        return 0.0;
    }
    let is_busy = |column: usize, row: usize| {
        (row * BLOCK..(row + 1) * BLOCK).any(|y| {
            (column * BLOCK..(column + 1) * BLOCK).any(|x| {
                let here = luminance[y * width + x];
                let right = (luminance[y * width + x + 1] - here).abs();
                right.max((luminance[(y + 1) * width + x] - here).abs()) > STEP
            })
        })
    };
    let busy_row = |row: &usize| {
        let busy = (1..columns - 1).filter(|&column| is_busy(column, *row)).count();
        busy as f32 > BUSY_BLOCKS * (columns - 2) as f32
    };
    (1..rows - 1).filter(busy_row).count() as f32 / (rows - 2) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::testing::{draw, noise};

    /// Strokes in the given rows (shares of the height).
    fn writing(rows: &[(f32, f32)]) -> RgbPixels {
        draw(240, 160, |x, y| {
            let is_written = rows.iter().any(|(top, bottom)| (*top..*bottom).contains(&y));
            if is_written && ((x * 60.0) as u32).is_multiple_of(2) { 20.0 } else { 240.0 }
        })
    }

    #[test]
    fn a_card_of_few_lines_is_read_and_a_page_is_not() {
        assert!(may_be_a_card(&writing(&[(0.4, 0.5), (0.55, 0.65)])));
        assert!(!may_be_a_card(&writing(&[(0.0, 1.0)])));
        assert!(may_be_a_card(&draw(200, 200, |_, _| 128.0)));
        // A thumbnail of a card is all letters.
        let small =
            draw(160, 80, |x, _| if ((x * 40.0) as u32).is_multiple_of(2) { 20.0 } else { 240.0 });
        assert!(may_be_a_card(&small));
    }

    #[test]
    fn a_photo_is_not_read_and_odd_sizes_are_no_trouble() {
        assert!(!may_be_a_card(&noise(3, 240, 160)));
        assert!(may_be_a_card(&draw(9, 1, |_, _| 5.0)));
        assert!(!may_be_a_card(&RgbPixels { width: 2, height: 2, data: vec![0; 3] }));
    }
}
