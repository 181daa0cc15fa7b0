//! Recipes: every setting of a training, in one TOML file.

mod network;
mod sections;
mod trees;
mod values;

use std::fs;
use std::path::{Path, PathBuf};

use epic_core::Taxonomy;
use epic_core::metadata::{Features, MetadataExtractor};
use epic_core::pack::Family;
use epic_core::picture::{DecodeOptions, Target};
use epic_core::preprocess::InputSpec;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::PipelineError;
use crate::dataset::hex;
use crate::engine::TrainConfig;

pub use sections::{
    BackboneSection, DecisionSection, PackSection, SplitSection, TreesSection, TuningSection,
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
    /// Network and training; those of the base for trees.
    pub training: TrainConfig,
    /// How the data is divided.
    pub split: SplitSection,
    /// How calibrated scores become decisions.
    pub decision: DecisionSection,
    /// Train the shipped network once more on all parts, after calibration and scores were taken
    /// from the one that saw the train part only (scikit-learn's `refit`).
    pub refit: bool,
    /// Version of the data set to train on, unless the caller names another; none for all pictures.
    pub data_version: Option<String>,
    /// The trees, of the family `xcnn`.
    pub trees: Option<TreesSection>,
    /// A search for better settings before training.
    pub tuning: Option<TuningSection>,
    /// sha256 of the recipe file.
    pub sha256: String,
    path: PathBuf,
    text: String,
    changes: RecipeChanges,
}

/// What is to be otherwise than a recipe's file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecipeChanges {
    /// File of the taxonomy.
    pub taxonomy: Option<PathBuf>,
    /// Seed of the training, the search and the split.
    pub seed: Option<u64>,
    /// Number of epochs; trees keep their rounds.
    pub epochs: Option<usize>,
    /// Most trials of a search.
    pub most_trials: Option<usize>,
}

/// What decides which tables a recipe has.
#[derive(Deserialize)]
struct Kind {
    family: Family,
}

impl Recipe {
    /// Reads a recipe; the paths in it are relative to the recipe's folder.
    ///
    /// # Errors
    /// [`PipelineError::Recipe`] with the file's name and the place, or
    /// [`PipelineError::Taxonomy`].
    pub fn load(path: &Path) -> Result<Self, PipelineError> {
        Self::load_changed(path, &RecipeChanges::default())
    }

    /// As [`Recipe::load`], with changes, also of the recipe that trees stand on; [`Recipe::sha256`] stays that of the
    /// file.
    ///
    /// # Errors
    /// As [`Recipe::load`].
    pub fn load_changed(path: &Path, changes: &RecipeChanges) -> Result<Self, PipelineError> {
        let text = read(path)?;
        let recipe = Self::parse(path, &text, changes)?;
        if let Some(section) = &recipe.tuning {
            recipe.check_space(&section.space)?;
        }
        Ok(recipe)
    }

    /// As [`Recipe::load`], with the text that might stand in the file, whose space is not checked.
    fn parse(path: &Path, text: &str, changes: &RecipeChanges) -> Result<Self, PipelineError> {
        let Kind { family } = parse(path, text)?;
        let recipe = match family {
            Family::Xcnn => trees::load(path, text, changes)?,
            _ => network::load(path, text, changes)?,
        };
        let tuning = recipe.tuning.map(|section| TuningSection {
            seed: changes.seed.unwrap_or(section.seed),
            trials: section.trials.min(changes.most_trials.unwrap_or(usize::MAX)),
            ..section
        });
        Ok(Self { sha256: hex::encode(&Sha256::digest(text)), tuning, ..recipe })
    }

    /// The seed of what is trained.
    pub fn seed(&self) -> u64 {
        self.trees.as_ref().map_or(self.training.seed, |trees| trees.params.seed)
    }

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

fn read(path: &Path) -> Result<String, PipelineError> {
    fs::read_to_string(path)
        .map_err(|error| PipelineError::Recipe { path: path.to_owned(), reason: error.to_string() })
}

fn parse<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, PipelineError> {
    toml::from_str(text)
        .map_err(|error| PipelineError::Recipe { path: path.to_owned(), reason: error.to_string() })
}
