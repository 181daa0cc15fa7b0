//! The pictures that all variants share: versions of the data set, and one split.
//!
//! `v01` is what is left after cleaning. `v01.1` leaves out the outliers of the minority classes too, but among the
//! pictures to train on only: outliers are looked for in the train part, and validation and test part stay those of
//! `v01`, so that a variant on `v01.1` answers the same questions as one on `v01`, and no hard question was taken away.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::files::Files;
use super::observer::ReproduceObserver;
use super::plan::Variant;
use super::{ReproduceError, ReproduceOptions, V01, V01_1};
use crate::dataset::check::{Checker, FileReport, check};
use crate::dataset::dedupe::{dedupe_plan, duplicate_groups};
use crate::dataset::label_errors::{CrossValidation, label_errors, out_of_sample};
use crate::dataset::outliers::{OutlierOptions, RemovalRule, class_outliers, minority_removals};
use crate::dataset::version::{Excluded, Version};
use crate::dataset::{Dataset, NearDuplicateRule, NearDuplicates, Split};
use crate::embedding::{Backbone, Embedder, embed};
use crate::pipeline::SplitDataset;
use crate::random::{GAMMA, mix};
use crate::statistics::median;

/// Pictures of a class in a smoke run.
const SMOKE_PICTURES: usize = 40;

/// What the variants are trained and tested on.
pub(super) struct Data {
    pub(super) v01: SplitDataset,
    pub(super) v01_1: SplitDataset,
    pub(super) facts: DataFacts,
}

/// Where a table's pictures come from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DataFacts {
    /// Hash of all pictures of the classes, before cleaning.
    pub data_hash: String,
    /// `v01` and `v01.1`.
    pub versions: Vec<VersionFacts>,
    /// Seed of the split.
    pub split_seed: u64,
    /// Pictures of `v01` to train on, to choose settings on, to test on.
    pub parts: [usize; 3],
    /// Hash of the test part's pictures and labels, the same for all variants.
    pub test_hash: String,
    /// Classes whose sources could not be kept apart.
    pub not_source_disjoint: Vec<String>,
}

/// A version of the data set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VersionFacts {
    /// `v01` or `v01.1`.
    pub name: String,
    /// Whether it lay in the data set; else it was made for this table.
    pub found: bool,
    /// What is written in it.
    pub note: String,
    /// Its pictures, by class.
    pub pictures: BTreeMap<String, usize>,
    /// Pictures that it leaves out, by reason.
    pub excluded: BTreeMap<String, usize>,
}

impl VersionFacts {
    fn new(version: &Version, found: bool) -> Self {
        let mut excluded = BTreeMap::new();
        for Excluded { reason, .. } in &version.excluded {
            let kind = reason.split(':').next().unwrap_or(reason);
            *excluded.entry(kind.to_owned()).or_default() += 1;
        }
        let counts = version.class_counts().into_iter();
        Self {
            name: version.name.clone(),
            found,
            note: version.note.clone(),
            pictures: counts.map(|(class, count)| (class.to_owned(), count)).collect(),
            excluded,
        }
    }
}

/// Cleans, splits and looks for outliers, or takes up what an earlier session made; `None` when the observer asked to
/// stop.
pub(super) fn prepare(
    dataset: Dataset,
    variants: &[Variant],
    options: &ReproduceOptions<'_>,
    observer: &mut dyn ReproduceObserver,
) -> Result<Option<Data>, ReproduceError> {
    let files = Files(options.out);
    let data_hash = dataset.data_hash();
    let (dataset, v01) = cleaned(dataset, options, observer)?;
    if observer.should_stop() {
        return Ok(None);
    }
    let split = split(&dataset, variants, files, observer)?;
    let v01_data = SplitDataset { dataset, split };
    let v01_1 = match found_version(V01_1, options, observer)? {
        Some(found) => found,
        None => {
            let version = without_outliers(&v01_data, options, observer)?;
            version.write(&files.version(V01_1))?;
            (version, false)
        }
    };
    if observer.should_stop() {
        return Ok(None);
    }
    let SplitDataset { dataset, split } = &v01_data;
    let facts = DataFacts {
        data_hash,
        versions: [&v01, &v01_1].map(|(version, found)| VersionFacts::new(version, *found)).into(),
        split_seed: split.seed,
        parts: split.parts().map(|(_, part)| part.count),
        test_hash: test_hash(dataset, split),
        not_source_disjoint: split.not_source_disjoint.clone(),
    };
    Ok(Some(Data { v01_1: trained_on(&v01_data, &v01_1.0), v01: v01_data, facts }))
}

/// A version of an earlier session or of the data set's owner, and whether it is the owner's.
fn found_version(
    name: &str,
    options: &ReproduceOptions<'_>,
    observer: &mut dyn ReproduceObserver,
) -> Result<Option<(Version, bool)>, ReproduceError> {
    let path = Files(options.out).version(name);
    // First: what a table was begun with it stays with.
    if path.exists() {
        return Ok(Some((Version::read(&path)?, false)));
    }
    if !Version::exists(options.data, name) {
        return Ok(None);
    }
    observer.note(&format!("the data set has a version {name}, which is used"));
    Ok(Some((Version::load(options.data, name)?, true)))
}

fn cleaned(
    dataset: Dataset,
    options: &ReproduceOptions<'_>,
    observer: &mut dyn ReproduceObserver,
) -> Result<(Dataset, (Version, bool)), ReproduceError> {
    let found = match found_version(V01, options, observer)? {
        Some(found) => found,
        None => {
            let some = if options.quick { few(dataset.clone()) } else { dataset.clone() };
            let removed = faults_and_copies(&some, options, observer);
            let version = Version::new(&some, V01, None, "without faults and copies", &removed)?;
            version.write(&Files(options.out).version(V01))?;
            (version, false)
        }
    };
    let dataset = found.0.select(dataset)?;
    // A version that was made for a smoke run is small already.
    let dataset = if options.quick && found.1 { few(dataset) } else { dataset };
    Ok((dataset, found))
}

/// Some pictures of each class, chosen by their content.
fn few(mut dataset: Dataset) -> Dataset {
    let mut ranked: Vec<(usize, u64, usize)> = dataset
        .samples
        .iter()
        .enumerate()
        .map(|(index, sample)| {
            let start = u64::from_str_radix(sample.sha256.get(..16).unwrap_or(""), 16);
            (sample.class, mix(start.unwrap_or(0) ^ GAMMA), index)
        })
        .collect();
    ranked.sort_unstable();
    let mut taken = vec![0; dataset.classes.len()];
    let mut kept = BTreeSet::new();
    for (class, _, index) in ranked {
        if taken[class] < SMOKE_PICTURES {
            taken[class] += 1;
            kept.insert(index);
        }
    }
    retain(&mut dataset, &kept);
    dataset
}

fn retain(dataset: &mut Dataset, indices: &BTreeSet<usize>) {
    let mut index = 0..;
    dataset.samples.retain(|_| index.next().is_some_and(|index| indices.contains(&index)));
}

/// What `epic dataset check` calls of no use, and what `epic dataset dedupe` calls a copy.
fn faults_and_copies(
    dataset: &Dataset,
    options: &ReproduceOptions<'_>,
    observer: &mut dyn ReproduceObserver,
) -> Vec<(String, String)> {
    observer.on_step("looking for faults and copies", dataset.samples.len());
    let paths: Vec<String> =
        dataset.samples.iter().map(|sample| sample.relative_path.clone()).collect();
    let checker = Checker { extractor: options.card_reader, ..Checker::default() };
    let mut reports = check(&dataset.root, &paths, &checker, &*observer.progress());
    let (unusable, usable): (Vec<_>, Vec<_>) =
        reports.drain(..).partition(|report| report.is_unusable());
    let fault = |report: &FileReport| {
        let worst = report.faults.iter().find(|fault| fault.is_unusable());
        worst.map_or("unusable", |fault| fault.kind()).replace('_', " ")
    };
    let mut removed: Vec<(String, String)> =
        unusable.iter().map(|report| (report.relative_path.clone(), fault(report))).collect();
    let groups = duplicate_groups(&usable, &NearDuplicateRule::default());
    let conflicts = groups.iter().filter(|group| !group.conflicting_classes.is_empty()).count();
    if conflicts > 0 {
        observer.note(&format!(
            "{conflicts} pictures lie under several labels and stay: `epic dataset dedupe` shows them"
        ));
    }
    let keeper: BTreeMap<&str, &str> = groups
        .iter()
        .flat_map(|group| group.others.iter().map(|path| (path.as_str(), group.keep.as_str())))
        .collect();
    for (path, _) in dedupe_plan(&groups).moves {
        let of = keeper.get(path.as_str()).copied().unwrap_or_default();
        let reason = format!("copy: of {of}");
        removed.push((path, reason));
    }
    removed
}

/// The split of the first recipe, over all recipes' pictures that are trained on only.
fn split(
    dataset: &Dataset,
    variants: &[Variant],
    files: Files<'_>,
    observer: &mut dyn ReproduceObserver,
) -> Result<Split, ReproduceError> {
    let path = files.split();
    if path.exists() {
        let split = Split::load(&path)?;
        split.indices(dataset)?;
        return Ok(split);
    }
    let Some(first) = variants.first() else {
        return Err(ReproduceError::NoRecipes(files.recipes()));
    };
    let train_only: BTreeSet<&String> =
        variants.iter().flat_map(|variant| &variant.recipe.split.train_only).collect();
    let train_only: Vec<String> = train_only.into_iter().cloned().collect();
    let split = Split::with_train_only(dataset, &first.recipe.split.options(), &train_only)?;
    split.save(&path)?;
    for Variant { recipe, .. } in variants {
        if recipe.split.options() != first.recipe.split.options() {
            let (id, first) = (&recipe.id, &first.recipe.id);
            observer.note(&format!("{id} is trained on the split of {first}, as all are"));
        }
    }
    Ok(split)
}

/// Classes with fewer pictures than the median class; empty ones are none.
fn minorities(dataset: &Dataset) -> Vec<usize> {
    let counts = dataset.class_counts();
    let filled: Vec<f32> =
        counts.iter().filter(|&&count| count > 0).map(|&count| count as f32).collect();
    let middle = median(&filled).unwrap_or(0.0);
    (0..counts.len())
        .filter(|&class| counts[class] > 0 && (counts[class] as f32) < middle)
        .collect()
}

/// `v01` without what `epic dataset outliers` finds in the train part of the minority classes.
fn without_outliers(
    v01: &SplitDataset,
    options: &ReproduceOptions<'_>,
    observer: &mut dyn ReproduceObserver,
) -> Result<Version, ReproduceError> {
    let SplitDataset { dataset, split } = v01;
    let embedder = match options.backbone {
        Some(path) => Embedder::of_backbone(&Backbone::open(path)?)?,
        None => Embedder::of_pack(&epic_models::default_pack()?)?,
    };
    let train: BTreeSet<usize> = split.indices(dataset)?.train.into_iter().collect();
    let mut part = dataset.clone();
    retain(&mut part, &train);
    observer.on_step("looking for outliers", part.samples.len());
    let own = Files(options.out).embeddings();
    let cache = options.embedding_cache.unwrap_or(&own);
    let embedded = embed(&embedder, &part, Some(cache), &*observer.progress())?;
    for (path, error) in &embedded.failed {
        observer.note(&format!("{path}: {error}, not looked at"));
    }
    let duplicates = NearDuplicates::find(&part, &NearDuplicateRule::default());
    let classes = minorities(dataset);
    let outliers = OutlierOptions::default();
    let found: Vec<_> = classes
        .iter()
        .filter_map(|&class| class_outliers(&part, &embedded, &duplicates, class, &outliers))
        .collect();
    let probabilities = out_of_sample(&part, &embedded, &CrossValidation::default())?;
    let errors = label_errors(&part, &embedded.samples, &probabilities);
    let removed = minority_removals(&found, &errors.pictures, &RemovalRule::default());
    let names: Vec<&str> = classes.iter().map(|&class| dataset.classes[class].as_str()).collect();
    let names = if names.is_empty() { "no class".to_owned() } else { names.join(", ") };
    let note = format!(
        "without outliers and likely label errors of {names} in the train part, as {} sees them",
        embedder.name()
    );
    Ok(Version::new(dataset, V01_1, Some(V01), &note, &removed)?)
}

/// The pictures to train on that a version holds, with validation and test part as they were.
fn trained_on(v01: &SplitDataset, version: &Version) -> SplitDataset {
    let train: BTreeSet<&String> = v01.split.train.relative_paths.iter().collect();
    let mut dataset = v01.dataset.clone();
    let classes = dataset.classes.clone();
    dataset.samples.retain(|sample| {
        let of_class = version.pictures.get(&classes[sample.class]);
        let is_held = of_class.is_some_and(|sums| sums.binary_search(&sample.sha256).is_ok());
        is_held || !train.contains(&sample.relative_path)
    });
    let split = v01.split.restricted(&dataset);
    SplitDataset { dataset, split }
}

/// Hash of the pictures and labels of a test part.
pub(super) fn test_hash(dataset: &Dataset, split: &Split) -> String {
    let test: BTreeSet<&String> = split.test.relative_paths.iter().collect();
    let mut part = dataset.clone();
    part.samples.retain(|sample| test.contains(&sample.relative_path));
    part.data_hash()
}

/// A recipe may want pictures of some sources in the train part only; an older split may not know.
pub(super) fn check_train_only(
    variant: &Variant,
    data: &SplitDataset,
) -> Result<(), ReproduceError> {
    let SplitDataset { split, .. } = data;
    for prefix in &variant.recipe.split.train_only {
        let tested = [&split.validation, &split.test];
        let mut sources = tested.iter().flat_map(|part| part.per_source.keys());
        if let Some(source) = sources.find(|source| source.starts_with(prefix.as_str())) {
            return Err(ReproduceError::Recipe {
                path: variant.path.clone(),
                reason: format!(
                    "it wants pictures of {source} in the train part only, and this folder was begun without it"
                ),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::SplitOptions;
    use crate::dataset::testing::dataset;

    fn paths(dataset: &Dataset) -> Vec<&str> {
        dataset.samples.iter().map(|sample| sample.relative_path.as_str()).collect()
    }

    /// Thirty pictures of `a`, six of `b`, two sources each.
    fn data() -> SplitDataset {
        let mut samples = Vec::new();
        for number in 0..36u64 {
            let class = usize::from(number >= 30);
            let name = format!("{}/{number:02}.jpg", ["a", "b"][class]);
            samples.push((name, class, format!("s{}", number % 6), number + 1));
        }
        let dataset = dataset(&["a", "b", "none"], &samples);
        let split = Split::new(&dataset, &SplitOptions::default()).unwrap();
        SplitDataset { dataset, split }
    }

    #[test]
    fn a_version_changes_the_train_part_only() {
        let v01 = data();
        let all = paths(&v01.dataset);
        let drop = |path: &str| (path.to_owned(), "outlier: far".to_owned());
        // One picture of each part, as a version of a person may have it.
        let parts = v01.split.parts().map(|(_, part)| part.relative_paths[0].clone());
        let removed: Vec<_> = parts.iter().map(|path| drop(path)).collect();
        let version = Version::new(&v01.dataset, V01_1, None, "", &removed).unwrap();
        let v01_1 = trained_on(&v01, &version);
        assert_eq!(v01_1.dataset.samples.len(), all.len() - 1);
        assert_eq!(v01_1.split.train.count, v01.split.train.count - 1);
        assert_eq!(v01_1.split.validation, v01.split.validation);
        assert_eq!(v01_1.split.test, v01.split.test);
        assert_eq!(test_hash(&v01_1.dataset, &v01_1.split), test_hash(&v01.dataset, &v01.split));
        v01_1.split.indices(&v01_1.dataset).unwrap();
        let facts = VersionFacts::new(&version, true);
        assert_eq!(facts.excluded, BTreeMap::from([("outlier".to_owned(), 3)]));
    }

    #[test]
    fn classes_below_the_median_are_minorities() {
        assert_eq!(minorities(&data().dataset), [1]);
    }

    #[test]
    fn few_pictures_of_each_class_by_content() {
        let mut samples = Vec::new();
        for number in 0..100u64 {
            samples.push((format!("a/{number:03}.jpg"), 0, "s".to_owned(), number + 1));
        }
        let all = dataset(&["a"], &samples);
        let some = few(all.clone());
        assert_eq!(some.samples.len(), SMOKE_PICTURES);
        assert_eq!(paths(&few(all)), paths(&some));
    }
}
