//! Groups of duplicates by the indices that the page knows.

use serde::Serialize;

use super::error::ReviewError;
use super::state::Review;

/// Files that show the same picture.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Group {
    /// The best one first.
    pub(super) ids: Vec<usize>,
    /// Whether all have the same bytes.
    pub(super) exact: bool,
    /// Whether they lie in several classes: which is right is for a person to say.
    pub(super) conflict: bool,
}

impl Review {
    /// `None` while the survey has not seen all pictures.
    pub(super) fn duplicates(&self, revision: u64) -> Result<Option<Vec<Group>>, ReviewError> {
        let inner = self.read();
        inner.check(revision)?;
        let Some(groups) = &inner.duplicates else {
            return Ok(None);
        };
        let group = |group: &crate::dataset::dedupe::DuplicateGroup| {
            let paths = std::iter::once(&group.keep).chain(&group.others);
            let ids = paths.filter_map(|path| inner.listing.find(path)).collect();
            let conflict = !group.conflicting_classes.is_empty();
            Group { ids, exact: group.exact, conflict }
        };
        Ok(Some(groups.iter().map(group).collect()))
    }
}
