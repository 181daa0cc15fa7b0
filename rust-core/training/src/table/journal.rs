//! Finished rows on their way into a table: lines that are only ever appended.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::error::TableError;
use super::jsonl;
use super::row::TableRow;

/// What a power cut may cost; a crash of the program costs nothing.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// Start and length of the last row of each picture, in bytes.
type Places = BTreeMap<String, (u64, usize)>;

/// An open journal, locked against other runs.
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    places: Places,
    end: u64,
    synced: Instant,
}

impl Journal {
    /// Opens or creates it. Lines that a crash has torn are dropped; their pictures are done anew.
    pub(super) fn open(path: PathBuf) -> Result<Self, TableError> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(TableError::io(&path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(TableError::Busy(path)),
            // Some network file systems have no locks; one careful user needs none.
            Err(TryLockError::Error(_)) => {}
        }
        let indexed = index(&file).and_then(|indexed| file.set_len(indexed.1).map(|()| indexed));
        let (places, end) = indexed.map_err(TableError::io(&path))?;
        Ok(Self { path, file, places, end, synced: Instant::now() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Pictures that have a row.
    pub(super) fn pictures(&self) -> impl Iterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }

    pub(super) fn has(&self, picture: &str) -> bool {
        self.places.contains_key(picture)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The row reaches the operating system before this returns.
    pub(super) fn append(&mut self, row: &TableRow) -> Result<(), TableError> {
        let line = jsonl::line(row).map_err(|error| TableError::content(&self.path, error))?;
        let written = self.file.seek(SeekFrom::Start(self.end)).and_then(|_| {
            self.file.write_all(&line)?;
            if self.synced.elapsed() >= SYNC_EVERY {
                self.synced = Instant::now();
                self.file.sync_data()?;
            }
            Ok(())
        });
        written.map_err(TableError::io(&self.path))?;
        self.places.insert(row.relative_path().to_owned(), (self.end, line.len()));
        self.end += line.len() as u64;
        Ok(())
    }

    /// The row of a picture.
    pub(super) fn row(&mut self, picture: &str) -> Result<Option<TableRow>, TableError> {
        let Some(&(start, length)) = self.places.get(picture) else { return Ok(None) };
        let mut line = vec![0; length];
        let read = self.file.seek(SeekFrom::Start(start));
        read.and_then(|_| self.file.read_exact(&mut line)).map_err(TableError::io(&self.path))?;
        let row = std::str::from_utf8(&line).ok().and_then(jsonl::parse);
        row.map(Some).ok_or_else(|| TableError::content(&self.path, "it changed while it was read"))
    }

    pub(super) fn sync(&self) -> Result<(), TableError> {
        self.file.sync_data().map_err(TableError::io(&self.path))
    }

    /// Forgets all rows.
    pub(super) fn clear(&mut self) -> Result<(), TableError> {
        self.file.set_len(0).map_err(TableError::io(&self.path))?;
        self.places.clear();
        self.end = 0;
        Ok(())
    }

    /// The rows are in the table now.
    pub(super) fn remove(mut self) -> Result<(), TableError> {
        self.clear()
    }
}

impl Drop for Journal {
    /// One that holds nothing would only puzzle.
    fn drop(&mut self) {
        if self.places.is_empty() {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Rows by picture, and the end of the last whole one.
fn index(file: &File) -> io::Result<(Places, u64)> {
    let (mut places, mut start, mut end) = (BTreeMap::new(), 0, 0);
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        let length = line.len();
        let row = std::str::from_utf8(&line).ok().and_then(jsonl::parse);
        if let (Some(row), Some(b'\n')) = (row, line.last()) {
            places.insert(row.relative_path().to_owned(), (start, length));
            end = start + length as u64;
        }
        start += length as u64;
        line.clear();
    }
    Ok((places, end))
}
