//! What a scan is given: files, bytes, and items that only the platform can open.

use std::fmt;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use crate::classifier::ClassifyError;
use crate::picture::{ImageSource, Orientation, PictureError, PixelFormat, Pixels};
use crate::store::Stamp;

/// A picture to scan.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ScanItem {
    /// A file by path.
    Path(PathBuf),
    /// An encoded file in memory.
    Bytes(Vec<u8>),
    /// Something that the platform opens when its turn comes.
    Platform(PlatformItem),
}

/// An item of the platform's gallery: a content URI of Android, an asset of iOS.
#[derive(Clone)]
pub struct PlatformItem {
    /// What the platform calls it; a store knows the item by this.
    pub name: Vec<u8>,
    /// Size and time of the last change: while they stay the same, so does the verdict.
    pub stamp: Stamp,
    /// Opens it.
    pub opener: Arc<dyn OpenItem>,
}

impl PlatformItem {
    /// Opens it; a panic of the opener is an error of this item.
    pub(super) fn open(&self) -> Result<OpenedItem, ClassifyError> {
        let opened = catch_unwind(AssertUnwindSafe(|| self.opener.open()));
        Ok(opened.map_err(|_| ClassifyError::Internal)??)
    }
}

impl fmt::Debug for PlatformItem {
    // Names are private data.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PlatformItem").finish_non_exhaustive()
    }
}

/// Opens an item of the platform's gallery.
pub trait OpenItem: Send + Sync {
    /// Called on a worker thread, at most once a scan, and not at all where the store knows the
    /// verdict.
    ///
    /// # Errors
    /// [`PictureError::Io`] if the item cannot be read now; it counts as no fault of the picture.
    fn open(&self) -> Result<OpenedItem, PictureError>;
}

/// What an item turned out to be.
#[non_exhaustive]
pub enum OpenedItem {
    /// An open encoded file, read from its current position to its end.
    File(File),
    /// An encoded file in memory.
    Bytes(Vec<u8>),
    /// Pixels that the platform decoded.
    Pixels(PixelBuffer),
}

/// [`Pixels`] that own their data.
#[derive(Clone)]
pub struct PixelBuffer {
    /// See [`Pixels::data`].
    pub data: Vec<u8>,
    /// See [`Pixels::width`].
    pub width: u32,
    /// See [`Pixels::height`].
    pub height: u32,
    /// See [`Pixels::stride`].
    pub stride: u32,
    /// See [`Pixels::format`].
    pub format: PixelFormat,
    /// See [`Pixels::premultiplied`].
    pub premultiplied: bool,
    /// See [`Pixels::orientation`].
    pub orientation: Orientation,
    /// See [`Pixels::source_size`].
    pub source_size: Option<(u32, u32)>,
}

impl PixelBuffer {
    /// Borrows the data.
    pub fn as_pixels(&self) -> Pixels<'_> {
        Pixels {
            data: &self.data,
            width: self.width,
            height: self.height,
            stride: self.stride,
            format: self.format,
            premultiplied: self.premultiplied,
            orientation: self.orientation,
            source_size: self.source_size,
        }
    }
}

impl OpenedItem {
    pub(super) fn source(&self) -> ImageSource<'_> {
        match self {
            Self::File(file) => ImageSource::File(file),
            Self::Bytes(bytes) => ImageSource::Bytes(bytes),
            Self::Pixels(pixels) => ImageSource::Pixels(pixels.as_pixels()),
        }
    }
}
