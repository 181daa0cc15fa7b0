//! From a screenshot to a file as galleries hold it: cropped, resampled, compressed more than once.

use epic_core::picture::{self, DecodeOptions, ImageSource, Picture};
use epic_core::preprocess;
use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;
use serde::Serialize;

use crate::random::SplitMix64;

/// What was done to a screenshot, for the manifest.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Treatment {
    /// Shares cut off at the left, top, right and bottom.
    cut: [f64; 4],
    /// Longest side and JPEG quality of copies that were made on the way, as messengers make them.
    copies: Vec<(u32, u8)>,
    /// Longest side of the file, at most.
    side: u32,
    quality: u8,
}

impl Treatment {
    /// Most pictures are whole, and six of ten compressed once only.
    pub(super) fn draw(side: u32, random: &mut SplitMix64) -> Self {
        let mut cut = [0.0; 4];
        if random.unit() < 0.15 {
            cut[1] = random.unit() * 0.1;
        }
        if random.unit() < 0.15 {
            cut[3] = random.unit() * 0.1;
        }
        if random.unit() < 0.05 {
            cut[0] = random.unit() * 0.03;
            cut[2] = random.unit() * 0.03;
        }
        let mut copies = Vec::new();
        if random.unit() < 0.3 {
            copies.push((640 + random.below(960) as u32, 40 + random.below(50) as u8));
        }
        if random.unit() < 0.12 {
            copies.push((
                side * 3 / 5 + random.below(side as usize) as u32,
                35 + random.below(50) as u8,
            ));
        }
        let quality = 68 + random.below(28) as u8;
        Self { cut, copies, side, quality }
    }

    /// The JPEG of a PNG screenshot, with a comment in it.
    pub(super) fn apply(&self, png: &[u8], comment: &str) -> Result<Vec<u8>, String> {
        let mut pixels = Pixels::decode(png)?.cut(self.cut);
        for (side, quality) in &self.copies {
            let copy = pixels.fitted(*side)?.jpeg(*quality)?;
            pixels = Pixels::decode(&copy)?;
        }
        Ok(with_comment(&pixels.fitted(self.side)?.jpeg(self.quality)?, comment))
    }
}

/// RGB, 8 bits.
struct Pixels {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl Pixels {
    fn decode(bytes: &[u8]) -> Result<Self, String> {
        let picture = picture::decode(&ImageSource::Bytes(bytes), &DecodeOptions::default())
            .map_err(|error| error.to_string())?;
        Ok(Self { width: picture.width(), height: picture.height(), rgb: picture.rgb().to_vec() })
    }

    fn cut(self, [left, top, right, bottom]: [f64; 4]) -> Self {
        let pixels = |share: f64, side: u32| (share * f64::from(side)) as u32;
        let (left, right) = (pixels(left, self.width), pixels(right, self.width));
        let (top, bottom) = (pixels(top, self.height), pixels(bottom, self.height));
        let (width, height) = (self.width - left - right, self.height - top - bottom);
        if (width, height) == (self.width, self.height) || width == 0 || height == 0 {
            return self;
        }
        let row = self.width as usize * 3;
        let (from, to) = (left as usize * 3, (left + width) as usize * 3);
        let rows = self.rgb.chunks_exact(row).skip(top as usize).take(height as usize);
        Self { width, height, rgb: rows.flat_map(|row| row[from..to].iter().copied()).collect() }
    }

    /// Reduced so that it fits a square; never enlarged.
    fn fitted(self, side: u32) -> Result<Self, String> {
        let longest = self.width.max(self.height);
        if longest <= side {
            return Ok(self);
        }
        let scaled = |full: u32| {
            ((u64::from(full) * u64::from(side) + u64::from(longest) / 2) / u64::from(longest))
                .max(1) as u32
        };
        let (width, height) = (scaled(self.width), scaled(self.height));
        let size = (self.width, self.height);
        let picture = Picture::new(self.width, self.height, self.rgb, size)
            .map_err(|error| error.to_string())?;
        let rgb =
            preprocess::resize_to(&picture, width, height).map_err(|error| error.to_string())?;
        Ok(Self { width, height, rgb })
    }

    fn jpeg(mut self, quality: u8) -> Result<Vec<u8>, String> {
        self.halve_colour();
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, quality)
            .encode(&self.rgb, self.width, self.height, ExtendedColorType::Rgb8)
            .map_err(|error| error.to_string())?;
        Ok(jpeg)
    }

    /// The colour of every square of four pixels becomes their mean and their brightness stays, as the
    /// subsampling of nearly all JPEG files has it; the encoder here does not subsample.
    fn halve_colour(&mut self) {
        let (width, height) = (self.width as usize, self.height as usize);
        for top in (0..height).step_by(2) {
            for left in (0..width).step_by(2) {
                let (rows, columns) = (top..(top + 2).min(height), left..(left + 2).min(width));
                let (mut blue, mut red, mut count) = (0.0, 0.0, 0.0);
                for y in rows.clone() {
                    for x in columns.clone() {
                        let color = self.color((y * width + x) * 3);
                        blue += color[2] - luma(color);
                        red += color[0] - luma(color);
                        count += 1.0;
                    }
                }
                let (blue, red) = (blue / count, red / count);
                let green = (0.299 * red + 0.114 * blue) / 0.587;
                for y in rows {
                    for x in columns.clone() {
                        let at = (y * width + x) * 3;
                        let y = luma(self.color(at));
                        // From float to integer clamps.
                        let values =
                            [y + red + 0.5, y - green + 0.5, y + blue + 0.5].map(|v| v as u8);
                        self.rgb[at..at + 3].copy_from_slice(&values);
                    }
                }
            }
        }
    }

    fn color(&self, at: usize) -> [f32; 3] {
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]].map(f32::from)
    }
}

fn luma([red, green, blue]: [f32; 3]) -> f32 {
    0.299 * red + 0.587 * green + 0.114 * blue
}

/// A JPEG file with a comment right behind its start.
fn with_comment(jpeg: &[u8], comment: &str) -> Vec<u8> {
    let comment = &comment.as_bytes()[..comment.len().min(60_000)];
    let length = (comment.len() + 2) as u16;
    let (start, rest) = jpeg.split_at(2.min(jpeg.len()));
    [start, &[0xff, 0xfe], &length.to_be_bytes(), comment, rest].concat()
}

/// The comment that [`Treatment::apply`] wrote.
pub(super) fn comment_of(jpeg: &[u8]) -> Option<&str> {
    let rest = jpeg.strip_prefix(&[0xff, 0xd8, 0xff, 0xfe])?;
    let (length, rest) = rest.split_first_chunk()?;
    let length = usize::from(u16::from_be_bytes(*length)).checked_sub(2)?;
    std::str::from_utf8(rest.get(..length)?).ok()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn png() -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let pixel = |x: u32, y: u32| image::Rgb([x as u8, y as u8, if x > 50 { 250 } else { 0 }]);
        image::RgbImage::from_fn(120, 200, pixel)
            .write_to(&mut bytes, image::ImageFormat::Png)
            .unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_screenshot_becomes_a_smaller_jpeg_that_says_what_it_is() {
        let treatment =
            Treatment { cut: [0.0, 0.1, 0.0, 0.4], copies: vec![(90, 50)], side: 60, quality: 80 };
        let jpeg = treatment.apply(&png(), "synthetic").unwrap();
        assert_eq!(comment_of(&jpeg), Some("synthetic"));
        let pixels = Pixels::decode(&jpeg).unwrap();
        assert_eq!((pixels.width, pixels.height), (60, 50));
        assert_eq!(treatment.apply(&png(), "synthetic").unwrap(), jpeg);
    }

    #[test]
    fn small_screenshots_are_not_enlarged() {
        let treatment = Treatment { cut: [0.0; 4], copies: Vec::new(), side: 512, quality: 95 };
        let pixels = Pixels::decode(&treatment.apply(&png(), "").unwrap()).unwrap();
        assert_eq!((pixels.width, pixels.height), (120, 200));
        // Far from the edge the colours are what they were.
        let at = (100 * 120 + 20) * 3;
        for (value, expected) in pixels.rgb[at..at + 3].iter().zip([20u8, 100, 0]) {
            assert!(value.abs_diff(expected) < 6, "{value} {expected}");
        }
    }

    #[test]
    fn brightness_survives_the_halving_of_colour() {
        let rgb = vec![200, 30, 30, 30, 30, 200, 100, 100, 100];
        let mut pixels = Pixels { width: 3, height: 1, rgb: rgb.clone() };
        pixels.halve_colour();
        assert_eq!(pixels.rgb[6..], rgb[6..]);
        for at in [0, 3] {
            let before = luma([rgb[at], rgb[at + 1], rgb[at + 2]].map(f32::from));
            assert!((luma(pixels.color(at)) - before).abs() < 12.0);
        }
        let red = |pixels: &Pixels, at: usize| pixels.color(at)[0] - luma(pixels.color(at));
        assert!((red(&pixels, 0) - red(&pixels, 3)).abs() < 25.0);
    }

    #[test]
    fn no_comment_is_none() {
        assert_eq!(comment_of(&[0xff, 0xd8, 0xff, 0xe0]), None);
        assert_eq!(comment_of(&[0xff, 0xd8, 0xff, 0xfe, 0, 9, b'a']), None);
        assert_eq!(comment_of(&[]), None);
    }

    #[test]
    fn what_is_no_picture_is_an_error() {
        assert!(Treatment::draw(512, &mut SplitMix64::new(1)).apply(b"no picture", "").is_err());
    }

    #[test]
    fn treatments_vary_and_repeat() {
        let draw = |seed| Treatment::draw(512, &mut SplitMix64::new(seed));
        assert_eq!(draw(4), draw(4));
        assert!((0..40).any(|seed| draw(seed).copies.len() > 1));
        assert!((0..40).any(|seed| draw(seed).cut == [0.0; 4]));
    }
}
