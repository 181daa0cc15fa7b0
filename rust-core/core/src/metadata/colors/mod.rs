//! The dominant colours of a picture.

use super::error::MetadataError;
use super::record::ColorMetadata;
use crate::picture::Picture;

/// The five dominant colours and their shares.
///
/// # Errors
/// [`MetadataError::Preprocess`] if the picture cannot be resampled.
pub fn dominant_colors(_picture: &Picture) -> Result<ColorMetadata, MetadataError> {
    Ok(ColorMetadata::default())
}
