//! What the check found of each file, kept between reviews: JSON Lines that are only added to.
//!
//! A line counts for a file of the same name and stamp, in whatever folder it lies now. Lines that cannot be read
//! are passed over, so that a killed program costs the last one.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::error::ReviewError;
use super::files::Stamp;
use super::listing::Entry;
use crate::atomic;
use crate::dataset::check::FileReport;

/// Raised whenever what the check measures changes.
const SCHEMA: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Line {
    schema: u32,
    stamp: Stamp,
    report: FileReport,
}

/// All reports that are known, and the file that keeps them.
#[derive(Debug)]
pub(super) struct Reports {
    file: PathBuf,
    known: HashMap<(String, Stamp), Arc<FileReport>>,
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

impl Reports {
    /// Reads a file of reports; a missing one is none.
    pub(super) fn open(file: PathBuf) -> Result<Self, ReviewError> {
        let mut known = HashMap::new();
        match File::open(&file) {
            Ok(opened) => {
                for line in BufReader::new(opened).split(b'\n') {
                    let line = line.map_err(ReviewError::io(&file))?;
                    if let Ok(line) = serde_json::from_slice::<Line>(&line)
                        && line.schema == SCHEMA
                    {
                        let name = name_of(&line.report.relative_path).to_owned();
                        known.insert((name, line.stamp), Arc::new(line.report));
                    }
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(ReviewError::io(&file)(error)),
        }
        Ok(Self { file, known })
    }

    /// What is known of a file, under the path that it has now.
    pub(super) fn of(&self, entry: &Entry) -> Option<Arc<FileReport>> {
        let key = (name_of(&entry.relative_path).to_owned(), entry.stamp);
        let known = self.known.get(&key)?;
        if known.relative_path == entry.relative_path {
            return Some(Arc::clone(known));
        }
        let relative_path = entry.relative_path.clone();
        Some(Arc::new(FileReport { relative_path, ..FileReport::clone(known) }))
    }

    /// Adds reports, to the file too.
    pub(super) fn add(&mut self, new: &[(Stamp, Arc<FileReport>)]) -> Result<(), ReviewError> {
        let mut text = Vec::new();
        for (stamp, report) in new {
            push_line(&mut text, *stamp, report);
            let name = name_of(&report.relative_path).to_owned();
            self.known.insert((name, *stamp), Arc::clone(report));
        }
        append(&self.file, &text).map_err(ReviewError::io(&self.file))
    }

    /// Forgets what is of none of these files, once that is most of it.
    pub(super) fn prune(&mut self, entries: &[Entry]) -> Result<(), ReviewError> {
        if self.known.len() <= 2 * entries.len() + 1000 {
            return Ok(());
        }
        let mut text = Vec::new();
        let mut kept = HashMap::new();
        for entry in entries {
            if let Some(report) = self.of(entry) {
                push_line(&mut text, entry.stamp, &report);
                kept.insert((name_of(&entry.relative_path).to_owned(), entry.stamp), report);
            }
        }
        atomic::write(&self.file, &text).map_err(ReviewError::io(&self.file))?;
        self.known = kept;
        Ok(())
    }
}

fn push_line(text: &mut Vec<u8>, stamp: Stamp, report: &FileReport) {
    let line = Line { schema: SCHEMA, stamp, report: report.clone() };
    // Numbers, texts and lists: there is nothing in a report that has no JSON.
    if let Ok(line) = serde_json::to_vec(&line) {
        text.extend(line);
        text.push(b'\n');
    }
}

fn append(file: &Path, text: &[u8]) -> io::Result<()> {
    let mut opened = File::options().create(true).append(true).open(file)?;
    opened.write_all(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::check::{Checker, check_file};

    fn entry(path: &str, file: u64) -> Entry {
        let stamp = Stamp { file, size: 0, modified: 0 };
        Entry { relative_path: path.to_owned(), class: 0, stamp }
    }

    fn report(folder: &Path, path: &str) -> Arc<FileReport> {
        Arc::new(check_file(folder, path, &Checker::default()))
    }

    #[test]
    fn a_file_is_known_in_another_folder_and_after_a_broken_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("reports.jsonl");
        let mut reports = Reports::open(file.clone()).unwrap();
        let one = entry("a/1.jpg", 1);
        reports.add(&[(one.stamp, report(folder.path(), "a/1.jpg"))]).unwrap();
        append(&file, b"{\"schema\": 1, \"sta\n").unwrap();
        let two = entry("a/2.jpg", 2);
        reports.add(&[(two.stamp, report(folder.path(), "a/2.jpg"))]).unwrap();
        let again = Reports::open(file).unwrap();
        assert_eq!(again.of(&two).unwrap().relative_path, "a/2.jpg");
        assert_eq!(again.of(&entry("b/1.jpg", 1)).unwrap().relative_path, "b/1.jpg");
        assert!(again.of(&entry("a/1.jpg", 3)).is_none());
        assert!(again.of(&entry("a/other.jpg", 1)).is_none());
    }

    #[test]
    fn what_is_of_no_file_goes_once_it_is_most() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("reports.jsonl");
        let mut reports = Reports::open(file.clone()).unwrap();
        let found = report(folder.path(), "a/1.jpg");
        let many: Vec<_> = (0..1100).map(|n| (entry("a/1.jpg", n).stamp, found.clone())).collect();
        reports.add(&many).unwrap();
        reports.prune(&[entry("a/1.jpg", 7)]).unwrap();
        let again = Reports::open(file).unwrap();
        assert_eq!(again.known.len(), 1);
        assert!(again.of(&entry("a/1.jpg", 7)).is_some());
    }
}
