//! A network that was trained for something else, as an ONNX file with a manifest beside it.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use epic_core::preprocess::InputSpec;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::EmbeddingError;
use crate::dataset::hex;

const SCHEMA: u32 = 1;
/// Far above any backbone that a desktop would run over a data set.
const MAX_BYTES: u64 = 1 << 30;
const MAX_MANIFEST_BYTES: u64 = 1 << 20;
const MAX_SIDE: u32 = 4096;

/// What the file beside a backbone says: `NAME.json` for `NAME.onnx`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackboneManifest {
    /// Version of this format: 1.
    pub schema: u32,
    /// For reports.
    pub name: String,
    /// The image input and its preprocessing.
    pub input: InputSpec,
    /// Name of the ONNX output: one vector per picture.
    pub output: String,
    /// Hash of the ONNX file, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// SPDX expression of the weights' licence.
    pub license: String,
    /// Where the weights come from, for a person.
    pub source: String,
}

/// A backbone in memory, its checksum verified.
#[derive(Debug, Clone)]
pub struct Backbone {
    pub(super) manifest: BackboneManifest,
    pub(super) onnx: Vec<u8>,
}

impl Backbone {
    /// Reads an ONNX file and the manifest beside it.
    ///
    /// # Errors
    /// [`EmbeddingError::Io`], [`EmbeddingError::TooLarge`], [`EmbeddingError::Manifest`],
    /// [`EmbeddingError::Checksum`].
    pub fn open(path: &Path) -> Result<Self, EmbeddingError> {
        let beside = path.with_extension("json");
        let manifest = parse(&read(&beside, MAX_MANIFEST_BYTES)?)
            .map_err(|reason| EmbeddingError::Manifest { path: beside, reason })?;
        let onnx = read(path, MAX_BYTES)?;
        let found = hex::encode(&Sha256::digest(&onnx));
        if found != manifest.sha256 {
            return Err(EmbeddingError::Checksum { path: path.to_owned(), found });
        }
        Ok(Self { manifest, onnx })
    }

    /// The same network on another size or with another preprocessing.
    #[must_use]
    pub fn with_input(mut self, input: InputSpec) -> Self {
        self.manifest.input = input;
        self
    }

    /// The ONNX file.
    pub fn onnx(&self) -> &[u8] {
        &self.onnx
    }

    /// What the file beside it says.
    pub fn manifest(&self) -> &BackboneManifest {
        &self.manifest
    }
}

fn parse(text: &[u8]) -> Result<BackboneManifest, String> {
    #[derive(Deserialize)]
    struct SchemaOnly {
        schema: u32,
    }
    // First on its own: fields of a later schema would hide the reason.
    let SchemaOnly { schema } = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    if schema != SCHEMA {
        return Err(format!("schema {schema}, expected {SCHEMA}"));
    }
    let manifest: BackboneManifest =
        serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let input = &manifest.input;
    if !(1..=MAX_SIDE).contains(&input.width) || !(1..=MAX_SIDE).contains(&input.height) {
        return Err(format!("an input side is not in 1..={MAX_SIDE}"));
    }
    let is_finite = input.mean.iter().all(|mean| mean.is_finite())
        && input.std.iter().all(|std| std.is_finite() && *std > 0.0);
    if is_finite { Ok(manifest) } else { Err("the normalisation is not finite".to_owned()) }
}

fn read(path: &Path, limit: u64) -> Result<Vec<u8>, EmbeddingError> {
    let io = |source| EmbeddingError::Io { path: PathBuf::from(path), source };
    let size = fs::metadata(path).map_err(io)?.len();
    if size > limit {
        return Err(EmbeddingError::TooLarge { path: path.to_owned(), size, limit });
    }
    let mut bytes = Vec::new();
    File::open(path).map_err(io)?.take(limit).read_to_end(&mut bytes).map_err(io)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(onnx: &[u8]) -> serde_json::Value {
        serde_json::json!({
            "schema": 1, "name": "tiny", "output": "features", "license": "MIT", "source": "a test",
            "input": InputSpec::letterbox(8), "sha256": hex::encode(&Sha256::digest(onnx)),
        })
    }

    fn open(onnx: &[u8], manifest: &str) -> Result<Backbone, EmbeddingError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tiny.onnx");
        fs::write(&path, onnx).unwrap();
        fs::write(folder.path().join("tiny.json"), manifest).unwrap();
        Backbone::open(&path)
    }

    #[test]
    fn a_backbone_is_read_with_what_stands_beside_it() {
        let backbone = open(b"network", &manifest(b"network").to_string()).unwrap();
        assert_eq!(backbone.manifest().name, "tiny");
        assert_eq!(backbone.onnx, b"network");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let error = open(b"another", &manifest(b"network").to_string()).unwrap_err();
        assert!(matches!(error, EmbeddingError::Checksum { .. }), "{error}");
        let changed = |key: &str, value: serde_json::Value| {
            let mut manifest = manifest(b"network");
            manifest[key] = value;
            open(b"network", &manifest.to_string()).unwrap_err().to_string()
        };
        assert!(changed("schema", 2.into()).contains("schema 2"));
        assert!(changed("more", 2.into()).contains("unknown field"));
        let mut input = serde_json::to_value(InputSpec::letterbox(8)).unwrap();
        input["width"] = 0.into();
        assert!(changed("input", input.clone()).contains("side"));
        (input["width"], input["std"]) = (8.into(), serde_json::json!([0.0, 1.0, 1.0]));
        assert!(changed("input", input).contains("normalisation"));
        assert!(open(b"network", "{").unwrap_err().to_string().contains("tiny.json"));
    }

    #[test]
    fn missing_files_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = Backbone::open(&folder.path().join("none.onnx")).unwrap_err();
        assert!(error.to_string().contains("none.json"), "{error}");
    }
}
