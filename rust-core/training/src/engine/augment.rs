//! Random changes to training pictures.

use serde::{Deserialize, Serialize};

use super::error::EngineError;
use super::random::{Random, Stream};

/// How much training pictures may change; the default changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Augmentation {
    /// Rotation about the centre by up to that many degrees either way, in [0, 180].
    pub rotation: f32,
    /// Side of the visible window as a share of the picture's, drawn from this range, at a random
    /// place. Below 1 zooms in; above 1 zooms out, up to 4.
    pub scale: [f32; 2],
    /// Brightness factor within 1 ± this, in [0, 1].
    pub brightness: f32,
    /// Contrast factor (about the picture's mean grey) within 1 ± this, in [0, 1].
    pub contrast: f32,
    /// Mirror every second picture. Leave off where text matters.
    pub horizontal_flip: bool,
    /// RGB of what lies outside of the picture.
    pub fill: [u8; 3],
}

impl Default for Augmentation {
    fn default() -> Self {
        Self {
            rotation: 0.0,
            scale: [1.0, 1.0],
            brightness: 0.0,
            contrast: 0.0,
            horizontal_flip: false,
            fill: [0; 3],
        }
    }
}

/// Output to source coordinates: `source = matrix * (output - centre) + offset`.
struct View {
    matrix: [f32; 4],
    offset: [f32; 2],
}

impl Augmentation {
    /// Whether pictures stay as they are.
    pub fn is_none(&self) -> bool {
        let fill = self.fill;
        *self == Self { fill, ..Self::default() }
    }

    pub(super) fn validate(&self) -> Result<(), EngineError> {
        let [low, high] = self.scale;
        let unit = |x: f32| (0.0..=1.0).contains(&x);
        let checks = [
            ((0.0..=180.0).contains(&self.rotation), "rotation must be in [0, 180]"),
            (low > 0.0 && low <= high && high <= 4.0, "scale must rise within (0, 4]"),
            (unit(self.brightness), "brightness must be in [0, 1]"),
            (unit(self.contrast), "contrast must be in [0, 1]"),
        ];
        match checks.into_iter().find(|(good, _)| !good) {
            Some((_, reason)) => {
                Err(EngineError::InvalidConfig { field: "augmentation", reason: reason.to_owned() })
            }
            None => Ok(()),
        }
    }

    /// Writes the changed picture into `out`. The change depends on the seeds (run, epoch, sample)
    /// alone. `image` holds `height` rows of `width` RGB pixels.
    pub fn apply(
        &self,
        image: &[u8],
        height: usize,
        width: usize,
        seeds: [u64; 3],
        out: &mut Vec<u8>,
    ) {
        let [seed, epoch, sample] = seeds;
        let mut random = Random::stream(seed, Stream::Augmentation, &[epoch, sample]);
        let view = self.draw_view(&mut random, height, width);
        let brightness = 1.0 + random.uniform(-self.brightness, self.brightness);
        let contrast = 1.0 + random.uniform(-self.contrast, self.contrast);
        out.clear();
        match view {
            None => out.extend_from_slice(image),
            Some(view) => self.sample(image, height, width, &view, out),
        }
        if brightness != 1.0 || contrast != 1.0 {
            adjust(out, brightness, contrast);
        }
    }

    /// The part of the picture to show; `None` for all of it, as it is.
    fn draw_view(&self, random: &mut Random, height: usize, width: usize) -> Option<View> {
        // Always the same number of draws, so that one setting does not change another's values.
        let angle = random.uniform(-self.rotation, self.rotation).to_radians();
        let scale = random.uniform(self.scale[0], self.scale[1]);
        let shift = [random.uniform(-0.5, 0.5), random.uniform(-0.5, 0.5)];
        let flip = random.unit() < 0.5 && self.horizontal_flip;
        if angle == 0.0 && scale == 1.0 && !flip {
            return None;
        }
        let (sin, cos) = (angle.sin() * scale, angle.cos() * scale);
        let mirror = if flip { -1.0 } else { 1.0 };
        // The window moves inside the picture (or the picture inside the window).
        let room = 1.0 - scale;
        Some(View {
            matrix: [cos * mirror, -sin, sin * mirror, cos],
            offset: [
                (0.5 + shift[0] * room) * width as f32,
                (0.5 + shift[1] * room) * height as f32,
            ],
        })
    }

    /// Bilinear sampling; pixel centres lie at half-integers.
    fn sample(&self, image: &[u8], height: usize, width: usize, view: &View, out: &mut Vec<u8>) {
        let [a, b, c, d] = view.matrix;
        let centre = [width as f32 / 2.0, height as f32 / 2.0];
        let fill = self.fill.map(f32::from);
        let pixel = |x: i32, y: i32| -> [f32; 3] {
            if x < 0 || y < 0 || x >= width as i32 || y >= height as i32 {
                return fill;
            }
            let at = (y as usize * width + x as usize) * 3;
            [image[at], image[at + 1], image[at + 2]].map(f32::from)
        };
        for row in 0..height {
            let v = row as f32 + 0.5 - centre[1];
            for col in 0..width {
                let u = col as f32 + 0.5 - centre[0];
                let x = a * u + b * v + view.offset[0] - 0.5;
                let y = c * u + d * v + view.offset[1] - 0.5;
                let (left, top) = (x.floor(), y.floor());
                let (fx, fy) = (x - left, y - top);
                let (left, top) = (left as i32, top as i32);
                let corners = [
                    (pixel(left, top), (1.0 - fx) * (1.0 - fy)),
                    (pixel(left + 1, top), fx * (1.0 - fy)),
                    (pixel(left, top + 1), (1.0 - fx) * fy),
                    (pixel(left + 1, top + 1), fx * fy),
                ];
                for channel in 0..3 {
                    let value: f32 =
                        corners.iter().map(|(rgb, weight)| rgb[channel] * weight).sum();
                    out.push((value + 0.5) as u8);
                }
            }
        }
    }
}

/// `(x - mean) * contrast + mean`, then times `brightness`, the mean being that of the grey values.
fn adjust(pixels: &mut [u8], brightness: f32, contrast: f32) {
    let grey: f64 = pixels
        .chunks_exact(3)
        .map(|p| 0.299 * f64::from(p[0]) + 0.587 * f64::from(p[1]) + 0.114 * f64::from(p[2]))
        .sum();
    let mean = (grey / (pixels.len() / 3).max(1) as f64) as f32;
    let table: [u8; 256] = std::array::from_fn(|byte| {
        let value = ((byte as f32 - mean) * contrast + mean) * brightness;
        value.round().clamp(0.0, 255.0) as u8
    });
    for value in pixels {
        *value = table[usize::from(*value)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 3 x 4 pixels, all different.
    fn image() -> Vec<u8> {
        (0..36).map(|i| (i * 7) as u8).collect()
    }

    fn apply(augmentation: Augmentation, seeds: [u64; 3]) -> Vec<u8> {
        let mut out = Vec::new();
        augmentation.apply(&image(), 3, 4, seeds, &mut out);
        out
    }

    #[test]
    fn the_default_changes_nothing() {
        assert!(Augmentation::default().is_none());
        assert_eq!(apply(Augmentation::default(), [1, 2, 3]), image());
    }

    #[test]
    fn a_change_depends_on_all_three_seeds_and_nothing_else() {
        let augmentation = Augmentation { rotation: 20.0, scale: [0.7, 1.0], ..Default::default() };
        let base = apply(augmentation, [1, 2, 3]);
        assert_eq!(base.len(), image().len());
        assert_eq!(base, apply(augmentation, [1, 2, 3]));
        for other in [[0, 2, 3], [1, 0, 3], [1, 2, 0]] {
            assert_ne!(base, apply(augmentation, other));
        }
    }

    #[test]
    fn half_a_turn_reverses_the_pixels() {
        let (mut out, half_turn) = (Vec::new(), Augmentation::default());
        let view = View { matrix: [-1.0, 0.0, 0.0, -1.0], offset: [2.0, 1.5] };
        half_turn.sample(&image(), 3, 4, &view, &mut out);
        let reversed: Vec<u8> = image().chunks_exact(3).rev().flatten().copied().collect();
        assert_eq!(out, reversed);
    }

    #[test]
    fn a_flip_mirrors_about_half_of_the_pictures() {
        let flip = Augmentation { horizontal_flip: true, ..Default::default() };
        let mirrored: Vec<u8> = image()
            .chunks_exact(12)
            .flat_map(|row| row.chunks_exact(3).rev().flatten().copied().collect::<Vec<_>>())
            .collect();
        let flips = (0..200).filter(|&sample| apply(flip, [0, 0, sample]) == mirrored).count();
        let kept = (0..200).filter(|&sample| apply(flip, [0, 0, sample]) == image()).count();
        assert_eq!(flips + kept, 200);
        assert!((70..130).contains(&flips), "{flips}");
    }

    #[test]
    fn what_lies_outside_is_filled() {
        let fill = [9, 99, 199];
        let zoom_out = Augmentation { scale: [4.0, 4.0], fill, ..Default::default() };
        let out = apply(zoom_out, [1, 1, 1]);
        let filled = out.chunks_exact(3).filter(|pixel| *pixel == fill).count();
        assert!(filled >= 6, "{filled}");
    }

    #[test]
    fn brightness_and_contrast_do_what_they_say() {
        let mut pixels = vec![100, 100, 100, 200, 200, 200];
        adjust(&mut pixels, 1.0, 0.5);
        assert_eq!(pixels, [125, 125, 125, 175, 175, 175]);
        adjust(&mut pixels, 2.0, 1.0);
        assert_eq!(pixels, [250, 250, 250, 255, 255, 255]);
    }

    #[test]
    fn values_out_of_range_are_refused() {
        let none = Augmentation::default();
        for wrong in [
            Augmentation { rotation: -1.0, ..none },
            Augmentation { scale: [0.0, 1.0], ..none },
            Augmentation { scale: [1.0, 0.5], ..none },
            Augmentation { brightness: f32::NAN, ..none },
            Augmentation { contrast: 1.5, ..none },
        ] {
            assert!(wrong.validate().is_err(), "{wrong:?}");
        }
        let json = r#"{"rotation":15,"flip":true}"#;
        assert!(serde_json::from_str::<Augmentation>(json).is_err());
    }
}
