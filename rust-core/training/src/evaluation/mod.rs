//! How good a classifier is: metrics, confidence intervals, calibration, thresholds and a report.
//!
//! The input is one [`Prediction`] for each picture and the [`LabelSet`] of the taxonomy; nothing
//! here decodes pictures or runs networks. [`Evaluation`] is what `epic evaluate --json` prints,
//! [`report::render`] what `--html` writes.

mod binomial;
mod bootstrap;
mod calibration;
mod confusion;
mod coverage;
mod error;
#[cfg(test)]
mod fixture;
mod group;
mod history;
mod lines;
mod metrics;
mod mistakes;
mod operating;
mod paired;
mod prediction;
pub mod report;
mod summary;
mod temperature;
mod threshold;

pub use binomial::clopper_pearson_upper;
pub use bootstrap::{BootstrapOptions, Interval, Intervals};
pub use calibration::{Calibration, ReliabilityBin};
pub use confusion::ConfusionMatrix;
pub use coverage::{CoveragePoint, RiskCoverage};
pub use error::EvaluationError;
pub use group::GroupMetrics;
pub use history::EpochStats;
pub use lines::{parse_prediction_lines, prediction_lines};
pub use metrics::ClassMetrics;
pub use mistakes::{Mistake, worst_mistakes};
pub use operating::{OperatingCurve, OperatingLimit, OperatingPoint};
pub use paired::{PairedDifference, paired_macro_f1};
pub use prediction::{LabelSet, Prediction};
pub use summary::{Evaluation, EvaluationOptions};
pub use temperature::{
    TEMPERATURE_RANGE, TemperatureFit, fit_temperature, softmax_with_temperature,
};
pub use threshold::{GroupScore, RateEstimate, ThresholdChoice, choose_threshold, group_scores};
