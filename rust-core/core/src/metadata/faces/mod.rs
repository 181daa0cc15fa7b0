//! Faces.

use super::error::MetadataError;
use super::record::FaceMetadata;
use super::weights::Weights;
use crate::picture::Picture;

/// Finds faces.
pub struct FaceDetector;

impl FaceDetector {
    /// Reads and plans the detector.
    ///
    /// # Errors
    /// [`MetadataError::Weights`] or [`MetadataError::Network`].
    pub fn load(_weights: &Weights) -> Result<Self, MetadataError> {
        Ok(Self)
    }

    /// All faces of a picture.
    ///
    /// # Errors
    /// [`MetadataError::Preprocess`] or [`MetadataError::Network`].
    pub fn detect(&self, _picture: &Picture) -> Result<FaceMetadata, MetadataError> {
        Ok(FaceMetadata::default())
    }
}
