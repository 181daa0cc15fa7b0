//! Bounds that are checked before memory is taken.

use super::PictureError;

/// What a picture may cost. Every bound is checked against the header, before
/// pixels are allocated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Size of the encoded file in bytes.
    pub max_bytes: u64,
    /// Width × height of the full picture.
    pub max_pixels: u64,
    /// Bytes of decoded pixels held at once, after scaling where the format allows it.
    pub max_decoded_bytes: u64,
    /// Frames or pages of a file; only the first is decoded.
    pub max_frames: u32,
}

impl Default for Limits {
    /// 256 MiB files, 256 megapixels (the largest phone sensors have 200), 160 MiB
    /// of decoded pixels, 10,000 frames.
    fn default() -> Self {
        Self {
            max_bytes: 256 << 20,
            max_pixels: 256 << 20,
            max_decoded_bytes: 160 << 20,
            max_frames: 10_000,
        }
    }
}

impl Limits {
    pub(super) fn check_bytes(&self, bytes: u64) -> Result<(), PictureError> {
        match bytes {
            0 => Err(PictureError::Empty),
            bytes if bytes > self.max_bytes => {
                Err(PictureError::TooManyBytes { bytes, limit: self.max_bytes })
            }
            _ => Ok(()),
        }
    }

    pub(super) fn check_pixels(&self, width: u32, height: u32) -> Result<(), PictureError> {
        if u64::from(width) * u64::from(height) > self.max_pixels {
            return Err(PictureError::TooManyPixels { width, height, limit: self.max_pixels });
        }
        Ok(())
    }

    pub(super) fn check_memory(&self, bytes: u64) -> Result<(), PictureError> {
        if bytes > self.max_decoded_bytes {
            return Err(PictureError::TooMuchMemory { bytes, limit: self.max_decoded_bytes });
        }
        Ok(())
    }

    pub(super) fn check_frames(&self, frames: u32) -> Result<(), PictureError> {
        if frames > self.max_frames {
            return Err(PictureError::TooManyFrames { limit: self.max_frames });
        }
        Ok(())
    }
}
