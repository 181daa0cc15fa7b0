//! Which files a data set folder holds.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Component, Path, PathBuf};

use epic_core::gallery::has_picture_extension;
use serde::Serialize;
use walkdir::{DirEntry, WalkDir};

use super::catalog::Rejected;
use super::error::DatasetError;

/// How many entries were passed over, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Files and folders whose name begins with a dot (a folder counts once).
    pub hidden: usize,
    /// Files without the extension of a picture.
    pub other_extension: usize,
    /// Symbolic links; none is followed, so that no picture outside the folder can slip in.
    pub symlinks: usize,
    /// Files that lie beside the class folders.
    pub outside_class_folders: usize,
}

/// A picture file by name, not yet opened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Listed {
    /// Path from the data set folder, with `/`.
    pub relative_path: String,
    /// Index of the class folder it lies in.
    pub class: usize,
    pub path: PathBuf,
}

#[derive(Debug, Default)]
pub(super) struct Listing {
    /// Sorted by relative path.
    pub files: Vec<Listed>,
    pub unknown_folders: Vec<String>,
    pub missing_folders: Vec<String>,
    pub rejected: Vec<Rejected>,
    pub skipped: Skipped,
}

/// Lists the class folders below `root`; only a root that cannot be read is an error.
pub(super) fn list(root: &Path, classes: &[String]) -> Result<Listing, DatasetError> {
    let error = |source| DatasetError::Read { path: root.to_owned(), source };
    let mut listing = Listing::default();
    let mut seen = BTreeSet::new();
    for entry in fs::read_dir(root).map_err(error)? {
        let entry = entry.map_err(error)?;
        let (kind, name) = (entry.file_type().map_err(error)?, entry.file_name());
        if is_hidden(&name) {
            listing.skipped.hidden += 1;
        } else if kind.is_symlink() {
            listing.skipped.symlinks += 1;
        } else if !kind.is_dir() {
            listing.skipped.outside_class_folders += 1;
        } else if let Some(class) = classes.iter().position(|c| name == OsStr::new(c)) {
            seen.insert(class);
            listing.walk(root, &entry.path(), class);
        } else {
            listing.unknown_folders.push(name.to_string_lossy().into_owned());
        }
    }
    listing.missing_folders = (0..classes.len())
        .filter(|class| !seen.contains(class))
        .map(|class| classes[class].clone())
        .collect();
    listing.unknown_folders.sort();
    listing.files.sort();
    Ok(listing)
}

impl Listing {
    fn walk(&mut self, root: &Path, folder: &Path, class: usize) {
        let mut walk = WalkDir::new(folder).min_depth(1).follow_links(false).into_iter();
        while let Some(entry) = walk.next() {
            match entry {
                Ok(entry) if is_hidden(entry.file_name()) => {
                    self.skipped.hidden += 1;
                    if entry.file_type().is_dir() {
                        walk.skip_current_dir();
                    }
                }
                Ok(entry) => self.add(root, &entry, class),
                Err(error) => self.rejected.push(Rejected {
                    relative_path: error
                        .path()
                        .map(|p| lossy_relative(root, p))
                        .unwrap_or_default(),
                    reason: error.to_string(),
                }),
            }
        }
    }

    fn add(&mut self, root: &Path, entry: &DirEntry, class: usize) {
        if entry.file_type().is_dir() {
            return;
        }
        if entry.path_is_symlink() {
            self.skipped.symlinks += 1;
        } else if !has_picture_extension(entry.path()) {
            self.skipped.other_extension += 1;
        } else if let Some(relative_path) = relative(root, entry.path()) {
            self.files.push(Listed { relative_path, class, path: entry.path().to_owned() });
        } else {
            self.rejected.push(Rejected {
                relative_path: lossy_relative(root, entry.path()),
                reason: "the file name is not valid unicode".to_owned(),
            });
        }
    }
}

pub(super) fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().first() == Some(&b'.')
}

/// The path below `root` with `/`; `None` when a name is not unicode.
pub(super) fn relative(root: &Path, path: &Path) -> Option<String> {
    let names: Option<Vec<&str>> = path
        .strip_prefix(root)
        .ok()?
        .components()
        .map(|component| match component {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect();
    Some(names?.join("/"))
}

fn lossy_relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::testing::TempFolder;

    fn classes() -> Vec<String> {
        ["a", "ب", "none"].map(String::from).to_vec()
    }

    #[test]
    fn every_entry_is_listed_or_counted() {
        let folder = TempFolder::new("listing");
        for file in [
            "a/z_2.jpg",
            "a/deep/er/y.PNG",
            "a/notes.txt",
            "a/.hidden.jpg",
            "a/.git/x.jpg",
            "ب/صورة_١.jpg",
            "stray.jpg",
            "extra/x.jpg",
            ".trash/x.jpg",
        ] {
            folder.write(file, b"x");
        }
        let listing = list(folder.path(), &classes()).unwrap();
        let paths: Vec<_> = listing.files.iter().map(|f| f.relative_path.as_str()).collect();
        assert_eq!(paths, ["a/deep/er/y.PNG", "a/z_2.jpg", "ب/صورة_١.jpg"]);
        assert_eq!(listing.files[2].class, 1);
        assert_eq!(listing.unknown_folders, ["extra"]);
        assert_eq!(listing.missing_folders, ["none"]);
        let skipped =
            Skipped { hidden: 3, other_extension: 1, symlinks: 0, outside_class_folders: 1 };
        assert_eq!(listing.skipped, skipped);
        assert!(listing.rejected.is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_counted_and_not_followed() {
        use std::os::unix::fs::symlink;
        let (folder, outside) = (TempFolder::new("links"), TempFolder::new("links-outside"));
        outside.write("secret.jpg", b"x");
        folder.write("a/own.jpg", b"x");
        symlink(outside.path(), folder.path().join("a/out")).unwrap();
        symlink(outside.path().join("secret.jpg"), folder.path().join("a/s.jpg")).unwrap();
        symlink(outside.path(), folder.path().join("ب")).unwrap();
        let listing = list(folder.path(), &classes()).unwrap();
        assert_eq!(listing.files.len(), 1);
        assert_eq!(listing.skipped.symlinks, 3);
        assert_eq!(listing.missing_folders, ["ب", "none"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_name_that_is_not_unicode_is_rejected() {
        use std::os::unix::ffi::OsStrExt;
        let folder = TempFolder::new("bytes");
        folder.write("a/ok.jpg", b"x");
        fs::write(folder.path().join("a").join(OsStr::from_bytes(b"\xff.jpg")), b"x").unwrap();
        let listing = list(folder.path(), &classes()).unwrap();
        assert_eq!((listing.files.len(), listing.rejected.len()), (1, 1));
        assert_eq!(listing.rejected[0].reason, "the file name is not valid unicode");
    }

    #[test]
    fn a_missing_root_is_an_error() {
        let folder = TempFolder::new("root");
        let error = list(&folder.path().join("gone"), &classes()).unwrap_err();
        assert!(matches!(error, DatasetError::Read { .. }));
    }
}
