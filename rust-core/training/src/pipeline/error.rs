//! Why a recipe did not become a pack.

use std::path::PathBuf;

use epic_core::PackError;
use epic_core::taxonomy::TaxonomyError;

use crate::dataset::{DatasetError, SplitError};
use crate::engine::EngineError;
use crate::evaluation::EvaluationError;
use crate::trees::TreesError;
use crate::tuning::TuningError;

/// Why a recipe did not become a pack.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// A recipe or taxonomy cannot be read or parsed.
    #[error("{}: {reason}", path.display())]
    Recipe {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The taxonomy breaks a rule.
    #[error(transparent)]
    Taxonomy(#[from] TaxonomyError),
    /// The data set cannot be read.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// The split fails or does not fit the data set.
    #[error(transparent)]
    Split(#[from] SplitError),
    /// Training or export failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The measured scores make no sense.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    /// The pack cannot be written or does not load.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// A part of the split has no usable picture.
    #[error("the {part} part of the split has no usable picture")]
    EmptyPart {
        /// Name of the part.
        part: &'static str,
    },
    /// The metadata that the recipe asks for cannot be extracted.
    #[error("metadata: {reason}")]
    Metadata {
        /// Why.
        reason: String,
    },
    /// The backbone's file is missing, damaged, or another than the recipe's.
    #[error("backbone {}: {reason}", path.display())]
    Backbone {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The pack of the base cannot be used.
    #[error("base pack {}: {reason}", path.display())]
    Base {
        /// The pack's folder.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// No trees were grown.
    #[error(transparent)]
    Trees(#[from] TreesError),
    /// The search for settings failed.
    #[error(transparent)]
    Tuning(#[from] TuningError),
    /// The backbone or base cannot look at pictures.
    #[error("looking at pictures: {reason}")]
    Embedding {
        /// Why.
        reason: String,
    },
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// A result cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
}
