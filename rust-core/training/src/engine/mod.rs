//! Training engine: networks on burn, the training loop, checkpoints, prediction and ONNX export.
//!
//! A network is described once, by a [`NetworkSpec`]; training ([`train()`]) and export
//! ([`export()`]) both read that description.

pub mod augment;
mod checkpoint;
pub mod config;
pub mod data;
pub mod device;
pub mod error;
pub mod export;
mod kernels;
pub mod loss;
pub mod metrics;
pub mod network;
pub mod observer;
pub mod predict;
mod random;
pub mod scaler;
pub mod spec;
pub mod train;

pub use augment::Augmentation;
pub use config::{
    ClassWeights, EarlyStopping, Keep, LevelWeight, Loss, LrSchedule, Metric, TrainConfig,
};
pub use data::{ImageSet, Normalization, Preparation};
pub use device::DeviceKind;
pub use error::EngineError;
pub use export::{
    ExportMeta, Exported, check_export, check_trees, export, export_trees, features_of,
};
pub use network::{Input, Network, Output, View};
pub use observer::{BatchEvent, EpochEvent, EpochRecord, Silent, TrainObserver};
pub use predict::predict;
pub use scaler::{MetadataScaling, Scaler};
pub use spec::{Block, MetadataBranch, NetworkSpec, Parents};
pub use train::{Ended, TrainOptions, TrainOutcome, train};
