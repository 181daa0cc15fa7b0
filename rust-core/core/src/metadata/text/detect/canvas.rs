//! A picture inside a detector input of one of few sizes.

use crate::metadata::geometry::{Point, Quad};
use crate::picture::Picture;
use crate::preprocess::{PreprocessError, resize_to};

/// ImageNet's, in the order that PP-OCR feeds its channels: B, G, R.
const MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const STD: [f32; 3] = [0.229, 0.224, 0.225];
/// Short sides ÷ long side of the canvases: each size costs a plan, each mismatch padding.
const SHORT_SIDES: [f32; 3] = [0.5, 0.75, 1.0];
/// The network halves its input five times.
const MULTIPLE: u32 = 32;

/// Size of a network input and of the picture in its top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Canvas {
    pub(super) width: u32,
    pub(super) height: u32,
    content_width: u32,
    content_height: u32,
}

impl Canvas {
    /// The picture with a long side of `side`, in the smallest canvas that holds it.
    pub(super) fn fit(width: u32, height: u32, side: u32) -> Self {
        let long = width.max(height).max(1);
        let scaled = |length: u32| {
            let exact = f64::from(length) * f64::from(side) / f64::from(long);
            (exact.round() as u32).clamp(1, side)
        };
        let (content_width, content_height) = (scaled(width), scaled(height));
        let short = content_width.min(content_height);
        let shorts = SHORT_SIDES.map(|ratio| round_up((side as f32 * ratio) as u32));
        let canvas_short = shorts.into_iter().find(|s| short <= *s).unwrap_or(side);
        let canvas_long = round_up(side);
        let (width, height) = if content_width >= content_height {
            (canvas_long, canvas_short)
        } else {
            (canvas_short, canvas_long)
        };
        Self { width, height, content_width, content_height }
    }

    /// The picture as a 1 × 3 × height × width tensor; the padding is ImageNet's mean.
    pub(super) fn tensor(&self, picture: &Picture) -> Result<Vec<f32>, PreprocessError> {
        let pixels = resize_to(picture, self.content_width, self.content_height)?;
        let plane = self.width as usize * self.height as usize;
        let mut tensor = vec![0.0; 3 * plane];
        let row_bytes = self.content_width as usize * 3;
        for (channel, values) in tensor.chunks_exact_mut(plane.max(1)).enumerate() {
            let (mean, std) = (
                MEAN.get(channel).copied().unwrap_or(0.0),
                STD.get(channel).copied().unwrap_or(1.0),
            );
            let (scale, shift) = (1.0 / (255.0 * std), mean / std);
            let rows = values.chunks_exact_mut(self.width as usize);
            for (row, line) in rows.zip(pixels.chunks_exact(row_bytes)) {
                let bytes = line.iter().skip(2 - channel).step_by(3);
                for (value, byte) in row.iter_mut().zip(bytes) {
                    *value = f32::from(*byte) * scale - shift;
                }
            }
        }
        Ok(tensor)
    }

    /// From pixels of the canvas to pixels of the full picture, inside its borders.
    pub(super) fn to_picture(self, quad: Quad, picture: &Picture) -> Quad {
        let (full_width, full_height) = picture.source_size();
        let scale = |full: u32, content: u32| full as f32 / content as f32;
        let (x, y) =
            (scale(full_width, self.content_width), scale(full_height, self.content_height));
        Quad {
            corners: quad.corners.map(|corner| Point {
                x: (corner.x * x).clamp(0.0, full_width as f32),
                y: (corner.y * y).clamp(0.0, full_height as f32),
            }),
        }
    }
}

fn round_up(length: u32) -> u32 {
    length.div_ceil(MULTIPLE).max(1) * MULTIPLE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(width: u32, height: u32, color: [u8; 3], source: (u32, u32)) -> Picture {
        Picture::new(width, height, color.repeat((width * height) as usize), source).unwrap()
    }

    #[test]
    fn few_sizes_hold_every_picture() {
        let mut sizes = std::collections::BTreeSet::new();
        for width in (1..3000).step_by(37) {
            for height in (1..3000).step_by(41) {
                let canvas = Canvas::fit(width, height, 960);
                assert!(canvas.content_width <= canvas.width);
                assert!(canvas.content_height <= canvas.height);
                assert_eq!((canvas.width % 32, canvas.height % 32), (0, 0));
                sizes.insert((canvas.width, canvas.height));
            }
        }
        assert_eq!(sizes.len(), 5);
        assert_eq!(Canvas::fit(1, 1, 960).content_width, 960);
        assert_eq!(Canvas::fit(10_000, 1, 960).content_height, 1);
    }

    #[test]
    fn channels_are_blue_green_red_and_the_padding_is_zero() {
        let picture = flat(64, 20, [255, 0, 0], (64, 20));
        let canvas = Canvas::fit(64, 20, 64);
        let tensor = canvas.tensor(&picture).unwrap();
        assert_eq!(tensor.len(), 3 * 64 * 32);
        let red = tensor[2 * 64 * 32];
        assert!((red - (1.0 - MEAN[2]) / STD[2]).abs() < 1e-5);
        assert!((tensor[0] + MEAN[0] / STD[0]).abs() < 1e-5, "no blue");
        assert_eq!(tensor[64 * 31], 0.0);
    }

    #[test]
    fn boxes_come_back_in_pixels_of_the_full_picture() {
        // A 4000 × 2000 photo that was decoded at a quarter.
        let picture = flat(1000, 500, [0; 3], (4000, 2000));
        let canvas = Canvas::fit(1000, 500, 640);
        assert_eq!((canvas.width, canvas.height), (640, 320));
        let rect = crate::metadata::geometry::Rect { x: 64.0, y: 32.0, width: 640.0, height: 16.0 };
        let [a, _, c, _] = canvas.to_picture(rect.to_quad(), &picture).corners;
        assert_eq!((a.x, a.y), (400.0, 200.0));
        assert_eq!((c.x, c.y), (4000.0, 300.0), "cut at the border");
    }
}
