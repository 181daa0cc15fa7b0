//! Train, validation and test parts of a data set, and folds for cross-validation.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::catalog::{Dataset, Sample};
use super::error::SplitError;
use super::near_duplicates::{NearDuplicateRule, NearDuplicates};
use super::partition::{Item, Partition, Relaxation, Settings, Shortage, partition};
use super::source::UNKNOWN_SOURCE;
use crate::atomic;

const SCHEMA: u32 = 1;

/// Shares of every class; not negative, train positive, sum 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Fractions {
    /// To fit on.
    pub train: f64,
    /// To choose settings and stop by.
    pub validation: f64,
    /// To report, once.
    pub test: f64,
}

impl Default for Fractions {
    fn default() -> Self {
        Self { train: 0.70, validation: 0.15, test: 0.15 }
    }
}

/// How to split.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SplitOptions {
    /// Chooses among splits of like quality.
    pub seed: u64,
    /// Ignored by [`k_fold`].
    pub fractions: Fractions,
    /// A part holding less of a class than this share of its due makes the rules give way, see
    /// [`Relaxation`]; 0 to 1.
    pub minimum_share: f64,
    /// What counts as the same picture.
    pub near_duplicates: NearDuplicateRule,
}

impl Default for SplitOptions {
    fn default() -> Self {
        Self {
            seed: 0,
            fractions: Fractions::default(),
            minimum_share: 1.0 / 3.0,
            near_duplicates: NearDuplicateRule::default(),
        }
    }
}

/// One part of a [`Split`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Pictures in the part.
    pub count: usize,
    /// Pictures of every class that has any.
    pub per_class: BTreeMap<String, usize>,
    /// Pictures of every source that has any.
    pub per_source: BTreeMap<String, usize>,
    /// Sorted.
    pub relative_paths: Vec<String>,
}

/// A division of a data set that can be saved, and checked against the data when loaded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// Version of the file format.
    pub schema: u32,
    /// From the options, like the next three.
    pub seed: u64,
    /// The shares that were asked for.
    pub fractions: Fractions,
    /// See [`SplitOptions::minimum_share`].
    pub minimum_share: f64,
    /// What counted as the same picture.
    pub near_duplicates: NearDuplicateRule,
    /// Beginnings of sources that are in the train part only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub train_only: Vec<String>,
    /// [`Dataset::data_hash`] of the data set that was split.
    pub data_hash: String,
    /// Classes with one source, or pictures of unknown source, in two parts: their scores are no
    /// scores on unseen sources.
    pub not_source_disjoint: Vec<String>,
    /// Every step away from "no source in two parts".
    pub relaxations: Vec<Relaxation>,
    /// Parts that hold too little of a class all the same.
    pub shortages: Vec<Shortage>,
    /// To fit on.
    pub train: Part,
    /// To choose settings and stop by.
    pub validation: Part,
    /// To report, once.
    pub test: Part,
}

/// Sample indices of the parts of a split, each sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitIndices {
    /// Indices into [`Dataset::samples`].
    pub train: Vec<usize>,
    /// Likewise.
    pub validation: Vec<usize>,
    /// Likewise.
    pub test: Vec<usize>,
}

/// Folds for cross-validation.
#[derive(Debug, Clone, PartialEq)]
pub struct Folds {
    /// Sample indices of every fold, each sorted.
    pub folds: Vec<Vec<usize>>,
    /// Those that are trained on with every fold, and are in none, sorted.
    pub train_only: Vec<usize>,
    /// As in [`Split`].
    pub not_source_disjoint: Vec<String>,
    /// As in [`Split`].
    pub relaxations: Vec<Relaxation>,
    /// As in [`Split`].
    pub shortages: Vec<Shortage>,
}

impl Folds {
    /// Sample indices of all folds but number `fold`, and of those that are trained on only, sorted.
    pub fn training_indices(&self, fold: usize) -> Vec<usize> {
        let others = self.folds.iter().enumerate().filter(|(i, _)| *i != fold);
        let others = others.flat_map(|(_, indices)| indices);
        let mut indices: Vec<usize> = others.chain(&self.train_only).copied().collect();
        indices.sort_unstable();
        indices
    }
}

/// Divides the samples named by `indices` into `folds` equal folds under the rules of [`Split`].
pub fn k_fold(
    dataset: &Dataset,
    indices: &[usize],
    folds: usize,
    options: &SplitOptions,
) -> Result<Folds, SplitError> {
    k_fold_with_train_only(dataset, indices, &[], folds, options)
}

/// As [`k_fold`], but pictures whose source begins with one of `prefixes` are in no fold: scores on them would say
/// nothing.
pub fn k_fold_with_train_only(
    dataset: &Dataset,
    indices: &[usize],
    prefixes: &[String],
    folds: usize,
    options: &SplitOptions,
) -> Result<Folds, SplitError> {
    let samples = dataset.samples.len();
    if let Some(&index) = indices.iter().find(|&&i| i >= samples) {
        return Err(SplitError::Index { index, samples });
    }
    let indices: BTreeSet<usize> = indices.iter().copied().collect();
    let (train_only, indices): (Vec<usize>, Vec<usize>) =
        indices.into_iter().partition(|&index| begins_with_any(&dataset.samples[index], prefixes));
    if folds < 2 || indices.len() < folds {
        return Err(SplitError::Folds { folds, samples: indices.len() });
    }
    let fractions = vec![1.0 / folds as f64; folds];
    let divided = divide(dataset, indices, &fractions, options);
    Ok(Folds {
        folds: divided.parts,
        train_only,
        not_source_disjoint: divided.not_source_disjoint,
        relaxations: divided.relaxations,
        shortages: divided.shortages,
    })
}

fn begins_with_any(sample: &Sample, prefixes: &[String]) -> bool {
    prefixes.iter().any(|prefix| sample.source.starts_with(prefix.as_str()))
}

impl Split {
    /// Whether a sample is in the train part for its source ([`Self::train_only`]).
    pub fn is_train_only(&self, sample: &Sample) -> bool {
        begins_with_any(sample, &self.train_only)
    }

    /// Splits the whole data set; the same data, options and seed give the same split.
    pub fn new(dataset: &Dataset, options: &SplitOptions) -> Result<Self, SplitError> {
        Self::with_train_only(dataset, options, &[])
    }

    /// As [`Split::new`], but pictures whose source begins with one of `prefixes` (rendered ones, for instance) are
    /// in the train part only: scores on them would say nothing.
    pub fn with_train_only(
        dataset: &Dataset,
        options: &SplitOptions,
        prefixes: &[String],
    ) -> Result<Self, SplitError> {
        let Fractions { train, validation, test } = options.fractions;
        let fractions = [train, validation, test];
        let valid = fractions.iter().all(|f| (0.0..=1.0).contains(f))
            && train > 0.0
            && (train + validation + test - 1.0).abs() < 1e-6;
        if !valid {
            return Err(SplitError::Fractions { train, validation, test });
        }
        let (train_only, free): (Vec<usize>, Vec<usize>) = (0..dataset.samples.len())
            .partition(|&index| begins_with_any(&dataset.samples[index], prefixes));
        if free.is_empty() {
            return Err(SplitError::Empty);
        }
        let mut divided = divide(dataset, free, &fractions, options);
        if let Some(train) = divided.parts.first_mut() {
            train.extend(train_only);
            train.sort_unstable();
        }
        let part = |number: usize| Part::of(dataset, &divided.parts[number]);
        Ok(Self {
            schema: SCHEMA,
            seed: options.seed,
            fractions: options.fractions,
            minimum_share: options.minimum_share,
            near_duplicates: options.near_duplicates,
            train_only: prefixes.to_vec(),
            data_hash: dataset.data_hash(),
            train: part(0),
            validation: part(1),
            test: part(2),
            not_source_disjoint: divided.not_source_disjoint,
            relaxations: divided.relaxations,
            shortages: divided.shortages,
        })
    }

    /// The same division of a data set that has only some of the pictures.
    #[must_use]
    pub fn restricted(&self, dataset: &Dataset) -> Self {
        let part = |part: &Part| {
            let paths: BTreeSet<&String> = part.relative_paths.iter().collect();
            let is_in = |&index: &usize| paths.contains(&dataset.samples[index].relative_path);
            let indices: Vec<usize> = (0..dataset.samples.len()).filter(is_in).collect();
            Part::of(dataset, &indices)
        };
        Self {
            data_hash: dataset.data_hash(),
            train: part(&self.train),
            validation: part(&self.validation),
            test: part(&self.test),
            ..self.clone()
        }
    }

    /// Writes the split as JSON, atomically.
    pub fn save(&self, path: &Path) -> Result<(), SplitError> {
        serde_json::to_vec_pretty(self)
            .map_err(Into::into)
            .and_then(|text| atomic::write(path, &text))
            .map_err(|source| SplitError::Write { path: path.to_owned(), source })
    }

    /// Reads a split file; use [`Split::indices`] to check it against a data set.
    pub fn load(path: &Path) -> Result<Self, SplitError> {
        #[derive(Deserialize)]
        struct Header {
            schema: u32,
        }
        let text =
            fs::read(path).map_err(|source| SplitError::Read { path: path.to_owned(), source })?;
        let format = |error: serde_json::Error| SplitError::Format {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        let Header { schema } = serde_json::from_slice(&text).map_err(format)?;
        if schema != SCHEMA {
            return Err(SplitError::Schema { found: schema, expected: SCHEMA });
        }
        serde_json::from_slice(&text).map_err(format)
    }

    /// The parts with their names, in the order train, validation, test.
    pub fn parts(&self) -> [(&'static str, &Part); 3] {
        [("train", &self.train), ("validation", &self.validation), ("test", &self.test)]
    }

    /// Finds the samples of every part; an error when the data set is not the one that was split.
    pub fn indices(&self, dataset: &Dataset) -> Result<SplitIndices, SplitError> {
        let mut left: HashMap<&str, usize> = dataset
            .samples
            .iter()
            .enumerate()
            .map(|(i, sample)| (sample.relative_path.as_str(), i))
            .collect();
        let (mut listed, mut missing) = (BTreeSet::new(), Vec::new());
        let mut found: [Vec<usize>; 3] = Default::default();
        for (indices, (_, part)) in found.iter_mut().zip(self.parts()) {
            for path in &part.relative_paths {
                if !listed.insert(path.as_str()) {
                    return Err(SplitError::Repeated { path: path.clone() });
                }
                match left.remove(path.as_str()) {
                    Some(index) => indices.push(index),
                    None => missing.push(path.clone()),
                }
            }
            indices.sort_unstable();
        }
        let mut added: Vec<String> = left.into_keys().map(str::to_owned).collect();
        added.sort();
        missing.sort();
        let same_files = missing.is_empty() && added.is_empty();
        let changed = same_files && dataset.data_hash() != self.data_hash;
        if !same_files || changed {
            return Err(SplitError::Mismatch { missing, added, changed });
        }
        let [train, validation, test] = found;
        Ok(SplitIndices { train, validation, test })
    }
}

impl Part {
    fn of(dataset: &Dataset, indices: &[usize]) -> Self {
        let mut part = Self { count: indices.len(), ..Self::default() };
        for sample in indices.iter().map(|&i| &dataset.samples[i]) {
            *part.per_class.entry(dataset.classes[sample.class].clone()).or_default() += 1;
            *part.per_source.entry(sample.source.clone()).or_default() += 1;
            part.relative_paths.push(sample.relative_path.clone());
        }
        part.relative_paths.sort();
        part
    }
}

struct Divided {
    parts: Vec<Vec<usize>>,
    not_source_disjoint: Vec<String>,
    relaxations: Vec<Relaxation>,
    shortages: Vec<Shortage>,
}

fn divide(
    dataset: &Dataset,
    mut indices: Vec<usize>,
    fractions: &[f64],
    options: &SplitOptions,
) -> Divided {
    let duplicates = NearDuplicates::find(dataset, &options.near_duplicates);
    // By path, and clusters numbered anew, so that the order in which samples are held does not
    // matter.
    indices
        .sort_by(|&a, &b| dataset.samples[a].relative_path.cmp(&dataset.samples[b].relative_path));
    let mut numbers = HashMap::new();
    let items: Vec<Item> = indices
        .iter()
        .map(|&i| {
            let next = numbers.len();
            Item {
                class: dataset.samples[i].class,
                source: &dataset.samples[i].source,
                cluster: *numbers.entry(duplicates.cluster_of()[i]).or_insert(next),
            }
        })
        .collect();
    let settings = Settings {
        classes: &dataset.classes,
        fractions,
        minimum_share: options.minimum_share,
        seed: options.seed,
    };
    let Partition { part_of, relaxations, shortages } = partition(&items, &settings);
    let not_source_disjoint = not_source_disjoint(&items, &part_of, &relaxations, dataset);
    let mut parts = vec![Vec::new(); fractions.len()];
    for (&index, &part) in indices.iter().zip(&part_of) {
        parts[part].push(index);
    }
    parts.iter_mut().for_each(|part| part.sort_unstable());
    Divided { parts, not_source_disjoint, relaxations, shortages }
}

fn not_source_disjoint(
    items: &[Item],
    part_of: &[usize],
    relaxations: &[Relaxation],
    dataset: &Dataset,
) -> Vec<String> {
    let mut parts: BTreeMap<(usize, &str), BTreeSet<usize>> = BTreeMap::new();
    for (item, &part) in items.iter().zip(part_of) {
        parts.entry((item.class, item.source)).or_default().insert(part);
    }
    let divided = |class: usize, source: &str| {
        source == UNKNOWN_SOURCE
            || relaxations.iter().any(|relaxation| {
                matches!(relaxation, Relaxation::SourceDivided { class: c, source: s }
                    if *c == dataset.classes[class] && s == source)
            })
    };
    let classes: BTreeSet<usize> = parts
        .into_iter()
        .filter(|((class, source), parts)| parts.len() > 1 && divided(*class, source))
        .map(|((class, _), _)| class)
        .collect();
    classes.into_iter().map(|class| dataset.classes[class].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::testing::{TempFolder, dataset};

    fn sample_set() -> Dataset {
        let mut samples = Vec::new();
        for (class, name) in ["صور", "memes"].iter().enumerate() {
            for i in 0..60 {
                let source = ["one", "two", "three", "four", "five", "six"][i % 6];
                let seed = (class * 60 + i) as u64;
                let path = format!("{name}/{name}_{source}_{i}.jpg");
                samples.push((path, class, format!("{source}{class}"), seed));
            }
        }
        for i in 0..20 {
            samples.push((format!("solo/{i}.jpg"), 2, "only".to_owned(), 500 + i as u64 / 2));
        }
        dataset(&["صور", "memes", "solo"], &samples)
    }

    #[test]
    fn every_sample_is_in_exactly_one_part() {
        let data = sample_set();
        let split = Split::new(&data, &SplitOptions::default()).unwrap();
        let SplitIndices { train, validation, test } = split.indices(&data).unwrap();
        let mut all = [train, validation, test].concat();
        all.sort_unstable();
        assert_eq!(all, (0..data.samples.len()).collect::<Vec<_>>());
        assert_eq!(split.train.count + split.validation.count + split.test.count, 140);
        assert_eq!(split.train.per_class.values().sum::<usize>(), split.train.count);
        assert_eq!(split.not_source_disjoint, ["solo"]);
        assert_eq!(split.test.per_source.len(), 3, "one of every class");
    }

    #[test]
    fn some_sources_are_trained_on_only() {
        let data = sample_set();
        let prefixes = ["on".to_owned(), "two1".to_owned()];
        let options = SplitOptions::default();
        let split = Split::with_train_only(&data, &options, &prefixes).unwrap();
        assert_eq!(split.train_only, prefixes);
        for part in [&split.validation, &split.test] {
            assert!(part.count > 0);
            assert!(!part.per_source.keys().any(|s| s.starts_with("on") || s == "two1"));
        }
        // All of "one0", "one1", "only" and "two1", and the train share of the rest.
        assert_eq!(split.train.per_class["solo"], 20);
        assert_eq!(split.indices(&data).unwrap().train.len(), split.train.count);
        let all = [String::new()];
        assert!(matches!(Split::with_train_only(&data, &options, &all), Err(SplitError::Empty)));
    }

    #[test]
    fn the_order_of_the_samples_does_not_matter_and_the_seed_does() {
        let mut data = sample_set();
        for (a, b) in [(0, 1), (7, 14), (62, 63)] {
            data.samples[b].sha256 = data.samples[a].sha256.clone();
        }
        let mut reversed = data.clone();
        reversed.samples.reverse();
        let split = |data: &Dataset, seed| {
            Split::new(data, &SplitOptions { seed, ..Default::default() }).unwrap()
        };
        assert_eq!(split(&data, 7), split(&reversed, 7));
        assert!((0..5).any(|seed| split(&data, seed).test != split(&data, 7).test));
    }

    #[test]
    fn a_saved_split_comes_back_and_meets_its_data_only() {
        let folder = TempFolder::new("split");
        let path = folder.path().join("split.json");
        let data = sample_set();
        let split = Split::new(&data, &SplitOptions::default()).unwrap();
        split.save(&path).unwrap();
        assert_eq!(Split::load(&path).unwrap(), split);

        let mut other = data.clone();
        let gone = other.samples.remove(3).relative_path;
        other.samples[0].relative_path = "memes/new.jpg".into();
        let Err(SplitError::Mismatch { missing, added, changed }) = split.indices(&other) else {
            panic!("a changed folder was accepted");
        };
        let mut expected = vec![data.samples[0].relative_path.clone(), gone];
        expected.sort();
        assert_eq!((missing, added, changed), (expected, vec!["memes/new.jpg".to_owned()], false));

        let mut relabelled = data.clone();
        relabelled.samples[0].class = 2;
        let error = split.indices(&relabelled).unwrap_err();
        assert!(matches!(error, SplitError::Mismatch { changed: true, .. }));
    }

    #[test]
    fn files_that_are_no_split_are_refused() {
        let folder = TempFolder::new("split-broken");
        let path = folder.path().join("split.json");
        assert!(matches!(Split::load(&path), Err(SplitError::Read { .. })));
        fs::write(&path, "{\"schema\": 1").unwrap();
        assert!(matches!(Split::load(&path), Err(SplitError::Format { .. })));
        fs::write(&path, "{\"schema\": 99}").unwrap();
        assert!(matches!(Split::load(&path), Err(SplitError::Schema { found: 99, expected: 1 })));
        let data = sample_set();
        let mut split = Split::new(&data, &SplitOptions::default()).unwrap();
        let path = split.train.relative_paths[0].clone();
        split.test.relative_paths.push(path.clone());
        let error = split.indices(&data).unwrap_err();
        assert!(matches!(error, SplitError::Repeated { path: p } if p == path));
    }

    #[test]
    fn impossible_wishes_are_errors() {
        let data = sample_set();
        for (train, validation, test) in
            [(0.7, 0.2, 0.2), (0.0, 0.5, 0.5), (1.2, -0.1, -0.1), (f64::NAN, 0.1, 0.1)]
        {
            let fractions = Fractions { train, validation, test };
            let result = Split::new(&data, &SplitOptions { fractions, ..Default::default() });
            assert!(matches!(result, Err(SplitError::Fractions { .. })), "{train}");
        }
        let empty = dataset(&["a"], &[]);
        assert!(matches!(Split::new(&empty, &SplitOptions::default()), Err(SplitError::Empty)));
        let folds = |indices: &[usize], k| k_fold(&data, indices, k, &SplitOptions::default());
        assert!(matches!(folds(&[0, 1, 2], 1), Err(SplitError::Folds { .. })));
        assert!(matches!(folds(&[0, 0, 0], 2), Err(SplitError::Folds { samples: 1, .. })));
        assert!(matches!(folds(&[0, 999], 2), Err(SplitError::Index { index: 999, .. })));
    }

    #[test]
    fn folds_divide_a_subset_without_separating_duplicates() {
        let data = sample_set();
        let subset: Vec<usize> = (0..data.samples.len()).filter(|i| i % 5 != 0).collect();
        let folds = k_fold(&data, &subset, 4, &SplitOptions::default()).unwrap();
        let mut all = folds.folds.concat();
        all.sort_unstable();
        assert_eq!(all, subset);
        for k in 0..4 {
            let mut both = folds.training_indices(k);
            assert!(folds.folds[k].iter().all(|i| !both.contains(i)));
            both.extend(&folds.folds[k]);
            assert_eq!(both.len(), subset.len());
        }
        let duplicates = NearDuplicates::find(&data, &NearDuplicateRule::default());
        assert!(duplicates.groups().len() >= 10);
        for group in duplicates.groups() {
            let hit = folds.folds.iter().filter(|fold| group.iter().any(|i| fold.contains(i)));
            assert!(hit.count() <= 1);
        }
    }
}
