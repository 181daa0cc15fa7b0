//! Where pictures come from: paths, file descriptors, encoded bytes, pixels.

use std::fs::File;

use epic_core::ImageSource;
use epic_core::gallery::PixelBuffer;
use epic_core::picture::{self, Pixels};

use crate::error::EpicError;

/// Channel order, 8 bits each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum PixelFormat {
    /// Red, green, blue.
    Rgb8,
    /// Red, green, blue, alpha (Android's `ARGB_8888` in memory).
    Rgba8,
    /// Blue, green, red, alpha (`kCVPixelFormatType_32BGRA`).
    Bgra8,
}

/// How stored pixels are turned to stand upright: the eight values of EXIF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Orientation {
    /// 1: stored upright.
    Normal,
    /// 2: mirrored left to right.
    FlipHorizontal,
    /// 3: turned by 180°.
    Rotate180,
    /// 4: mirrored top to bottom.
    FlipVertical,
    /// 5: mirrored along the main diagonal.
    Transpose,
    /// 6: to be turned by 90° clockwise.
    Rotate90,
    /// 7: mirrored along the other diagonal.
    Transverse,
    /// 8: to be turned by 270° clockwise.
    Rotate270,
}

/// How a buffer of pixels is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct PixelLayout {
    /// Pixels in a row.
    pub width: u32,
    /// Number of rows, from top to bottom.
    pub height: u32,
    /// Bytes from the start of one row to the start of the next.
    pub stride: u32,
    /// Channel order.
    pub format: PixelFormat,
    /// Whether colours are already multiplied by alpha (Android bitmaps, Core Graphics).
    pub premultiplied: bool,
    /// How the pixels are turned upright.
    pub orientation: Orientation,
    /// Upright size of the full picture, where these pixels are a reduction of it.
    pub source_size: Option<PictureSize>,
}

/// Width and height in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct PictureSize {
    /// Pixels in a row.
    pub width: u32,
    /// Number of rows.
    pub height: u32,
}

impl PixelLayout {
    pub(crate) fn pixels(self, data: &[u8]) -> Pixels<'_> {
        Pixels {
            data,
            width: self.width,
            height: self.height,
            stride: self.stride,
            format: self.format.into(),
            premultiplied: self.premultiplied,
            orientation: self.orientation.into(),
            source_size: self.source_size.map(|size| (size.width, size.height)),
        }
    }

    pub(crate) fn buffer(self, data: Vec<u8>) -> PixelBuffer {
        let Pixels {
            width, height, stride, format, premultiplied, orientation, source_size, ..
        } = self.pixels(&[]);
        PixelBuffer { data, width, height, stride, format, premultiplied, orientation, source_size }
    }

    pub(crate) fn source(self, data: &[u8]) -> ImageSource<'_> {
        ImageSource::Pixels(self.pixels(data))
    }
}

impl From<PixelFormat> for picture::PixelFormat {
    fn from(format: PixelFormat) -> Self {
        match format {
            PixelFormat::Rgb8 => Self::Rgb8,
            PixelFormat::Rgba8 => Self::Rgba8,
            PixelFormat::Bgra8 => Self::Bgra8,
        }
    }
}

impl From<Orientation> for picture::Orientation {
    fn from(orientation: Orientation) -> Self {
        match orientation {
            Orientation::Normal => Self::Normal,
            Orientation::FlipHorizontal => Self::FlipHorizontal,
            Orientation::Rotate180 => Self::Rotate180,
            Orientation::FlipVertical => Self::FlipVertical,
            Orientation::Transpose => Self::Transpose,
            Orientation::Rotate90 => Self::Rotate90,
            Orientation::Transverse => Self::Transverse,
            Orientation::Rotate270 => Self::Rotate270,
        }
    }
}

/// A file of our own on an open descriptor, which stays the caller's.
#[cfg(unix)]
#[allow(unsafe_code, reason = "descriptors come as numbers")]
pub(crate) fn borrow_file(descriptor: i32) -> Result<File, EpicError> {
    use std::os::fd::BorrowedFd;

    if descriptor < 0 {
        return Err(EpicError::invalid_argument("the file descriptor is negative"));
    }
    // SAFETY: the number is only handed to `dup`, which refuses one that is not open.
    let borrowed = unsafe { BorrowedFd::borrow_raw(descriptor) };
    let owned = borrowed.try_clone_to_owned().map_err(picture::PictureError::from)?;
    Ok(File::from(owned))
}

/// A file that takes over an open descriptor.
#[cfg(unix)]
#[allow(unsafe_code, reason = "descriptors come as numbers")]
pub(crate) fn take_file(descriptor: i32) -> Result<File, EpicError> {
    use std::os::fd::{FromRawFd, OwnedFd};

    // Says whether it is open at all: closing one that is not would abort in debug builds.
    borrow_file(descriptor)?;
    // SAFETY: it is open, and the opener gave it away (its contract).
    let owned = unsafe { OwnedFd::from_raw_fd(descriptor) };
    Ok(File::from(owned))
}

#[cfg(not(unix))]
pub(crate) fn borrow_file(_: i32) -> Result<File, EpicError> {
    Err(EpicError::invalid_argument("file descriptors are a Unix thing"))
}

#[cfg(not(unix))]
pub(crate) use borrow_file as take_file;
