//! Bayesian optimisation of settings (Snoek, Larochelle and Adams, "Practical Bayesian optimization of machine
//! learning algorithms", NeurIPS 2012): a Gaussian process guesses the score of settings that were not tried, and
//! the next trial is where the improvement to be expected is largest.
//!
//! What a trial is, and what it costs, is the caller's: [`search`] asks for settings, hands them out, and keeps
//! each trial on disk as it finishes.

mod error;
mod gp;
mod page;
mod sampler;
mod search;
mod space;
mod trials;

pub use error::TuningError;
pub use page::{render, value_text};
pub use sampler::suggest;
pub use search::{Ended, Evaluated, SearchOptions, Study, search};
pub use space::{Domain, Field, Space, Values};
pub use trials::{FoldScores, Header, Metric, Trial, TrialLog, best};
