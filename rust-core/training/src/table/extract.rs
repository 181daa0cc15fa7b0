//! Pictures in, a table out, whatever comes between.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use epic_core::ImageSource;
use epic_core::gallery::{TaskControl, default_jobs, for_each_parallel};
use epic_core::metadata::{
    ImageMetadata, METADATA_VERSION, MetadataError, MetadataExtractor, Parts,
};

use super::error::TableError;
use super::file::{TableFormat, read_rows, replace, writer};
use super::journal::Journal;
use super::pictures::TablePicture;
use super::row::TableRow;

/// How a table is made.
#[derive(Debug, Clone, Copy)]
pub struct ExtractOptions {
    /// What is extracted; the rest of a row is absent.
    pub parts: Parts,
    /// Worker threads; one picture is done on one thread.
    pub jobs: NonZeroUsize,
    /// Forget an earlier table and its journal instead of adding to them. A cancelled run of this
    /// kind leaves the table as it was and no journal.
    pub overwrite: bool,
    /// Do pictures again whose row holds an error.
    pub retry_errors: bool,
}

impl Default for ExtractOptions {
    fn default() -> Self {
        Self { parts: Parts::ALL, jobs: default_jobs(), overwrite: false, retry_errors: false }
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ExtractSummary {
    /// Pictures that had a row before this run.
    pub kept: usize,
    /// Those of them whose row holds an error.
    pub kept_failed: usize,
    /// Pictures extracted by this run.
    pub extracted: usize,
    /// Pictures that this run could not read; their rows say why.
    pub failed: usize,
    /// Pictures left for the next run, after a cancellation.
    pub left: usize,
}

/// Follows a run.
pub trait Observer: Sync {
    /// `kept` of `total` pictures need no work. Called once, before the first picture.
    fn started(&self, kept: usize, total: usize) {
        let _ = (kept, total);
    }

    /// The metadata of a picture, on the worker's thread.
    fn extracted(&self, picture: &TablePicture, metadata: &ImageMetadata) {
        let _ = (picture, metadata);
    }

    /// A picture's row is safe. On the calling thread.
    fn finished(&self, picture: &TablePicture, error: Option<&MetadataError>) {
        let _ = (picture, error);
    }
}

impl Observer for () {}

/// Where the rows of an unfinished table are.
pub fn journal_path(table: &Path) -> PathBuf {
    let mut name = table.file_name().unwrap_or_default().to_os_string();
    name.push(".journal");
    table.with_file_name(name)
}

/// Adds the rows of `pictures` to the table at `out`, but for those that it has already from
/// files of the same size. New rows stand in the order of `pictures`, after the old ones. A
/// cancelled or failed run leaves the table as it was and its rows in the journal, for the next
/// run to go on.
///
/// # Errors
/// [`TableError`]; a picture that cannot be read is none, but a row.
pub fn extract(
    extractor: &MetadataExtractor,
    pictures: &[TablePicture],
    out: &Path,
    options: &ExtractOptions,
    control: &TaskControl,
    observer: &dyn Observer,
) -> Result<ExtractSummary, TableError> {
    TableFormat::of(out)?;
    // A link stays a link, and its target is what is replaced.
    let out = &out.canonicalize().unwrap_or_else(|_| out.to_owned());
    extractor.prepare(options.parts).map_err(TableError::Weights)?;
    let mut journal = Journal::open(journal_path(out))?;
    let table = Table { out, options };
    if options.overwrite {
        journal.clear()?;
    }
    let mut done = table.done()?;
    done.extend(table.journaled(&mut journal)?);
    let is_done = |picture: &&TablePicture| {
        let old = done.get(&picture.relative_path);
        old.is_some_and(|old| old.file_bytes == picture.file_bytes())
    };
    let (kept, open): (Vec<_>, Vec<_>) = pictures.iter().partition(is_done);
    if kept.is_empty() && !done.is_empty() {
        return Err(TableError::OtherPictures(out.to_owned()));
    }
    let failed = |picture: &&&TablePicture| done[&picture.relative_path].failed;
    let kept_failed = kept.iter().filter(failed).count();
    let mut summary = ExtractSummary { kept: kept.len(), kept_failed, ..ExtractSummary::default() };
    observer.started(summary.kept, pictures.len());
    let mut failure = None;
    let work = |picture: &&TablePicture| {
        let outcome = extractor.extract(&ImageSource::Path(&picture.path), options.parts);
        if let Ok(metadata) = &outcome {
            observer.extracted(picture, metadata);
        }
        outcome
    };
    for_each_parallel(&open, options.jobs, control, work, |index, outcome| {
        let picture = open[index];
        let recorded = match &outcome {
            Err(error @ MetadataError::Weights(_)) => Err(TableError::Weights(error.clone())),
            _ => journal.append(&TableRow::new(picture, options.parts, &outcome)),
        };
        if let Err(error) = recorded {
            failure.get_or_insert(error);
            control.cancel();
            return;
        }
        summary.extracted += usize::from(outcome.is_ok());
        summary.failed += usize::from(outcome.is_err());
        observer.finished(picture, outcome.as_ref().err());
    });
    journal.sync()?;
    if let Some(error) = failure {
        return Err(error);
    }
    summary.left = open.len() - summary.extracted - summary.failed;
    if summary.left == 0 {
        table.finish(pictures, journal)?;
    } else if options.overwrite {
        // Rows of a table that was to be forgotten and of one that is not there must not mix.
        journal.clear()?;
    }
    Ok(summary)
}

/// What a row says of a picture that may need no work.
struct Done {
    failed: bool,
    file_bytes: Option<u64>,
}

impl Done {
    fn of(row: &TableRow) -> Self {
        Self { failed: row.error().is_some(), file_bytes: row.file_bytes() }
    }
}

struct Table<'a> {
    out: &'a Path,
    options: &'a ExtractOptions,
}

impl Table<'_> {
    /// Rows of the old table that stay.
    fn old_rows(
        &self,
    ) -> Result<Box<dyn Iterator<Item = Result<TableRow, TableError>> + '_>, TableError> {
        if self.options.overwrite || !self.out.exists() {
            return Ok(Box::new(std::iter::empty()));
        }
        let retry = self.options.retry_errors;
        let stays = move |row: &Result<TableRow, TableError>| {
            !(retry && row.as_ref().is_ok_and(|row| row.error().is_some()))
        };
        Ok(Box::new(read_rows(self.out)?.filter(stays)))
    }

    /// Pictures with a row that stays.
    fn done(&self) -> Result<BTreeMap<String, Done>, TableError> {
        let rows = self.old_rows()?.map(|row| {
            let row = row?;
            self.check(self.out, &row)?;
            Ok((row.relative_path().to_owned(), Done::of(&row)))
        });
        rows.collect()
    }

    /// The same of the journal.
    fn journaled(&self, journal: &mut Journal) -> Result<Vec<(String, Done)>, TableError> {
        let pictures: Vec<String> = journal.pictures().map(str::to_owned).collect();
        let mut counting = Vec::new();
        for picture in pictures {
            let Some(row) = journal.row(&picture)? else { continue };
            self.check(journal.path(), &row)?;
            let done = Done::of(&row);
            if !(self.options.retry_errors && done.failed) {
                counting.push((picture, done));
            }
        }
        Ok(counting)
    }

    fn check(&self, path: &Path, row: &TableRow) -> Result<(), TableError> {
        let (version, parts) = row.request();
        let wanted = (u64::from(METADATA_VERSION), self.options.parts.to_string());
        if (version, parts) == (wanted.0, wanted.1.as_str()) {
            return Ok(());
        }
        let found = (version, parts.to_owned());
        Err(TableError::OtherRequest { path: path.to_owned(), found, wanted })
    }

    /// Old rows, then the journal's: those of `pictures` in their order, the others after them.
    fn finish(&self, pictures: &[TablePicture], mut journal: Journal) -> Result<(), TableError> {
        if journal.is_empty() && self.out.exists() {
            return journal.remove();
        }
        let listed: BTreeSet<&str> = pictures.iter().map(|p| p.relative_path.as_str()).collect();
        let others: Vec<String> =
            journal.pictures().filter(|p| !listed.contains(p)).map(str::to_owned).collect();
        let order = pictures.iter().map(|p| p.relative_path.as_str());
        let order: Vec<&str> = order.chain(others.iter().map(String::as_str)).collect();
        replace(self.out, |file| {
            let mut writer = writer(file, self.out)?;
            for row in self.old_rows()? {
                let row = row?;
                // A crash between the renaming and the journal's removal leaves rows in both.
                if !journal.has(row.relative_path()) {
                    writer.write(&row)?;
                }
            }
            for picture in order {
                if let Some(row) = journal.row(picture)? {
                    writer.write(&row)?;
                }
            }
            writer.finish()
        })?;
        journal.remove()
    }
}

#[cfg(test)]
mod tests;
