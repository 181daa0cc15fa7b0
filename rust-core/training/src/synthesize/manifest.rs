//! `synthetic.jsonl`: which pictures were rendered, and from what. A line is added once its picture is there.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::SynthesizeError;

/// Its name in the folder.
pub const MANIFEST: &str = "synthetic.jsonl";

/// A rendered picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rendered {
    /// Path from the folder, with `/`.
    pub file: String,
    /// Its class.
    pub class: String,
    /// Its scene.
    pub scene: String,
    /// The seed of the run.
    pub run: u64,
    /// The picture's own seed, that follows from run, class and number.
    pub seed: u64,
    /// View, language and treatment.
    pub parameters: Value,
    /// The user's photos that it shows.
    pub photos: Vec<String>,
    /// The program's version and a digest of templates and texts.
    pub generator: String,
    /// The browser and its version.
    pub browser: String,
}

/// The open manifest of a folder.
pub(super) struct Manifest {
    path: PathBuf,
    file: File,
    rows: BTreeMap<String, Rendered>,
}

impl Manifest {
    /// Opens or creates it, locked against other runs. A last line that a crash has torn is dropped.
    pub(super) fn open(folder: &Path) -> Result<Self, SynthesizeError> {
        let path = folder.join(MANIFEST);
        let file = OpenOptions::new().read(true).append(true).create(true).open(&path);
        let mut file = file.map_err(SynthesizeError::write(&path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(SynthesizeError::Busy { path }),
            // Some network file systems have no locks; one careful user needs none.
            Err(TryLockError::Error(_)) => {}
        }
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(SynthesizeError::read(&path))?;
        let whole = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        file.set_len(whole as u64).map_err(SynthesizeError::write(&path))?;
        let mut rows = BTreeMap::new();
        for (index, line) in text[..whole].split_inclusive(|&byte| byte == b'\n').enumerate() {
            let row: Rendered = serde_json::from_slice(line).map_err(|error| {
                let (path, reason) = (path.clone(), error.to_string());
                SynthesizeError::Manifest { path, line: index + 1, reason }
            })?;
            rows.insert(row.file.clone(), row);
        }
        Ok(Self { file, path, rows })
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &Rendered> {
        self.rows.values()
    }

    pub(super) fn get(&self, file: &str) -> Option<&Rendered> {
        self.rows.get(file)
    }

    pub(super) fn add(&mut self, row: Rendered) -> Result<(), SynthesizeError> {
        let mut line = serde_json::to_vec(&row).unwrap_or_default();
        line.push(b'\n');
        self.file.write_all(&line).map_err(SynthesizeError::write(&self.path))?;
        self.rows.insert(row.file.clone(), row);
        Ok(())
    }

    pub(super) fn sync(&self) -> Result<(), SynthesizeError> {
        self.file.sync_all().map_err(SynthesizeError::write(&self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(file: &str) -> Rendered {
        Rendered {
            file: file.to_owned(),
            class: "chats".to_owned(),
            scene: "chat".to_owned(),
            run: 1,
            seed: u64::MAX,
            parameters: serde_json::json!({"width": 360}),
            photos: vec!["base/a.jpg".to_owned()],
            generator: "1+a".to_owned(),
            browser: "Chrome/1".to_owned(),
        }
    }

    #[test]
    fn rows_come_back_and_a_torn_one_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let mut manifest = Manifest::open(folder.path()).unwrap();
        manifest.add(row("a.jpg")).unwrap();
        manifest.add(row("b.jpg")).unwrap();
        manifest.sync().unwrap();
        drop(manifest);
        let path = folder.path().join(MANIFEST);
        let mut text = std::fs::read(&path).unwrap();
        text.extend_from_slice(b"{\"file\": \"c.j");
        std::fs::write(&path, &text).unwrap();
        let mut manifest = Manifest::open(folder.path()).unwrap();
        assert_eq!(manifest.rows().count(), 2);
        assert_eq!(manifest.get("b.jpg"), Some(&row("b.jpg")));
        manifest.add(row("c.jpg")).unwrap();
        drop(manifest);
        assert_eq!(Manifest::open(folder.path()).unwrap().rows().count(), 3);
    }

    #[test]
    fn what_is_no_manifest_is_refused_by_its_line() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(MANIFEST), "{}\n").unwrap();
        let Err(error) = Manifest::open(folder.path()) else { panic!("it was opened") };
        assert!(error.to_string().contains("line 1"), "{error}");
    }

    #[test]
    fn two_runs_do_not_write_to_one_folder() {
        let folder = tempfile::tempdir().unwrap();
        let first = Manifest::open(folder.path()).unwrap();
        let second = Manifest::open(folder.path());
        assert!(matches!(second, Err(SynthesizeError::Busy { .. })));
        drop(first);
        Manifest::open(folder.path()).unwrap();
    }
}
