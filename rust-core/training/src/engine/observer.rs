//! What a run reports while it trains, and who listens.

use serde::{Deserialize, Serialize};

/// Results of one epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// Epoch, from 1.
    pub epoch: usize,
    /// Learning rate of its last step.
    pub learning_rate: f64,
    /// Weighted mean cost over the epoch's batches, as trained on.
    pub train_loss: f64,
    /// Mean cost on the validation set, without weights and smoothing.
    pub validation_loss: f64,
    /// Accuracy on the validation set.
    pub validation_accuracy: f64,
    /// Macro F1 on the validation set.
    pub validation_macro_f1: f64,
    /// Wall time of the epoch with its validation.
    pub seconds: f64,
}

/// A training step that was just done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchEvent {
    /// Epoch, from 1.
    pub epoch: usize,
    /// Epochs of the run.
    pub epochs: usize,
    /// Batch of this epoch, from 1.
    pub batch: usize,
    /// Batches of an epoch.
    pub batches: usize,
    /// Pictures of this epoch done.
    pub images: usize,
    /// Cost of the batch.
    pub loss: f64,
    /// Learning rate of the step.
    pub learning_rate: f64,
}

/// An epoch that was just done and saved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EpochEvent {
    /// Its results.
    pub record: EpochRecord,
    /// Epochs of the run.
    pub epochs: usize,
    /// Whether it is the best so far.
    pub is_best: bool,
}

/// Watches a run and may end it.
pub trait TrainObserver {
    /// After every step.
    fn on_batch(&mut self, _event: &BatchEvent) {}
    /// After every epoch, when its checkpoint is on disk.
    fn on_epoch(&mut self, _event: &EpochEvent) {}
    /// Asked after every step: true ends the run. A resume repeats the unfinished epoch.
    fn should_stop(&self) -> bool {
        false
    }
}

/// An observer that does nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl TrainObserver for Silent {}
