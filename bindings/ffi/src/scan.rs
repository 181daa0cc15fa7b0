//! Scans of many pictures.
#![allow(missing_docs, reason = "variants say what their fields hold")]

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use epic_core::PictureError;
use epic_core::gallery::{
    self, BatchedOptions, OpenItem, PlatformItem, default_jobs, scan_batched,
};
use epic_core::store::Stamp;

use crate::control::TaskControl;
use crate::engine::Engine;
use crate::error::{EpicError, guard};
use crate::picture::{PixelLayout, take_file};
use crate::store::Store;
use crate::verdict::Verdict;

/// A picture to scan.
#[derive(Debug, Clone, uniffi::Enum)]
pub enum ScanItem {
    /// A file by path.
    Path { path: String },
    /// An encoded file in memory.
    Bytes { bytes: Vec<u8> },
    /// Something that the platform opens when its turn comes. `key` is what the platform calls
    /// it; while `size` and `modified` stay the same, so does the verdict in the store.
    Platform { key: String, size: u64, modified: i64 },
}

/// What an opener found.
#[derive(Debug, uniffi::Enum)]
pub enum OpenedItem {
    /// A file by path.
    Path { path: String },
    /// An open file, read from its current position to its end; the scan takes it over and
    /// closes it (`ParcelFileDescriptor.detachFd`).
    File { descriptor: i32 },
    /// An encoded file in memory.
    Bytes { bytes: Vec<u8> },
    /// Pixels that the platform decoded; a few hundred on a side are enough.
    Pixels { data: Vec<u8>, layout: PixelLayout },
}

/// Opens platform items.
#[uniffi::export(with_foreign)]
pub trait ItemOpener: Send + Sync {
    /// Called on worker threads, only for what the store does not know.
    ///
    /// # Errors
    /// Whatever it throws counts as a file that cannot be read now.
    // Not `open`, which Swift's generated header cannot spell.
    fn open_item(&self, key: String) -> Result<OpenedItem, EpicError>;
}

/// The outcome for one item.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct ScanResult {
    /// Position among the items.
    pub index: u32,
    /// The verdict, or why there is none.
    pub outcome: ScanOutcome,
}

/// What became of an item.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum ScanOutcome {
    /// It has a verdict.
    Classified {
        /// What the pack says.
        verdict: Verdict,
        /// The group that the user gave this picture; it stands above the verdict.
        correction: Option<String>,
        /// Whether the verdict was known and nothing was classified.
        from_store: bool,
    },
    /// It has none.
    Failed {
        /// A stable lower-case word.
        kind: String,
        /// For developers, in English.
        detail: String,
    },
}

/// How far a scan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct ScanProgress {
    /// Items reported so far.
    pub done: u32,
    /// All items.
    pub total: u32,
}

/// Follows a scan.
#[uniffi::export(with_foreign)]
pub trait ScanListener: Send + Sync {
    /// New results, never none, in the order of the items; on the thread that called `scan`.
    ///
    /// # Errors
    /// Whatever it throws ends the scan with [`EpicError::Callback`].
    fn on_results(&self, results: Vec<ScanResult>, progress: ScanProgress)
    -> Result<(), EpicError>;
}

/// How a scan runs.
#[derive(Clone, uniffi::Record)]
pub struct ScanOptions {
    /// Worker threads; 0 for one per core.
    #[uniffi(default = 0)]
    pub jobs: u32,
    /// Least time between two calls of the listener.
    #[uniffi(default = 100)]
    pub interval_ms: u32,
    /// Where verdicts are looked up and kept.
    #[uniffi(default = None)]
    pub store: Option<Arc<Store>>,
}

/// Counts at the end of a scan.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ScanSummary {
    /// Items with a verdict.
    pub classified: u32,
    /// Those of them whose verdict came from the store.
    pub from_store: u32,
    /// Items with an error.
    pub failed: u32,
    /// Whether the scan was cancelled before its last item.
    pub cancelled: bool,
    /// The first error of the store, if any: the items it concerned were classified without it.
    pub store_error: Option<String>,
}

#[uniffi::export]
impl Engine {
    /// Classifies many pictures on several threads; returns when all are reported, or
    /// soon after `control` was cancelled. `opener` is needed for platform items only.
    ///
    /// # Errors
    /// [`EpicError::InvalidArgument`] for platform items without an opener,
    /// [`EpicError::Callback`] if the listener threw.
    pub fn scan(
        &self,
        items: Vec<ScanItem>,
        options: ScanOptions,
        opener: Option<Arc<dyn ItemOpener>>,
        listener: Arc<dyn ScanListener>,
        control: Arc<TaskControl>,
    ) -> Result<ScanSummary, EpicError> {
        guard(|| {
            let total = u32::try_from(items.len())
                .map_err(|_| EpicError::invalid_argument("more items than a scan can hold"))?;
            let items = items.into_iter().map(|item| to_core(item, opener.as_ref()));
            let items: Vec<_> = items.collect::<Result<_, _>>()?;
            let options = BatchedOptions {
                jobs: NonZeroUsize::new(options.jobs as usize).unwrap_or_else(default_jobs),
                store: options.store.map(|store| store.0.clone()),
                interval: Duration::from_millis(options.interval_ms.into()),
            };
            let mut done = 0;
            let mut thrown = None;
            let summary = scan_batched(&self.classifier, items, &options, &control.0, |batch| {
                done += batch.len() as u32;
                let results = batch.into_iter().map(ScanResult::from).collect();
                if let Err(error) = listener.on_results(results, ScanProgress { done, total }) {
                    control.cancel();
                    thrown.get_or_insert(error);
                }
            });
            thrown.map_or_else(|| Ok(summary.into()), Err)
        })
    }
}

fn to_core(
    item: ScanItem,
    opener: Option<&Arc<dyn ItemOpener>>,
) -> Result<gallery::ScanItem, EpicError> {
    Ok(match item {
        ScanItem::Path { path } => gallery::ScanItem::Path(PathBuf::from(path)),
        ScanItem::Bytes { bytes } => gallery::ScanItem::Bytes(bytes),
        ScanItem::Platform { key, size, modified } => {
            let opener = opener
                .ok_or_else(|| EpicError::invalid_argument("platform items need an opener"))?;
            gallery::ScanItem::Platform(PlatformItem {
                name: key.clone().into_bytes(),
                stamp: Stamp { size, modified },
                opener: Arc::new(Opener { key, opener: opener.clone() }),
            })
        }
    })
}

struct Opener {
    key: String,
    opener: Arc<dyn ItemOpener>,
}

impl OpenItem for Opener {
    fn open(&self) -> Result<gallery::OpenedItem, PictureError> {
        let unreadable = |_| PictureError::Io { kind: std::io::ErrorKind::Other };
        let opened = self.opener.open_item(self.key.clone()).map_err(unreadable)?;
        Ok(match opened {
            OpenedItem::Path { path } => gallery::OpenedItem::File(std::fs::File::open(path)?),
            OpenedItem::File { descriptor } => {
                gallery::OpenedItem::File(take_file(descriptor).map_err(unreadable)?)
            }
            OpenedItem::Bytes { bytes } => gallery::OpenedItem::Bytes(bytes),
            OpenedItem::Pixels { data, layout } => gallery::OpenedItem::Pixels(layout.buffer(data)),
        })
    }
}

impl From<gallery::ScanResult> for ScanResult {
    fn from(result: gallery::ScanResult) -> Self {
        let outcome = match result.outcome {
            Ok(scanned) => ScanOutcome::Classified {
                verdict: scanned.verdict.into(),
                correction: scanned.correction,
                from_store: scanned.from_store,
            },
            Err(error) => {
                ScanOutcome::Failed { kind: error.kind().to_owned(), detail: error.to_string() }
            }
        };
        Self { index: result.index as u32, outcome }
    }
}

impl From<gallery::ScanSummary> for ScanSummary {
    fn from(summary: gallery::ScanSummary) -> Self {
        Self {
            classified: summary.classified as u32,
            from_store: summary.from_store as u32,
            failed: summary.failed as u32,
            cancelled: summary.cancelled,
            store_error: summary.store_error.map(|error| error.to_string()),
        }
    }
}
