//! The thesis's metadata of a picture: dominant colours, faces, text and words
//! (phase 1; 37 columns, see [`COLUMNS`]).
//!
//! A [`MetadataExtractor`] is made from [`Weights`]; each request names its
//! [`Parts`], and only what they need is loaded.

pub mod colors;
mod columns;
mod engine;
mod error;
mod extractor;
pub mod faces;
mod features;
pub mod geometry;
mod parts;
mod record;
#[cfg(test)]
mod snapshot;
pub mod text;
mod weights;
pub mod words;

pub use colors::ColorVariety;
pub use columns::{COLUMNS, MetadataRow, Value};
pub use error::MetadataError;
pub use extractor::{MetadataExtractor, MetadataOptions};
pub use features::{Features, UnknownFeature, feature_names};
pub use parts::{Parts, UnknownPart};
pub use record::{
    ArabicText, COLOR_COUNT, ColorMetadata, DominantColor, EnglishText, Face, FaceMetadata,
    ImageMetadata, METADATA_VERSION, Script, TextLine, TextMetadata, WordList,
};
pub use weights::{
    WEIGHTS_MANIFEST, WEIGHTS_SCHEMA, Weights, WeightsEntry, WeightsError, WeightsManifest,
};
