//! What can go wrong with a check as a whole; what is wrong with one file is a finding.

use std::io;
use std::path::PathBuf;

use crate::table::TableError;

/// Why a check could not run.
// The messages are the documentation of the variants and their fields.
#[allow(missing_docs)]
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("{path} is no list of signatures: {reason}")]
    Signatures { path: PathBuf, reason: String },
    #[error("{}: reports are kept in .jsonl or .parquet", .0.display())]
    ReportFormat(PathBuf),
    #[error(transparent)]
    Reports(#[from] TableError),
}
