//! Why the table could not be made; what went wrong with one variant is in the results.

use std::path::PathBuf;

use epic_core::PackError;

use crate::dataset::check::CheckError;
use crate::dataset::label_errors::LabelErrorsError;
use crate::dataset::version::VersionError;
use crate::dataset::{DatasetError, SplitError};
use crate::embedding::EmbeddingError;
use crate::evaluation::EvaluationError;
use crate::pipeline::PipelineError;

/// Why the table could not be made.
// The messages are the documentation of the variants and their fields.
#[allow(missing_docs)]
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReproduceError {
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    #[error(transparent)]
    Check(#[from] CheckError),
    #[error(transparent)]
    Version(#[from] VersionError),
    #[error(transparent)]
    Split(#[from] SplitError),
    #[error(transparent)]
    Embedding(#[from] EmbeddingError),
    #[error(transparent)]
    LabelErrors(#[from] LabelErrorsError),
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    #[error(transparent)]
    Pack(#[from] PackError),
    #[error("there is no variant {id}; there are {}", known.join(", "))]
    UnknownVariant { id: String, known: Vec<String> },
    #[error("{}: {reason}", path.display())]
    Recipe { path: PathBuf, reason: String },
    #[error("{} holds none of the thesis's recipes", .0.display())]
    NoRecipes(PathBuf),
    #[error(
        "{id} has the taxonomy {taxonomy}, {first} has {wanted}; give all of them one by --taxonomy"
    )]
    Taxonomies { id: String, taxonomy: String, first: String, wanted: String },
    #[error("{id} stands on a backbone; give its file by --backbone")]
    NeedsBackbone { id: String },
    #[error("the data set {} has no usable picture", .0.display())]
    NoPictures(PathBuf),
    #[error("{} holds other files; choose an empty folder or one that `epic reproduce` began", .0.display())]
    Occupied(PathBuf),
    #[error("{} was begun with {what} {before}, now it is {now}; choose another folder", path.display())]
    OtherRun { path: PathBuf, what: &'static str, before: String, now: String },
    #[error("{id} was trained from another recipe; remove {} to train it anew", path.display())]
    OtherRecipe { id: String, path: PathBuf },
    #[error("{}: {reason}", path.display())]
    Format { path: PathBuf, reason: String },
    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("cannot write {}: {source}", path.display())]
    Write { path: PathBuf, source: std::io::Error },
}
