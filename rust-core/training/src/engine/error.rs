//! The one error type of the engine.

use std::path::PathBuf;

/// Why the engine refused or stopped. One variant per cause that a caller may handle on its own.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The network description cannot be built.
    #[error("invalid network spec: {reason}")]
    InvalidSpec {
        /// What is wrong with it.
        reason: String,
    },
    /// A training setting is out of its range.
    #[error("invalid training config: {field}: {reason}")]
    InvalidConfig {
        /// The setting's name.
        field: &'static str,
        /// What is wrong with its value.
        reason: String,
    },
    /// The pictures or labels do not fit together or do not fit the network.
    #[error("invalid image set: {reason}")]
    InvalidData {
        /// What does not fit.
        reason: String,
    },
    /// This build has no support for the device asked for.
    #[error("device {name} is not available in this build")]
    DeviceUnavailable {
        /// The device's name.
        name: &'static str,
    },
    /// The loss became NaN or infinite; the last checkpoint is still good.
    #[error("loss is not finite at epoch {epoch}, batch {batch}")]
    NonFiniteLoss {
        /// Epoch, from 1.
        epoch: usize,
        /// Batch of that epoch, from 0.
        batch: usize,
    },
    /// A checkpoint belongs to a run with another config, network or data.
    #[error("checkpoint {path} belongs to another run: {what} differs")]
    CheckpointMismatch {
        /// The checkpoint.
        path: PathBuf,
        /// What differs: "config", "training data" or "validation data".
        what: &'static str,
    },
    /// A checkpoint is truncated or damaged.
    #[error("checkpoint {path} is damaged: {reason}")]
    CheckpointDamaged {
        /// The checkpoint.
        path: PathBuf,
        /// What the reader found.
        reason: String,
    },
    /// A resume was asked for, but there is nothing to resume from.
    #[error("no checkpoint in {path}")]
    NoCheckpoint {
        /// The folder that was searched.
        path: PathBuf,
    },
    /// A fresh run was asked for in a folder that already holds one.
    #[error("{path} already holds checkpoints: resume, or choose another folder")]
    AlreadyTrained {
        /// The folder.
        path: PathBuf,
    },
    /// Weights could not be taken from or put into the network.
    #[error("weights do not fit the network: {reason}")]
    Weights {
        /// What burn reports.
        reason: String,
    },
    /// The backbone's file cannot be joined to the trained layers.
    #[error("the backbone cannot be used: {reason}")]
    BackboneUnusable {
        /// What is wrong with it.
        reason: String,
    },
    /// The exported network could not be loaded or run.
    #[error("exported network does not run: {reason}")]
    ExportUnusable {
        /// What tract reports.
        reason: String,
    },
    /// The exported network disagrees with the trained one.
    #[error("exported network differs: probabilities are off by {max_abs_diff}, allowed {allowed}")]
    ExportDiffers {
        /// Largest absolute difference of a probability.
        max_abs_diff: f32,
        /// The limit.
        allowed: f32,
    },
    /// Reading or writing a file failed.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
}

impl EngineError {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn spec(reason: impl Into<String>) -> Self {
        Self::InvalidSpec { reason: reason.into() }
    }

    pub(crate) fn data(reason: impl Into<String>) -> Self {
        Self::InvalidData { reason: reason.into() }
    }
}
