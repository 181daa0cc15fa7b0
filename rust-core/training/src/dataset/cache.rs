//! What an earlier opening learnt of each file: JSON Lines, a header and one file a line.
//!
//! A line counts while size and modification time are those of the file. Lines that cannot be read
//! and caches of another schema are ignored: the files are then looked at again.

use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use super::perceptual::Fingerprint;
use crate::atomic;

/// Raised whenever the fingerprint or the format changes.
const SCHEMA: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
struct Header {
    schema: u32,
}

/// The facts of a picture that cost a decode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Facts {
    pub sha256: String,
    pub width: u32,
    pub height: u32,
    #[serde(flatten)]
    pub fingerprint: Fingerprint,
}

/// Size and modification time (nanoseconds since 1970) of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    pub size: u64,
    pub mtime: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    path: String,
    #[serde(flatten)]
    stamp: Stamp,
    #[serde(flatten)]
    facts: Facts,
}

impl Stamp {
    /// `None` where the file system keeps no modification time: such a file is never cached.
    pub(super) fn of(metadata: &Metadata) -> Option<Self> {
        let since = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(Self { size: metadata.len(), mtime: u64::try_from(since.as_nanos()).ok()? })
    }
}

#[derive(Debug, Default)]
pub(super) struct Cache {
    entries: HashMap<String, (Stamp, Facts)>,
}

impl Cache {
    /// Reads a cache file; a missing one is an empty cache.
    pub(super) fn read(path: &Path) -> io::Result<Self> {
        let text = match fs::read(path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error),
        };
        let mut lines = text.lines();
        let header: Option<Header> = lines.next().and_then(|l| serde_json::from_str(l).ok());
        if header.is_none_or(|h| h.schema != SCHEMA) {
            return Ok(Self::default());
        }
        let entries = lines
            .filter_map(|line| serde_json::from_str::<Line>(line).ok())
            .map(|line| (line.path, (line.stamp, line.facts)))
            .collect();
        Ok(Self { entries })
    }

    pub(super) fn get(&self, relative_path: &str, stamp: Option<Stamp>) -> Option<&Facts> {
        let (known, facts) = self.entries.get(relative_path)?;
        (Some(*known) == stamp).then_some(facts)
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Writes a cache of exactly these files, atomically.
    pub(super) fn write<'a>(
        path: &Path,
        files: impl Iterator<Item = (&'a str, Stamp, &'a Facts)>,
    ) -> io::Result<()> {
        let mut text = serde_json::to_string(&Header { schema: SCHEMA })?;
        for (relative_path, stamp, facts) in files {
            let line = Line { path: relative_path.to_owned(), stamp, facts: facts.clone() };
            text.push('\n');
            text.push_str(&serde_json::to_string(&line)?);
        }
        text.push('\n');
        atomic::write(path, text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::testing::{TempFolder, noise};

    fn facts() -> Facts {
        let fingerprint = Fingerprint::of(&noise(1, 64, 48)).unwrap();
        Facts { sha256: "ab".repeat(32), width: 64, height: 48, fingerprint }
    }

    #[test]
    fn facts_survive_and_a_changed_file_does_not_match() {
        let folder = TempFolder::new("cache");
        let path = folder.path().join("cache.jsonl");
        let (stamp, facts) = (Stamp { size: 5, mtime: 1_700_000_000_123_456_789 }, facts());
        Cache::write(&path, [("a/صورة.jpg", stamp, &facts)].into_iter()).unwrap();
        let cache = Cache::read(&path).unwrap();
        assert_eq!(cache.get("a/صورة.jpg", Some(stamp)), Some(&facts));
        assert_eq!(cache.get("a/صورة.jpg", Some(Stamp { size: 6, ..stamp })), None);
        assert_eq!(cache.get("a/صورة.jpg", Some(Stamp { mtime: 0, ..stamp })), None);
        assert_eq!(cache.get("a/صورة.jpg", None), None);
        assert_eq!(cache.get("b.jpg", Some(stamp)), None);
    }

    #[test]
    fn broken_lines_and_foreign_schemas_are_ignored() {
        let folder = TempFolder::new("cache-broken");
        let path = folder.path().join("cache.jsonl");
        assert_eq!(Cache::read(&path).unwrap().len(), 0);
        let stamp = Stamp { size: 5, mtime: 9 };
        Cache::write(&path, [("a.jpg", stamp, &facts()), ("b.jpg", stamp, &facts())].into_iter())
            .unwrap();
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replacen("\"a.jpg\"", "\"a.jpg", 1)).unwrap();
        assert_eq!(Cache::read(&path).unwrap().len(), 1);
        fs::write(&path, text.replacen("\"schema\":1", "\"schema\":0", 1)).unwrap();
        assert_eq!(Cache::read(&path).unwrap().len(), 0);
    }
}
