//! Why a table cannot be read or written.

use std::io;
use std::path::{Path, PathBuf};

use epic_core::metadata::MetadataError;

/// Why a table could not be made. Rows that were finished are kept in the journal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// The file's ending names no format.
    #[error("{}: the table has to end in .csv, .jsonl or .parquet", .0.display())]
    Format(PathBuf),
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is not such a table.
    #[error("{}: {reason}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the line where there is one.
        reason: String,
    },
    /// The table was made by another version or for other parts.
    #[error(
        "{} holds rows of version {} with the parts {}, not of version {} with {}: write to another \
         file or overwrite this one",
        path.display(), found.0, found.1, wanted.0, wanted.1
    )]
    OtherRequest {
        /// The table or its journal.
        path: PathBuf,
        /// Version and parts in it.
        found: (u64, String),
        /// Version and parts of this run.
        wanted: (u64, String),
    },
    /// No row of the table is one of the pictures: names below another folder mean nothing here.
    #[error(
        "{} holds none of these pictures; a table is about one folder: give the folder that they \
         share, or write to another file", .0.display()
    )]
    OtherPictures(PathBuf),
    /// Another run is writing the same table.
    #[error("{} is being written by another run", .0.display())]
    Busy(PathBuf),
    /// The weights cannot be used: no picture would do better.
    #[error(transparent)]
    Weights(MetadataError),
}

impl TableError {
    pub(crate) fn io(path: &Path) -> impl Fn(io::Error) -> Self + '_ {
        |source| Self::Io { path: path.to_owned(), source }
    }

    pub(crate) fn content(path: &Path, reason: impl ToString) -> Self {
        Self::Content { path: path.to_owned(), reason: reason.to_string() }
    }
}
