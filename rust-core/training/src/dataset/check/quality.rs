//! How bright, sharp and eventful a picture is.

use serde::{Deserialize, Serialize};

use crate::dataset::RgbPixels;

/// Short side that a decoder should deliver for [`Quality::of`].
pub const QUALITY_MIN_SIDE: u32 = 128;
/// Sharpness is measured at this short side, so that it does not depend on the resolution of the file.
const SHARPNESS_SIDE: usize = 128;

/// Measures of a picture's pixels. Luminance is that of BT.601, in 0..=255.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// 5th percentile of luminance.
    pub brightness_p05: f32,
    /// Mean luminance.
    pub brightness: f32,
    /// 99th percentile of luminance.
    pub brightness_p99: f32,
    /// Standard deviation of luminance.
    pub contrast: f32,
    /// Entropy of the luminance histogram in bits, 0..=8.
    pub entropy: f32,
    /// Standard deviation of the Laplacian of luminance at a short side of 128 pixels: the variance of the
    /// Laplacian of Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy" (ICPR 2000), as a
    /// square root. Below about 6 a picture is blurred.
    pub sharpness: f32,
}

impl Quality {
    /// Measures upright pixels; `None` when the buffer does not fit its size.
    pub fn of(pixels: &RgbPixels) -> Option<Self> {
        if !pixels.is_consistent() {
            return None;
        }
        let (width, height) = (pixels.width as usize, pixels.height as usize);
        let luminance = pixels.luminance();
        let mut histogram = [0usize; 256];
        for &value in &luminance {
            histogram[value.round() as usize & 255] += 1;
        }
        let count = luminance.len() as f64;
        let mean = luminance.iter().map(|&v| f64::from(v)).sum::<f64>() / count;
        let variance =
            luminance.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / count;
        let entropy: f64 = histogram
            .iter()
            .filter(|&&n| n > 0)
            .map(|&n| n as f64 / count)
            .map(|share| -share * share.log2())
            .sum();
        Some(Self {
            brightness_p05: percentile(&histogram, 0.05),
            brightness: mean as f32,
            brightness_p99: percentile(&histogram, 0.99),
            contrast: variance.sqrt() as f32,
            entropy: entropy as f32,
            sharpness: sharpness(&luminance, width, height),
        })
    }
}

fn percentile(histogram: &[usize; 256], share: f64) -> f32 {
    let total: usize = histogram.iter().sum();
    let wanted = (total as f64 * share).ceil() as usize;
    let mut seen = 0;
    for (value, count) in histogram.iter().enumerate() {
        seen += count;
        if seen >= wanted {
            return value as f32;
        }
    }
    255.0
}

fn sharpness(luminance: &[f32], width: usize, height: usize) -> f32 {
    let (grid, width, height) = reduced(luminance, width, height);
    if width < 3 || height < 3 {
        return 0.0;
    }
    let (mut sum, mut squares) = (0.0f64, 0.0f64);
    for y in 1..height - 1 {
        for x in 1..width - 1 {
            let at = y * width + x;
            let around = grid[at - 1] + grid[at + 1] + grid[at - width] + grid[at + width];
            let response = f64::from(around - 4.0 * grid[at]);
            sum += response;
            squares += response * response;
        }
    }
    let count = ((width - 2) * (height - 2)) as f64;
    let mean = sum / count;
    (squares / count - mean * mean).max(0.0).sqrt() as f32
}

/// Averaged by area down to the short side at which sharpness is measured; smaller ones stay.
fn reduced(luminance: &[f32], width: usize, height: usize) -> (Vec<f32>, usize, usize) {
    let short = width.min(height);
    if short <= SHARPNESS_SIDE {
        return (luminance.to_vec(), width, height);
    }
    let new_width = (width * SHARPNESS_SIDE).div_ceil(short);
    let new_height = (height * SHARPNESS_SIDE).div_ceil(short);
    let mut grid = Vec::with_capacity(new_width * new_height);
    let span = |index: usize, new: usize, old: usize| {
        (index * old / new, ((index + 1) * old).div_ceil(new).min(old))
    };
    for y in 0..new_height {
        let (top, bottom) = span(y, new_height, height);
        for x in 0..new_width {
            let (left, right) = span(x, new_width, width);
            let rows = (top..bottom).map(|row| &luminance[row * width + left..row * width + right]);
            let sum: f32 = rows.flatten().sum();
            grid.push(sum / ((bottom - top) * (right - left)) as f32);
        }
    }
    (grid, new_width, new_height)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32, value: impl Fn(u32, u32) -> u8) -> RgbPixels {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let data = pixels.flat_map(|(x, y)| [value(x, y); 3]).collect();
        RgbPixels { width, height, data }
    }

    #[test]
    fn a_flat_picture_has_no_events() {
        let quality = Quality::of(&picture(40, 30, |_, _| 200)).unwrap();
        assert_eq!((quality.brightness_p05, quality.brightness_p99), (200.0, 200.0));
        assert_eq!((quality.contrast, quality.entropy, quality.sharpness), (0.0, 0.0, 0.0));
    }

    #[test]
    fn percentiles_and_entropy_follow_the_histogram() {
        let quality = Quality::of(&picture(100, 100, |x, _| if x < 50 { 0 } else { 255 })).unwrap();
        assert_eq!((quality.brightness_p05, quality.brightness_p99), (0.0, 255.0));
        assert!((quality.brightness - 127.5).abs() < 0.1);
        assert!((quality.contrast - 127.5).abs() < 0.1);
        assert!((quality.entropy - 1.0).abs() < 1e-3);
    }

    #[test]
    fn blur_lowers_sharpness_at_any_resolution() {
        for scale in [1, 2, 4] {
            let stripes = |x: u32| if (x / scale / 4).is_multiple_of(2) { 40 } else { 210 };
            let sharp = picture(160 * scale, 128 * scale, |x, _| stripes(x));
            let blurred = picture(160 * scale, 128 * scale, |x, _| {
                let near = (0..32 * scale).map(|d| u32::from(stripes(x + d))).sum::<u32>();
                (near / (32 * scale)) as u8
            });
            let (sharp, blurred) =
                (Quality::of(&sharp).unwrap().sharpness, Quality::of(&blurred).unwrap().sharpness);
            assert!(sharp > 30.0 && blurred < 6.0, "{sharp} {blurred} at scale {scale}");
        }
    }

    #[test]
    fn tiny_and_contradicting_pictures_are_no_trouble() {
        assert_eq!(Quality::of(&picture(1, 1, |_, _| 9)).unwrap().sharpness, 0.0);
        assert!(Quality::of(&RgbPixels { width: 2, height: 2, data: vec![0; 3] }).is_none());
    }
}
