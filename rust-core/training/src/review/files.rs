//! Opening files of a data set without following any link.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use epic_core::picture::Limits;
use serde::{Deserialize, Serialize};

use super::FOLDER;
use super::error::ReviewError;
use crate::dataset::transaction::{WORK_FOLDER, modified};

/// What tells one content of a file from another without reading it: it stays when the file is moved, and
/// changes when the file is written or replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Stamp {
    /// Number of the file on its file system; 0 where there is none.
    pub(super) file: u64,
    /// Size in bytes.
    pub(super) size: u64,
    /// Time of the last change in nanoseconds since 1970.
    pub(super) modified: i64,
}

impl Stamp {
    /// `None` for what is no regular file.
    pub(super) fn of(metadata: &Metadata) -> io::Result<Option<Self>> {
        if !metadata.is_file() {
            return Ok(None);
        }
        #[cfg(unix)]
        let file = std::os::unix::fs::MetadataExt::ino(metadata);
        #[cfg(not(unix))]
        let file = 0;
        Ok(Some(Self { file, size: metadata.len(), modified: modified(metadata)? }))
    }
}

/// The bytes of a file of the data set, if it still is the one that was listed.
pub(super) fn read(root: &Path, relative: &str, listed: &Stamp) -> Result<Vec<u8>, ReviewError> {
    let file = open_below(root, relative).map_err(|_| ReviewError::FileChanged)?;
    let metadata = file.metadata().map_err(|_| ReviewError::FileChanged)?;
    if Stamp::of(&metadata).ok().flatten().as_ref() != Some(listed) {
        return Err(ReviewError::FileChanged);
    }
    let limit = Limits::default().max_bytes;
    if listed.size > limit {
        return Err(ReviewError::NotShown(format!("{} bytes, the limit is {limit}", listed.size)));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(listed.size).unwrap_or_default());
    let read = file.take(listed.size).read_to_end(&mut bytes);
    read.map_err(|error| ReviewError::NotShown(error.to_string()))?;
    Ok(bytes)
}

/// Opens folder by folder from the root, so that no folder that is exchanged for a link meanwhile leads out.
#[cfg(unix)]
fn open_below(root: &Path, relative: &str) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, open, openat};
    let common = OFlags::RDONLY | OFlags::CLOEXEC;
    let folder = common | OFlags::DIRECTORY;
    let mut at = open(root, folder, Mode::empty())?;
    let mut names = relative.split('/').peekable();
    while let Some(name) = names.next() {
        if name.is_empty() || name == "." || name == ".." {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        // Opening a pipe that took a file's place must not wait for its writer.
        let last = common | OFlags::NONBLOCK;
        let flags = if names.peek().is_some() { folder } else { last };
        at = openat(&at, name, flags | OFlags::NOFOLLOW, Mode::empty())?;
    }
    Ok(File::from(at))
}

#[cfg(not(unix))]
fn open_below(root: &Path, relative: &str) -> io::Result<File> {
    let mut path = root.to_owned();
    for name in relative.split('/') {
        if name.is_empty() || name == "." || name == ".." {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        path.push(name);
        if fs::symlink_metadata(&path)?.is_symlink() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
    }
    File::open(path)
}

/// Makes the review's own folder, or one in it, and refuses links: a data set from elsewhere may bring some.
pub(super) fn work_folder(root: &Path, inside: &[&str]) -> Result<PathBuf, ReviewError> {
    let mut path = root.to_owned();
    for name in [WORK_FOLDER, FOLDER].iter().chain(inside) {
        path.push(name);
        match fs::create_dir(&path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(ReviewError::Io { path, source: error });
            }
            _ => {}
        }
        if !fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir()) {
            return Err(ReviewError::WorkFolder { path });
        }
    }
    Ok(path)
}

/// A file of the review's own folder, which may not be there yet. What is written to it must land in it, and not
/// behind a link that came with the data set.
pub(super) fn work_file(folder: &Path, name: &str) -> Result<PathBuf, ReviewError> {
    let path = folder.join(name);
    match fs::symlink_metadata(&path) {
        Ok(found) if !found.is_file() => Err(ReviewError::WorkFolder { path }),
        _ => Ok(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(path: &Path) -> Stamp {
        Stamp::of(&fs::metadata(path).unwrap()).unwrap().unwrap()
    }

    #[test]
    fn a_file_is_read_while_it_is_the_listed_one() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        let path = folder.path().join("a/x.jpg");
        fs::write(&path, b"one").unwrap();
        let listed = stamp(&path);
        assert_eq!(read(folder.path(), "a/x.jpg", &listed).unwrap(), b"one");
        fs::write(&path, b"other").unwrap();
        let changed = read(folder.path(), "a/x.jpg", &listed);
        assert!(matches!(changed, Err(ReviewError::FileChanged)));
    }

    #[test]
    fn a_moved_file_keeps_its_stamp() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("x"), folder.path().join("y"));
        fs::write(&from, b"one").unwrap();
        let before = stamp(&from);
        fs::rename(&from, &to).unwrap();
        assert_eq!(stamp(&to), before);
    }

    #[cfg(unix)]
    #[test]
    fn no_link_is_followed_anywhere() {
        use std::os::unix::fs::symlink;
        let outside = tempfile::tempdir().unwrap();
        let secret = outside.path().join("secret.jpg");
        fs::write(&secret, b"secret").unwrap();
        let folder = tempfile::tempdir().unwrap();
        symlink(outside.path(), folder.path().join("a")).unwrap();
        fs::create_dir(folder.path().join("b")).unwrap();
        symlink(&secret, folder.path().join("b/x.jpg")).unwrap();
        for path in ["a/secret.jpg", "b/x.jpg", "../secret.jpg", "b/../b/x.jpg", "", "/etc/passwd"]
        {
            let read = read(folder.path(), path, &stamp(&secret));
            assert!(matches!(read, Err(ReviewError::FileChanged)), "{path}");
        }
        let work = work_folder(folder.path(), &[]).unwrap();
        symlink(&secret, work.join("marks.json")).unwrap();
        assert!(matches!(work_file(&work, "marks.json"), Err(ReviewError::WorkFolder { .. })));
        assert!(work_file(&work, "reports.jsonl").is_ok());
        fs::remove_dir_all(folder.path().join(WORK_FOLDER)).unwrap();
        symlink(outside.path(), folder.path().join(WORK_FOLDER)).unwrap();
        let refused = work_folder(folder.path(), &[]);
        assert!(matches!(refused, Err(ReviewError::WorkFolder { .. })));
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
    }
}
