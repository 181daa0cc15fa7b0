//! Frames: rows and columns of one colour around a picture.

use super::pixels::RgbPixels;

/// At most this share of a side counts as frame: what is wider is a plain picture.
const MAX_SHARE: f32 = 0.12;
/// How far a channel's value may be from that of its row's first pixel. JPEG leaves a ripple beside an edge.
const MAX_RIPPLE: u8 = 16;

/// The picture without its frame; `None` if it has none.
pub(super) fn without_frame(pixels: &RgbPixels) -> Option<RgbPixels> {
    if !pixels.is_consistent() {
        return None;
    }
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    let at = |x: usize, y: usize| &pixels.data[3 * (y * width + x)..][..3];
    let is_like = |a: &[u8], b: &[u8]| a.iter().zip(b).all(|(a, b)| a.abs_diff(*b) <= MAX_RIPPLE);
    let is_plain_row = |y: usize| (1..width).all(|x| is_like(at(0, y), at(x, y)));
    let is_plain_column = |x: usize| (1..height).all(|y| is_like(at(x, 0), at(x, y)));
    let most = |side: usize| (side as f32 * MAX_SHARE) as usize;
    let top = (0..most(height)).take_while(|&y| is_plain_row(y)).count();
    let bottom = (0..most(height)).take_while(|&y| is_plain_row(height - 1 - y)).count();
    let left = (0..most(width)).take_while(|&x| is_plain_column(x)).count();
    let right = (0..most(width)).take_while(|&x| is_plain_column(width - 1 - x)).count();
    if top + bottom + left + right == 0 {
        return None;
    }
    let data = (top..height - bottom)
        .flat_map(|y| &pixels.data[3 * (y * width + left)..3 * (y * width + width - right)])
        .copied()
        .collect();
    let side = |full: usize, one: usize, other: usize| (full - one - other) as u32;
    Some(RgbPixels { width: side(width, left, right), height: side(height, top, bottom), data })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::testing::{draw, noise};

    fn framed(inner: &RgbPixels, side: u32, level: u8) -> RgbPixels {
        let (width, height) = (inner.width + 2 * side, inner.height + 2 * side);
        let mut data = vec![level; (3 * width * height) as usize];
        for y in 0..inner.height {
            let row = &inner.data[(3 * y * inner.width) as usize..][..3 * inner.width as usize];
            data[(3 * ((y + side) * width + side)) as usize..][..row.len()].copy_from_slice(row);
        }
        RgbPixels { width, height, data }
    }

    #[test]
    fn a_frame_is_taken_away_and_nothing_else() {
        let inner = noise(1, 200, 150);
        assert_eq!(without_frame(&framed(&inner, 5, 255)), Some(inner.clone()));
        assert_eq!(without_frame(&inner), None);
    }

    #[test]
    fn a_plain_picture_keeps_most_of_itself() {
        let plain = without_frame(&draw(100, 50, |_, _| 90.0)).unwrap();
        assert_eq!((plain.width, plain.height), (76, 38));
        assert_eq!(without_frame(&draw(3, 2, |_, _| 90.0)), None);
        assert_eq!(without_frame(&RgbPixels { width: 2, height: 2, data: vec![] }), None);
    }
}
