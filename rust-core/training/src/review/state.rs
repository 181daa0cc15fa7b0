//! What the page shows, and the lock around it.

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use epic_core::metadata::MetadataExtractor;

use super::column::{Column, columns};
use super::error::ReviewError;
use super::files::{work_file, work_folder};
use super::findings::Findings;
use super::listing::{Entry, Listing};
use super::marks::Marks;
use super::reports::Reports;
use super::thumbnails::Thumbnails;
use crate::dataset::check::FileReport;
use crate::dataset::dedupe::DuplicateGroup;
use crate::dataset::transaction::{Settled, State, Transaction, Transactions};
use crate::table::{TableRow, read_rows};

/// What a review is given besides the data set.
#[derive(Default)]
pub struct Options {
    /// A table that `epic metadata` wrote for this data set: more columns.
    pub metadata: Option<PathBuf>,
    /// JSON Lines of `{"relative_path", "column", "value"}`: columns of any other tool. A text column `suggested_label` names classes.
    pub findings: Vec<PathBuf>,
    /// Looks for faces and text of single pictures when the page asks for them.
    pub extractor: Option<MetadataExtractor>,
}

/// A data set under review. Shared by threads.
pub struct Review {
    pub(super) root: PathBuf,
    pub(super) extractor: Option<MetadataExtractor>,
    pub(super) thumbnails: Thumbnails,
    pub(super) reports: Mutex<Reports>,
    pub(super) columns: Vec<Column>,
    pub(super) has_table: bool,
    /// Transactions that [`Review::open`] found interrupted.
    settled: Vec<Settled>,
    inner: RwLock<Inner>,
    /// How many pictures the survey has looked at.
    pub(super) surveyed: AtomicUsize,
    stopped: AtomicBool,
    /// Two programs would take each other's marks. Unlocked when it is closed.
    _lock: File,
}

/// All that an index means something in.
pub(super) struct Inner {
    pub(super) revision: u64,
    pub(super) listing: Listing,
    /// One a picture; `None` until it was looked at.
    pub(super) reports: Vec<Option<Arc<FileReport>>>,
    /// `None` until all were looked at.
    pub(super) duplicates: Option<Vec<DuplicateGroup>>,
    pub(super) rows: HashMap<String, TableRow>,
    pub(super) findings: Findings,
    pub(super) marks: Marks,
    /// The latest change that stands.
    pub(super) last: Option<Transaction>,
}

impl Review {
    /// Lists a data set and settles its interrupted transactions; nothing is looked at yet.
    ///
    /// # Errors
    /// A folder, table, or file of findings or marks that cannot be read; [`ReviewError::Transaction`] while another
    /// program changes the data set, [`ReviewError::UnderReview`] while another one reviews it.
    pub fn open(root: &Path, options: Options) -> Result<Self, ReviewError> {
        std::fs::read_dir(root).map_err(ReviewError::io(root))?;
        let folder = work_folder(root, &[])?;
        let lock = lock(root, &work_file(&folder, "lock")?)?;
        let (mut transactions, settled) = Transactions::open(root)?;
        let last = latest(&mut transactions)?;
        drop(transactions);
        let mut rows = HashMap::new();
        if let Some(table) = &options.metadata {
            for row in read_rows(table)? {
                let row = row?;
                rows.insert(row.relative_path().to_owned(), row);
            }
        }
        let mut findings = Findings::default();
        for file in &options.findings {
            findings.add_file(file)?;
        }
        let has_table = options.metadata.is_some();
        let columns =
            columns(has_table, findings.numbers.iter().map(|column| column.name.as_str()));
        let inner = Inner {
            revision: 0,
            listing: Listing::default(),
            reports: Vec::new(),
            duplicates: None,
            rows,
            findings,
            marks: Marks::open(work_file(&folder, "marks.json")?)?,
            last,
        };
        let review = Self {
            root: root.to_owned(),
            extractor: options.extractor,
            thumbnails: Thumbnails::new(root)?,
            reports: Mutex::new(Reports::open(work_file(&folder, "reports.jsonl")?)?),
            columns,
            has_table,
            settled,
            inner: RwLock::new(inner),
            surveyed: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
            _lock: lock,
        };
        review.list_anew(&mut review.write())?;
        Ok(review)
    }

    /// Number of files under review.
    pub fn len(&self) -> usize {
        self.read().listing.entries.len()
    }

    /// Whether there is nothing to review.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Grows whenever indices get another meaning.
    pub fn revision(&self) -> u64 {
        self.read().revision
    }

    /// Transactions of another program that opening found interrupted, and how they ended.
    pub fn settled(&self) -> &[Settled] {
        &self.settled
    }

    /// Ends a running [`Review::survey`] soon.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn known_reports(&self) -> MutexGuard<'_, Reports> {
        self.reports.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lists the files again, e.g. after they were changed by hand.
    ///
    /// # Errors
    /// [`ReviewError::Listing`] if the folder cannot be read.
    pub fn refresh(&self) -> Result<(), ReviewError> {
        self.list_anew(&mut self.write())
    }

    pub(super) fn list_anew(&self, inner: &mut Inner) -> Result<(), ReviewError> {
        inner.listing = Listing::read(&self.root)?;
        let mut known = self.known_reports();
        known.prune(&inner.listing.entries)?;
        inner.reports = inner.listing.entries.iter().map(|entry| known.of(entry)).collect();
        inner.duplicates = None;
        inner.revision += 1;
        let surveyed = inner.reports.iter().filter(|report| report.is_some()).count();
        self.surveyed.store(surveyed, Ordering::Relaxed);
        Ok(())
    }
}

fn lock(root: &Path, path: &Path) -> Result<File, ReviewError> {
    let file = File::options().create(true).truncate(false).write(true).open(path);
    let file = file.map_err(ReviewError::io(path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ReviewError::UnderReview { path: root.to_owned() }),
        Err(TryLockError::Error(error)) => Err(ReviewError::io(path)(error)),
    }
}

/// The latest transaction that stands.
pub(super) fn latest(transactions: &mut Transactions) -> Result<Option<Transaction>, ReviewError> {
    Ok(transactions.list()?.into_iter().rfind(|one| one.state == State::Applied))
}

impl Inner {
    /// The picture at an index of this revision.
    pub(super) fn entry(&self, revision: u64, id: usize) -> Result<&Entry, ReviewError> {
        self.check(revision)?;
        self.listing.entries.get(id).ok_or(ReviewError::UnknownPicture(id))
    }

    pub(super) fn check(&self, revision: u64) -> Result<(), ReviewError> {
        if revision == self.revision { Ok(()) } else { Err(ReviewError::OldRevision) }
    }
}
