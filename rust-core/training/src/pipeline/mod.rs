//! From a recipe and a folder of pictures to a pack: split, train, export, calibrate, measure.

mod card;
mod error;
mod finish;
mod fit;
mod prepare;
mod recipe;
mod run;

pub use error::PipelineError;
pub use prepare::prepare;
pub use recipe::{DecisionSection, PackSection, Recipe, SplitSection};
pub use run::{Outcome, PipelineObserver, PipelineOptions, Trained, WORK_FOLDER, run};
