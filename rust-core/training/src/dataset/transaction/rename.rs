//! Renaming that never replaces a file.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Renames; fails with `AlreadyExists` where the destination is taken. Not every file system can
/// promise that in one step: on the others the destination is looked at first.
pub(super) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            outcome => return outcome.map_err(io::Error::from),
        }
    }
    if fs::symlink_metadata(to).is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    fs::rename(from, to)
}

/// Makes what a folder lists survive a power failure.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    // Windows opens no folder as a file, and has no such call.
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}
