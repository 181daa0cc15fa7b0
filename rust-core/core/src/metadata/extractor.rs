//! One request, one decode, only the parts that were asked for.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::time::Duration;

use super::colors;
use super::error::MetadataError;
use super::faces::FaceDetector;
use super::parts::Parts;
use super::record::ImageMetadata;
use super::text::TextReader;
use super::weights::Weights;
use crate::picture::{self, DecodeOptions, ImageSource, Picture, Target};

/// A screenshot is read at its own size, a photo at about this many pixels a side:
/// twice the detector's largest input, so that small print can still be read.
const DECODE_SIDE: u32 = 2000;

/// Bounds of one picture's extraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetadataOptions {
    /// Boxes of text read at most; the rest count as unread and the record as partial.
    pub max_text_boxes: usize,
    /// Time for reading text; what is found but not yet read by then counts as unread
    /// and the record as partial. `None`: no bound, so that results do not depend on
    /// the machine.
    pub text_time: Option<Duration>,
}

impl Default for MetadataOptions {
    fn default() -> Self {
        Self { max_text_boxes: 256, text_time: None }
    }
}

/// Extracts [`ImageMetadata`]. Shared by threads; networks are loaded when a part
/// first needs them.
pub struct MetadataExtractor {
    weights: Weights,
    options: MetadataOptions,
    faces: OnceLock<Result<FaceDetector, MetadataError>>,
    text: OnceLock<Result<TextReader, MetadataError>>,
}

impl MetadataExtractor {
    /// Nothing is loaded yet.
    pub fn new(weights: Weights, options: MetadataOptions) -> Self {
        Self { weights, options, faces: OnceLock::new(), text: OnceLock::new() }
    }

    /// Loads now what every picture needs for `parts`, so that missing weights are told before
    /// the first picture. Networks that only some pictures need are still loaded by these.
    ///
    /// # Errors
    /// [`MetadataError::Weights`] or [`MetadataError::Network`].
    pub fn prepare(&self, parts: Parts) -> Result<(), MetadataError> {
        if parts.faces {
            self.face_detector()?;
        }
        if parts.text {
            self.text_reader()?;
        }
        Ok(())
    }

    /// Decodes once and extracts `parts`. A panic, which would be a bug, comes back as
    /// [`MetadataError::Internal`].
    ///
    /// # Errors
    /// See [`MetadataError`].
    pub fn extract(
        &self,
        source: &ImageSource<'_>,
        parts: Parts,
    ) -> Result<ImageMetadata, MetadataError> {
        // Networks and lists are only read, so a panic leaves nothing half-changed.
        let extract = AssertUnwindSafe(|| {
            let picture = picture::decode(source, &Self::decode_options(parts))?;
            self.extract_picture(&picture, parts)
        });
        catch_unwind(extract).unwrap_or(Err(MetadataError::Internal))
    }

    /// Extracts `parts` from a picture decoded with [`Self::decode_options`] (or larger).
    ///
    /// # Errors
    /// As [`Self::extract`], but for decoding.
    pub fn extract_picture(
        &self,
        picture: &Picture,
        parts: Parts,
    ) -> Result<ImageMetadata, MetadataError> {
        let mut metadata = ImageMetadata::of_size(picture);
        if parts.colors {
            metadata.colors = Some(colors::dominant_colors(picture)?);
        }
        if parts.faces {
            metadata.faces = Some(self.face_detector()?.detect(picture)?);
        }
        if parts.text {
            metadata.text = Some(self.text_reader()?.read(picture, &self.options)?);
        }
        Ok(metadata)
    }

    /// How large a picture has to be decoded for `parts`.
    pub fn decode_options(parts: Parts) -> DecodeOptions {
        DecodeOptions { target: Some(Self::target(parts)), ..DecodeOptions::default() }
    }

    /// The size in [`Self::decode_options`].
    pub fn target(parts: Parts) -> Target {
        let side = if parts.text { DECODE_SIDE } else { DECODE_SIDE / 2 };
        Target::Fit { width: side, height: side }
    }

    fn face_detector(&self) -> Result<&FaceDetector, MetadataError> {
        let detector = self.faces.get_or_init(|| FaceDetector::load(&self.weights));
        detector.as_ref().map_err(Clone::clone)
    }

    fn text_reader(&self) -> Result<&TextReader, MetadataError> {
        let reader = self.text.get_or_init(|| TextReader::load(&self.weights));
        reader.as_ref().map_err(Clone::clone)
    }
}
