//! What a copy may look like that somebody has cut, or put a frame around.

use super::perceptual::Fingerprint;
use super::pixels::RgbPixels;

/// Copies that were cut by up to twice this share at each side are nearer to the picture cut by it, or to the whole one.
const CUT: f32 = 0.0125;

/// At most this share of a side counts as frame: what is wider is a plain picture.
const MAX_SHARE: f32 = 0.12;
/// How far a channel's value may be from that of its row's first pixel. JPEG leaves a ripple beside an edge.
const MAX_RIPPLE: u8 = 16;

/// Fingerprints of a picture cut a little at all sides, and of the inside of its frame, if it has one. A copy that was
/// cut, or framed, has one of them.
pub(super) fn variants(pixels: &RgbPixels) -> Vec<Fingerprint> {
    let both = [cut(pixels), without_frame(pixels)];
    both.iter().flatten().filter_map(Fingerprint::of).collect()
}

fn cut(pixels: &RgbPixels) -> Option<RgbPixels> {
    let share = |side: u32| ((side as f32 * CUT).round() as usize).max(1);
    let (x, y) = (share(pixels.width), share(pixels.height));
    let is_big = pixels.width.min(pixels.height) > 8;
    (is_big && pixels.is_consistent()).then(|| inside(pixels, [x, y, x, y]))
}

/// `None` if it has no frame.
fn without_frame(pixels: &RgbPixels) -> Option<RgbPixels> {
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
    (top + bottom + left + right > 0).then(|| inside(pixels, [left, top, right, bottom]))
}

/// Without so many columns and rows at the left, top, right and bottom.
fn inside(pixels: &RgbPixels, [left, top, right, bottom]: [usize; 4]) -> RgbPixels {
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    let data = (top..height - bottom)
        .flat_map(|y| &pixels.data[3 * (y * width + left)..3 * (y * width + width - right)])
        .copied()
        .collect();
    let side = |full: usize, one: usize, other: usize| (full - one - other) as u32;
    RgbPixels { width: side(width, left, right), height: side(height, top, bottom), data }
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
    fn a_cut_copy_is_near_the_cut_picture() {
        let scene = noise(4, 400, 300);
        let copy = Fingerprint::of(&inside(&scene, [7, 5, 7, 5])).unwrap();
        let whole = Fingerprint::of(&scene).unwrap();
        let found = variants(&scene);
        assert_eq!(found.len(), 1);
        assert!(copy.hash.distance(&found[0].hash) < copy.hash.distance(&whole.hash));
        assert_eq!(variants(&framed(&scene, 6, 0)).len(), 2);
        assert!(variants(&RgbPixels { width: 2, height: 2, data: vec![0; 12] }).is_empty());
    }

    #[test]
    fn a_plain_picture_keeps_most_of_itself() {
        let plain = without_frame(&draw(100, 50, |_, _| 90.0)).unwrap();
        assert_eq!((plain.width, plain.height), (76, 38));
        assert_eq!(without_frame(&draw(3, 2, |_, _| 90.0)), None);
        assert_eq!(without_frame(&RgbPixels { width: 2, height: 2, data: vec![] }), None);
    }
}
