//! The thesis's table on a data set of one's own: every variant trained on one split, and a report that says of each of
//! the thesis's findings whether it holds, with intervals.

mod cost;
mod data;
mod error;
mod estimate;
mod files;
mod findings;
mod hardware;
mod identity;
mod network;
mod observer;
mod plan;
mod report;
mod results;
mod run;
mod variant;

pub use cost::{Cost, StepCost};
pub use data::{DataFacts, VersionFacts};
pub use error::ReproduceError;
pub use findings::{Comparison, Finding, Verdict};
pub use hardware::Hardware;
pub use network::NetworkFacts;
pub use observer::{ReproduceObserver, VariantEvent};
pub use plan::THESIS_VARIANTS;
pub use results::{Bootstrap, Results, Scores, State, VariantResult};
pub use run::{ReproduceOptions, Reproduced, run};
pub use variant::Record;

/// The cleaned version of a data set.
const V01: &str = "v01";
/// `v01` without the outliers of the minority classes.
const V01_1: &str = "v01.1";
