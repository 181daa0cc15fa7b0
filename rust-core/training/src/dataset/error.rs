//! What can go wrong with a whole data set or split; a single bad picture is a
//! [`Rejected`](super::Rejected), never an error.

use std::io;
use std::path::PathBuf;

use super::version::VersionError;

/// Why a data set could not be opened.
// The messages are the documentation of the variants and their fields.
#[allow(missing_docs)]
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot write {path}: {source}")]
    Write { path: PathBuf, source: io::Error },
    #[error("no class was given")]
    NoClasses,
    #[error("class {class} is given twice")]
    DuplicateClass { class: String },
    #[error("sources file {path}, line {line}: {reason}")]
    Sources { path: PathBuf, line: usize, reason: String },
    #[error(transparent)]
    Version(#[from] VersionError),
}

/// Why a split could not be made, kept or used.
// The messages are the documentation of the variants and their fields.
#[allow(missing_docs)]
#[derive(Debug, thiserror::Error)]
pub enum SplitError {
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot write {path}: {source}")]
    Write { path: PathBuf, source: io::Error },
    #[error("{path} is no split file: {reason}")]
    Format { path: PathBuf, reason: String },
    #[error("split file has schema {found}, expected {expected}")]
    Schema { found: u32, expected: u32 },
    #[error(
        "fractions {train}, {validation}, {test} must not be negative, train must be positive and their sum must be 1"
    )]
    Fractions { train: f64, validation: f64, test: f64 },
    #[error("cannot make {folds} folds of {samples} samples")]
    Folds { folds: usize, samples: usize },
    #[error("sample index {index} is out of range for {samples} samples")]
    Index { index: usize, samples: usize },
    #[error("the data set is empty")]
    Empty,
    #[error("split lists a picture in two parts: {path}")]
    Repeated { path: String },
    /// The data set is not the one that was split; the lists name relative paths.
    #[error(
        "split and data set differ: {} missing, {} added, contents or classes changed: {changed}",
        missing.len(),
        added.len()
    )]
    Mismatch { missing: Vec<String>, added: Vec<String>, changed: bool },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_their_fields() {
        let mismatch =
            SplitError::Mismatch { missing: vec!["a/b.jpg".into()], added: vec![], changed: true };
        let expected = [
            (
                DatasetError::DuplicateClass { class: "memes".into() }.to_string(),
                "class memes is given twice",
            ),
            (
                DatasetError::Sources { path: "s.csv".into(), line: 3, reason: "no file".into() }
                    .to_string(),
                "sources file s.csv, line 3: no file",
            ),
            (
                SplitError::Schema { found: 9, expected: 1 }.to_string(),
                "split file has schema 9, expected 1",
            ),
            (
                mismatch.to_string(),
                "split and data set differ: 1 missing, 0 added, contents or classes changed: true",
            ),
        ];
        for (message, text) in expected {
            assert_eq!(message, text);
        }
    }
}
