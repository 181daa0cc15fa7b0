//! Desktop side of EPIC: data sets, networks, training, evaluation and ONNX export.
//!
//! [`dataset`], [`embedding`], [`table`], [`trees`], [`tuning`], [`evaluation`], [`measure`] and [`synthesize`] are light;
//! [`engine`], [`pipeline`] and [`reproduce`], which need the training engine, come with the feature `engine`; `review`, which serves
//! a page on loopback, with the feature `review`.

pub mod atomic;
pub mod dataset;
pub mod embedding;
#[cfg(feature = "engine")]
pub mod engine;
pub mod evaluation;
pub mod measure;
#[cfg(feature = "engine")]
pub mod pipeline;
mod random;
mod reader;
pub mod report_data;
#[cfg(feature = "engine")]
pub mod reproduce;
#[cfg(feature = "review")]
pub mod review;
mod statistics;
pub mod synthesize;
pub mod table;
pub mod thumbnail;
pub mod trees;
pub mod tuning;

pub use reader::CoreReader;

/// Number of worker threads of this crate's parallel work, to be set before any of it runs;
/// later calls change nothing. `None` is the default, one per core.
pub fn set_jobs(jobs: Option<std::num::NonZeroUsize>) {
    if let Some(jobs) = jobs {
        // Only a second call fails, and the first one's choice stands.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(jobs.get()).build_global();
    }
}
