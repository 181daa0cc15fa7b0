//! Arguments that every command which trains has.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use epic_core::metadata::{MetadataExtractor, MetadataOptions, Weights, WeightsError};
use epic_training::engine::DeviceKind;
use epic_training::pipeline::{PipelineError, PipelineOptions, Recipe};

/// Networks and word lists of a folder, or those built in.
pub(crate) fn weights(folder: Option<&Path>) -> Result<Weights, WeightsError> {
    match folder {
        Some(folder) => Weights::open(folder),
        None => epic_models::metadata_weights(),
    }
}

#[derive(Args)]
pub(crate) struct Inputs {
    /// Recipe file (see models/variants).
    #[arg(long, value_name = "FILE")]
    pub(crate) recipe: PathBuf,
    /// Data set: a folder per class.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// CSV file with the source of each picture (columns class, file, source) [default:
    /// sources.csv in the data set, else by file name].
    #[arg(long, value_name = "FILE")]
    sources: Option<PathBuf>,
    /// Version of the data set (`epic dataset version list`) [default: the recipe's, else all pictures].
    #[arg(long, value_name = "NAME")]
    data_version: Option<String>,
    /// Continue an interrupted run in the same folder.
    #[arg(long)]
    resume: bool,
    /// Networks and word lists for recipes that take metadata: a folder [default: those built into this
    /// program].
    #[arg(long, value_name = "DIR")]
    weights: Option<PathBuf>,
    /// ONNX file of the backbone, for recipes on one; its manifest lies beside it.
    #[arg(long, value_name = "FILE.onnx")]
    backbone: Option<PathBuf>,
    /// Pack of the recipe that trees stand on, as `epic train` left it [default: it is trained first].
    #[arg(long, value_name = "DIR")]
    base_pack: Option<PathBuf>,
    /// Folder that keeps what a backbone or base saw, for other runs too [default: in the work folder].
    #[arg(long, value_name = "DIR")]
    embedding_cache: Option<PathBuf>,
    /// File that keeps measured metadata, for other runs too [default: in the work folder].
    #[arg(long, value_name = "FILE.jsonl")]
    metadata_cache: Option<PathBuf>,
    /// Device: cpu, or cuda, metal, vulkan in a build with that feature.
    #[arg(long, default_value = "cpu", value_name = "NAME")]
    device: DeviceKind,
}

impl Inputs {
    pub(crate) fn recipe(&self) -> Result<Recipe, PipelineError> {
        Recipe::load(&self.recipe)
    }

    pub(crate) fn extractor(&self) -> Result<Arc<MetadataExtractor>, PipelineError> {
        let weights = weights(self.weights.as_deref())
            .map_err(|error| PipelineError::Metadata { reason: error.to_string() })?;
        Ok(Arc::new(MetadataExtractor::new(weights, MetadataOptions::default())))
    }

    pub(crate) fn options<'a>(
        &'a self,
        out: &'a Path,
        extractor: &'a Arc<MetadataExtractor>,
    ) -> PipelineOptions<'a> {
        PipelineOptions {
            data: &self.data,
            sources: self.sources.as_deref(),
            version: self.data_version.as_deref(),
            split: None,
            measure_train: false,
            out,
            resume: self.resume,
            device: self.device,
            extractor: Some(extractor),
            backbone: self.backbone.as_deref(),
            base_pack: self.base_pack.as_deref(),
            embedding_cache: self.embedding_cache.as_deref(),
            metadata_cache: self.metadata_cache.as_deref(),
        }
    }
}
