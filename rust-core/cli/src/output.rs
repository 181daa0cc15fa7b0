//! Failures of the program as a whole, and files written safely.

use std::io;
use std::path::{Path, PathBuf};

use epic_core::PackError;
use epic_core::metadata::WeightsError;
use epic_training::atomic;
use epic_training::table::TableError;

/// Why a command could not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{name}: {source}")]
    Pack { name: String, source: PackError },
    #[error("{name}: {source}")]
    Weights { name: String, source: WeightsError },
    #[error(transparent)]
    Table(#[from] TableError),
    #[error("no pictures in {0}")]
    NoPictures(String),
    #[error("cannot write {}: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("cannot write to standard output: {0}")]
    StandardOutput(#[from] io::Error),
    #[error("{0}")]
    Data(String),
    #[error("{0}")]
    Usage(String),
}

impl Failure {
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::StandardOutput(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// Writes a whole file under a temporary name, syncs and renames it.
pub(crate) fn write_file(path: &Path, content: &[u8]) -> Result<(), Failure> {
    atomic::write(path, content).map_err(|source| Failure::Write { path: path.to_owned(), source })
}
