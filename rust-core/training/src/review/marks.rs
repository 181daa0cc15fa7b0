//! What is to become of pictures: kept in a file, so that neither a closed page nor a killed program loses a mark.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::error::ReviewError;
use super::files::Stamp;
use crate::atomic;

/// Raised whenever the format changes.
const SCHEMA: u32 = 1;

/// Where a marked picture is to go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Target {
    /// The trash of the data set.
    Trash,
    /// The class of this name.
    Class(String),
}

/// A picture and where it is to go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// Which content was marked: another one under the same name is not meant.
    #[serde(flatten)]
    pub(super) stamp: Stamp,
    /// Where it is to go.
    pub(super) target: Target,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    schema: u32,
    marks: BTreeMap<String, Mark>,
}

/// All marks, by path, and the file that keeps them.
#[derive(Debug)]
pub(super) struct Marks {
    file: PathBuf,
    marks: BTreeMap<String, Mark>,
    version: u64,
}

impl Marks {
    /// Reads a file of marks; a missing one is none.
    pub(super) fn open(file: PathBuf) -> Result<Self, ReviewError> {
        let refused = |reason: String| ReviewError::Marks { path: file.clone(), reason };
        let marks = match fs::read(&file) {
            Ok(bytes) => {
                let stored: Stored =
                    serde_json::from_slice(&bytes).map_err(|error| refused(error.to_string()))?;
                if stored.schema != SCHEMA {
                    return Err(refused(format!("schema {} is not known", stored.schema)));
                }
                stored.marks
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(ReviewError::io(&file)(error)),
        };
        Ok(Self { file, marks, version: 0 })
    }

    /// By path.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (&String, &Mark)> {
        self.marks.iter()
    }

    /// Grows with every change.
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    /// Sets marks, or removes them where there is no mark; the file has them when this returns.
    ///
    /// # Errors
    /// [`ReviewError::Io`]; the marks are as they were then.
    pub(super) fn set(
        &mut self,
        changes: impl IntoIterator<Item = (String, Option<Mark>)>,
    ) -> Result<(), ReviewError> {
        let mut marks = self.marks.clone();
        for (path, mark) in changes {
            match mark {
                Some(mark) => marks.insert(path, mark),
                None => marks.remove(&path),
            };
        }
        self.replace(marks)
    }

    /// Removes the marks of these paths, or all.
    pub(super) fn retain(&mut self, keep: impl Fn(&str, &Mark) -> bool) -> Result<(), ReviewError> {
        let mut marks = self.marks.clone();
        marks.retain(|path, mark| keep(path, mark));
        self.replace(marks)
    }

    fn replace(&mut self, marks: BTreeMap<String, Mark>) -> Result<(), ReviewError> {
        if marks == self.marks {
            return Ok(());
        }
        let stored = Stored { schema: SCHEMA, marks };
        let text = serde_json::to_vec(&stored)
            .map_err(|error| ReviewError::io(&self.file)(error.into()))?;
        atomic::write(&self.file, &text).map_err(ReviewError::io(&self.file))?;
        self.marks = stored.marks;
        self.version += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(target: Target) -> Mark {
        Mark { stamp: Stamp { file: 1, size: 2, modified: 3 }, target }
    }

    #[test]
    fn marks_outlive_the_program() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("marks.json");
        let mut marks = Marks::open(file.clone()).unwrap();
        let class = mark(Target::Class("ب".to_owned()));
        marks
            .set([
                ("a/صورة.jpg".to_owned(), Some(mark(Target::Trash))),
                ("a/2.jpg".to_owned(), Some(class.clone())),
            ])
            .unwrap();
        marks.set([("a/صورة.jpg".to_owned(), None)]).unwrap();
        let version = marks.version();
        marks.set([("none".to_owned(), None)]).unwrap();
        assert_eq!(marks.version(), version);
        let again = Marks::open(file).unwrap();
        let all: Vec<_> = again.iter().collect();
        assert_eq!(all, [(&"a/2.jpg".to_owned(), &class)]);
    }

    #[test]
    fn a_file_that_is_no_marks_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("marks.json");
        for text in ["", "{}", "{\"schema\": 2, \"marks\": {}}"] {
            fs::write(&file, text).unwrap();
            let message = Marks::open(file.clone()).unwrap_err().to_string();
            assert!(message.contains("marks.json"), "{message}");
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
    }

    #[test]
    fn a_mark_that_cannot_be_kept_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let mut marks = Marks::open(folder.path().join("none/marks.json")).unwrap();
        assert!(marks.set([("a".to_owned(), Some(mark(Target::Trash)))]).is_err());
        assert_eq!(marks.iter().len(), 0);
    }
}
