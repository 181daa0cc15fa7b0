//! Why a search did not go on.

use std::path::{Path, PathBuf};

/// Why a search did not go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TuningError {
    /// The space is not one.
    #[error("{field}: {reason}")]
    Space {
        /// Path of the field.
        field: String,
        /// What is wrong with its range.
        reason: String,
    },
    /// A fresh search was asked for where one has been.
    #[error("{} already holds trials: resume, or choose another folder", path.display())]
    AlreadyBegun {
        /// The file of trials.
        path: PathBuf,
    },
    /// The trials there were made with other settings.
    #[error("the trials in {} belong to another search: {what} differs", path.display())]
    OtherSearch {
        /// The file of trials.
        path: PathBuf,
        /// What differs.
        what: String,
    },
    /// The file of trials is not what was written.
    #[error("{}, line {line}: {reason}", path.display())]
    Damaged {
        /// The file of trials.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// What the reader found.
        reason: String,
    },
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// No trial came to a score.
    #[error("none of {trials} trials came to a score; the first failed with: {reason}")]
    NoneSucceeded {
        /// How many there were.
        trials: usize,
        /// The first one's error.
        reason: String,
    },
}

impl TuningError {
    pub(super) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    pub(super) fn space(field: &str, reason: impl Into<String>) -> Self {
        Self::Space { field: field.to_owned(), reason: reason.into() }
    }
}
