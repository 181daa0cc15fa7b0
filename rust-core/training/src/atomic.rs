//! Files that appear whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Writes `content` beside `path` and renames it into place, so that a reader or a crash never
/// meets half a file.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    write_with(path, |mut file| file.write_all(content))
}

/// As [`write()`], with the content that `fill` puts into the open file.
pub fn write_with<E: From<io::Error>>(
    path: &Path,
    fill: impl FnOnce(&File) -> Result<(), E>,
) -> Result<(), E> {
    let mut name = path
        .file_name()
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?
        .to_os_string();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let fill_and_rename = || {
        let file = File::create(&temporary)?;
        fill(&file)?;
        file.sync_all()?;
        Ok(fs::rename(&temporary, path)?)
    };
    let written = fill_and_rename();
    if written.is_err() {
        // The first error is the one to tell; a left-over temporary file harms nobody.
        let _ = fs::remove_file(&temporary);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write(&folder.path().join("none/a.txt"), b"").is_err());
    }
}
