//! Why a review cannot start, or does not do what the page asks.

use std::io;
use std::path::{Path, PathBuf};

use crate::dataset::check::CheckError;
use crate::dataset::transaction::TransactionError;
use crate::table::TableError;

/// What goes wrong in a review. Unless the message says otherwise, every file is where it was.
// The messages are the documentation of the variants and their fields.
#[allow(missing_docs)]
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    #[error(transparent)]
    Listing(#[from] CheckError),
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(transparent)]
    Transaction(#[from] TransactionError),
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("cannot listen on 127.0.0.1, port {port}: {source}")]
    Listen { port: u16, source: io::Error },
    #[error("{path}, line {line}: {reason}")]
    Finding { path: PathBuf, line: usize, reason: String },
    #[error("{path} is under review by another program already")]
    UnderReview { path: PathBuf },
    #[error("{path} is a link, or not what the review keeps there: move it away")]
    WorkFolder { path: PathBuf },
    #[error("{path} cannot be understood: {reason}; move it away to begin without marks")]
    Marks { path: PathBuf, reason: String },
    #[error("{count} files changed since they were marked, {first} is the first: nothing was done")]
    Changed { first: String, count: usize },
    #[error("the pictures are listed anew, this was asked of an older list")]
    OldRevision,
    #[error("the marks are no longer those that were shown: nothing was done")]
    NotAsShown,
    #[error("nothing is marked")]
    NothingMarked,
    #[error("there is no picture {0}")]
    UnknownPicture(usize),
    #[error("there is no class {0}")]
    UnknownClass(usize),
    #[error("there is no column {0}")]
    UnknownColumn(usize),
    #[error("the picture cannot be shown: {0}")]
    NotShown(String),
    #[error("the file is gone, or another one has its name: list the pictures anew")]
    FileChanged,
    #[error("boxes and text are not looked for: no networks were given")]
    NoExtractor,
    #[error("{0}")]
    Internal(&'static str),
}

impl ReviewError {
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        |source| Self::Io { path: path.to_owned(), source }
    }

    /// A stable lower-case word.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Listing(_) | Self::Table(_) | Self::Io { .. } | Self::Listen { .. } => "io",
            Self::Transaction(TransactionError::Changed { .. }) | Self::Changed { .. } => "changed",
            Self::Transaction(TransactionError::Locked { .. }) => "locked",
            Self::Transaction(_) => "refused",
            Self::Finding { .. } => "finding",
            Self::UnderReview { .. } => "under_review",
            Self::WorkFolder { .. } => "work_folder",
            Self::Marks { .. } => "marks",
            Self::OldRevision => "old_revision",
            Self::NotAsShown => "not_as_shown",
            Self::NothingMarked => "nothing_marked",
            Self::UnknownPicture(_) | Self::UnknownClass(_) | Self::UnknownColumn(_) => "unknown",
            Self::NotShown(_) => "not_shown",
            Self::FileChanged => "file_changed",
            Self::NoExtractor => "no_extractor",
            Self::Internal(_) => "internal",
        }
    }
}
