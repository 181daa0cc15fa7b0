//! Why a transaction did not happen.

use std::io;
use std::path::{Path, PathBuf};

/// Why a change of a data set was refused or given up. Unless the message says otherwise, every file
/// is where it was.
// The messages are the documentation of the variants and their fields.
#[allow(missing_docs)]
#[derive(Debug, thiserror::Error)]
pub enum TransactionError {
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("another program is changing {path}")]
    Locked { path: PathBuf },
    #[error("{path} is no path inside the data set that may be changed")]
    UnsafePath { path: String },
    #[error("{path} is no regular file")]
    NotAFile { path: String },
    #[error("{path} is to be moved twice")]
    Repeated { path: String },
    #[error("{path} exists already")]
    Occupied { path: String },
    #[error("{count} files changed since, {first} is the first: nothing was done")]
    Changed { first: String, count: usize },
    #[error("there is nothing to undo")]
    NothingToUndo,
    #[error("transaction {id} is not the latest one that stands: undo {latest} first")]
    NotLatest { id: u64, latest: u64 },
    #[error("there is no transaction {id}")]
    Unknown { id: u64 },
    #[error("{path} cannot be understood: {reason}")]
    Journal { path: PathBuf, reason: String },
    #[error("stopped in the middle: {cause}; the next command finishes it or takes it back")]
    Interrupted { cause: Box<TransactionError> },
}

impl TransactionError {
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}
