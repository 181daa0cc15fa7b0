//! Many pictures: finding them, and classifying them on all cores.

mod cancel;
mod find;
mod remember;
mod scan;
mod workers;

pub use cancel::CancellationToken;
pub use find::{Found, find_pictures, has_picture_extension};
pub use scan::{ScanError, ScanItem, ScanOptions, ScanResult, ScanSummary, Scanned, scan};
pub use workers::{default_jobs, for_each_in_order, for_each_parallel};
