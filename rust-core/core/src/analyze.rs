//! Verdict and metadata of one picture from one decode.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::classifier::{Classifier, ClassifyError, Verdict};
use crate::metadata::{ImageMetadata, MetadataError, MetadataExtractor, Parts};
use crate::picture::{self, DecodeOptions, ImageSource, PictureError};

/// What is known of one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// What the pack says.
    pub verdict: Verdict,
    /// The parts that were asked for.
    pub metadata: ImageMetadata,
}

/// Why a picture was not analyzed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnalyzeError {
    /// The picture has no verdict.
    #[error(transparent)]
    Classify(#[from] ClassifyError),
    /// The picture has no metadata.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
}

impl AnalyzeError {
    /// A stable lower-case word for scripts and bindings.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Classify(error) => error.kind(),
            Self::Metadata(error) => error.kind(),
        }
    }
}

impl From<PictureError> for AnalyzeError {
    fn from(error: PictureError) -> Self {
        Self::Classify(error.into())
    }
}

/// Classifies a picture and extracts `parts` from the same pixels.
///
/// Metadata needs more pixels than the network, so that scores can differ a little from
/// [`Classifier::classify`], which decodes at a smaller scale where the format allows. A pack that takes
/// metadata itself is given what `extractor` finds.
///
/// # Errors
/// See [`AnalyzeError`]. A panic, which would be a bug, is an internal error.
pub fn analyze(
    classifier: &Classifier,
    extractor: &MetadataExtractor,
    source: &ImageSource<'_>,
    parts: Parts,
) -> Result<Analysis, AnalyzeError> {
    // Networks and lists are only read, so a panic leaves nothing half-changed.
    let analyze = AssertUnwindSafe(|| {
        let all = parts.union(classifier.metadata_parts());
        let options = MetadataExtractor::decode_options(all);
        let options = DecodeOptions { limits: *classifier.limits(), ..options };
        let picture = picture::decode(source, &options)?;
        let mut metadata = extractor.extract_picture(&picture, all)?;
        let verdict = classifier.classify_measured(&picture, &metadata)?;
        metadata.keep(parts);
        Ok(Analysis { verdict, metadata })
    });
    catch_unwind(analyze).unwrap_or(Err(ClassifyError::Internal.into()))
}
