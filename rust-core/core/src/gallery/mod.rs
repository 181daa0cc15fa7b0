//! Many pictures: finding them, and classifying them on all cores.

mod cancel;
mod find;
mod scan;
mod workers;

pub use cancel::CancellationToken;
pub use find::{Found, find_pictures};
pub use scan::{ScanItem, ScanOptions, ScanResult, ScanSummary, scan};
pub use workers::{default_jobs, for_each_in_order, for_each_parallel};
