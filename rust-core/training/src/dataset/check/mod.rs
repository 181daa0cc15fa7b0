//! What is wrong with the files of a data set: damage, dead-link placeholders, and pictures that a person
//! should look at.
//!
//! [`check_file`] looks at one file, [`check`] at a folder on all cores. Nothing is changed: what to do with a
//! finding is a [`Plan`](super::transaction::Plan) of the caller.

mod card;
mod error;
mod fault;
mod file;
mod measure;
mod placeholder;
mod quality;
mod reports;
mod shards;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::PoisonError;

use epic_core::gallery::has_picture_extension;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use error::CheckError;
pub use fault::{Evidence, Fault};
pub use file::{CARD_TEXT, Checker, FileReport, check_file};
pub use measure::{MEASURES, Measure};
pub use placeholder::{Placeholders, Signature};
pub use quality::{QUALITY_MIN_SIDE, Quality};
pub use reports::{read_reports, write_reports};
pub use shards::shards;

use super::listing::{is_hidden, relative};
use super::transaction::WORK_FOLDER;

/// When a picture is worth a look.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Shorter short sides are tiny.
    pub min_side: u32,
    /// Greater ratios of the sides are extreme. A stitched screenshot of a chat reaches five.
    pub max_aspect: f32,
    /// Less contrast is blank.
    pub min_contrast: f32,
    /// Pictures whose 99th percentile of luminance is less are dark.
    pub min_brightness_p99: f32,
    /// Pictures whose 5th percentile of luminance is more are bright.
    pub max_brightness_p05: f32,
    /// Less sharpness is blurred.
    pub min_sharpness: f32,
    /// As many copies of one picture are suspicious.
    pub max_copies: usize,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            min_side: 48,
            max_aspect: 5.0,
            min_contrast: 4.0,
            min_brightness_p99: 81.0,
            max_brightness_p05: 235.0,
            min_sharpness: 6.0,
            max_copies: 5,
        }
    }
}

/// Looks at files on all cores; their reports come in the order of the paths.
///
/// `progress` is called with (done, total), one call at a time.
pub fn check(
    root: &Path,
    paths: &[String],
    checker: &Checker<'_>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Vec<FileReport> {
    let done = Mutex::new(0);
    let mut reports: Vec<FileReport> = paths
        .par_iter()
        .map(|path| {
            let report = check_file(root, path, checker);
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            *done += 1;
            progress(*done, paths.len());
            report
        })
        .collect();
    mark_repeated(&mut reports, checker.thresholds.max_copies);
    reports
}

/// Adds [`Fault::Repeated`] to files of the same bytes that lie there `max_copies` times or more.
pub(crate) fn mark_repeated(reports: &mut [FileReport], max_copies: usize) {
    for report in &mut *reports {
        report.faults.retain(|fault| !matches!(fault, Fault::Repeated { .. }));
    }
    let mut copies: HashMap<String, usize> = HashMap::new();
    for sum in reports.iter().filter_map(|report| report.sha256.as_ref()) {
        *copies.entry(sum.clone()).or_default() += 1;
    }
    for report in reports {
        let found = report.sha256.as_ref().and_then(|sum| copies.get(sum));
        if let Some(&copies) = found
            && copies >= max_copies
            && report.bytes > 0
        {
            report.faults.push(Fault::Repeated { copies });
        }
    }
}

/// Every file below a folder, by paths with `/`, sorted. Hidden ones and links are left out, and what lies beside
/// the class folders without a picture's extension: tables, splits and manifests of the data set.
///
/// # Errors
/// [`CheckError::Read`] if the folder itself cannot be read.
pub fn list_files(root: &Path) -> Result<Vec<String>, CheckError> {
    std::fs::read_dir(root).map_err(|source| CheckError::Read { path: root.to_owned(), source })?;
    let walk = walkdir::WalkDir::new(root).min_depth(1).follow_links(false).into_iter();
    let mut paths: Vec<String> = walk
        .filter_entry(|entry| !is_hidden(entry.file_name()))
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .filter(|entry| entry.depth() > 1 || has_picture_extension(entry.path()))
        .filter_map(|entry| relative(root, entry.path()))
        .collect();
    debug_assert!(paths.iter().all(|path| !path.starts_with(WORK_FOLDER)));
    paths.sort();
    Ok(paths)
}
