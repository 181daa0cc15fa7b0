//! The manifest of a pack, `manifest.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::PackError;
use crate::decision::{Calibration, Thresholds};
use crate::metadata::Features;
use crate::preprocess::InputSpec;
use crate::taxonomy::Taxonomy;

/// Schema number that this version reads and writes.
pub const SCHEMA: u32 = 1;

/// What a pack holds and how it is used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`SCHEMA`]; another number is refused.
    pub schema: u32,
    /// Name: letters, digits, `-` and `_`.
    pub name: String,
    /// Semantic version of the pack.
    pub version: String,
    /// Model family.
    pub family: Family,
    /// Classes in the order of the network's outputs, and their groups.
    pub taxonomy: Taxonomy,
    /// The image input and its preprocessing.
    pub input: InputSpec,
    /// The output of class logits.
    pub output: OutputSpec,
    /// Metadata features that the network takes beside the picture, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<MetadataSpec>,
    /// How logits become probabilities.
    pub calibration: Calibration,
    /// When to abstain.
    pub thresholds: Thresholds,
    /// Every file of the pack but the manifest and its checksum.
    pub files: Vec<FileEntry>,
    /// Where the pack comes from.
    pub provenance: Provenance,
}

/// Model families, of the thesis unless they say otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Family {
    /// Plain convolutional network on pixels.
    Vcnn,
    /// The same joined with a branch for metadata.
    Mcnn,
    /// The same with an output for a coarser level of classes, which the class logits take into account.
    Hcnn,
    /// Boosted trees on the features of a trained [`Family::Vcnn`].
    Xcnn,
    /// A network on the features of one that was trained on other pictures. Not of the thesis.
    Transfer,
}

/// An output of the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputSpec {
    /// Name of the ONNX output: one logit per class.
    pub name: String,
}

/// Metadata features as network input. They are handed in as they were measured: where a network wants them
/// scaled, scaling is the first step of its graph, so that no two programs can disagree about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetadataSpec {
    /// Name of the ONNX input.
    pub input: String,
    /// Names of [`feature_names`](crate::metadata::feature_names), in the order of the input.
    pub features: Vec<String>,
}

/// One file of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Plain file name inside the pack.
    pub path: String,
    /// What it is for.
    pub role: FileRole,
    /// Lower-case hexadecimal sha256.
    pub sha256: String,
    /// Size in bytes.
    pub size: u64,
}

/// What a file of a pack is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FileRole {
    /// The ONNX network.
    Network,
    /// The model card in Markdown.
    ModelCard,
}

/// Where a pack comes from, enough to train it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Hash over the content and labels of all training pictures.
    pub data_hash: String,
    /// Number of pictures per class in the whole data set.
    pub data_counts: BTreeMap<String, u64>,
    /// Name of the recipe.
    pub recipe: String,
    /// sha256 of the recipe file.
    pub recipe_sha256: String,
    /// Seed of the training.
    pub seed: u64,
    /// Version of the training crate.
    pub code_version: String,
    /// Measured scores, for instance `test_macro_f1`.
    pub scores: BTreeMap<String, f64>,
}

impl Manifest {
    /// Parses and checks a manifest.
    ///
    /// # Errors
    /// [`PackError::UnknownSchema`], [`PackError::InvalidManifest`] or
    /// [`PackError::Taxonomy`].
    pub fn parse(json: &[u8]) -> Result<Self, PackError> {
        #[derive(Deserialize)]
        struct SchemaOnly {
            schema: u64,
        }
        let invalid =
            |error: serde_json::Error| PackError::InvalidManifest { reason: error.to_string() };
        // Read first on its own: fields of a later schema would hide the reason.
        let SchemaOnly { schema } = serde_json::from_slice(json).map_err(invalid)?;
        if schema != u64::from(SCHEMA) {
            return Err(PackError::UnknownSchema { found: schema, supported: SCHEMA });
        }
        let manifest: Self = serde_json::from_slice(json).map_err(invalid)?;
        manifest.validate()?;
        Ok(manifest)
    }

    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn validate(&self) -> Result<(), PackError> {
        self.taxonomy.validate()?;
        let ensure = |holds: bool, reason: &str| {
            holds
                .then_some(())
                .ok_or_else(|| PackError::InvalidManifest { reason: reason.to_owned() })
        };
        let input = &self.input;
        let in_range = |side: u32| (1..=4096).contains(&side);
        let probability = |value: f32| (0.0..=1.0).contains(&value);
        let temperature = self.calibration.temperature;
        ensure(is_plain_name(&self.name), "the name is no plain word")?;
        ensure(is_semantic_version(&self.version), "the version is not x.y.z")?;
        ensure(
            in_range(input.width) && in_range(input.height),
            "an input side is not in 1..=4096",
        )?;
        ensure(
            input.std.iter().all(|std| std.is_finite() && *std > 0.0)
                && input.mean.iter().all(|mean| mean.is_finite()),
            "the normalisation is not finite",
        )?;
        ensure(temperature.is_finite() && temperature > 0.0, "the temperature is not above 0")?;
        ensure(
            probability(self.thresholds.confidence)
                && self.thresholds.groups.values().all(|t| probability(*t)),
            "a threshold is not in [0, 1]",
        )?;
        ensure(
            self.thresholds.groups.keys().all(|group| self.taxonomy.groups.contains(group)),
            "a threshold names an unknown group",
        )?;
        if let Some(metadata) = &self.metadata {
            ensure(!metadata.features.is_empty(), "the metadata input has no features")?;
            ensure(metadata.input != input.name, "two inputs have the same name")?;
            Features::new(&metadata.features)
                .map_err(|error| PackError::InvalidManifest { reason: error.to_string() })?;
        }
        ensure(self.files.iter().all(|file| is_plain_name(&file.path)), "a file name holds a path")
    }
}

/// A file name without folders, so that a pack cannot reach outside itself.
pub(crate) fn is_plain_name(name: &str) -> bool {
    let usable = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty() && !name.starts_with('.') && name.chars().all(usable)
}

fn is_semantic_version(version: &str) -> bool {
    let core = version.split(['-', '+']).next().unwrap_or_default();
    let numbers: Vec<_> = core.split('.').collect();
    numbers.len() == 3 && numbers.iter().all(|n| n.parse::<u32>().is_ok())
}
