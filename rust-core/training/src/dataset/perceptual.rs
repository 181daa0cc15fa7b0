//! Perceptual fingerprint of a picture: a 256-bit DCT hash and a small luminance thumbnail.
//!
//! The hash follows PDQ ("The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing
//! Algorithm", Facebook 2019): luminance at 64×64, the 16×16 lowest frequencies without the
//! constant one, each bit telling whether a coefficient exceeds the median. Instead of PDQ's
//! Jarosz filter the picture is averaged by area, and coefficients that are mere noise count as
//! zero, so hashes do not interchange with PDQ's own.

use std::f32::consts::PI;
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::hex;
use super::pixels::RgbPixels;

/// Short side that a decoder should deliver for [`Fingerprint::of`].
pub const FINGERPRINT_MIN_SIDE: u32 = 128;
/// Bits of the hash.
pub(super) const HASH_BITS: u32 = 256;
/// Side of the thumbnail in pixels.
pub(super) const THUMBNAIL_SIDE: usize = 16;

const GRID: usize = 64;
const FREQUENCIES: usize = 16;
/// Coefficients this close to the median are noise of a nearly blank picture: with ±0.5 grey
/// levels of JPEG noise a coefficient of the unnormalised 64×64 DCT moves by about 3.
const DEAD_ZONE: f32 = 4.0;

/// A 256-bit perceptual hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PerceptualHash(pub [u64; 4]);

impl PerceptualHash {
    /// Hamming distance, 0 to 256.
    pub fn distance(&self, other: &Self) -> u32 {
        self.0.iter().zip(&other.0).map(|(a, b)| (a ^ b).count_ones()).sum()
    }

    /// How many bits are set, 0 to 128; fewer than about 100 mean a picture without structure.
    pub fn set_bits(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// The 16 bits number `chunk` (0 to 15).
    pub(super) fn chunk(&self, chunk: usize) -> u16 {
        (self.0[chunk / 4] >> (16 * (chunk % 4))) as u16
    }
}

/// What the near-duplicate search knows of a picture.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fingerprint {
    /// The layout of the picture, whatever its size.
    pub hash: PerceptualHash,
    /// Area-averaged luminance, 16×16, row by row.
    pub thumbnail: Thumbnail,
}

/// 16×16 luminance values, row by row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Thumbnail(pub [u8; THUMBNAIL_SIDE * THUMBNAIL_SIDE]);

impl AsRef<Fingerprint> for Fingerprint {
    fn as_ref(&self) -> &Fingerprint {
        self
    }
}

impl Fingerprint {
    /// The fingerprint of upright RGB pixels; `None` when the buffer does not fit its size.
    pub fn of(pixels: &RgbPixels) -> Option<Self> {
        if !pixels.is_consistent() {
            return None;
        }
        let grid = luminance_grid(pixels);
        Some(Self { hash: dct_hash(&grid), thumbnail: Thumbnail::of(&grid) })
    }
}

impl Thumbnail {
    fn of(grid: &[f32]) -> Self {
        let step = GRID / THUMBNAIL_SIDE;
        let mut values = [0u8; THUMBNAIL_SIDE * THUMBNAIL_SIDE];
        for (i, value) in values.iter_mut().enumerate() {
            let (row, column) = (i / THUMBNAIL_SIDE * step, i % THUMBNAIL_SIDE * step);
            let sum: f32 = (row..row + step)
                .map(|y| grid[y * GRID + column..][..step].iter().sum::<f32>())
                .sum();
            *value = (sum / (step * step) as f32).round() as u8;
        }
        Self(values)
    }

    /// Standard deviation of the values in grey levels, 0 to 127.5.
    pub fn contrast(&self) -> f32 {
        let mean = self.mean();
        let sum: f32 = self.0.iter().map(|&v| (f32::from(v) - mean).powi(2)).sum();
        (sum / self.0.len() as f32).sqrt()
    }

    /// Greatest absolute difference in grey levels after both means were brought to zero.
    pub fn peak_difference(&self, other: &Self) -> f32 {
        self.centred_differences(other).fold(0.0, f32::max)
    }

    /// Mean absolute difference in grey levels after both means were brought to zero, so that a
    /// change of brightness alone counts as none.
    pub fn difference(&self, other: &Self) -> f32 {
        self.centred_differences(other).sum::<f32>() / self.0.len() as f32
    }

    fn centred_differences(&self, other: &Self) -> impl Iterator<Item = f32> {
        let shift = self.mean() - other.mean();
        let pairs = self.0.iter().zip(&other.0);
        pairs.map(move |(&a, &b)| (f32::from(a) - f32::from(b) - shift).abs())
    }

    /// Greatest absolute difference of two values in the same place, in grey levels.
    pub fn max_difference(&self, other: &Self) -> u8 {
        let differences = self.0.iter().zip(&other.0).map(|(a, b)| a.abs_diff(*b));
        differences.max().unwrap_or(0)
    }

    pub(super) fn mean(&self) -> f32 {
        self.0.iter().map(|&v| f32::from(v)).sum::<f32>() / self.0.len() as f32
    }
}

/// Luminance (ITU-R BT.601) averaged by area onto 64×64; the aspect ratio is not kept.
fn luminance_grid(pixels: &RgbPixels) -> Vec<f32> {
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    let columns = boxes(width);
    let mut narrow = Vec::with_capacity(height * GRID);
    let mut luminance = vec![0f32; width];
    for row in pixels.data.chunks_exact(width * 3) {
        for (value, rgb) in luminance.iter_mut().zip(row.chunks_exact(3)) {
            *value =
                0.299 * f32::from(rgb[0]) + 0.587 * f32::from(rgb[1]) + 0.114 * f32::from(rgb[2]);
        }
        narrow.extend(columns.iter().map(|b| b.average(|x| luminance[x])));
    }
    boxes(height)
        .iter()
        .flat_map(|b| (0..GRID).map(|x| b.average(|y| narrow[y * GRID + x])).collect::<Vec<_>>())
        .collect()
}

/// A half-open stretch of source pixels with fractional ends.
struct AreaBox {
    start: f32,
    end: f32,
}

fn boxes(length: usize) -> Vec<AreaBox> {
    let step = length as f32 / GRID as f32;
    (0..GRID)
        .map(|i| AreaBox {
            start: i as f32 * step,
            end: ((i + 1) as f32 * step).min(length as f32),
        })
        .collect()
}

impl AreaBox {
    fn average(&self, value: impl Fn(usize) -> f32) -> f32 {
        let mut sum = 0.0;
        for i in self.start as usize..(self.end.ceil() as usize) {
            let covered = self.end.min((i + 1) as f32) - self.start.max(i as f32);
            sum += covered * value(i);
        }
        sum / (self.end - self.start)
    }
}

fn dct_hash(grid: &[f32]) -> PerceptualHash {
    let basis = dct_basis();
    let mut rows = [0f32; FREQUENCIES * GRID];
    for u in 0..FREQUENCIES {
        for y in 0..GRID {
            let weight = basis[u * GRID + y];
            for x in 0..GRID {
                rows[u * GRID + x] += weight * grid[y * GRID + x];
            }
        }
    }
    let mut coefficients = [0f32; FREQUENCIES * FREQUENCIES];
    for (i, coefficient) in coefficients.iter_mut().enumerate() {
        let (u, v) = (i / FREQUENCIES, i % FREQUENCIES);
        *coefficient = rows[u * GRID..][..GRID]
            .iter()
            .zip(&basis[v * GRID..][..GRID])
            .map(|(a, b)| a * b)
            .sum();
    }
    let mut sorted = coefficients;
    sorted.sort_by(f32::total_cmp);
    let median = (sorted[127] + sorted[128]) / 2.0;
    let mut words = [0u64; 4];
    for (i, &coefficient) in coefficients.iter().enumerate() {
        words[i / 64] |= u64::from(coefficient > median + DEAD_ZONE) << (i % 64);
    }
    PerceptualHash(words)
}

/// Rows 1 to 16 of the 64-point DCT-II.
fn dct_basis() -> &'static [f32] {
    static BASIS: OnceLock<Vec<f32>> = OnceLock::new();
    BASIS.get_or_init(|| {
        (0..FREQUENCIES * GRID)
            .map(|i| {
                let (u, x) = ((i / GRID + 1) as f32, (2 * (i % GRID) + 1) as f32);
                (PI / (2 * GRID) as f32 * u * x).cos()
            })
            .collect()
    })
}

impl Serialize for PerceptualHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = self.0.iter().flat_map(|word| word.to_be_bytes()).collect();
        serializer.serialize_str(&hex::encode(&bytes))
    }
}

impl<'de> Deserialize<'de> for PerceptualHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes: [u8; 32] = hex::deserialize(deserializer)?;
        let mut words = [0u64; 4];
        for (word, chunk) in words.iter_mut().zip(bytes.chunks_exact(8)) {
            *word = chunk.iter().fold(0, |sum, &b| sum << 8 | u64::from(b));
        }
        Ok(Self(words))
    }
}

impl Serialize for Thumbnail {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Thumbnail {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        hex::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::testing::{draw, noise};

    fn of(pixels: &RgbPixels) -> Fingerprint {
        Fingerprint::of(pixels).unwrap()
    }

    #[test]
    fn a_plain_picture_has_no_set_bits_at_any_shade() {
        for shade in [0.0, 7.0, 200.0, 255.0] {
            let plain = of(&draw(90, 70, |_, _| shade));
            assert_eq!(plain.hash.set_bits(), 0);
            assert!(plain.thumbnail.0.iter().all(|&v| f32::from(v) == shade));
        }
    }

    #[test]
    fn half_the_bits_of_a_real_scene_are_set() {
        let bits = of(&noise(4, 128, 128)).hash.set_bits();
        assert!((110..=128).contains(&bits), "{bits}");
    }

    #[test]
    fn size_and_shape_matter_little_and_content_much() {
        let scene = of(&noise(1, 300, 200));
        for (width, height) in [(150, 100), (64, 64), (900, 140), (1000, 600)] {
            let distance = scene.hash.distance(&of(&noise(1, width, height)).hash);
            assert!(distance <= 24, "{width}x{height}: {distance}");
        }
        for seed in 2..12 {
            let distance = scene.hash.distance(&of(&noise(seed, 300, 200)).hash);
            assert!(distance > 80, "seed {seed}: {distance}");
        }
    }

    #[test]
    fn pictures_smaller_than_the_grid_have_a_fingerprint_too() {
        let tiny = of(&draw(1, 1, |_, _| 9.0));
        assert_eq!(tiny.thumbnail.0, [9; 256]);
        let left_half = of(&draw(2, 3, |x, _| if x < 0.5 { 10.0 } else { 20.0 }));
        assert_eq!((left_half.thumbnail.0[7], left_half.thumbnail.0[8]), (10, 20));
    }

    #[test]
    fn luminance_weighs_the_channels() {
        let red = RgbPixels { width: 1, height: 1, data: vec![255, 0, 0] };
        assert_eq!(of(&red).thumbnail.0[0], 76);
    }

    #[test]
    fn differences_ignore_brightness_or_not() {
        let (a, b) = (Thumbnail([100; 256]), Thumbnail([110; 256]));
        assert!(a.difference(&b) < 1e-3);
        assert!(a.peak_difference(&b) < 1e-3);
        assert_eq!(a.max_difference(&b), 10);
        let mut spot = a.clone();
        spot.0[9] = 228;
        assert!((spot.peak_difference(&a) - 127.5).abs() < 1e-3);
        assert!((spot.difference(&a) - 2.0 * 127.5 / 256.0).abs() < 1e-3);
        assert!((spot.contrast() - 7.984).abs() < 1e-3);
    }

    #[test]
    fn a_buffer_of_the_wrong_size_has_no_fingerprint() {
        assert!(Fingerprint::of(&RgbPixels { width: 2, height: 2, data: vec![0; 11] }).is_none());
        assert!(Fingerprint::of(&RgbPixels { width: 0, height: 2, data: vec![] }).is_none());
    }

    #[test]
    fn text_form_round_trips() {
        let fingerprint = of(&noise(1, 64, 64));
        let text = serde_json::to_string(&fingerprint).unwrap();
        assert_eq!(serde_json::from_str::<Fingerprint>(&text).unwrap(), fingerprint);
        assert!(
            serde_json::from_str::<Fingerprint>(&text.replacen("\"hash\":\"", "\"hash\":\"0", 1))
                .is_err()
        );
    }
}
