//! A small data set of drawn pictures.

use std::fs;
use std::path::Path;

use image::{Rgb, RgbImage};

use super::state::{Options, Review};

/// Side of the drawn pictures in pixels.
pub(super) const SIDE: u32 = 96;

/// A folder that is removed when dropped.
pub(super) struct DataSet(tempfile::TempDir);

impl DataSet {
    /// A picture of its own at each path.
    pub(super) fn new(paths: &[&str]) -> Self {
        let data = Self(tempfile::tempdir().unwrap());
        for path in paths {
            data.add(path);
        }
        data
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn add(&self, path: &str) {
        let seed = path.bytes().fold(7u32, |sum, byte| sum.wrapping_mul(31) + u32::from(byte));
        let picture = RgbImage::from_fn(SIDE, SIDE, |x, y| {
            let tile = (x / 8 + y / 8 * 31 + seed).wrapping_mul(2_654_435_761);
            Rgb([(tile >> 8) as u8, (tile >> 16) as u8, (tile >> 24) as u8])
        });
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        picture.save(path).unwrap();
    }

    pub(super) fn open(&self) -> Review {
        Review::open(self.path(), Options::default()).unwrap()
    }

    /// All files in class folders, sorted.
    pub(super) fn files(&self) -> Vec<String> {
        crate::dataset::check::list_files(self.path()).unwrap()
    }
}
