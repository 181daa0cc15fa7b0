//! From a recipe and a folder of pictures to a pack: split, train, export, calibrate, measure.

mod backbone;
mod card;
mod domain;
mod error;
mod finish;
mod fit;
mod measured;
mod prepare;
mod recipe;
mod run;

pub use backbone::SeenFeatures;
pub use domain::DomainAugmentation;
pub use error::PipelineError;
pub use prepare::{MeasuredFeatures, Preparing};
pub use recipe::{
    BackboneSection, DecisionSection, PackSection, Recipe, RecipeChanges, SplitSection,
};
pub(crate) use run::open_noting;
pub use run::{
    Outcome, PartPredictions, PipelineObserver, PipelineOptions, SplitDataset, Trained,
    WORK_FOLDER, run,
};
