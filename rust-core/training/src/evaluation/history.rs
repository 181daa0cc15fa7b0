//! What training writes down after each epoch.

use serde::{Deserialize, Serialize};

/// One epoch of training; validation numbers are `None` when it was not validated.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EpochStats {
    /// Counted from 1.
    pub epoch: usize,
    /// Mean loss over the training batches.
    pub train_loss: f64,
    /// Mean loss over the validation set.
    pub val_loss: Option<f64>,
    /// Accuracy on the validation set.
    pub val_accuracy: Option<f64>,
    /// Macro F1 on the validation set.
    pub val_macro_f1: Option<f64>,
}
