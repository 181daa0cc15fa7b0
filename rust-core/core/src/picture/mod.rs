//! From a file, bytes or platform pixels to an upright RGB [`Picture`].
//!
//! Limits are checked against the header before pixels are allocated, and JPEG
//! files are decoded at the smallest scale that serves the request.

mod decode;
mod error;
mod exif;
mod format;
mod frames;
#[cfg(feature = "heic")]
mod heic;
pub mod jpeg;
mod limits;
mod orientation;
mod raster;
mod source;

pub use decode::{DecodeOptions, Target, decode, dimensions};
pub use error::PictureError;
pub use format::ImageFormat;
pub use frames::count_frames;
pub use limits::Limits;
pub use orientation::Orientation;
pub(crate) use source::read_file;
pub use source::{ImageSource, PixelFormat, Pixels};

/// An upright 8-bit RGB picture, rows from top to bottom without padding.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    source_width: u32,
    source_height: u32,
    rgb: Vec<u8>,
}

impl Picture {
    /// Takes `rgb` of exactly `width * height * 3` bytes; the source size is the
    /// upright size of the full picture that these pixels may be a reduction of.
    ///
    /// # Errors
    /// [`PictureError::InvalidPixels`] where a side is 0 or the length is off.
    pub fn new(
        width: u32,
        height: u32,
        rgb: Vec<u8>,
        source_size: (u32, u32),
    ) -> Result<Self, PictureError> {
        let expected = u64::from(width) * u64::from(height) * 3;
        if expected == 0 || expected != rgb.len() as u64 {
            return Err(PictureError::InvalidPixels {
                reason: "length differs from width × height × 3, or a side is 0",
            });
        }
        Ok(Self { width, height, source_width: source_size.0, source_height: source_size.1, rgb })
    }

    /// Width of the pixels held here.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height of the pixels held here.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Upright width and height of the full picture, before any scaled decode.
    pub fn source_size(&self) -> (u32, u32) {
        (self.source_width, self.source_height)
    }

    /// The pixels: R, G, B, row by row.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }
}

impl std::fmt::Debug for Picture {
    // Pixels are private data and must not reach a log through `{:?}`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Picture")
            .field("width", &self.width)
            .field("height", &self.height)
            .field("source_size", &self.source_size())
            .finish_non_exhaustive()
    }
}
