//! A scan that keeps its verdicts in a store and asks it first.

use std::borrow::Cow;
use std::fs::{self, File, Metadata};
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::items::{OpenedItem, PixelBuffer, ScanItem};
use super::scan::{Outcome, ScanError, Scanned, classify_guarded};
use crate::classifier::{Classifier, ClassifyError};
use crate::picture::{ImageSource, Limits, PictureError, read_file};
use crate::store::{ItemId, Known, Stamp, Store, StoreError};

/// The verdict from the store where the item has not changed, else a new one. An error is one of
/// the store's.
pub(super) fn scan_item(
    classifier: &Classifier,
    item: &ScanItem,
    store: &Store,
) -> Result<Outcome, StoreError> {
    let visit = |id, stamp| Visit { classifier, store, id, stamp };
    match item {
        ScanItem::Bytes(bytes) => {
            // Bytes have no name but their content.
            let id = store.item_id(store.content_id(bytes).as_bytes());
            let visit = visit(id, Stamp { size: bytes.len() as u64, modified: 0 });
            visit.scan(|| Ok(Content::Encoded(bytes.as_slice().into())))
        }
        ScanItem::Path(path) => match look_up(path) {
            Err(error) => Ok(Err(ClassifyError::from(error).into())),
            Ok((name, metadata)) => {
                let visit = visit(store.item_id(&name), stamp(&metadata));
                visit.scan(|| {
                    let file = File::open(path).map_err(PictureError::from)?;
                    Ok(Content::of_file(&file, classifier.limits())?)
                })
            }
        },
        ScanItem::Platform(item) => {
            let visit = visit(store.item_id(&item.name), item.stamp);
            visit.scan(|| {
                Ok(match item.open()? {
                    OpenedItem::File(file) => Content::of_file(&file, classifier.limits())?,
                    OpenedItem::Bytes(bytes) => Content::Encoded(bytes.into()),
                    OpenedItem::Pixels(pixels) => Content::Pixels(pixels),
                })
            })
        }
    }
}

fn look_up(path: &Path) -> Result<(Vec<u8>, Metadata), PictureError> {
    let name = std::path::absolute(path)?.into_os_string().into_encoded_bytes();
    Ok((name, fs::metadata(path)?))
}

fn stamp(metadata: &Metadata) -> Stamp {
    let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let modified = since.and_then(|since| i64::try_from(since.as_nanos()).ok());
    Stamp { size: metadata.len(), modified: modified.unwrap_or_default() }
}

/// What an item holds.
enum Content<'a> {
    Encoded(Cow<'a, [u8]>),
    Pixels(PixelBuffer),
}

impl Content<'_> {
    fn of_file(file: &File, limits: &Limits) -> Result<Self, PictureError> {
        Ok(Self::Encoded(read_file(file, limits)?.into()))
    }

    fn data(&self) -> &[u8] {
        match self {
            Self::Encoded(bytes) => bytes,
            Self::Pixels(pixels) => &pixels.data,
        }
    }

    fn source(&self) -> ImageSource<'_> {
        match self {
            Self::Encoded(bytes) => ImageSource::Bytes(bytes),
            Self::Pixels(pixels) => ImageSource::Pixels(pixels.as_pixels()),
        }
    }
}

/// One item and where its verdict is kept.
struct Visit<'a> {
    classifier: &'a Classifier,
    store: &'a Store,
    id: ItemId,
    stamp: Stamp,
}

impl Visit<'_> {
    fn scan<'b>(
        &self,
        read: impl FnOnce() -> Result<Content<'b>, ClassifyError>,
    ) -> Result<Outcome, StoreError> {
        let Self { classifier, store, id, stamp } = self;
        match store.known(id, *stamp, classifier.pack_id())? {
            Some(Known::Classified { verdict, correction, .. }) => {
                return Ok(Ok(Scanned { verdict, correction, from_store: true }));
            }
            Some(Known::Quarantined { failure }) => {
                return Ok(Err(ScanError::Quarantined { failure }));
            }
            None => store.begin(id, *stamp, classifier.pack_id())?,
        }
        match read() {
            Ok(content) => self.work(&content),
            Err(error) => self.failed(error),
        }
    }

    /// Classifies the item, unless another one has the same content.
    fn work(&self, content: &Content<'_>) -> Result<Outcome, StoreError> {
        let Self { classifier, store, .. } = self;
        let id = store.content_id(content.data());
        let copy = store.verdict(&id, classifier.pack_id())?;
        let from_store = copy.is_some();
        let fresh = || classify_guarded(classifier, &content.source());
        match copy.map_or_else(fresh, Ok) {
            Ok(verdict) => {
                store.finished(&self.id, &id, classifier.pack_id(), &verdict)?;
                let correction = store.correction(&id)?;
                Ok(Ok(Scanned { verdict, correction, from_store }))
            }
            Err(error) => self.failed(error),
        }
    }

    /// Files that cannot be read now may be readable later: that is no fault of the picture.
    fn failed(&self, error: ClassifyError) -> Result<Outcome, StoreError> {
        match &error {
            ClassifyError::Picture(PictureError::Io { .. }) => self.store.interrupted(&self.id)?,
            error => self.store.failed(&self.id, error.kind())?,
        }
        Ok(Err(error.into()))
    }
}
