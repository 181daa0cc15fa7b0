//! Classifying many pictures on several threads.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::TaskControl;
use super::items::ScanItem;
use super::remember::scan_item;
use super::workers::{default_jobs, for_each_in_order};
use crate::classifier::{Classifier, ClassifyError, Verdict};
use crate::picture::ImageSource;
use crate::store::{Store, StoreError};

/// How a scan runs.
#[derive(Debug, Clone, Copy)]
pub struct ScanOptions<'a> {
    /// Worker threads; one picture is decoded and classified on one thread.
    pub jobs: NonZeroUsize,
    /// Where verdicts are looked up and kept: what has not changed is not classified again.
    pub store: Option<&'a Store>,
}

impl Default for ScanOptions<'_> {
    /// One worker per available core, no store.
    fn default() -> Self {
        Self { jobs: default_jobs(), store: None }
    }
}

/// A verdict and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Scanned {
    /// What the pack says.
    pub verdict: Verdict,
    /// The group that the user gave this picture; it stands above the verdict.
    pub correction: Option<String>,
    /// Whether the verdict was known and nothing was classified.
    pub from_store: bool,
}

/// Why an item has no verdict.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// It cannot be classified.
    #[error(transparent)]
    Classify(#[from] ClassifyError),
    /// It failed twice with this pack and has not changed since: it was not tried again.
    #[error("left alone after two failures ({}) until it changes", failure.as_deref().unwrap_or("crash"))]
    Quarantined {
        /// Kind of the last error; `None` where the process died over it.
        failure: Option<String>,
    },
}

impl ScanError {
    /// A stable lower-case word for scripts and bindings.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Classify(error) => error.kind(),
            Self::Quarantined { .. } => "quarantined",
        }
    }
}

pub(super) type Outcome = Result<Scanned, ScanError>;

/// The outcome for one item.
#[derive(Debug, Clone, PartialEq)]
pub struct ScanResult {
    /// Position among the items.
    pub index: usize,
    /// The verdict, or why there is none.
    pub outcome: Result<Scanned, ScanError>,
}

/// Counts at the end of a scan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScanSummary {
    /// Items with a verdict.
    pub classified: usize,
    /// Those of them whose verdict came from the store.
    pub from_store: usize,
    /// Items with an error.
    pub failed: usize,
    /// Whether the scan was cancelled before its last item.
    pub cancelled: bool,
    /// The first error of the store, if any: the items it concerned were classified without it.
    pub store_error: Option<StoreError>,
}

impl ScanSummary {
    pub(super) fn count(&mut self, result: &ScanResult) {
        match &result.outcome {
            Ok(scanned) => {
                self.classified += 1;
                self.from_store += usize::from(scanned.from_store);
            }
            Err(_) => self.failed += 1,
        }
    }
}

/// Classifies all items and reports each result once, in the order of the items,
/// on the calling thread. A failing item, even one that panics, never ends the
/// scan; a cancelled scan returns after the items in work.
pub fn scan(
    classifier: &Classifier,
    items: &[ScanItem],
    options: ScanOptions<'_>,
    control: &TaskControl,
    mut on_result: impl FnMut(ScanResult),
) -> ScanSummary {
    let mut summary = ScanSummary::default();
    let work = |item: &ScanItem| {
        let stored = options.store.map(|store| scan_item(classifier, item, store));
        match stored {
            Some(Ok(outcome)) => (outcome, None),
            Some(Err(error)) => (scan_fresh(classifier, item), Some(error)),
            None => (scan_fresh(classifier, item), None),
        }
    };
    for_each_in_order(items, options.jobs, control, work, |index, (outcome, store_error)| {
        let result = ScanResult { index, outcome };
        summary.count(&result);
        summary.store_error = summary.store_error.take().or(store_error);
        on_result(result);
    });
    summary.cancelled = summary.classified + summary.failed < items.len();
    summary
}

fn scan_fresh(classifier: &Classifier, item: &ScanItem) -> Outcome {
    let verdict = match item {
        ScanItem::Path(path) => classify_guarded(classifier, &ImageSource::Path(path))?,
        ScanItem::Bytes(bytes) => classify_guarded(classifier, &ImageSource::Bytes(bytes))?,
        ScanItem::Platform(item) => classify_guarded(classifier, &item.open()?.source())?,
    };
    Ok(Scanned { verdict, correction: None, from_store: false })
}

pub(super) fn classify_guarded(
    classifier: &Classifier,
    source: &ImageSource<'_>,
) -> Result<Verdict, ClassifyError> {
    // The classifier holds no state that a panic could leave half-changed.
    catch_unwind(AssertUnwindSafe(|| classifier.classify(source)))
        .unwrap_or(Err(ClassifyError::Internal))
}
