//! Why a picture has no metadata.

use crate::network::NetworkError;
use crate::picture::PictureError;
use crate::preprocess::PreprocessError;

use super::weights::WeightsError;

/// Why metadata could not be extracted. Messages hold no path and no text of the picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataError {
    /// The picture cannot be decoded.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The picture cannot be resampled.
    #[error(transparent)]
    Preprocess(#[from] PreprocessError),
    /// The weights or word lists that a part needs are missing or damaged.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// A network failed.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// A bug: a panic was caught, the picture is skipped.
    #[error("internal error while extracting metadata")]
    Internal,
}

impl MetadataError {
    /// A stable lower-case word for scripts and bindings.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Picture(error) => error.kind(),
            Self::Preprocess(_) => "preprocess",
            Self::Weights(_) => "weights",
            Self::Network(_) => "network",
            Self::Internal => "internal",
        }
    }
}
