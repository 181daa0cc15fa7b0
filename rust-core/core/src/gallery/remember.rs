//! A scan that keeps its verdicts in a store and asks it first.

use std::borrow::Cow;
use std::fs::{File, Metadata};
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::ScanItem;
use super::scan::{Outcome, ScanError, Scanned, classify_guarded};
use crate::classifier::{Classifier, ClassifyError};
use crate::picture::{ImageSource, PictureError, read_file};
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
            visit.scan(|| Ok(bytes.as_slice().into()))
        }
        ScanItem::Path(path) => match open(path) {
            Err(error) => Ok(Err(ClassifyError::from(error).into())),
            Ok((name, file, metadata)) => {
                let visit = visit(store.item_id(&name), stamp(&metadata));
                visit.scan(|| Ok(read_file(&file, classifier.limits())?.into()))
            }
        },
    }
}

fn open(path: &Path) -> Result<(Vec<u8>, File, Metadata), PictureError> {
    let name = std::path::absolute(path)?.into_os_string().into_encoded_bytes();
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    Ok((name, file, metadata))
}

fn stamp(metadata: &Metadata) -> Stamp {
    let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let modified = since.and_then(|since| i64::try_from(since.as_nanos()).ok());
    Stamp { size: metadata.len(), modified: modified.unwrap_or_default() }
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
        read: impl FnOnce() -> Result<Cow<'b, [u8]>, PictureError>,
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
            Ok(bytes) => self.work(&bytes),
            Err(error) => self.failed(error.into()),
        }
    }

    /// Classifies the item, unless another one has the same content.
    fn work(&self, bytes: &[u8]) -> Result<Outcome, StoreError> {
        let Self { classifier, store, .. } = self;
        let content = store.content_id(bytes);
        let copy = store.verdict(&content, classifier.pack_id())?;
        let from_store = copy.is_some();
        let fresh = || classify_guarded(classifier, &ImageSource::Bytes(bytes));
        match copy.map_or_else(fresh, Ok) {
            Ok(verdict) => {
                store.finished(&self.id, &content, classifier.pack_id(), &verdict)?;
                let correction = store.correction(&content)?;
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
