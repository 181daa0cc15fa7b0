//! Files of a run, and how they are read and written.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ReproduceError;
use crate::atomic;
use crate::pipeline::WORK_FOLDER;

/// Where everything of a run lies.
#[derive(Clone, Copy)]
pub(super) struct Files<'a>(pub(super) &'a Path);

impl Files<'_> {
    /// What was begun here.
    pub(super) fn identity(self) -> PathBuf {
        self.0.join("reproduce.json")
    }

    /// Copies of the built-in recipes.
    pub(super) fn recipes(self) -> PathBuf {
        self.0.join("recipes")
    }

    /// What was learnt of each picture.
    pub(super) fn pictures(self) -> PathBuf {
        self.0.join("pictures.jsonl")
    }

    pub(super) fn version(self, name: &str) -> PathBuf {
        self.0.join("versions").join(format!("{name}.json"))
    }

    pub(super) fn split(self) -> PathBuf {
        self.0.join("split.json")
    }

    pub(super) fn embeddings(self) -> PathBuf {
        self.0.join("embeddings")
    }

    pub(super) fn metadata(self) -> PathBuf {
        self.0.join("metadata.jsonl")
    }

    /// The pack of a variant.
    pub(super) fn pack(self, id: &str) -> PathBuf {
        self.0.join("variants").join(id)
    }

    fn work(self, id: &str, name: &str) -> PathBuf {
        self.pack(id).join(WORK_FOLDER).join(name)
    }

    /// The split that a variant was trained on.
    pub(super) fn split_of(self, id: &str) -> PathBuf {
        self.work(id, "split.json")
    }

    /// What a variant said of each picture of the test part.
    pub(super) fn predictions(self, id: &str) -> PathBuf {
        self.work(id, "predictions.jsonl")
    }

    /// What the steps of a variant cost.
    pub(super) fn cost(self, id: &str) -> PathBuf {
        self.work(id, "cost.json")
    }

    /// What is known of a finished variant; written last.
    pub(super) fn record(self, id: &str) -> PathBuf {
        self.work(id, "record.json")
    }
}

pub(super) fn create(folder: &Path) -> Result<(), ReproduceError> {
    fs::create_dir_all(folder)
        .map_err(|source| ReproduceError::Write { path: folder.to_owned(), source })
}

pub(super) fn write(path: &Path, content: &[u8]) -> Result<(), ReproduceError> {
    atomic::write(path, content)
        .map_err(|source| ReproduceError::Write { path: path.to_owned(), source })
}

pub(super) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), ReproduceError> {
    let mut text = serde_json::to_vec_pretty(value).expect("plain data serializes");
    text.push(b'\n');
    write(path, &text)
}

/// The content of a file; `None` if there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<String>, ReproduceError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(source) => Err(ReproduceError::Read { path: path.to_owned(), source }),
    }
}

/// As [`read`], parsed.
pub(super) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, ReproduceError> {
    let parse = |text: String| {
        serde_json::from_str(&text).map_err(|error| ReproduceError::Format {
            path: path.to_owned(),
            reason: error.to_string(),
        })
    };
    read(path)?.map(parse).transpose()
}
