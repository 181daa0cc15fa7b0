//! From a recipe and a folder of pictures to a pack: split, train, export, calibrate, measure.

mod card;
mod domain;
mod error;
mod finish;
mod fit;
mod measured;
mod prepare;
mod recipe;
mod run;

pub use domain::DomainAugmentation;
pub use error::PipelineError;
pub use prepare::{MeasuredFeatures, prepare};
pub use recipe::{DecisionSection, PackSection, Recipe, SplitSection};
pub use run::{Outcome, PipelineObserver, PipelineOptions, Trained, WORK_FOLDER, run};
