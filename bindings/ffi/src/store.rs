//! The store as an object.

use std::path::Path;
use std::sync::Arc;

use epic_core::store;

use crate::error::{EpicError, guard};

/// What is known of a gallery's pictures, in one file: verdicts, corrections, failures. Pictures
/// are known by keyed digests, so that the file says nothing of them to others.
#[derive(uniffi::Object)]
pub struct Store(pub(crate) Arc<store::Store>);

#[uniffi::export]
impl Store {
    /// Opens or creates the file; its folder must exist.
    ///
    /// # Errors
    /// [`EpicError::Store`].
    #[uniffi::constructor]
    pub fn open(path: String) -> Result<Arc<Self>, EpicError> {
        guard(|| Ok(Arc::new(Self(Arc::new(store::Store::open(Path::new(&path))?)))))
    }

    /// A store that is gone when it is closed.
    ///
    /// # Errors
    /// [`EpicError::Store`].
    #[uniffi::constructor]
    pub fn in_memory() -> Result<Arc<Self>, EpicError> {
        guard(|| Ok(Arc::new(Self(Arc::new(store::Store::in_memory()?)))))
    }

    /// The user says to which group an item belongs: this stands above every verdict on the
    /// same content, also those of later packs. `key` is the item's path or platform key.
    /// Returns whether the item is known (has been scanned); if not, nothing is kept.
    ///
    /// # Errors
    /// [`EpicError::Store`].
    pub fn correct(&self, key: String, group: String) -> Result<bool, EpicError> {
        guard(|| self.on_content(&key, |content| self.0.correct(content, &group)).map(is_some))
    }

    /// Takes a correction back. Returns whether the item is known.
    ///
    /// # Errors
    /// [`EpicError::Store`].
    pub fn uncorrect(&self, key: String) -> Result<bool, EpicError> {
        guard(|| self.on_content(&key, |content| self.0.uncorrect(content)).map(is_some))
    }

    /// The group that the user gave an item, if any.
    ///
    /// # Errors
    /// [`EpicError::Store`].
    pub fn correction(&self, key: String) -> Result<Option<String>, EpicError> {
        guard(|| Ok(self.on_content(&key, |content| self.0.correction(content))?.flatten()))
    }

    /// Forgets the items that are not among `keys`; corrections stay. Returns how many went.
    ///
    /// # Errors
    /// [`EpicError::Store`].
    pub fn retain(&self, keys: Vec<String>) -> Result<u64, EpicError> {
        guard(|| {
            let present: Vec<_> = keys.iter().map(|key| self.0.item_id(key.as_bytes())).collect();
            Ok(self.0.retain(&present)? as u64)
        })
    }

    /// Lets every item in quarantine be tried again; returns how many there were.
    ///
    /// # Errors
    /// [`EpicError::Store`].
    pub fn release_quarantined(&self) -> Result<u64, EpicError> {
        guard(|| Ok(self.0.release_quarantined()? as u64))
    }

    /// Forgets everything, corrections included.
    ///
    /// # Errors
    /// [`EpicError::Store`].
    pub fn wipe(&self) -> Result<(), EpicError> {
        guard(|| Ok(self.0.wipe()?))
    }
}

impl Store {
    fn on_content<T>(
        &self,
        key: &str,
        work: impl FnOnce(&store::ContentId) -> Result<T, store::StoreError>,
    ) -> Result<Option<T>, EpicError> {
        let item = self.0.item_id(key.as_bytes());
        Ok(self.0.content_of(&item)?.as_ref().map(work).transpose()?)
    }
}

fn is_some<T>(value: Option<T>) -> bool {
    value.is_some()
}
