//! Small JPEGs, made when they are first asked for and kept in the data set's own folder.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use epic_core::ImageSource;
use sha2::{Digest, Sha256};

use super::error::ReviewError;
use super::files::{read, work_folder};
use super::listing::Entry;
use crate::thumbnail::jpeg;

/// Longest side, enough for the largest cell of the grid.
const SIDE: u32 = 256;
const FOLDER: &str = "thumbnails";

/// The kept thumbnails of a data set.
pub(super) struct Thumbnails {
    root: PathBuf,
    folder: PathBuf,
}

impl Thumbnails {
    pub(super) fn new(root: &Path) -> Result<Self, ReviewError> {
        Ok(Self { root: root.to_owned(), folder: work_folder(root, &[FOLDER])? })
    }

    /// The thumbnail of a file that still is the listed one.
    pub(super) fn get(&self, entry: &Entry) -> Result<Vec<u8>, ReviewError> {
        let path = self.folder.join(name(entry));
        if let Ok(kept) = fs::read(&path)
            && is_whole(&kept)
        {
            return Ok(kept);
        }
        let made = self.make(entry, SIDE)?;
        // Without a place to keep it, it is still a thumbnail.
        let _ = keep(&self.folder, &path, &made);
        Ok(made)
    }

    /// A JPEG of at most `side` pixels, which is not kept.
    pub(super) fn make(&self, entry: &Entry, side: u32) -> Result<Vec<u8>, ReviewError> {
        let bytes = read(&self.root, &entry.relative_path, &entry.stamp)?;
        jpeg(&ImageSource::Bytes(&bytes), side).map_err(ReviewError::NotShown)
    }
}

fn name(entry: &Entry) -> String {
    let stamp = entry.stamp;
    let mut hash = Sha256::new();
    for number in [stamp.file, stamp.size, stamp.modified.cast_unsigned(), SIDE.into()] {
        hash.update(number.to_le_bytes());
    }
    hash.update(entry.relative_path.as_bytes());
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>() + ".jpg"
}

/// Begins and ends as JPEGs do: files of a cache are not synced, and a crash may leave empty ones.
fn is_whole(jpeg: &[u8]) -> bool {
    jpeg.starts_with(&[0xff, 0xd8]) && jpeg.ends_with(&[0xff, 0xd9])
}

fn keep(folder: &Path, path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::testing::{DataSet, SIDE as PICTURE_SIDE};

    #[test]
    fn a_thumbnail_is_kept_and_a_broken_one_is_made_again() {
        let data = DataSet::new(&["a/1.jpg"]);
        let review = data.open();
        let entry = review.read().listing.entries[0].clone();
        let thumbnails = Thumbnails::new(data.path()).unwrap();
        let made = thumbnails.get(&entry).unwrap();
        assert!(is_whole(&made));
        let kept = thumbnails.folder.join(name(&entry));
        assert_eq!(fs::read(&kept).unwrap(), made);
        fs::write(&kept, b"").unwrap();
        assert_eq!(thumbnails.get(&entry).unwrap(), made);
        let picture = image::load_from_memory(&made).unwrap();
        assert_eq!(picture.width(), PICTURE_SIDE.min(SIDE));
    }

    #[test]
    fn what_is_no_picture_and_what_was_exchanged_are_not_shown() {
        let data = DataSet::new(&["a/1.jpg"]);
        fs::write(data.path().join("a/text.jpg"), b"no picture").unwrap();
        let review = data.open();
        let entries = review.read().listing.entries.clone();
        let thumbnails = Thumbnails::new(data.path()).unwrap();
        assert!(matches!(thumbnails.get(&entries[1]), Err(ReviewError::NotShown(_))));
        fs::write(data.path().join("a/1.jpg"), b"other").unwrap();
        assert!(matches!(thumbnails.get(&entries[0]), Err(ReviewError::FileChanged)));
    }
}
