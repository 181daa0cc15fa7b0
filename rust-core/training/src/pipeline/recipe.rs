//! Recipes: every setting of a training, in one TOML file.

use std::fs;
use std::path::{Path, PathBuf};

use epic_core::Taxonomy;
use epic_core::metadata::{Features, MetadataExtractor, Parts, feature_names};
use epic_core::pack::Family;
use epic_core::picture::{DecodeOptions, Target};
use epic_core::preprocess::InputSpec;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{DomainAugmentation, PipelineError};
use crate::dataset::{Fractions, SplitOptions};
use crate::engine::{
    LevelWeight, MetadataBranch, MetadataScaling, NetworkSpec, Parents, TrainConfig,
};

/// A parsed and checked recipe. Unknown keys are errors.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// Identifier, for instance `m01.1`.
    pub id: String,
    /// What it is, in a sentence.
    pub description: String,
    /// Model family.
    pub family: Family,
    /// The classes.
    pub taxonomy: Taxonomy,
    /// Name and version of the pack.
    pub pack: PackSection,
    /// Input and preprocessing.
    pub input: InputSpec,
    /// The backbone, of the family `transfer`.
    pub backbone: Option<BackboneSection>,
    /// Names of the metadata features that the network takes; none for most families.
    pub features: Vec<String>,
    /// Network and training.
    pub training: TrainConfig,
    /// How the data is divided.
    pub split: SplitSection,
    /// How calibrated scores become decisions.
    pub decision: DecisionSection,
    /// Train the shipped network once more on all parts, after calibration and scores were taken
    /// from the one that saw the train part only (scikit-learn's `refit`).
    pub refit: bool,
    /// sha256 of the recipe file.
    pub sha256: String,
}

/// `[pack]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackSection {
    /// Name: letters, digits, `-`, `_`.
    pub name: String,
    /// Semantic version.
    pub version: String,
}

/// `[split]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitSection {
    /// Seed of the split.
    pub seed: u64,
    /// Share of every class to train on.
    pub train: f64,
    /// Share to choose the epoch, the temperature and the threshold on.
    pub validation: f64,
    /// Share to report scores of; nothing is chosen on it.
    pub test: f64,
    /// Beginnings of sources that are trained on only, as `synthetic`.
    #[serde(default)]
    pub train_only: Vec<String>,
}

impl SplitSection {
    /// As options of the splitter.
    pub fn options(&self) -> SplitOptions {
        let Self { seed, train, validation, test, .. } = *self;
        let fractions = Fractions { train, validation, test };
        SplitOptions { seed, fractions, ..SplitOptions::default() }
    }
}

/// `[decision]`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionSection {
    /// Largest share of personal pictures of the validation part that may be called irrelevant.
    pub max_false_irrelevant_rate: f64,
}

/// `[backbone]`, of the family `transfer`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackboneSection {
    /// Its name, for people.
    pub name: String,
    /// Hash of its ONNX file: a recipe means one file.
    pub sha256: String,
    /// Features of a picture.
    pub features: usize,
    /// How training pictures are changed before it looks at them.
    pub augmentation: DomainAugmentation,
}

/// `[metadata]`, of the family `mcnn`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct MetadataSection {
    /// Groups of features: `colors`, `faces`, `text`, with commas between.
    parts: String,
    /// Units of the branch.
    hidden: usize,
    /// How features are scaled; fitted to the train part.
    scaling: MetadataScaling,
}

/// `[levels]`, of the family `hcnn`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct LevelsSection {
    /// A level of the taxonomy, or `group`.
    parents: String,
    /// Share of that level's cost, from the general to the specific.
    weights: Vec<LevelWeight>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecipeFile {
    id: String,
    description: String,
    family: Family,
    taxonomy: PathBuf,
    pack: PackSection,
    input: InputSpec,
    network: toml::Table,
    backbone: Option<BackboneSection>,
    metadata: Option<MetadataSection>,
    levels: Option<LevelsSection>,
    training: toml::Table,
    split: SplitSection,
    decision: DecisionSection,
    #[serde(default)]
    refit: bool,
}

/// What is to be otherwise than a recipe's file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecipeChanges {
    /// File of the taxonomy.
    pub taxonomy: Option<PathBuf>,
    /// Seed of the training and of the split.
    pub seed: Option<u64>,
    /// Number of epochs.
    pub epochs: Option<usize>,
}

impl Recipe {
    /// Reads a recipe; its taxonomy path is relative to the recipe's folder.
    ///
    /// # Errors
    /// [`PipelineError::Recipe`] with the file's name and the place, or
    /// [`PipelineError::Taxonomy`].
    pub fn load(path: &Path) -> Result<Self, PipelineError> {
        Self::load_changed(path, &RecipeChanges::default())
    }

    /// As [`Recipe::load`], with changes; [`Recipe::sha256`] stays that of the file.
    ///
    /// # Errors
    /// As [`Recipe::load`].
    pub fn load_changed(path: &Path, changes: &RecipeChanges) -> Result<Self, PipelineError> {
        let text = read(path)?;
        let mut file: RecipeFile = parse(path, &text)?;
        let own_taxonomy = path.with_file_name("").join(&file.taxonomy);
        let taxonomy_path = changes.taxonomy.clone().unwrap_or(own_taxonomy);
        let taxonomy: Taxonomy = parse(&taxonomy_path, &read(&taxonomy_path)?)?;
        taxonomy.validate()?;
        let wrong = |reason| PipelineError::Recipe { path: path.to_owned(), reason };
        let features = features(&file).map_err(wrong)?;
        let mut training = training(&file, &features, &taxonomy).map_err(wrong)?;
        training.epochs = changes.epochs.unwrap_or(training.epochs);
        training.seed = changes.seed.unwrap_or(training.seed);
        file.split.seed = changes.seed.unwrap_or(file.split.seed);
        training.validate()?;
        let digest = Sha256::digest(text.as_bytes());
        Ok(Self {
            id: file.id,
            description: file.description,
            family: file.family,
            taxonomy,
            pack: file.pack,
            input: file.input,
            backbone: file.backbone,
            features,
            training,
            split: file.split,
            decision: file.decision,
            refit: file.refit,
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        })
    }
}

/// Features of the parts in `[metadata]`; each family has the tables that are its own.
fn features(file: &RecipeFile) -> Result<Vec<String>, String> {
    let on_backbone = file.family == Family::Transfer;
    let tables = [
        ("metadata", file.metadata.is_some(), file.family == Family::Mcnn, on_backbone),
        ("levels", file.levels.is_some(), file.family == Family::Hcnn, on_backbone),
        ("backbone", file.backbone.is_some(), on_backbone, false),
    ];
    for (table, is_there, is_needed, is_allowed) in tables {
        match (is_there, is_needed) {
            (false, true) => return Err(format!("this family needs the table {table}")),
            (true, false) if !is_allowed => {
                return Err(format!("this family has no table {table}"));
            }
            _ => {}
        }
    }
    if let Some(section) = &file.backbone {
        section.augmentation.validate().map_err(|reason| format!("backbone.{reason}"))?;
    }
    let Some(section) = &file.metadata else { return Ok(Vec::new()) };
    let parts: Parts = section.parts.parse().map_err(|error| format!("metadata.parts: {error}"))?;
    Ok(feature_names(parts))
}

impl Recipe {
    /// How pictures are decoded: as the pack's classifier will do it.
    pub fn decode_options(&self) -> DecodeOptions {
        DecodeOptions { target: Some(self.decode_target()), ..DecodeOptions::default() }
    }

    fn decode_target(&self) -> Target {
        // Names come from `feature_names`, so that they are features.
        match Features::new(&self.features) {
            Ok(features) if !features.is_empty() => MetadataExtractor::target(features.parts()),
            _ => self.input.target(),
        }
    }
}

/// The engine's settings are the recipe's tables `network` and `training` and what follows from
/// the input, the taxonomy and the other tables.
fn training(
    file: &RecipeFile,
    features: &[String],
    taxonomy: &Taxonomy,
) -> Result<TrainConfig, String> {
    let input = &file.input;
    let integer = |n: usize| toml::Value::Integer(n as i64);
    let mut spec = file.network.clone();
    let mut derived = vec![
        ("height", integer(input.height as usize)),
        ("width", integer(input.width as usize)),
        ("classes", integer(taxonomy.classes.len())),
    ];
    if let Some(section) = &file.metadata {
        let branch = MetadataBranch { features: features.len(), hidden: section.hidden };
        derived.push(("metadata", to_toml(&branch)?));
    }
    if let Some(section) = &file.backbone {
        derived.push(("backbone_features", integer(section.features)));
    }
    if let Some(section) = &file.levels {
        let (names, of_class) = taxonomy
            .parents(&section.parents)
            .ok_or_else(|| format!("the taxonomy has no level {}", section.parents))?;
        derived.push(("parents", to_toml(&Parents { count: names.len(), of_class })?));
    }
    for (key, value) in derived {
        if spec.insert(key.to_owned(), value).is_some() {
            return Err(format!("network.{key} follows from other tables or the taxonomy"));
        }
    }
    let spec: NetworkSpec = spec.try_into().map_err(|error| format!("network: {error}"))?;
    let mut config = file.training.clone();
    let normalization = toml::Table::from_iter([
        ("mean".to_owned(), floats(input.mean)),
        ("std".to_owned(), floats(input.std)),
    ]);
    let mut derived = vec![("spec", to_toml(&spec)?), ("normalization", normalization.into())];
    if let Some(section) = &file.metadata {
        derived.push(("metadata_scaling", to_toml(&section.scaling)?));
    }
    if let Some(section) = &file.levels {
        derived.push(("level_weights", to_toml(&section.weights)?));
    }
    for (key, value) in derived {
        if config.insert(key.to_owned(), value).is_some() {
            return Err(format!("training.{key} follows from other tables"));
        }
    }
    config.try_into().map_err(|error: toml::de::Error| format!("training: {error}"))
}

fn to_toml(value: &impl Serialize) -> Result<toml::Value, String> {
    toml::Value::try_from(value).map_err(|error| error.to_string())
}

fn floats(values: [f32; 3]) -> toml::Value {
    values.map(|value| toml::Value::Float(value.into())).to_vec().into()
}

fn read(path: &Path) -> Result<String, PipelineError> {
    fs::read_to_string(path)
        .map_err(|error| PipelineError::Recipe { path: path.to_owned(), reason: error.to_string() })
}

fn parse<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, PipelineError> {
    toml::from_str(text)
        .map_err(|error| PipelineError::Recipe { path: path.to_owned(), reason: error.to_string() })
}
