//! Many pictures: finding them, and classifying them on all cores.

mod batched;
mod control;
mod find;
mod items;
mod remember;
mod scan;
mod workers;

pub use batched::{BatchedOptions, scan_batched};
pub use control::TaskControl;
pub use find::{Found, find_pictures, has_picture_extension};
pub use items::{OpenItem, OpenedItem, PixelBuffer, PlatformItem, ScanItem};
pub use scan::{ScanError, ScanOptions, ScanResult, ScanSummary, Scanned, scan};
pub use workers::{default_jobs, for_each_in_order, for_each_parallel};
