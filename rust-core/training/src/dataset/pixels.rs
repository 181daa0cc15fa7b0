//! What this module asks of a picture decoder.

use std::path::Path;

use epic_core::Picture;

/// Upright 8-bit RGB pixels, row by row, without padding: `data.len() == 3 * width * height`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RgbPixels {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Red, green, blue of every pixel.
    pub data: Vec<u8>,
}

impl From<&Picture> for RgbPixels {
    fn from(picture: &Picture) -> Self {
        Self { width: picture.width(), height: picture.height(), data: picture.rgb().to_vec() }
    }
}

impl RgbPixels {
    /// True when the sizes are not zero and `data` holds exactly the pixels they promise.
    pub fn is_consistent(&self) -> bool {
        let expected = u64::from(self.width) * u64::from(self.height) * 3;
        expected > 0 && self.data.len() as u64 == expected
    }

    /// Luminance of BT.601 of every pixel, row by row, in 0..=255.
    pub(crate) fn luminance(&self) -> Vec<f32> {
        let of = |rgb: &[u8]| {
            0.299 * f32::from(rgb[0]) + 0.587 * f32::from(rgb[1]) + 0.114 * f32::from(rgb[2])
        };
        self.data.chunks_exact(3).map(of).collect()
    }
}

/// Reads pictures for the data set; called from several threads at once.
/// Errors are plain reasons that end up in [`Rejected::reason`](super::Rejected).
pub trait PictureReader: Sync {
    /// Upright width and height of the picture in the file, before any scaling.
    fn dimensions(&self, path: &Path) -> Result<(u32, u32), String>;

    /// Upright RGB8 pixels of a picture scaled so that its short side is at least `min_side`
    /// (a smaller picture comes at its own size).
    fn read(&self, path: &Path, min_side: u32) -> Result<RgbPixels, String>;
}
