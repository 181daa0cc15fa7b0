//! A square of a picture, brought to the side of a network's input.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use crate::metadata::geometry::Rect;
use crate::picture::Picture;

/// A square in pixels of a decoded picture; it may reach over the borders, where the
/// network sees black.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct View {
    left: f64,
    top: f64,
    side: f64,
}

impl View {
    /// The smallest centred square that holds the whole picture.
    pub(super) fn whole(picture: &Picture) -> Self {
        let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
        let side = width.max(height);
        Self { left: (width - side) / 2.0, top: (height - side) / 2.0, side }
    }

    /// A square around the centre of `rect`, `scale` times as long as its longer side.
    pub(super) fn around(rect: &Rect, scale: f64) -> Self {
        let (width, height) = (f64::from(rect.width), f64::from(rect.height));
        let side = (width.max(height) * scale).max(1.0);
        let (x, y) = (f64::from(rect.x) + width / 2.0, f64::from(rect.y) + height / 2.0);
        Self { left: x - side / 2.0, top: y - side / 2.0, side }
    }

    /// A box of an input of `pixels` × `pixels`, in pixels of the picture.
    pub(super) fn to_picture(self, rect: &Rect, pixels: u32) -> Rect {
        let unit = self.side / f64::from(pixels);
        Rect {
            x: (self.left + f64::from(rect.x) * unit) as f32,
            y: (self.top + f64::from(rect.y) * unit) as f32,
            width: (f64::from(rect.width) * unit) as f32,
            height: (f64::from(rect.height) * unit) as f32,
        }
    }

    /// The square as `pixels` × `pixels` values a channel, R, G, B one after another, in
    /// [-1, 1]. A view that misses the picture is black.
    pub(super) fn tensor(self, picture: &Picture, pixels: u32) -> Vec<f32> {
        let plane = pixels as usize * pixels as usize;
        let mut tensor = vec![-1.0; 3 * plane];
        let across = Span::new(self.left, self.side, picture.width(), pixels);
        let down = Span::new(self.top, self.side, picture.height(), pixels);
        let Some((across, down)) = across.zip(down) else { return tensor };
        let Some(content) = resample(picture, &across, &down) else { return tensor };
        let row_bytes = across.target_len as usize * 3;
        for (row, line) in content.chunks_exact(row_bytes).enumerate() {
            let start =
                (down.target_start as usize + row) * pixels as usize + across.target_start as usize;
            for channel in 0..3 {
                let values = tensor.iter_mut().skip(channel * plane + start);
                for (value, pixel) in values.zip(line.as_chunks::<3>().0) {
                    let byte = pixel.get(channel).copied().unwrap_or(0);
                    *value = f32::from(byte) / 127.5 - 1.0;
                }
            }
        }
        tensor
    }
}

/// One axis of the part of a view that lies inside the picture.
struct Span {
    source_start: f64,
    source_len: f64,
    target_start: u32,
    target_len: u32,
}

impl Span {
    fn new(start: f64, side: f64, picture: u32, pixels: u32) -> Option<Self> {
        let from = start.max(0.0);
        let to = (start + side).min(f64::from(picture));
        if !(to - from > 0.0 && side.is_finite()) {
            return None;
        }
        let per_pixel = f64::from(pixels) / side;
        let first = (((from - start) * per_pixel).round() as u32).min(pixels - 1);
        let last = (((to - start) * per_pixel).round() as u32).clamp(first + 1, pixels);
        Some(Self {
            source_start: from,
            source_len: to - from,
            target_start: first,
            target_len: last - first,
        })
    }
}

fn resample(picture: &Picture, across: &Span, down: &Span) -> Option<Vec<u8>> {
    let kind = PixelType::U8x3;
    let source = ImageRef::new(picture.width(), picture.height(), picture.rgb(), kind).ok()?;
    let mut content = Image::new(across.target_len, down.target_len, kind);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Bilinear))
        .crop(across.source_start, down.source_start, across.source_len, down.source_len);
    Resizer::new().resize(&source, &mut content, &options).ok()?;
    Some(content.into_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rect(x: f32, y: f32, width: f32, height: f32) -> Rect {
        Rect { x, y, width, height }
    }

    /// Left half red, right half blue.
    fn halves(width: u32, height: u32) -> Picture {
        let row: Vec<u8> = (0..width)
            .flat_map(|x| if x < width / 2 { [255, 0, 0] } else { [0, 0, 255] })
            .collect();
        Picture::new(width, height, row.repeat(height as usize), (width, height)).unwrap()
    }

    #[test]
    fn the_whole_picture_is_centred_on_black() {
        let tensor = View::whole(&halves(80, 40)).tensor(&halves(80, 40), 8);
        let (red, blue) = (&tensor[..64], &tensor[128..]);
        assert_eq!(red[..16], [-1.0; 16]);
        // The two columns in the middle are mixed by the filter.
        assert_eq!((&red[16..19], &red[21..24]), (&[1.0; 3][..], &[-1.0; 3][..]));
        assert_eq!((&blue[40..43], &blue[45..48]), (&[-1.0; 3][..], &[1.0; 3][..]));
        assert_eq!(blue[48..], [-1.0; 16]);
    }

    #[test]
    fn boxes_come_back_to_where_they_were() {
        let picture = halves(80, 40);
        let whole = View::whole(&picture).to_picture(&rect(0.0, 2.0, 8.0, 4.0), 8);
        assert_eq!(whole, rect(0.0, 0.0, 80.0, 40.0));
        let face = rect(30.0, 10.0, 20.0, 16.0);
        let view = View::around(&face, 2.0);
        assert_eq!(view.to_picture(&rect(2.0, 2.4, 4.0, 3.2), 8), face);
    }

    #[test]
    fn a_view_over_the_border_is_black_outside() {
        let view = View::around(&rect(-4.0, -4.0, 8.0, 8.0), 2.0);
        let tensor = view.tensor(&halves(80, 40), 8);
        assert_eq!(tensor[36..40], [1.0; 4]);
        assert_eq!(tensor[32..36], [-1.0; 4]);
        assert_eq!(tensor[..32], [-1.0; 32]);
        let outside = View::around(&rect(500.0, 0.0, 8.0, 8.0), 2.0);
        assert!(outside.tensor(&halves(80, 40), 8).iter().all(|value| *value == -1.0));
    }

    #[test]
    fn slivers_and_single_pixels_have_a_tensor() {
        for (width, height) in [(1, 1), (5000, 1), (1, 5000), (3, 2)] {
            let picture = halves(width, height);
            let tensor = View::whole(&picture).tensor(&picture, 16);
            assert_eq!(tensor.len(), 768);
            assert!(tensor.iter().any(|value| *value > 0.0), "{width} x {height}");
        }
        let tiny = View::around(&rect(3.0, 3.0, 0.0, 0.0), 2.0);
        assert_eq!(tiny.tensor(&halves(80, 40), 16)[100], 1.0);
    }
}
