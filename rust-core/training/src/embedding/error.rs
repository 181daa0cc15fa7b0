//! Why there are no embeddings; a picture that cannot be embedded is told beside the others.

use std::io;
use std::path::PathBuf;

use epic_core::ClassifyError;
use epic_core::network::NetworkError;

/// What can go wrong with an embedder as a whole, or with one picture.
// The messages are the documentation of the variants and their fields.
#[allow(missing_docs)]
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmbeddingError {
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("{path} has {size} bytes, the limit is {limit}")]
    TooLarge { path: PathBuf, size: u64, limit: u64 },
    #[error("{path} is no manifest of a backbone: {reason}")]
    Manifest { path: PathBuf, reason: String },
    #[error("{path} is not the network of its manifest: its sha256 is {found}")]
    Checksum { path: PathBuf, found: String },
    #[error("{name}: no dense layer leads to the output: {reason}")]
    NoDenseLayer { name: String, reason: String },
    #[error("{name}: {source}")]
    Network { name: String, source: NetworkError },
    #[error("another program uses {0}")]
    Busy(PathBuf),
    #[error(transparent)]
    Picture(#[from] ClassifyError),
}
