//! Where a picture comes from.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::{Limits, Orientation, PictureError};

/// A picture to decode. Nothing of it is kept after the call.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum ImageSource<'a> {
    /// An encoded file by path.
    Path(&'a Path),
    /// An open encoded file, read from its current position to its end.
    File(&'a File),
    /// An encoded file in memory.
    Bytes(&'a [u8]),
    /// Pixels that the platform decoded (HEIC, AVIF, camera buffers).
    Pixels(Pixels<'a>),
}

/// Channel order of [`Pixels`], 8 bits each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PixelFormat {
    /// Red, green, blue.
    Rgb8,
    /// Red, green, blue, alpha (Android's `ARGB_8888` in memory).
    Rgba8,
    /// Blue, green, red, alpha (iOS's `kCVPixelFormatType_32BGRA`).
    Bgra8,
}

impl PixelFormat {
    /// Bytes of one pixel.
    pub fn bytes_per_pixel(self) -> u32 {
        match self {
            Self::Rgb8 => 3,
            Self::Rgba8 | Self::Bgra8 => 4,
        }
    }
}

/// Raw pixels as platforms hand them out.
#[derive(Clone, Copy)]
pub struct Pixels<'a> {
    /// Rows from top to bottom; at least `stride * (height - 1) + width * bytes_per_pixel` bytes.
    pub data: &'a [u8],
    /// Pixels in a row.
    pub width: u32,
    /// Number of rows.
    pub height: u32,
    /// Bytes from the start of one row to the start of the next.
    pub stride: u32,
    /// Channel order.
    pub format: PixelFormat,
    /// Whether colours are already multiplied by alpha (Android bitmaps, Core Graphics).
    pub premultiplied: bool,
    /// How the pixels are turned upright.
    pub orientation: Orientation,
    /// Upright width and height of the full picture, where these pixels are a reduction of it.
    pub source_size: Option<(u32, u32)>,
}

impl Pixels<'_> {
    /// Converts to tightly packed RGB on a white ground, not yet upright.
    pub(super) fn to_rgb(self, limits: &Limits) -> Result<Vec<u8>, PictureError> {
        limits.check_pixels(self.width, self.height)?;
        let row_bytes = u64::from(self.width) * u64::from(self.format.bytes_per_pixel());
        if row_bytes == 0 || self.height == 0 {
            return Err(PictureError::InvalidPixels { reason: "a side is 0" });
        }
        if u64::from(self.stride) < row_bytes {
            return Err(PictureError::InvalidPixels { reason: "the stride is shorter than a row" });
        }
        let needed = u64::from(self.stride) * u64::from(self.height - 1) + row_bytes;
        if (self.data.len() as u64) < needed {
            return Err(PictureError::InvalidPixels {
                reason: "the buffer is shorter than stride × height",
            });
        }
        let size = u64::from(self.width) * u64::from(self.height) * 3;
        limits.check_memory(size)?;
        let mut rgb = Vec::with_capacity(size as usize);
        let rows = self
            .data
            .chunks(self.stride as usize)
            .take(self.height as usize)
            .filter_map(|row| row.get(..row_bytes as usize));
        for row in rows {
            match self.format {
                PixelFormat::Rgb8 => rgb.extend_from_slice(row),
                PixelFormat::Rgba8 => {
                    for [r, g, b, a] in row.as_chunks::<4>().0 {
                        rgb.extend(self.on_white([*r, *g, *b], *a));
                    }
                }
                PixelFormat::Bgra8 => {
                    for [b, g, r, a] in row.as_chunks::<4>().0 {
                        rgb.extend(self.on_white([*r, *g, *b], *a));
                    }
                }
            }
        }
        Ok(rgb)
    }

    fn on_white(&self, color: [u8; 3], alpha: u8) -> [u8; 3] {
        if self.premultiplied {
            color.map(|c| c.saturating_add(255 - alpha))
        } else {
            blend_on_white(color, alpha)
        }
    }
}

/// Straight alpha over white, rounded to the nearest level.
pub(super) fn blend_on_white(color: [u8; 3], alpha: u8) -> [u8; 3] {
    match alpha {
        255 => color,
        alpha => color.map(|c| {
            let sum = u32::from(c) * u32::from(alpha) + 255 * u32::from(255 - alpha);
            ((sum + 127) / 255) as u8
        }),
    }
}

/// Reads a whole file, refusing it by its size before memory is taken.
pub(crate) fn read_file(mut file: &File, limits: &Limits) -> Result<Vec<u8>, PictureError> {
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(PictureError::Io { kind: std::io::ErrorKind::IsADirectory });
    }
    if metadata.is_file() {
        limits.check_bytes(metadata.len())?;
    }
    let mut bytes = Vec::with_capacity(metadata.len().min(limits.max_bytes) as usize);
    // A pipe or a growing file has no size to trust, hence the second bound.
    file.by_ref().take(limits.max_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    limits.check_bytes(bytes.len() as u64)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rgba(data: &[u8], stride: u32, premultiplied: bool) -> Pixels<'_> {
        Pixels {
            data,
            width: 1,
            height: 2,
            stride,
            format: PixelFormat::Rgba8,
            premultiplied,
            orientation: Orientation::Normal,
            source_size: None,
        }
    }

    #[test]
    fn stride_padding_is_skipped_and_alpha_falls_on_white() {
        let data = [10, 20, 30, 255, 9, 9, 9, 9, 0, 0, 0, 0];
        let rgb = rgba(&data, 8, false).to_rgb(&Limits::default()).unwrap();
        assert_eq!(rgb, [10, 20, 30, 255, 255, 255]);
    }

    #[test]
    fn premultiplied_alpha_is_not_multiplied_again() {
        let data = [64, 0, 0, 128, 64, 0, 0, 128];
        let rgb = rgba(&data, 4, true).to_rgb(&Limits::default()).unwrap();
        assert_eq!(rgb.first_chunk(), Some(&[191, 127, 127]));
    }

    #[test]
    fn bgra_changes_places() {
        let pixels =
            Pixels { format: PixelFormat::Bgra8, ..rgba(&[1, 2, 3, 255, 4, 5, 6, 255], 4, false) };
        assert_eq!(pixels.to_rgb(&Limits::default()).unwrap(), [3, 2, 1, 6, 5, 4]);
    }

    #[test]
    fn short_buffers_and_strides_are_refused() {
        for (data, stride) in [(vec![0; 7], 4), (vec![0; 64], 3)] {
            let error = rgba(&data, stride, false).to_rgb(&Limits::default()).unwrap_err();
            assert_eq!(error.kind(), "invalid_pixels");
        }
    }
}
