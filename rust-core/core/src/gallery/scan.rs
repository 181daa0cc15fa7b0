//! Classifying many pictures on several threads.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use super::CancellationToken;
use super::workers::{default_jobs, for_each_in_order};
use crate::classifier::{Classifier, ClassifyError, Verdict};
use crate::picture::ImageSource;

/// A picture to scan.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScanItem {
    /// A file by path.
    Path(PathBuf),
    /// An encoded file in memory.
    Bytes(Vec<u8>),
}

impl ScanItem {
    fn source(&self) -> ImageSource<'_> {
        match self {
            Self::Path(path) => ImageSource::Path(path),
            Self::Bytes(bytes) => ImageSource::Bytes(bytes),
        }
    }
}

/// How a scan runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanOptions {
    /// Worker threads; one picture is decoded and classified on one thread.
    pub jobs: NonZeroUsize,
}

impl Default for ScanOptions {
    /// One worker per available core.
    fn default() -> Self {
        Self { jobs: default_jobs() }
    }
}

/// The outcome for one item.
#[derive(Debug, Clone, PartialEq)]
pub struct ScanResult {
    /// Position among the items.
    pub index: usize,
    /// The verdict, or why there is none.
    pub outcome: Result<Verdict, ClassifyError>,
}

/// Counts at the end of a scan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScanSummary {
    /// Items with a verdict.
    pub classified: usize,
    /// Items with an error.
    pub failed: usize,
    /// Whether the token ended the scan before its last item.
    pub cancelled: bool,
}

/// Classifies all items and reports each result once, in the order of the items,
/// on the calling thread. A failing item, even one that panics, never ends the
/// scan; a cancelled scan returns after the items in work.
pub fn scan(
    classifier: &Classifier,
    items: &[ScanItem],
    options: ScanOptions,
    token: &CancellationToken,
    mut on_result: impl FnMut(ScanResult),
) -> ScanSummary {
    let mut summary = ScanSummary::default();
    let work = |item: &ScanItem| classify_guarded(classifier, item);
    for_each_in_order(items, options.jobs, token, work, |index, outcome| {
        match outcome {
            Ok(_) => summary.classified += 1,
            Err(_) => summary.failed += 1,
        }
        on_result(ScanResult { index, outcome });
    });
    summary.cancelled = summary.classified + summary.failed < items.len();
    summary
}

fn classify_guarded(classifier: &Classifier, item: &ScanItem) -> Result<Verdict, ClassifyError> {
    // The classifier holds no state that a panic could leave half-changed.
    catch_unwind(AssertUnwindSafe(|| classifier.classify(&item.source())))
        .unwrap_or(Err(ClassifyError::Internal))
}
