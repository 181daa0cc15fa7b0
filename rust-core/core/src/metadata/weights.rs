//! The networks and word lists behind faces and text: read when a part first
//! needs them, checked against their manifest.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::pack::sha256_hex;

/// Name of the file that lists the others.
pub const WEIGHTS_MANIFEST: &str = "manifest.json";
/// The manifest's layout that this version reads.
pub const WEIGHTS_SCHEMA: u32 = 1;
/// No network of a phone comes near it; a hostile folder must not exhaust memory.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// What is wrong with the weights. An app can fetch them anew on any of these.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// A file cannot be read.
    #[error("cannot read the weights file {file}: {kind}")]
    Io {
        /// Name inside the folder.
        file: String,
        /// The operating system's error class.
        kind: std::io::ErrorKind,
    },
    /// The manifest is no valid JSON of this schema.
    #[error("the manifest of the weights is corrupt: {reason}")]
    Manifest {
        /// What is wrong.
        reason: String,
    },
    /// The manifest was written for another version.
    #[error("the weights have schema {found}, this version reads {WEIGHTS_SCHEMA}")]
    Schema {
        /// The schema that the manifest states.
        found: u32,
    },
    /// The manifest names no such file, or it is not there.
    #[error("the weights hold no {file}")]
    Missing {
        /// Name inside the folder.
        file: String,
    },
    /// Size or sha256 differ from the manifest.
    #[error("the weights file {file} is damaged")]
    Damaged {
        /// Name inside the folder.
        file: String,
    },
    /// The content is whole but cannot be used.
    #[error("the weights file {file} cannot be used: {reason}")]
    Content {
        /// Name inside the folder.
        file: String,
        /// What is wrong.
        reason: String,
    },
}

/// Size and hash of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightsEntry {
    /// Bytes.
    pub size: u64,
    /// Lower-case hexadecimal.
    pub sha256: String,
}

/// The list of files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightsManifest {
    /// [`WEIGHTS_SCHEMA`].
    pub schema: u32,
    /// Files by name.
    pub files: BTreeMap<String, WeightsEntry>,
}

/// A set of weights: a folder, or files that are part of the program.
#[derive(Debug, Clone)]
pub struct Weights {
    manifest: WeightsManifest,
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    Folder(PathBuf),
    Embedded(BTreeMap<&'static str, &'static [u8]>),
}

impl Weights {
    /// No weights at all: enough for colours.
    pub fn none() -> Self {
        let manifest = WeightsManifest { schema: WEIGHTS_SCHEMA, files: BTreeMap::new() };
        Self { manifest, source: Source::Embedded(BTreeMap::new()) }
    }

    /// Reads the manifest of a folder; the rest is read when it is needed.
    ///
    /// # Errors
    /// [`WeightsError`] if the manifest is missing, corrupt or of another schema.
    pub fn open(folder: &Path) -> Result<Self, WeightsError> {
        let bytes = read_bounded(&folder.join(WEIGHTS_MANIFEST), WEIGHTS_MANIFEST)?;
        Ok(Self { manifest: parse(&bytes)?, source: Source::Folder(folder.to_owned()) })
    }

    /// Weights that are part of the program, the manifest among them.
    ///
    /// # Errors
    /// As [`Weights::open`].
    pub fn embedded(
        files: impl IntoIterator<Item = (&'static str, &'static [u8])>,
    ) -> Result<Self, WeightsError> {
        let files: BTreeMap<_, _> = files.into_iter().collect();
        let bytes = files.get(WEIGHTS_MANIFEST).ok_or_else(|| missing(WEIGHTS_MANIFEST))?;
        Ok(Self { manifest: parse(bytes)?, source: Source::Embedded(files) })
    }

    /// The list of files.
    pub fn manifest(&self) -> &WeightsManifest {
        &self.manifest
    }

    /// One file, its size and sha256 as the manifest says.
    ///
    /// # Errors
    /// [`WeightsError`] if it is not there, cannot be read or is damaged.
    pub fn read(&self, name: &str) -> Result<Cow<'static, [u8]>, WeightsError> {
        // Only listed names reach the file system, so no name can leave the folder.
        let entry = self.manifest.files.get(name).ok_or_else(|| missing(name))?;
        let bytes = match &self.source {
            Source::Folder(folder) => Cow::Owned(read_bounded(&folder.join(name), name)?),
            Source::Embedded(files) => {
                Cow::Borrowed(*files.get(name).ok_or_else(|| missing(name))?)
            }
        };
        if bytes.len() as u64 != entry.size || sha256_hex(&bytes) != entry.sha256 {
            return Err(WeightsError::Damaged { file: name.to_owned() });
        }
        Ok(bytes)
    }
}

fn parse(bytes: &[u8]) -> Result<WeightsManifest, WeightsError> {
    #[derive(Deserialize)]
    struct SchemaOnly {
        schema: u32,
    }
    let corrupt = |error: serde_json::Error| WeightsError::Manifest { reason: error.to_string() };
    let SchemaOnly { schema } = serde_json::from_slice(bytes).map_err(corrupt)?;
    if schema != WEIGHTS_SCHEMA {
        return Err(WeightsError::Schema { found: schema });
    }
    let manifest: WeightsManifest = serde_json::from_slice(bytes).map_err(corrupt)?;
    match manifest.files.keys().find(|name| !crate::pack::is_plain_name(name)) {
        Some(_) => Err(WeightsError::Manifest { reason: "a file name holds a path".to_owned() }),
        None => Ok(manifest),
    }
}

fn read_bounded(path: &Path, name: &str) -> Result<Vec<u8>, WeightsError> {
    let io = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => missing(name),
        kind => WeightsError::Io { file: name.to_owned(), kind },
    };
    if fs::metadata(path).map_err(io)?.len() > MAX_FILE_BYTES {
        return Err(WeightsError::Damaged { file: name.to_owned() });
    }
    fs::read(path).map_err(io)
}

fn missing(name: &str) -> WeightsError {
    WeightsError::Missing { file: name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(content: &[u8]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let entry = WeightsEntry { size: 3, sha256: sha256_hex(b"abc") };
        let manifest = WeightsManifest {
            schema: WEIGHTS_SCHEMA,
            files: BTreeMap::from([("a.onnx".to_owned(), entry)]),
        };
        let json = serde_json::to_vec(&manifest).unwrap();
        fs::write(folder.path().join(WEIGHTS_MANIFEST), json).unwrap();
        fs::write(folder.path().join("a.onnx"), content).unwrap();
        folder
    }

    #[test]
    fn whole_files_are_read_and_damaged_ones_refused() {
        let good = folder(b"abc");
        assert_eq!(*Weights::open(good.path()).unwrap().read("a.onnx").unwrap(), *b"abc");
        for bad in [b"abd".as_slice(), b"ab", b""] {
            let weights = folder(bad);
            let error = Weights::open(weights.path()).unwrap().read("a.onnx").unwrap_err();
            assert_eq!(error, WeightsError::Damaged { file: "a.onnx".to_owned() });
        }
    }

    #[test]
    fn unlisted_names_do_not_reach_the_file_system() {
        let weights = folder(b"abc");
        let error = Weights::open(weights.path()).unwrap().read("../manifest.json").unwrap_err();
        assert!(matches!(error, WeightsError::Missing { .. }));
    }

    #[test]
    fn manifests_of_another_schema_or_with_paths_are_refused() {
        let parsed = parse(br#"{"schema": 9, "files": 4}"#);
        assert_eq!(parsed.unwrap_err(), WeightsError::Schema { found: 9 });
        let sneaky = br#"{"schema": 1, "files": {"../x": {"size": 1, "sha256": ""}}}"#;
        assert!(matches!(parse(sneaky).unwrap_err(), WeightsError::Manifest { .. }));
        assert!(matches!(parse(b"{").unwrap_err(), WeightsError::Manifest { .. }));
    }
}
