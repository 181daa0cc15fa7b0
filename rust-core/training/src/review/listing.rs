//! The pictures of a data set, in the order of their paths.

use std::fs;
use std::path::Path;

use super::error::ReviewError;
use super::files::Stamp;
use crate::dataset::check::list_files;

/// A file in a class folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Path from the data set's folder, with `/`.
    pub(super) relative_path: String,
    /// Index of its class.
    pub(super) class: usize,
    /// Which content was listed.
    pub(super) stamp: Stamp,
}

#[derive(Debug, Default)]
pub(super) struct Listing {
    /// The class folders by name, empty ones too.
    pub(super) classes: Vec<String>,
    /// Sorted by path.
    pub(super) entries: Vec<Entry>,
}

impl Listing {
    /// All files in class folders, damaged and foreign ones too: they are what a review is to find.
    pub(super) fn read(root: &Path) -> Result<Self, ReviewError> {
        let paths = list_files(root)?;
        let classes = class_folders(root)?;
        let entries = paths.into_iter().filter_map(|relative_path| {
            let (class, _) = relative_path.split_once('/')?;
            let class = classes.binary_search_by(|name| name.as_str().cmp(class)).ok()?;
            // What is gone since it was listed is no picture of this listing.
            let metadata = fs::symlink_metadata(root.join(&relative_path)).ok()?;
            let stamp = Stamp::of(&metadata).ok()??;
            Some(Entry { relative_path, class, stamp })
        });
        let entries = entries.collect();
        Ok(Self { classes, entries })
    }

    /// The index of the file at this path.
    pub(super) fn find(&self, relative_path: &str) -> Option<usize> {
        self.entries.binary_search_by(|entry| entry.relative_path.as_str().cmp(relative_path)).ok()
    }
}

fn class_folders(root: &Path) -> Result<Vec<String>, ReviewError> {
    let mut classes = Vec::new();
    for entry in fs::read_dir(root).map_err(ReviewError::io(root))? {
        let entry = entry.map_err(ReviewError::io(root))?;
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if let Ok(name) = entry.file_name().into_string()
            && is_folder
            && !name.starts_with('.')
        {
            classes.push(name);
        }
    }
    classes.sort();
    Ok(classes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_class_folders_are_listed_by_path() {
        let folder = tempfile::tempdir().unwrap();
        for path in
            ["b/z.png", "b/deep/a.png", "a/x.txt", "ب/صورة.jpg", "empty/.hidden", "stray.png"]
        {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"x").unwrap();
        }
        let listing = Listing::read(folder.path()).unwrap();
        assert_eq!(listing.classes, ["a", "b", "empty", "ب"]);
        let paths: Vec<_> = listing.entries.iter().map(|e| e.relative_path.as_str()).collect();
        assert_eq!(paths, ["a/x.txt", "b/deep/a.png", "b/z.png", "ب/صورة.jpg"]);
        assert_eq!(listing.entries[3].class, 3);
        assert_eq!(listing.find("b/z.png"), Some(2));
        assert_eq!(listing.find("stray.png"), None);
        assert!(Listing::read(&folder.path().join("none")).is_err());
    }
}
