//! Writing packs: complete or not at all.

use std::fs::{self, File};
use std::io::{Cursor, ErrorKind, Write};
use std::path::Path;

use super::files::sha256_hex;
use super::manifest::{FileEntry, FileRole, Manifest};
use super::{MANIFEST, MANIFEST_CHECKSUM, Pack, PackError, PackFiles};

/// A file to be put into a pack.
#[derive(Debug, Clone)]
pub struct PackFile {
    /// Plain file name.
    pub path: String,
    /// What it is for.
    pub role: FileRole,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Writes a pack into `folder`, which may hold other files too. `manifest.files`
/// is filled in from `files` and the result verified first; the manifest's
/// checksum goes away first and comes last, so that a pack that is cut short is
/// refused, never mixed with an older one.
///
/// # Errors
/// Those of [`Pack::open`], and [`PackError::Io`].
pub fn write_folder(
    folder: &Path,
    manifest: Manifest,
    files: &[PackFile],
) -> Result<Pack, PackError> {
    let (pack, named) = assemble(manifest, files)?;
    fs::create_dir_all(folder)?;
    match fs::remove_file(folder.join(MANIFEST_CHECKSUM)) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    for (name, bytes) in &named {
        let temporary = folder.join(format!(".{name}.partial"));
        let mut file = File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(temporary, folder.join(name))?;
    }
    Ok(pack)
}

/// The same pack as one zip, the network stored (it hardly compresses).
///
/// # Errors
/// [`PackError::Archive`], and those of [`Pack::open`].
pub fn write_zip(manifest: Manifest, files: &[PackFile]) -> Result<Vec<u8>, PackError> {
    let (_, files) = assemble(manifest, files)?;
    let archive = |error: zip::result::ZipError| PackError::Archive { reason: error.to_string() };
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    // A fixed date keeps the archive the same for the same pack.
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default());
    for (name, bytes) in &files {
        writer.start_file(name, options).map_err(archive)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish().map_err(archive)?.into_inner())
}

pub(super) type NamedBytes = Vec<(String, Vec<u8>)>;

pub(super) fn assemble(
    mut manifest: Manifest,
    files: &[PackFile],
) -> Result<(Pack, NamedBytes), PackError> {
    manifest.files = files
        .iter()
        .map(|file| FileEntry {
            path: file.path.clone(),
            role: file.role,
            sha256: sha256_hex(&file.bytes),
            size: file.bytes.len() as u64,
        })
        .collect();
    let mut json = serde_json::to_vec_pretty(&manifest)
        .map_err(|error| PackError::InvalidManifest { reason: error.to_string() })?;
    json.push(b'\n');
    let checksum = format!("{}  {MANIFEST}\n", sha256_hex(&json));
    let mut named: NamedBytes =
        files.iter().map(|file| (file.path.clone(), file.bytes.clone())).collect();
    named.push((MANIFEST.to_owned(), json));
    named.push((MANIFEST_CHECKSUM.to_owned(), checksum.into_bytes()));
    let view = named.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    let pack = Pack::from_files(&PackFiles::new(view))?;
    Ok((pack, named))
}
