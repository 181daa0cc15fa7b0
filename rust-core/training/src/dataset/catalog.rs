//! A checked data set: every picture of the class folders with what the later steps need of it.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::cache::{Cache, Facts, Stamp};
use super::error::DatasetError;
use super::hex;
use super::listing::{Listed, Listing, Skipped, list};
use super::perceptual::{FINGERPRINT_MIN_SIDE, Fingerprint};
use super::pixels::PictureReader;
use super::source::{SourceTable, source_of};
use super::version::Version;

/// One usable picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Path from the data set folder, with `/`: `<class>/…/<file>`.
    pub relative_path: String,
    /// Index into [`Dataset::classes`].
    pub class: usize,
    /// Where the picture comes from, see [`source_of`].
    pub source: String,
    /// Hash of the file's bytes, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// What near-duplicates are found by.
    pub fingerprint: Fingerprint,
    /// Upright width of the picture in the file.
    pub width: u32,
    /// Upright height of the picture in the file.
    pub height: u32,
}

/// A file that looked like a picture and is not usable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Rejected {
    /// Path from the data set folder, with `/`; not exact where a name is not unicode.
    pub relative_path: String,
    /// Lower-case, for a person to read.
    pub reason: String,
}

/// Where [`Dataset::open_with`] finds and keeps more.
#[derive(Debug, Clone, Default)]
pub struct OpenOptions {
    /// A file that remembers what was learnt of each picture; created when missing.
    pub cache: Option<PathBuf>,
    /// A CSV file that overrides sources (columns `class`, `file`, `source`); without it
    /// `sources.csv` in the data set folder is used when it exists.
    pub sources: Option<PathBuf>,
    /// Name of a [`Version`] of the data set: only its pictures are opened, and all of them have to be there.
    pub version: Option<String>,
}

/// A folder per class, checked. Samples are sorted by relative path.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// The folder that was opened.
    pub root: PathBuf,
    /// The classes asked for, in the caller's order.
    pub classes: Vec<String>,
    /// The usable pictures.
    pub samples: Vec<Sample>,
    /// Sorted by relative path.
    pub rejected: Vec<Rejected>,
    /// Folders that are no class, sorted; nothing in them was read.
    pub unknown_folders: Vec<String>,
    /// Classes without a folder, in the order of `classes`.
    pub missing_folders: Vec<String>,
    /// What was passed over.
    pub skipped: Skipped,
    /// Rows of the sources file that name no picture of the data set.
    pub unused_source_rows: usize,
    /// Pictures that were not decoded again because the cache knew them.
    pub from_cache: usize,
}

impl Dataset {
    /// [`Dataset::open_with`] without options.
    pub fn open(
        root: &Path,
        classes: &[String],
        reader: &dyn PictureReader,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<Self, DatasetError> {
        Self::open_with(root, classes, &OpenOptions::default(), reader, progress)
    }

    /// Lists and checks the pictures in the folders `root/<class>`, at any depth, on all cores.
    ///
    /// A file that is empty, unreadable or does not decode is rejected with a reason and never
    /// stops the rest. `progress` is called with (done, total), one call at a time.
    /// Fails when the folder, the sources file or the cache file cannot be read or written, or when pictures of
    /// the version are missing.
    pub fn open_with(
        root: &Path,
        classes: &[String],
        options: &OpenOptions,
        reader: &dyn PictureReader,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<Self, DatasetError> {
        check_classes(classes)?;
        let version =
            options.version.as_deref().map(|name| Version::load(root, name)).transpose()?;
        let table = source_table(root, options)?;
        let cache = match &options.cache {
            Some(path) => Cache::read(path)
                .map_err(|source| DatasetError::Read { path: path.clone(), source })?,
            None => Cache::default(),
        };
        let Listing { files, unknown_folders, missing_folders, mut rejected, skipped } =
            list(root, classes)?;

        let total = files.len();
        let done = Mutex::new(0);
        let examined: Vec<Result<Examined, String>> = files
            .par_iter()
            .map(|file| {
                let examined = examine(file, &cache, reader);
                let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                *done += 1;
                progress(*done, total);
                examined
            })
            .collect();

        if let Some(path) = &options.cache {
            write_cache(path, &cache, &files, &examined)?;
        }
        let unused_source_rows = table.unused(
            &files
                .iter()
                .map(|file| (classes[file.class].as_str(), inner_path(file)))
                .collect::<Vec<_>>(),
        );
        let from_cache = examined.iter().flatten().filter(|e| e.from_cache).count();
        let mut samples = Vec::with_capacity(total);
        for (file, examined) in files.into_iter().zip(examined) {
            match examined {
                Ok(examined) => samples.push(sample(file, examined.facts, classes, &table)),
                Err(reason) => {
                    rejected.push(Rejected { relative_path: file.relative_path, reason });
                }
            }
        }
        rejected.sort();
        let opened = Self {
            root: root.to_owned(),
            classes: classes.to_vec(),
            samples,
            rejected,
            unknown_folders,
            missing_folders,
            skipped,
            unused_source_rows,
            from_cache,
        };
        match version {
            Some(version) => Ok(version.select(opened)?),
            None => Ok(opened),
        }
    }

    /// Samples per class, in the order of `classes`.
    pub fn class_counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.classes.len()];
        for sample in &self.samples {
            counts[sample.class] += 1;
        }
        counts
    }

    /// SHA-256 over the sorted lines `<sha256>\t<class name>\n`: changes with any content or label,
    /// not with file names, folder depth or the order of the classes.
    pub fn data_hash(&self) -> String {
        let mut lines: Vec<(&str, &str)> = self
            .samples
            .iter()
            .map(|s| (s.sha256.as_str(), self.classes[s.class].as_str()))
            .collect();
        lines.sort_unstable();
        let mut hasher = Sha256::new();
        for (sha256, class) in lines {
            hasher.update(format!("{sha256}\t{class}\n"));
        }
        hex::encode(&hasher.finalize())
    }
}

struct Examined {
    facts: Facts,
    stamp: Option<Stamp>,
    from_cache: bool,
}

fn examine(file: &Listed, cache: &Cache, reader: &dyn PictureReader) -> Result<Examined, String> {
    let metadata = fs::metadata(&file.path).map_err(|e| format!("cannot be read: {e}"))?;
    if metadata.len() == 0 {
        return Err("the file is empty".to_owned());
    }
    let stamp = Stamp::of(&metadata);
    if let Some(facts) = cache.get(&file.relative_path, stamp) {
        return Ok(Examined { facts: facts.clone(), stamp, from_cache: true });
    }
    let bytes = fs::read(&file.path).map_err(|e| format!("cannot be read: {e}"))?;
    let sha256 = hex::encode(&Sha256::digest(&bytes));
    drop(bytes);
    // A decoder that panics on one odd file must not end a run over a hundred thousand.
    let decoded = catch_unwind(AssertUnwindSafe(|| {
        let size = reader.dimensions(&file.path)?;
        Ok::<_, String>((size, reader.read(&file.path, FINGERPRINT_MIN_SIDE)?))
    }));
    let ((width, height), pixels) = decoded.map_err(|_| "the decoder panicked".to_owned())??;
    let fingerprint = Fingerprint::of(&pixels)
        .ok_or_else(|| "the decoder's pixels do not fit their size".to_owned())?;
    let facts = Facts { sha256, width, height, fingerprint };
    Ok(Examined { facts, stamp, from_cache: false })
}

fn check_classes(classes: &[String]) -> Result<(), DatasetError> {
    if classes.is_empty() {
        return Err(DatasetError::NoClasses);
    }
    match classes.iter().enumerate().find(|(i, class)| classes[..*i].contains(class)) {
        Some((_, class)) => Err(DatasetError::DuplicateClass { class: class.clone() }),
        None => Ok(()),
    }
}

fn source_table(root: &Path, options: &OpenOptions) -> Result<SourceTable, DatasetError> {
    match &options.sources {
        Some(path) => SourceTable::read(path),
        None => {
            let path = root.join("sources.csv");
            if path.is_file() { SourceTable::read(&path) } else { Ok(SourceTable::default()) }
        }
    }
}

/// The path inside the class folder.
fn inner_path(file: &Listed) -> &str {
    file.relative_path.split_once('/').map_or("", |(_, inner)| inner)
}

fn sample(file: Listed, facts: Facts, classes: &[String], table: &SourceTable) -> Sample {
    let class = &classes[file.class];
    let inner = inner_path(&file);
    let source = match table.source(class, inner) {
        Some(source) => source.to_owned(),
        None => source_of(inner.rsplit('/').next().unwrap_or(inner), class),
    };
    let Facts { sha256, width, height, fingerprint } = facts;
    let (relative_path, class) = (file.relative_path, file.class);
    Sample { relative_path, class, source, sha256, fingerprint, width, height }
}

fn write_cache(
    path: &Path,
    old: &Cache,
    files: &[Listed],
    examined: &[Result<Examined, String>],
) -> Result<(), DatasetError> {
    let entries: Vec<(&str, Stamp, &Facts)> = files
        .iter()
        .zip(examined)
        .filter_map(|(file, examined)| {
            let examined = examined.as_ref().ok()?;
            Some((file.relative_path.as_str(), examined.stamp?, &examined.facts))
        })
        .collect();
    let fresh = examined.iter().flatten().any(|e| !e.from_cache);
    if !fresh && entries.len() == old.len() {
        return Ok(());
    }
    Cache::write(path, entries.into_iter())
        .map_err(|source| DatasetError::Write { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::dataset::testing::{FakeReader, TempFolder};

    fn classes() -> Vec<String> {
        ["cats", "dogs"].map(String::from).to_vec()
    }

    fn folder(name: &str) -> TempFolder {
        let folder = TempFolder::new(name);
        for (file, content) in [
            ("cats/cats_zoo_1.jpg", "noise 1"),
            ("cats/cats_zoo_2.jpg", "noise 2"),
            ("cats/old/cats_farm_1.jpg", "noise 3"),
            ("cats/broken_1.jpg", "broken"),
            ("cats/panic_1.jpg", "panic"),
            ("cats/short_1.jpg", "short"),
            ("cats/empty_1.jpg", ""),
            ("dogs/كلب_١.jpg", "noise 4"),
            ("birds/b.jpg", "noise 5"),
        ] {
            folder.write(file, content.as_bytes());
        }
        folder
    }

    fn open(folder: &TempFolder, options: &OpenOptions) -> (Dataset, usize) {
        let reader = FakeReader::default();
        let dataset =
            Dataset::open_with(folder.path(), &classes(), options, &reader, &|_, _| {}).unwrap();
        (dataset, reader.reads())
    }

    #[test]
    fn good_pictures_become_samples_and_bad_ones_are_named() {
        let folder = folder("catalog");
        let (dataset, _) = open(&folder, &OpenOptions::default());
        let found: Vec<_> = dataset
            .samples
            .iter()
            .map(|s| (s.relative_path.as_str(), s.class, s.source.as_str()))
            .collect();
        let expected = [
            ("cats/cats_zoo_1.jpg", 0, "zoo"),
            ("cats/cats_zoo_2.jpg", 0, "zoo"),
            ("cats/old/cats_farm_1.jpg", 0, "farm"),
            ("dogs/كلب_١.jpg", 1, "كلب"),
        ];
        assert_eq!(found, expected);
        let rejected: Vec<_> = dataset
            .rejected
            .iter()
            .map(|r| (r.relative_path.as_str(), r.reason.as_str()))
            .collect();
        let expected = [
            ("cats/broken_1.jpg", "not a picture"),
            ("cats/empty_1.jpg", "the file is empty"),
            ("cats/panic_1.jpg", "the decoder panicked"),
            ("cats/short_1.jpg", "the decoder's pixels do not fit their size"),
        ];
        assert_eq!(rejected, expected);
        assert_eq!(dataset.unknown_folders, ["birds"]);
        assert_eq!(dataset.class_counts(), [3, 1]);
        assert_eq!((dataset.samples[0].width, dataset.samples[0].height), (640, 480));
        // sha256sum of "noise 1"
        let sha256 = hex::encode(&Sha256::digest(b"noise 1"));
        assert_eq!(dataset.samples[0].sha256, sha256);
    }

    #[test]
    fn progress_counts_every_file_once() {
        let folder = folder("progress");
        let last = AtomicUsize::new(0);
        let progress = |done: usize, total: usize| {
            assert_eq!(total, 8);
            assert_eq!(last.swap(done, Ordering::SeqCst) + 1, done);
        };
        Dataset::open(folder.path(), &classes(), &FakeReader::default(), &progress).unwrap();
        assert_eq!(last.into_inner(), 8);
    }

    #[test]
    fn the_cache_saves_the_decoding_until_a_file_changes() {
        let folder = folder("cached");
        let options =
            OpenOptions { cache: Some(folder.path().join("cache.jsonl")), ..Default::default() };
        let (first, _) = open(&folder, &options);
        assert_eq!(first.from_cache, 0);
        let (second, reads) = open(&folder, &options);
        assert_eq!((second.from_cache, reads), (4, 3), "only the rejected ones are read again");
        assert_eq!(first.samples, second.samples);
        folder.write("cats/cats_zoo_1.jpg", b"noise 77");
        let (third, _) = open(&folder, &options);
        assert_eq!(third.from_cache, 3);
        assert_ne!(third.samples[0].sha256, first.samples[0].sha256);
        assert_ne!(third.data_hash(), first.data_hash());
    }

    #[test]
    fn a_sources_file_in_the_folder_overrides_the_names() {
        let folder = folder("sources");
        folder.write(
            "sources.csv",
            "class,file,source\ncats,cats_zoo_1.jpg,field\ncats,cats_farm_1.jpg,field\ncats,no.jpg,x\n"
                .as_bytes(),
        );
        let (dataset, _) = open(&folder, &OpenOptions::default());
        let sources: Vec<_> = dataset.samples.iter().map(|s| s.source.as_str()).collect();
        assert_eq!(sources, ["field", "zoo", "field", "كلب"]);
        assert_eq!(dataset.unused_source_rows, 1);
        let missing = OpenOptions { sources: Some("gone.csv".into()), ..Default::default() };
        let reader = FakeReader::default();
        let error = Dataset::open_with(folder.path(), &classes(), &missing, &reader, &|_, _| {});
        assert!(matches!(error, Err(DatasetError::Read { .. })));
    }

    #[test]
    fn the_data_hash_knows_labels_and_not_names() {
        let folder = folder("hash");
        let (mut dataset, _) = open(&folder, &OpenOptions::default());
        let hash = dataset.data_hash();
        dataset.samples[0].relative_path = "cats/renamed.jpg".into();
        dataset.samples.reverse();
        assert_eq!(dataset.data_hash(), hash);
        dataset.samples[0].class = 0;
        assert_ne!(dataset.data_hash(), hash);
    }

    #[test]
    fn classes_must_be_given_once() {
        let folder = folder("classes");
        let open = |classes: &[&str]| {
            let classes: Vec<String> = classes.iter().map(|c| (*c).to_owned()).collect();
            Dataset::open(folder.path(), &classes, &FakeReader::default(), &|_, _| {})
        };
        assert!(matches!(open(&[]), Err(DatasetError::NoClasses)));
        assert!(matches!(open(&["a", "b", "a"]), Err(DatasetError::DuplicateClass { .. })));
    }

    #[test]
    fn only_a_version_is_opened_and_what_it_lacks_is_told() {
        let folder = folder("version");
        let (reader, quiet) = (FakeReader::default(), |_: usize, _: usize| {});
        let all = Dataset::open(folder.path(), &classes(), &reader, &quiet).unwrap();
        let without = [("cats/cats_zoo_1.jpg".to_owned(), "outlier".to_owned())];
        let version = Version::new(&all, "v01.1", None, "", &without).unwrap();
        version.save(folder.path()).unwrap();
        let options = OpenOptions { version: Some("v01.1".to_owned()), ..Default::default() };
        let open = |classes: &[String]| {
            Dataset::open_with(folder.path(), classes, &options, &reader, &quiet)
        };
        let opened = open(&classes()).unwrap();
        assert_eq!(opened.samples.len(), all.samples.len() - 1);
        assert!(opened.samples.iter().all(|sample| sample.relative_path != "cats/cats_zoo_1.jpg"));
        assert_eq!(open(&classes()[..1]).unwrap().samples.len(), 2);
        fs::remove_file(folder.path().join("cats/cats_zoo_2.jpg")).unwrap();
        let error = open(&classes()).unwrap_err();
        assert!(error.to_string().contains("version v01.1 lacks 1"), "{error}");
        let options = OpenOptions { version: Some("v09".to_owned()), ..Default::default() };
        let missing = Dataset::open_with(folder.path(), &classes(), &options, &reader, &quiet);
        assert!(missing.unwrap_err().to_string().contains("v09"));
    }
}
