//! The bytes of a pack, from a folder, a zip or memory.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Cursor, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::manifest::{FileEntry, Manifest, is_plain_name};
use super::{MANIFEST, MANIFEST_CHECKSUM, PackError};

/// No phone pack comes near it; a hostile one must not exhaust memory.
const MAX_FILE_BYTES: u64 = 256 << 20;
const MAX_FILES: usize = 64;

/// Files of a pack by name, not yet verified.
#[derive(Debug, Clone, Default)]
pub struct PackFiles(BTreeMap<String, Vec<u8>>);

impl PackFiles {
    /// From name and content pairs, for instance an embedded pack.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        let owned = |(name, bytes): (&str, &[u8])| (name.to_owned(), bytes.to_vec());
        Self(files.into_iter().map(owned).collect())
    }

    /// Reads a folder (only the files that its manifest names) or a zip.
    ///
    /// # Errors
    /// [`PackError::Io`], [`PackError::Archive`], [`PackError::TooLarge`], and those of
    /// the manifest of a folder.
    pub fn read(path: &Path) -> Result<Self, PackError> {
        if !path.is_dir() {
            return Self::from_zip(&read_bounded(path, "the archive")?);
        }
        let read = |name: &str| match read_bounded(&path.join(name), name) {
            Err(PackError::Io { kind: std::io::ErrorKind::NotFound }) => {
                Err(PackError::MissingFile { file: name.to_owned() })
            }
            other => other,
        };
        let mut files = Self::default();
        for name in [MANIFEST, MANIFEST_CHECKSUM] {
            files.0.insert(name.to_owned(), read(name)?);
        }
        for entry in files.manifest()?.files {
            let bytes = read(&entry.path)?;
            files.0.insert(entry.path, bytes);
        }
        Ok(files)
    }

    /// Reads all entries of a zip in memory.
    ///
    /// # Errors
    /// [`PackError::Archive`], [`PackError::TooLarge`].
    pub fn from_zip(bytes: &[u8]) -> Result<Self, PackError> {
        let archive_error = |reason: String| PackError::Archive { reason };
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes))
            .map_err(|error| archive_error(error.to_string()))?;
        if archive.len() > MAX_FILES {
            return Err(archive_error(format!("more than {MAX_FILES} files")));
        }
        let mut files = BTreeMap::new();
        for index in 0..archive.len() {
            let entry =
                archive.by_index(index).map_err(|error| archive_error(error.to_string()))?;
            let name = entry.name().map_err(|error| archive_error(error.to_string()))?.into_owned();
            if !is_plain_name(&name) {
                return Err(archive_error("a file name holds a path".to_owned()));
            }
            let too_large =
                |size| PackError::TooLarge { file: name.clone(), size, limit: MAX_FILE_BYTES };
            if entry.size() > MAX_FILE_BYTES {
                return Err(too_large(entry.size()));
            }
            let mut content = Vec::new();
            // The stated size may lie, hence the second bound.
            entry
                .take(MAX_FILE_BYTES + 1)
                .read_to_end(&mut content)
                .map_err(|error| archive_error(error.to_string()))?;
            if content.len() as u64 > MAX_FILE_BYTES {
                return Err(too_large(content.len() as u64));
            }
            files.insert(name, content);
        }
        Ok(Self(files))
    }

    pub(super) fn get(&self, name: &str) -> Result<&[u8], PackError> {
        self.0
            .get(name)
            .map(Vec::as_slice)
            .ok_or_else(|| PackError::MissingFile { file: name.to_owned() })
    }

    /// The manifest, its checksum compared before it is parsed: damage must be told as damage,
    /// not as whatever it makes of the content.
    pub(super) fn manifest(&self) -> Result<Manifest, PackError> {
        let json = self.get(MANIFEST)?;
        let stated = String::from_utf8_lossy(self.get(MANIFEST_CHECKSUM)?);
        if stated.split_whitespace().next() != Some(sha256_hex(json).as_str()) {
            return Err(PackError::Checksum { file: MANIFEST.to_owned() });
        }
        Manifest::parse(json)
    }

    pub(super) fn verify(&self, entry: &FileEntry) -> Result<(), PackError> {
        let bytes = self.get(&entry.path)?;
        if bytes.len() as u64 != entry.size {
            return Err(PackError::Size {
                file: entry.path.clone(),
                expected: entry.size,
                found: bytes.len() as u64,
            });
        }
        if sha256_hex(bytes) != entry.sha256 {
            return Err(PackError::Checksum { file: entry.path.clone() });
        }
        Ok(())
    }
}

fn read_bounded(path: &Path, name: &str) -> Result<Vec<u8>, PackError> {
    let size = fs::metadata(path)?.len();
    if size > MAX_FILE_BYTES {
        return Err(PackError::TooLarge { file: name.to_owned(), size, limit: MAX_FILE_BYTES });
    }
    let mut bytes = Vec::with_capacity(size as usize);
    File::open(path)?.take(MAX_FILE_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Lower-case hexadecimal sha256.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
