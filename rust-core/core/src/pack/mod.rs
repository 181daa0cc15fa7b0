//! Model packs: a folder, or one zip of it, with a manifest, a network and a
//! model card. Everything is checked before anything is used.

mod error;
mod files;
mod manifest;
mod write;

use std::path::Path;

pub use error::PackError;
pub use files::PackFiles;
pub(crate) use files::sha256_hex;
pub(crate) use manifest::is_plain_name;
pub use manifest::{
    Family, FileEntry, FileRole, Manifest, MetadataSpec, OutputSpec, Provenance, SCHEMA,
};
pub use write::{PackFile, write_folder, write_zip};

use crate::network::{NetworkShape, TractNetwork};

pub(crate) const MANIFEST: &str = "manifest.json";
pub(crate) const MANIFEST_CHECKSUM: &str = "manifest.sha256";

/// A verified pack: every file has the size and the sha256 that its manifest says.
#[derive(Debug, Clone)]
pub struct Pack {
    manifest: Manifest,
    id: String,
    network: Vec<u8>,
    model_card: Option<String>,
}

impl Pack {
    /// Opens a folder or a zip file.
    ///
    /// # Errors
    /// See [`PackError`]; [`PackError::is_corrupt`] tells an app to download again.
    pub fn open(path: &Path) -> Result<Self, PackError> {
        Self::from_files(&PackFiles::read(path)?)
    }

    /// Opens a zip in memory, for instance an app's asset.
    ///
    /// # Errors
    /// As [`Pack::open`].
    pub fn from_zip(bytes: &[u8]) -> Result<Self, PackError> {
        Self::from_files(&PackFiles::from_zip(bytes)?)
    }

    /// Verifies files that are in memory already.
    ///
    /// # Errors
    /// As [`Pack::open`].
    pub fn from_files(files: &PackFiles) -> Result<Self, PackError> {
        let manifest = files.manifest()?;
        let digest = files::sha256_hex(files.get(MANIFEST)?);
        for entry in &manifest.files {
            files.verify(entry)?;
        }
        let of_role = |role| manifest.files.iter().find(|file| file.role == role);
        let network = of_role(FileRole::Network).ok_or_else(|| PackError::InvalidManifest {
            reason: "no file has the role network".to_owned(),
        })?;
        let model_card = of_role(FileRole::ModelCard)
            .map(|file| files.get(&file.path))
            .transpose()?
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        Ok(Self {
            id: format!(
                "{}-{}-{}",
                manifest.name,
                manifest.version,
                digest.get(..12).unwrap_or_default()
            ),
            network: files.get(&network.path)?.to_vec(),
            model_card,
            manifest,
        })
    }

    /// A pack in memory, as [`write_folder`] would write it: `manifest.files` is filled in.
    ///
    /// # Errors
    /// As [`Pack::open`].
    pub fn assemble(manifest: Manifest, files: &[PackFile]) -> Result<Self, PackError> {
        write::assemble(manifest, files).map(|(pack, _)| pack)
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Name, version and the start of the manifest's hash: verdicts of packs with
    /// different ids must not be mixed.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The ONNX file.
    pub fn network(&self) -> &[u8] {
        &self.network
    }

    /// The model card in Markdown, if the pack has one.
    pub fn model_card(&self) -> Option<&str> {
        self.model_card.as_deref()
    }

    /// Builds the network and checks it against the manifest.
    ///
    /// # Errors
    /// [`PackError::Network`].
    pub fn load_network(&self) -> Result<TractNetwork, PackError> {
        let input = &self.manifest.input;
        let shape = NetworkShape {
            input: input.name.clone(),
            height: input.height as usize,
            width: input.width as usize,
            output: self.manifest.output.name.clone(),
            classes: self.manifest.taxonomy.classes.len(),
            metadata: self
                .manifest
                .metadata
                .as_ref()
                .map(|metadata| (metadata.input.clone(), metadata.features.len())),
        };
        Ok(TractNetwork::load(&self.network, shape)?)
    }
}
