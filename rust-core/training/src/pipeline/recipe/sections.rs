//! The tables of a recipe.

use serde::Deserialize;

use crate::dataset::{Fractions, SplitOptions};
use crate::engine::{ClassWeights, LevelWeight, MetadataScaling};
use crate::pipeline::DomainAugmentation;
use crate::trees::BoosterParams;
use crate::tuning::{Metric, Space};

use super::Recipe;

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
    /// Largest share of personal pictures that may be called irrelevant, among those that the threshold is
    /// chosen on.
    pub max_false_irrelevant_rate: f64,
    /// Chooses temperature and threshold on the train and validation parts, each picture as a network sees it
    /// that was trained without its fold, whole sources apart (`CalibratedClassifierCV` of scikit-learn); without
    /// it on the validation part. At least 2.
    #[serde(default)]
    pub folds: Option<usize>,
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
pub(super) struct MetadataSection {
    /// Groups of features: `colors`, `faces`, `text`, with commas between.
    pub(super) parts: String,
    /// Units of the branch.
    pub(super) hidden: usize,
    /// How features are scaled; fitted to the train part.
    pub(super) scaling: MetadataScaling,
}

/// `[levels]`, of the family `hcnn`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LevelsSection {
    /// A level of the taxonomy, or `group`.
    pub(super) parents: String,
    /// Share of that level's cost, from the general to the specific.
    pub(super) weights: Vec<LevelWeight>,
}

/// `base` and `[trees]`, of the family `xcnn`.
#[derive(Debug, Clone, PartialEq)]
pub struct TreesSection {
    /// The recipe of the network that the trees stand on. Taxonomy, input, split and decision are its.
    pub base: Box<Recipe>,
    /// How trees are grown.
    pub params: BoosterParams,
    /// Weights of the rows against class imbalance.
    pub sample_weights: ClassWeights,
}

/// `[tuning]`: what is searched before training, on the train part alone.
#[derive(Debug, Clone, PartialEq)]
pub struct TuningSection {
    /// Trials of the search.
    pub trials: usize,
    /// Folds of the cross-validation, at least 2.
    pub folds: usize,
    /// What is to become better.
    pub metric: Metric,
    /// Chooses trials and folds.
    pub seed: u64,
    /// What is varied.
    pub space: Space,
}

/// As it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TuningTable {
    trials: Option<usize>,
    folds: Option<usize>,
    #[serde(default)]
    metric: Metric,
    #[serde(default)]
    seed: u64,
    space: toml::Table,
}

impl TuningSection {
    /// Trials where nobody says how many.
    pub const TRIALS: usize = 30;
    /// Folds where nobody says how many.
    pub const FOLDS: usize = 5;

    /// Checks the numbers.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn validate(&self) -> Result<(), String> {
        match self {
            Self { trials: 0, .. } => Err("tuning: it needs a trial at least".to_owned()),
            Self { folds: 0 | 1, .. } => Err("tuning: it needs two folds at least".to_owned()),
            _ => Ok(()),
        }
    }
}

impl TryFrom<TuningTable> for TuningSection {
    type Error = String;

    fn try_from(table: TuningTable) -> Result<Self, String> {
        let TuningTable { trials, folds, metric, seed, space } = table;
        let space = Space::from_toml(&space).map_err(|error| format!("tuning.space.{error}"))?;
        let (trials, folds) = (trials.unwrap_or(Self::TRIALS), folds.unwrap_or(Self::FOLDS));
        let section = Self { trials, folds, metric, seed, space };
        section.validate()?;
        Ok(section)
    }
}
