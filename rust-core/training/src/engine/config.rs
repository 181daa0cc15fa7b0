//! Settings of a training run.

use serde::{Deserialize, Serialize};

use super::augment::Augmentation;
use super::data::Normalization;
use super::error::EngineError;
use super::scaler::MetadataScaling;
use super::spec::{NetworkSpec, hex_sha256};

/// Everything that decides a training run's result, apart from the pictures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainConfig {
    /// The network.
    pub spec: NetworkSpec,
    /// Pictures per step.
    pub batch_size: usize,
    /// Passes over the training set.
    pub epochs: usize,
    /// Adam's step size.
    #[serde(default = "defaults::learning_rate")]
    pub learning_rate: f64,
    /// Adam's decay of the first moment.
    #[serde(default = "defaults::beta_1")]
    pub beta_1: f32,
    /// Adam's decay of the second moment.
    #[serde(default = "defaults::beta_2")]
    pub beta_2: f32,
    /// Decoupled weight decay (AdamW); 0 is plain Adam.
    #[serde(default)]
    pub weight_decay: f32,
    /// How the learning rate changes over the steps.
    #[serde(default)]
    pub lr_schedule: LrSchedule,
    /// The cost.
    #[serde(default)]
    pub loss: Loss,
    /// With a coarser level of classes: how much its cost counts, from which epoch on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub level_weights: Vec<LevelWeight>,
    /// How metadata features are scaled.
    #[serde(default, skip_serializing_if = "is_none")]
    pub metadata_scaling: MetadataScaling,
    /// Weights against class imbalance.
    #[serde(default)]
    pub class_weights: ClassWeights,
    /// Share of the target spread over all classes, in [0, 1).
    #[serde(default)]
    pub label_smoothing: f32,
    /// Random changes to the training pictures.
    #[serde(default)]
    pub augmentation: Augmentation,
    /// Pixel normalization.
    #[serde(default)]
    pub normalization: Normalization,
    /// Stop when the validation set stops improving.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early_stopping: Option<EarlyStopping>,
    /// Which epoch's weights are the result.
    #[serde(default)]
    pub keep: Keep,
    /// Seed of weights, order, augmentation and dropout.
    #[serde(default)]
    pub seed: u64,
}

mod defaults {
    pub(super) fn learning_rate() -> f64 {
        1e-3
    }
    pub(super) fn beta_1() -> f32 {
        0.9
    }
    pub(super) fn beta_2() -> f32 {
        0.999
    }
}

/// The cost; see [`super::loss::cost`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// Cross-entropy over every class and its complement: the thesis's cost of the CNN families.
    #[default]
    PerClass,
    /// The usual categorical cross-entropy.
    LogLikelihood,
}

/// Weight of the coarser level's cost; the classes' own cost has the rest. Going down from epoch to epoch it
/// teaches the general first and the specific then, as the loss weights of B-CNN do (Zhu and Bain, "B-CNN: branch
/// convolutional neural network for hierarchical classification", 2017).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelWeight {
    /// The first epoch that it holds for, from 1.
    pub from_epoch: usize,
    /// Share of the coarser level, in [0, 1].
    pub parents: f64,
}

fn is_none(scaling: &MetadataScaling) -> bool {
    *scaling == MetadataScaling::None
}

/// Weight of each class in the cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassWeights {
    /// All 1.
    #[default]
    None,
    /// scikit-learn's "balanced": samples / (classes present * samples of the class).
    Balanced,
}

/// Learning rate over the steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum LrSchedule {
    /// The same at every step.
    #[default]
    Constant,
    /// Linear rise over the first epochs, then half a cosine down to a share of the peak.
    Cosine {
        /// Epochs of rising.
        #[serde(default)]
        warmup_epochs: usize,
        /// Last learning rate as a share of the peak, in [0, 1].
        #[serde(default)]
        final_fraction: f64,
    },
}

/// Ends a run early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlyStopping {
    /// Epochs without improvement that are tolerated, at least 1.
    pub patience: usize,
    /// What must improve.
    #[serde(default)]
    pub metric: Metric,
}

/// A validation result to judge epochs by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Macro F1, higher is better.
    #[default]
    MacroF1,
    /// Validation cost, lower is better.
    Loss,
}

/// Which epoch's weights a run returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// The best macro F1 on the validation set; the lower cost among equals.
    #[default]
    Best,
    /// The last epoch.
    Last,
}

impl TrainConfig {
    /// The thesis's settings for a network: Adam at 0.001, constant, no augmentation.
    pub fn new(spec: NetworkSpec, batch_size: usize, epochs: usize) -> Self {
        Self {
            spec,
            batch_size,
            epochs,
            learning_rate: defaults::learning_rate(),
            beta_1: defaults::beta_1(),
            beta_2: defaults::beta_2(),
            weight_decay: 0.0,
            lr_schedule: LrSchedule::default(),
            loss: Loss::default(),
            level_weights: Vec::new(),
            metadata_scaling: MetadataScaling::default(),
            class_weights: ClassWeights::default(),
            label_smoothing: 0.0,
            augmentation: Augmentation::default(),
            normalization: Normalization::default(),
            early_stopping: None,
            keep: Keep::default(),
            seed: 0,
        }
    }

    /// Checks every setting.
    ///
    /// # Errors
    /// [`EngineError::InvalidConfig`] names the first setting that is out of range,
    /// [`EngineError::InvalidSpec`] comes from the network.
    pub fn validate(&self) -> Result<(), EngineError> {
        self.spec.validate()?;
        let unit = |x: f32| (0.0..1.0).contains(&x);
        let (warmup, final_fraction) = match self.lr_schedule {
            LrSchedule::Constant => (0, 0.0),
            LrSchedule::Cosine { warmup_epochs, final_fraction } => (warmup_epochs, final_fraction),
        };
        let positive = |x: f64| x.is_finite() && x > 0.0;
        let checks = [
            ("batch_size", self.batch_size > 0, "must be positive"),
            ("epochs", self.epochs > 0, "must be positive"),
            ("learning_rate", positive(self.learning_rate), "must be positive"),
            ("beta_1", unit(self.beta_1), "must be in [0, 1)"),
            ("beta_2", unit(self.beta_2), "must be in [0, 1)"),
            (
                "weight_decay",
                self.weight_decay.is_finite() && self.weight_decay >= 0.0,
                "must not be negative",
            ),
            ("label_smoothing", unit(self.label_smoothing), "must be in [0, 1)"),
            ("lr_schedule", warmup < self.epochs, "warm-up must be shorter than the run"),
            (
                "lr_schedule",
                (0.0..=1.0).contains(&final_fraction),
                "final_fraction must be in [0, 1]",
            ),
            (
                "early_stopping",
                self.early_stopping.is_none_or(|stop| stop.patience > 0),
                "patience must be positive",
            ),
            (
                "level_weights",
                self.spec.parents.is_some() == (self.level_weight(1) > 0.0),
                "a network with a coarser level needs a weight for it from epoch 1 on, others have none",
            ),
            (
                "level_weights",
                self.level_weights.iter().all(|level| (0.0..=1.0).contains(&level.parents)),
                "parents must be in [0, 1]",
            ),
            (
                "metadata_scaling",
                self.spec.metadata.is_some() || self.metadata_scaling == MetadataScaling::None,
                "the network takes no metadata",
            ),
        ];
        for (field, good, reason) in checks {
            if !good {
                return Err(EngineError::InvalidConfig { field, reason: reason.to_owned() });
            }
        }
        self.augmentation.validate()?;
        self.normalization.validate()
    }

    /// Weight of the coarser level's cost in an epoch; 0 without a level.
    pub fn level_weight(&self, epoch: usize) -> f64 {
        let begun = self.level_weights.iter().filter(|level| level.from_epoch <= epoch);
        begun.max_by_key(|level| level.from_epoch).map_or(0.0, |level| level.parents)
    }

    /// Learning rate of `step` (from 0) of a run with `steps_per_epoch`.
    pub fn learning_rate_at(&self, step: usize, steps_per_epoch: usize) -> f64 {
        match self.lr_schedule {
            LrSchedule::Constant => self.learning_rate,
            LrSchedule::Cosine { warmup_epochs, final_fraction } => {
                let warmup = warmup_epochs * steps_per_epoch;
                if step < warmup {
                    return self.learning_rate * (step + 1) as f64 / (warmup + 1) as f64;
                }
                let rest = (self.epochs * steps_per_epoch - warmup).max(2) - 1;
                let progress = ((step - warmup) as f64 / rest as f64).min(1.0);
                let cosine = 0.5 * (1.0 + (std::f64::consts::PI * progress).cos());
                self.learning_rate * (final_fraction + (1.0 - final_fraction) * cosine)
            }
        }
    }

    /// SHA-256 over all settings, in hexadecimal: a checkpoint resumes only under its own.
    pub fn sha256(&self) -> String {
        let json = serde_json::to_vec(self).expect("a struct of plain fields serializes");
        hex_sha256(&[&json])
    }
}

impl ClassWeights {
    /// One weight per class, for these training labels; 0 for a class that has none.
    pub fn weights(self, labels: &[usize], classes: usize) -> Vec<f32> {
        match self {
            Self::None => vec![1.0; classes],
            Self::Balanced => {
                let mut counts = vec![0usize; classes];
                for &label in labels {
                    counts[label] += 1;
                }
                let present = counts.iter().filter(|&&n| n > 0).count();
                let weight = |n: usize| labels.len() as f32 / (present * n) as f32;
                counts.iter().map(|&n| if n > 0 { weight(n) } else { 0.0 }).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> TrainConfig {
        TrainConfig::new(NetworkSpec::vcnn(32, 32, 4), 8, 10)
    }

    #[test]
    fn json_needs_only_what_has_no_default() {
        let spec = serde_json::to_string(&config().spec).unwrap();
        let json = format!(r#"{{"spec":{spec},"batch_size":8,"epochs":10}}"#);
        assert_eq!(serde_json::from_str::<TrainConfig>(&json).unwrap(), config());
        let wrong = json.replace("\"epochs\"", "\"epoch\"");
        assert!(serde_json::from_str::<TrainConfig>(&wrong).is_err());
        let round = serde_json::to_string(&config()).unwrap();
        assert_eq!(serde_json::from_str::<TrainConfig>(&round).unwrap(), config());
    }

    #[test]
    fn every_setting_out_of_range_is_named() {
        let cosine =
            |warmup_epochs, final_fraction| LrSchedule::Cosine { warmup_epochs, final_fraction };
        let stop = EarlyStopping { patience: 0, metric: Metric::MacroF1 };
        let levels = vec![LevelWeight { from_epoch: 1, parents: 0.5 }];
        for (field, wrong) in [
            ("batch_size", TrainConfig { batch_size: 0, ..config() }),
            ("epochs", TrainConfig { epochs: 0, ..config() }),
            ("learning_rate", TrainConfig { learning_rate: f64::NAN, ..config() }),
            ("beta_1", TrainConfig { beta_1: 1.0, ..config() }),
            ("beta_2", TrainConfig { beta_2: -0.1, ..config() }),
            ("weight_decay", TrainConfig { weight_decay: -1.0, ..config() }),
            ("label_smoothing", TrainConfig { label_smoothing: 1.0, ..config() }),
            ("lr_schedule", TrainConfig { lr_schedule: cosine(10, 0.0), ..config() }),
            ("lr_schedule", TrainConfig { lr_schedule: cosine(1, 2.0), ..config() }),
            ("early_stopping", TrainConfig { early_stopping: Some(stop), ..config() }),
            ("level_weights", TrainConfig { level_weights: levels.clone(), ..config() }),
            (
                "metadata_scaling",
                TrainConfig { metadata_scaling: MetadataScaling::MinMax, ..config() },
            ),
        ] {
            match wrong.validate() {
                Err(EngineError::InvalidConfig { field: named, .. }) => assert_eq!(named, field),
                other => panic!("{field}: {other:?}"),
            }
        }
        config().validate().unwrap();
    }

    #[test]
    fn the_latest_level_weight_that_has_begun_holds() {
        let level = |from_epoch, parents| LevelWeight { from_epoch, parents };
        let level_weights = vec![level(1, 0.9), level(5, 0.1), level(3, 0.5)];
        let config = TrainConfig { level_weights, ..config() };
        let weights: Vec<f64> = (1..=6).map(|epoch| config.level_weight(epoch)).collect();
        assert_eq!(weights, [0.9, 0.9, 0.5, 0.5, 0.1, 0.1]);
    }

    #[test]
    fn cosine_rises_peaks_and_falls_to_its_end() {
        let schedule = LrSchedule::Cosine { warmup_epochs: 2, final_fraction: 0.1 };
        let config = TrainConfig { lr_schedule: schedule, ..config() };
        let rates: Vec<f64> = (0..50).map(|step| config.learning_rate_at(step, 5)).collect();
        assert!(rates[..10].windows(2).all(|w| w[0] < w[1]) && rates[0] > 0.0);
        assert!((rates[10] - 1e-3).abs() < 1e-12);
        assert!(rates[10..].windows(2).all(|w| w[0] > w[1]));
        assert!((rates[49] - 1e-4).abs() < 1e-12);
    }

    #[test]
    fn balanced_weights_are_scikit_learns() {
        // compute_class_weight("balanced", classes=[0, 1, 3], y=[0, 0, 0, 1, 3, 3])
        let weights = ClassWeights::Balanced.weights(&[0, 0, 0, 1, 3, 3], 4);
        assert_eq!(weights, [6.0 / 9.0, 2.0, 0.0, 1.0]);
        assert_eq!(ClassWeights::None.weights(&[0], 2), [1.0, 1.0]);
    }
}
