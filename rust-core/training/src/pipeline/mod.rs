//! From a recipe and a folder of pictures to a pack: split, train, export, calibrate, measure.

mod backbone;
mod base;
mod card;
mod domain;
mod error;
mod finish;
mod fit;
mod looking;
mod material;
mod measured;
mod out_of_fold;
mod prepare;
mod recipe;
mod run;
mod trees;
mod tune;

pub use domain::DomainAugmentation;
pub use error::PipelineError;
pub use looking::SeenFeatures;
pub(crate) use material::open_noting;
pub use prepare::{MeasuredFeatures, PreparedSet, Preparing};
pub use recipe::{
    BackboneSection, DecisionSection, PackSection, Recipe, RecipeChanges, SplitSection,
    TreesSection, TuningSection,
};
pub use run::{
    Outcome, PartPredictions, PipelineObserver, PipelineOptions, SplitDataset, Trained,
    WORK_FOLDER, run,
};
pub use tune::{TrialEvent, Tuned, tune};
