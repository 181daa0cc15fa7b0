//! Versions of a data set: lists of what belongs to them, not copies.

mod difference;
mod export;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

pub use difference::Difference;
pub use export::{ExportMode, export};

use super::catalog::Dataset;
use super::transaction::WORK_FOLDER;
use crate::atomic;
use difference::lacking;

const SCHEMA: u32 = 1;

/// What belongs to a version of a data set. Pictures are known by class and content, so that a version
/// outlives renaming.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    schema: u32,
    /// `v01`, `v01.1`, …
    pub name: String,
    /// The version that it was made from.
    pub parent: Option<String>,
    /// What a person wrote about it.
    pub note: String,
    /// When it was made, in seconds since 1970.
    pub created: u64,
    /// [`Dataset::data_hash`] of its pictures.
    pub data_hash: String,
    /// Content hashes by class, sorted; a picture that lies there twice stands there twice.
    pub pictures: BTreeMap<String, Vec<String>>,
    /// What its parent has and it has not.
    pub excluded: Vec<Excluded>,
}

/// A picture that a version leaves out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Excluded {
    /// Its path when the version was made.
    pub relative_path: String,
    /// Its class.
    pub class: String,
    /// Hash of its content.
    pub sha256: String,
    /// Why.
    pub reason: String,
}

/// Why a version could not be made or used.
// The messages are the documentation of the variants and their fields.
#[allow(missing_docs)]
#[derive(Debug, thiserror::Error)]
pub enum VersionError {
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{path} is no version of a data set: {reason}")]
    Format { path: PathBuf, reason: String },
    #[error("{name} is no name for a version: letters, digits, points, hyphens and underscores")]
    Name { name: String },
    #[error("version {name} exists already")]
    Exists { name: String },
    #[error("version {name} lacks {count} of its pictures, {first} of class {class} is the first")]
    Missing { name: String, count: usize, first: String, class: String },
    #[error("{path} exists already")]
    Occupied { path: PathBuf },
    #[error("{path} is no picture of the data set")]
    NoSuchPicture { path: String },
}

impl Version {
    /// All of a data set but the named pictures (path, reason).
    ///
    /// # Errors
    /// [`VersionError::NoSuchPicture`], [`VersionError::Name`].
    pub fn new(
        dataset: &Dataset,
        name: &str,
        parent: Option<&str>,
        note: &str,
        without: &[(String, String)],
    ) -> Result<Self, VersionError> {
        check_name(name)?;
        let reasons: HashMap<&str, &str> =
            without.iter().map(|(path, reason)| (path.as_str(), reason.as_str())).collect();
        let known: Vec<&str> =
            dataset.samples.iter().map(|sample| sample.relative_path.as_str()).collect();
        if let Some((path, _)) =
            without.iter().find(|(path, _)| known.binary_search(&path.as_str()).is_err())
        {
            return Err(VersionError::NoSuchPicture { path: path.clone() });
        }
        let mut kept = dataset.clone();
        kept.samples.retain(|sample| !reasons.contains_key(sample.relative_path.as_str()));
        let mut pictures: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for sample in &kept.samples {
            let class = dataset.classes[sample.class].clone();
            pictures.entry(class).or_default().push(sample.sha256.clone());
        }
        pictures.values_mut().for_each(|sums| sums.sort());
        let excluded = dataset.samples.iter().filter_map(|sample| {
            Some(Excluded {
                relative_path: sample.relative_path.clone(),
                class: dataset.classes[sample.class].clone(),
                sha256: sample.sha256.clone(),
                reason: (*reasons.get(sample.relative_path.as_str())?).to_owned(),
            })
        });
        Ok(Self {
            schema: SCHEMA,
            name: name.to_owned(),
            parent: parent.map(str::to_owned),
            note: note.to_owned(),
            created: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs()),
            data_hash: kept.data_hash(),
            pictures,
            excluded: excluded.collect(),
        })
    }

    /// What another version has and this one has not, and the other way round.
    pub fn difference(&self, other: &Self) -> Difference {
        Difference { added: lacking(self, other), removed: lacking(other, self) }
    }

    /// Pictures, by class.
    pub fn class_counts(&self) -> BTreeMap<&str, usize> {
        self.pictures.iter().map(|(class, sums)| (class.as_str(), sums.len())).collect()
    }

    /// Writes the version into the data set's folder; versions never change.
    ///
    /// # Errors
    /// [`VersionError::Exists`], [`VersionError::Io`].
    pub fn save(&self, root: &Path) -> Result<PathBuf, VersionError> {
        let path = path_of(root, &self.name);
        if Self::exists(root, &self.name) {
            return Err(VersionError::Exists { name: self.name.clone() });
        }
        self.write(&path)?;
        Ok(path)
    }

    /// Writes the version to a file of any name, with its folder; what was there is replaced.
    ///
    /// # Errors
    /// [`VersionError::Io`].
    pub fn write(&self, path: &Path) -> Result<(), VersionError> {
        let io = |source| VersionError::Io { path: path.to_owned(), source };
        fs::create_dir_all(path.with_file_name("")).map_err(io)?;
        let text = serde_json::to_vec_pretty(self).map_err(|error| io(error.into()))?;
        atomic::write(path, &text).map_err(io)
    }

    /// Reads a version of the data set in a folder.
    ///
    /// # Errors
    /// [`VersionError::Name`], [`VersionError::Io`], [`VersionError::Format`].
    pub fn load(root: &Path, name: &str) -> Result<Self, VersionError> {
        check_name(name)?;
        Self::read(&path_of(root, name))
    }

    /// Whether the data set in a folder has a version of that name.
    pub fn exists(root: &Path, name: &str) -> bool {
        path_of(root, name).exists()
    }

    /// Reads a version from a file.
    ///
    /// # Errors
    /// [`VersionError::Io`], [`VersionError::Format`].
    pub fn read(path: &Path) -> Result<Self, VersionError> {
        let text =
            fs::read(path).map_err(|source| VersionError::Io { path: path.to_owned(), source })?;
        let format = |reason: String| VersionError::Format { path: path.to_owned(), reason };
        let version: Self =
            serde_json::from_slice(&text).map_err(|error| format(error.to_string()))?;
        if version.schema != SCHEMA {
            return Err(format(format!("schema {} is unknown", version.schema)));
        }
        Ok(version)
    }

    /// All versions of the data set in a folder, by name.
    ///
    /// # Errors
    /// As [`Version::load`].
    pub fn list(root: &Path) -> Result<Vec<Self>, VersionError> {
        let folder = root.join(WORK_FOLDER).join("versions");
        let Ok(entries) = fs::read_dir(&folder) else {
            return Ok(Vec::new());
        };
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
            .collect();
        names.sort();
        names.iter().map(|name| Self::load(root, name)).collect()
    }

    /// The data set as the version has it. Of a data set that was opened with some of its classes, those.
    ///
    /// # Errors
    /// [`VersionError::Missing`] if pictures of it are no longer there.
    pub fn select(&self, mut dataset: Dataset) -> Result<Dataset, VersionError> {
        let mut wanted: HashMap<(String, String), usize> = HashMap::new();
        let opened = self.pictures.iter().filter(|(class, _)| dataset.classes.contains(class));
        for (class, sums) in opened {
            for sum in sums {
                *wanted.entry((class.clone(), sum.clone())).or_default() += 1;
            }
        }
        let classes = dataset.classes.clone();
        dataset.samples.retain(|sample| {
            let key = (classes[sample.class].clone(), sample.sha256.clone());
            match wanted.get_mut(&key) {
                Some(left) if *left > 0 => {
                    *left -= 1;
                    true
                }
                _ => false,
            }
        });
        let mut missing: Vec<(String, String)> =
            wanted.into_iter().filter(|(_, left)| *left > 0).map(|(key, _)| key).collect();
        missing.sort_unstable();
        match missing.first() {
            Some((class, sum)) => Err(VersionError::Missing {
                name: self.name.clone(),
                count: missing.len(),
                first: sum.clone(),
                class: class.clone(),
            }),
            None => Ok(dataset),
        }
    }
}

fn path_of(root: &Path, name: &str) -> PathBuf {
    root.join(WORK_FOLDER).join("versions").join(format!("{name}.json"))
}

/// A name is part of a file's.
fn check_name(name: &str) -> Result<(), VersionError> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let is_name = !name.is_empty() && !name.starts_with('.') && name.chars().all(is_plain);
    if is_name { Ok(()) } else { Err(VersionError::Name { name: name.to_owned() }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::testing::{TempFolder, dataset};

    fn sample() -> Dataset {
        let entry = |path: &str, class, seed| (path.to_owned(), class, "s".to_owned(), seed);
        let samples = [
            entry("a/1.jpg", 0, 1),
            entry("a/2.jpg", 0, 2),
            entry("b/1.jpg", 1, 1),
            entry("b/3.jpg", 1, 3),
        ];
        dataset(&["a", "b"], &samples)
    }

    fn without(path: &str) -> Vec<(String, String)> {
        vec![(path.to_owned(), "outlier".to_owned())]
    }

    #[test]
    fn a_version_leaves_out_what_it_should_and_outlives_renaming() {
        let folder = TempFolder::new("version");
        let all = sample();
        let first = Version::new(&all, "v01", None, "cleaned", &[]).unwrap();
        first.save(folder.path()).unwrap();
        let second = Version::new(&all, "v01.1", Some("v01"), "", &without("b/1.jpg")).unwrap();
        second.save(folder.path()).unwrap();
        assert_eq!(Version::list(folder.path()).unwrap(), [first.clone(), second.clone()]);
        assert_eq!(second.excluded[0].class, "b");

        let mut renamed = all.clone();
        renamed.samples[0].relative_path = "a/0000_1.jpg".to_owned();
        let selected = Version::load(folder.path(), "v01.1").unwrap().select(renamed).unwrap();
        let paths: Vec<_> = selected.samples.iter().map(|s| s.relative_path.as_str()).collect();
        assert_eq!(paths, ["a/0000_1.jpg", "a/2.jpg", "b/3.jpg"]);
        assert_eq!(selected.data_hash(), second.data_hash);
        assert_eq!(first.select(all.clone()).unwrap().samples, all.samples);
    }

    #[test]
    fn pictures_that_are_gone_are_told() {
        let all = sample();
        let version = Version::new(&all, "v01", None, "", &[]).unwrap();
        let mut fewer = all.clone();
        fewer.samples.remove(1);
        let error = version.select(fewer).unwrap_err();
        assert!(matches!(error, VersionError::Missing { count: 1, .. }), "{error}");
        let error = Version::new(&all, "v02", None, "", &without("a/9.jpg")).unwrap_err();
        assert!(matches!(error, VersionError::NoSuchPicture { .. }));
    }

    #[test]
    fn a_version_of_some_classes_wants_no_others() {
        let all = sample();
        let version = Version::new(&all, "v01", None, "", &[]).unwrap();
        let entry = |path: &str, seed| (path.to_owned(), 0, "s".to_owned(), seed);
        let some = dataset(&["b"], &[entry("b/1.jpg", 1), entry("b/3.jpg", 3)]);
        assert_eq!(version.select(some).unwrap().samples.len(), 2);
    }

    #[test]
    fn versions_are_told_apart_by_content_and_class() {
        let all = sample();
        let first = Version::new(&all, "v01", None, "", &[]).unwrap();
        let second = Version::new(&all, "v02", Some("v01"), "", &without("a/2.jpg")).unwrap();
        let difference = first.difference(&second);
        assert!(difference.added.is_empty());
        assert_eq!(difference.removed["a"], [format!("{:064x}", 2)]);
        assert_eq!(second.difference(&first).added, difference.removed);
        let mut moved = all.clone();
        moved.samples[1].class = 1;
        let moved = Version::new(&moved, "v03", None, "", &[]).unwrap();
        let difference = first.difference(&moved);
        assert_eq!(
            (&difference.added["b"], &difference.removed["a"]),
            (&difference.removed["a"], &difference.added["b"])
        );
        let mut twice = all;
        twice.samples[1].sha256 = twice.samples[0].sha256.clone();
        let twice = Version::new(&twice, "v04", None, "", &[]).unwrap();
        assert_eq!(first.difference(&twice).added["a"].len(), 1);
        assert_eq!(twice.class_counts()["a"], 2);
    }

    #[test]
    fn names_stay_inside_the_folder_and_versions_never_change() {
        let folder = TempFolder::new("version-names");
        let version = Version::new(&sample(), "v01", None, "", &[]).unwrap();
        version.save(folder.path()).unwrap();
        assert!(matches!(version.save(folder.path()), Err(VersionError::Exists { .. })));
        for name in ["", "../v01", ".hidden", "a/b", "نسخة"] {
            assert!(matches!(Version::load(folder.path(), name), Err(VersionError::Name { .. })));
        }
        assert!(matches!(Version::load(folder.path(), "v02"), Err(VersionError::Io { .. })));
    }
}
