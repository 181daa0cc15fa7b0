//! Changes that pictures undergo on their way through phones: cropped by apps, made smaller, compressed anew,
//! tinted a little. Never mirrored: mirrored text tells a network nothing true.

use epic_core::{Picture, PictureError};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{ImageFormat, RgbImage};
use serde::{Deserialize, Serialize};

use crate::random::{GAMMA, SplitMix64, mix};

/// How much pictures are changed; each change is drawn anew for every variant.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DomainAugmentation {
    /// Variants of each picture besides itself, at most 64.
    pub variants: usize,
    /// Largest share cut from each side, in [0, 0.4].
    pub crop: f64,
    /// Smallest size that a picture is reduced to before it is brought to the input's, as a share of its own,
    /// in (0, 1].
    pub min_scale: f64,
    /// Range of JPEG qualities, 1 to 100.
    pub jpeg_quality: [u8; 2],
    /// Factors of brightness, contrast and of each channel lie within 1 ± this, in [0, 0.5].
    pub color: f64,
}

impl DomainAugmentation {
    /// Checks every setting.
    ///
    /// # Errors
    /// The first that is out of range, in words.
    pub(super) fn validate(&self) -> Result<(), String> {
        let [low, high] = self.jpeg_quality;
        let checks = [
            (self.variants <= 64, "variants must be at most 64"),
            ((0.0..=0.4).contains(&self.crop), "crop must be in [0, 0.4]"),
            (self.min_scale > 0.0 && self.min_scale <= 1.0, "min_scale must be in (0, 1]"),
            (low >= 1 && low <= high && high <= 100, "jpeg_quality must rise within 1..=100"),
            ((0.0..=0.5).contains(&self.color), "color must be in [0, 0.5]"),
        ];
        match checks.into_iter().find(|(holds, _)| !holds) {
            Some((_, reason)) => Err(format!("augmentation: {reason}")),
            None => Ok(()),
        }
    }

    /// A variant of an upright picture; it depends on the seed, the picture's hash and the number alone.
    pub(super) fn variant(
        &self,
        picture: &Picture,
        seed: u64,
        sha256: &str,
        number: usize,
    ) -> Result<Picture, PictureError> {
        let mut random = Draws::new(seed, sha256, number);
        let size = (picture.width(), picture.height());
        let pixels = RgbImage::from_raw(size.0, size.1, picture.rgb().to_vec())
            .ok_or(PictureError::InvalidPixels { reason: "too few" })?;
        let pixels = self.cropped(pixels, &mut random);
        let pixels = self.reduced(pixels, &mut random);
        let mut pixels = self.compressed(&pixels, &mut random)?;
        self.tint(&mut pixels, &mut random);
        let size = pixels.dimensions();
        Picture::new(size.0, size.1, pixels.into_raw(), size)
    }

    fn cropped(&self, pixels: RgbImage, random: &mut Draws) -> RgbImage {
        let (width, height) = pixels.dimensions();
        let mut cut = |side: u32| {
            // Half of the sides stay whole, as most screenshots do.
            let share = if random.unit() < 0.5 { 0.0 } else { random.unit() * self.crop };
            (f64::from(side) * share) as u32
        };
        let (left, right, top, bottom) = (cut(width), cut(width), cut(height), cut(height));
        let (inner, outer) = ((width - left - right).max(1), (height - top - bottom).max(1));
        imageops::crop_imm(&pixels, left, top, inner, outer).to_image()
    }

    fn reduced(&self, pixels: RgbImage, random: &mut Draws) -> RgbImage {
        let scale = self.min_scale + (1.0 - self.min_scale) * random.unit();
        let filters = [FilterType::Triangle, FilterType::CatmullRom, FilterType::Lanczos3];
        let filter = filters[random.below(filters.len())];
        let side = |side: u32| ((f64::from(side) * scale).round() as u32).max(1);
        let (width, height) = pixels.dimensions();
        imageops::resize(&pixels, side(width), side(height), filter)
    }

    fn compressed(&self, pixels: &RgbImage, random: &mut Draws) -> Result<RgbImage, PictureError> {
        let [low, high] = self.jpeg_quality;
        let quality = low + random.below(usize::from(high - low) + 1) as u8;
        let failed = |_| PictureError::InvalidPixels { reason: "no JPEG can be made of them" };
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(pixels).map_err(failed)?;
        let decoded = image::load_from_memory_with_format(&bytes, ImageFormat::Jpeg);
        Ok(decoded.map_err(failed)?.into_rgb8())
    }

    fn tint(&self, pixels: &mut RgbImage, random: &mut Draws) {
        let mut factor = || 1.0 + self.color * (2.0 * random.unit() - 1.0);
        let (brightness, contrast) = (factor(), factor());
        // A channel's own factor stays closer to 1: white balance, not a filter.
        let channels: [f64; 3] = std::array::from_fn(|_| 1.0 + (factor() - 1.0) / 2.0);
        let tables: [[u8; 256]; 3] = channels.map(|channel| {
            std::array::from_fn(|byte| {
                let value = ((byte as f64 - 128.0) * contrast + 128.0) * brightness * channel;
                value.round().clamp(0.0, 255.0) as u8
            })
        });
        for pixel in pixels.pixels_mut() {
            for (value, table) in pixel.0.iter_mut().zip(&tables) {
                *value = table[usize::from(*value)];
            }
        }
    }
}

/// The random numbers of one variant.
struct Draws(SplitMix64);

impl Draws {
    fn new(seed: u64, sha256: &str, number: usize) -> Self {
        let start = u64::from_str_radix(sha256.get(..16).unwrap_or_default(), 16).unwrap_or(0);
        let state = mix(seed.wrapping_add(GAMMA)) ^ start;
        Self(SplitMix64::new(mix(state.wrapping_add(GAMMA)) ^ number as u64))
    }

    fn unit(&mut self) -> f64 {
        self.0.unit()
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0.below(bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn augmentation() -> DomainAugmentation {
        DomainAugmentation {
            variants: 4,
            crop: 0.2,
            min_scale: 0.5,
            jpeg_quality: [40, 90],
            color: 0.1,
        }
    }

    fn picture() -> Picture {
        let pixels = (0..90u32 * 60 * 3).map(|i| (i * 31 % 251) as u8).collect();
        Picture::new(90, 60, pixels, (90, 60)).unwrap()
    }

    fn variant(augmentation: &DomainAugmentation, number: usize) -> Picture {
        augmentation.variant(&picture(), 1, HASH, number).unwrap()
    }

    #[test]
    fn variants_differ_and_can_be_made_again() {
        let augmentation = augmentation();
        assert_eq!(variant(&augmentation, 1).rgb(), variant(&augmentation, 1).rgb());
        assert_ne!(variant(&augmentation, 1).rgb(), variant(&augmentation, 2).rgb());
        for number in 1..20 {
            let made = variant(&augmentation, number);
            assert!((27..=90).contains(&made.width()), "{}", made.width());
            assert!((18..=60).contains(&made.height()), "{}", made.height());
        }
    }

    #[test]
    fn the_smallest_picture_survives() {
        let dot = Picture::new(1, 1, vec![9, 8, 7], (1, 1)).unwrap();
        let made = augmentation().variant(&dot, 1, HASH, 1).unwrap();
        assert_eq!((made.width(), made.height()), (1, 1));
    }

    #[test]
    fn settings_out_of_range_are_named() {
        augmentation().validate().unwrap();
        let base = augmentation();
        for (what, wrong) in [
            ("variants", DomainAugmentation { variants: 65, ..base }),
            ("crop", DomainAugmentation { crop: 0.5, ..base }),
            ("min_scale", DomainAugmentation { min_scale: 0.0, ..base }),
            ("jpeg_quality", DomainAugmentation { jpeg_quality: [90, 40], ..base }),
            ("color", DomainAugmentation { color: f64::NAN, ..base }),
        ] {
            assert!(wrong.validate().unwrap_err().contains(what), "{what}");
        }
    }
}
