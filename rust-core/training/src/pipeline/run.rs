//! The steps from a recipe to a pack.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use epic_core::decision::{Calibration, Thresholds};
use epic_core::metadata::MetadataExtractor;
use epic_core::pack::{
    FileRole, Manifest, MetadataSpec, OutputSpec, Pack, PackFile, Provenance, SCHEMA,
};
use epic_core::{Classifier, ClassifyError, Taxonomy};

use super::backbone::{open_backbone, seen_features};
use super::finish::Finish;
use super::fit::{EXPORT_SAMPLES, Fit, concatenated};
use super::measured::measured_features;
use super::{MeasuredFeatures, PipelineError, Preparing, Recipe};
use crate::CoreReader;
use crate::dataset::{Dataset, OpenOptions, Split};
use crate::embedding::Backbone;
use crate::engine::{
    DeviceKind, EngineError, ImageSet, Keep, TrainConfig, TrainObserver,
    export::{METADATA, OUTPUT},
};
use crate::evaluation::{
    Evaluation, Prediction, RateEstimate, choose_threshold, fit_temperature, group_scores,
};
use crate::measure::{self, SampleLogits};

/// Folder beside the pack's files for what a training needs and leaves behind.
pub const WORK_FOLDER: &str = "training";
const NETWORK: &str = "model.onnx";

/// Where a run takes place.
#[derive(Clone, Copy)]
pub struct PipelineOptions<'a> {
    /// Data set: a folder per class.
    pub data: &'a Path,
    /// CSV file with the source of each picture (columns class, file, source), where file names do
    /// not tell it; without it `sources.csv` in the data set is used if there is one.
    pub sources: Option<&'a Path>,
    /// Name of a version of the data set to train on; without it all pictures.
    pub version: Option<&'a str>,
    /// A data set that is open and divided already: `data`, `sources`, `version` and the recipe's split are not
    /// looked at then.
    pub split: Option<&'a SplitDataset>,
    /// Run the measured network on the train part too, for [`PartPredictions::train`].
    pub measure_train: bool,
    /// The pack's folder; work files go to [`WORK_FOLDER`] in it.
    pub out: &'a Path,
    /// Continue an interrupted training in `out`.
    pub resume: bool,
    /// The device to train on.
    pub device: DeviceKind,
    /// Finds the metadata that a recipe asks for.
    pub extractor: Option<&'a Arc<MetadataExtractor>>,
    /// ONNX file of the backbone that a recipe names, its manifest beside it.
    pub backbone: Option<&'a Path>,
    /// Folder where what the backbone saw is kept, for other runs too [default: in [`WORK_FOLDER`]].
    pub embedding_cache: Option<&'a Path>,
    /// Where measured metadata is kept, for other runs too [default: in [`WORK_FOLDER`]].
    pub metadata_cache: Option<&'a Path>,
}

/// A data set and its parts.
#[derive(Debug, Clone)]
pub struct SplitDataset {
    /// The pictures, of the recipe's classes in their order.
    pub dataset: Dataset,
    /// A split of just these pictures.
    pub split: Split,
}

/// Watches a run.
pub trait PipelineObserver: TrainObserver + Sync {
    /// A step begins; `total` is its number of pictures, 0 where that is not known.
    fn on_step(&mut self, what: &str, total: usize);
    /// Called from several threads as pictures of the step are done.
    fn progress(&self) -> Box<dyn Fn(usize, usize) + Sync + '_>;
    /// A message for people.
    fn note(&mut self, message: &str);
}

/// Result of a run.
#[derive(Debug)]
pub enum Outcome {
    /// A pack was written.
    Trained(Box<Trained>),
    /// The observer asked to stop; a resume continues.
    Interrupted,
}

/// A finished training.
#[derive(Debug)]
pub struct Trained {
    /// The pack.
    pub pack: Pack,
    /// Scores on the test part.
    pub test: Evaluation,
    /// What the measured network said of single pictures.
    pub predictions: PartPredictions,
    /// The HTML report.
    pub report: PathBuf,
    /// Largest difference of a probability between the training engine and tract.
    pub export_difference: f32,
}

/// Predictions under the pack's calibration and thresholds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PartPredictions {
    /// Of the train part; empty unless [`PipelineOptions::measure_train`].
    pub train: Vec<Prediction>,
    /// Of the test part.
    pub test: Vec<Prediction>,
}

/// Runs a recipe: checks the data, splits it, trains, exports, calibrates and chooses thresholds on
/// the validation part, measures on the test part, writes the pack.
///
/// # Errors
/// See [`PipelineError`]. A picture that cannot be read is noted and left out, never an error.
pub fn run(
    recipe: &Recipe,
    options: &PipelineOptions<'_>,
    observer: &mut dyn PipelineObserver,
) -> Result<Outcome, PipelineError> {
    let work = options.out.join(WORK_FOLDER);
    create(&work)?;
    let checkpoints = work.join("checkpoints");
    // Before the split is written: the earlier run's split must survive a forgotten --resume.
    if !options.resume && checkpoints.exists() {
        return Err(EngineError::AlreadyTrained { path: checkpoints }.into());
    }
    let SplitDataset { dataset, split } = match options.split {
        Some(given) => {
            given.split.save(&work.join("split.json"))?;
            given.clone()
        }
        None => {
            let dataset = open_dataset(recipe, options, &work, observer)?;
            let split = load_or_make_split(recipe, &dataset, &work, options.resume, observer)?;
            SplitDataset { dataset, split }
        }
    };
    let parts = split.indices(&dataset)?;
    let Some(features) = features(recipe, &dataset, options, &work, observer)? else {
        return Ok(Outcome::Interrupted);
    };
    let backbone = backbone(recipe, options)?;
    let varied =
        if recipe.refit { (0..dataset.samples.len()).collect() } else { parts.train.clone() };
    let seen = match &backbone {
        None => None,
        Some(backbone) => {
            let own = work.join("embeddings");
            let cache = options.embedding_cache.unwrap_or(&own);
            match seen_features(&dataset, &varied, recipe, backbone, cache, observer)? {
                None => return Ok(Outcome::Interrupted),
                seen => seen,
            }
        }
    };
    let decode = recipe.decode_options();
    let preparing = Preparing {
        dataset: &dataset,
        input: &recipe.input,
        options: &decode,
        pixels: seen.is_none(),
        metadata: (!recipe.features.is_empty()).then_some(&features),
        seen: seen.as_ref(),
    };
    let images = |indices, part, varied, observer: &mut dyn PipelineObserver| {
        images(&preparing, indices, part, varied, observer)
    };
    let training_set = images(&parts.train, "train", true, observer)?;
    let validation_set = images(&parts.validation, "validation", false, observer)?;
    let some = &parts.validation[..parts.validation.len().min(EXPORT_SAMPLES)];
    let (samples, _) = Preparing { pixels: true, ..preparing }.prepare(some, false, &|| {});
    let onnx = backbone.as_ref().map(Backbone::onnx);
    let fit = Fit { recipe, options, work: &work, backbone: onnx, samples: &samples };
    let Some(first) = fit.fit(&recipe.training, &training_set, &validation_set, "", observer)?
    else {
        return Ok(Outcome::Interrupted);
    };
    let draft = draft_manifest(recipe, &dataset);
    let classifier = |manifest: &Manifest| classifier(manifest, &first.onnx, options.extractor);
    let measure = |classifier: &Classifier, indices, part, observer: &mut dyn PipelineObserver| {
        logits(classifier, &dataset, indices, &features, part, observer)
    };
    let uncalibrated = classifier(&draft)?;
    let validation = measure(&uncalibrated, &parts.validation, "validation", observer)?;
    let manifest = calibrated(draft, recipe, &dataset, &validation)?;
    let calibrated = classifier(&manifest)?;
    let mut predictions = PartPredictions::default();
    let test = measure(&calibrated, &parts.test, "test", observer)?;
    predictions.test = measure::predictions(&manifest, &dataset, &test);
    if options.measure_train {
        let train = measure(&calibrated, &parts.train, "train", observer)?;
        predictions.train = measure::predictions(&manifest, &dataset, &train);
    }

    let shipped = if recipe.refit {
        let validation = images(&parts.validation, "validation", true, observer)?;
        let test = images(&parts.test, "test", true, observer)?;
        let all = concatenated([training_set, validation, test]);
        let config =
            TrainConfig { keep: Keep::Last, early_stopping: None, ..recipe.training.clone() };
        match fit.fit(&config, &all, &validation_set, "refit", observer)? {
            Some(fitted) => fitted,
            None => return Ok(Outcome::Interrupted),
        }
    } else {
        first.clone()
    };
    let finish = Finish { recipe, dataset: &dataset, split: &split, measured: &first };
    let (pack, evaluation) =
        finish.write(options.out, manifest, shipped.onnx, &calibrated, &predictions.test)?;
    let export_difference = shipped.export_difference.max(first.export_difference);
    Ok(Outcome::Trained(Box::new(Trained {
        pack,
        test: evaluation,
        predictions,
        report: work.join("report.html"),
        export_difference,
    })))
}

fn open_dataset(
    recipe: &Recipe,
    options: &PipelineOptions<'_>,
    work: &Path,
    observer: &mut dyn PipelineObserver,
) -> Result<Dataset, PipelineError> {
    let open = OpenOptions {
        cache: Some(work.join("dataset-cache.jsonl")),
        sources: options.sources.map(Path::to_owned),
        version: options.version.map(str::to_owned),
    };
    open_noting(options.data, &recipe.taxonomy, &open, observer)
}

/// Opens a data set with the classes of a taxonomy; what is left out is noted.
pub(crate) fn open_noting(
    data: &Path,
    taxonomy: &Taxonomy,
    open: &OpenOptions,
    observer: &mut dyn PipelineObserver,
) -> Result<Dataset, PipelineError> {
    observer.on_step("checking pictures", 0);
    let classes = taxonomy.class_names();
    let dataset = Dataset::open_with(data, &classes, open, &CoreReader, &*observer.progress())?;
    for rejected in &dataset.rejected {
        observer.note(&format!("{}: {}, left out", rejected.relative_path, rejected.reason));
    }
    for class in &dataset.missing_folders {
        observer.note(&format!("the data set has no folder {class}"));
    }
    for folder in &dataset.unknown_folders {
        observer.note(&format!("{folder} is no class of {}, left out", taxonomy.name));
    }
    Ok(dataset)
}

fn load_or_make_split(
    recipe: &Recipe,
    dataset: &Dataset,
    work: &Path,
    resume: bool,
    observer: &mut dyn PipelineObserver,
) -> Result<Split, PipelineError> {
    let file = work.join("split.json");
    if resume && file.exists() {
        return Ok(Split::load(&file)?);
    }
    let split = Split::with_train_only(dataset, &recipe.split.options(), &recipe.split.train_only)?;
    split.save(&file)?;
    if !split.not_source_disjoint.is_empty() {
        let classes = split.not_source_disjoint.join(", ");
        observer.note(&format!("too few sources to keep them apart: {classes}"));
    }
    Ok(split)
}

/// Measured metadata, none for recipes that want none; `None` when the observer asked to stop.
fn features(
    recipe: &Recipe,
    dataset: &Dataset,
    options: &PipelineOptions<'_>,
    work: &Path,
    observer: &mut dyn PipelineObserver,
) -> Result<Option<MeasuredFeatures>, PipelineError> {
    if recipe.features.is_empty() {
        return Ok(Some(MeasuredFeatures::new()));
    }
    let extractor = options.extractor.ok_or_else(|| PipelineError::Metadata {
        reason: "the recipe needs an extractor".to_owned(),
    })?;
    let own = work.join("metadata-cache.jsonl");
    let cache = options.metadata_cache.unwrap_or(&own);
    measured_features(dataset, &recipe.features, extractor, cache, observer)
}

fn backbone(
    recipe: &Recipe,
    options: &PipelineOptions<'_>,
) -> Result<Option<Backbone>, PipelineError> {
    match (&recipe.backbone, options.backbone) {
        (None, _) => Ok(None),
        (Some(_), Some(path)) => open_backbone(recipe, path).map(Some),
        (Some(section), None) => Err(PipelineError::Embedding {
            reason: format!("the recipe needs the file of {}", section.name),
        }),
    }
}

fn images(
    preparing: &Preparing<'_>,
    indices: &[usize],
    part: &'static str,
    varied: bool,
    observer: &mut dyn PipelineObserver,
) -> Result<ImageSet, PipelineError> {
    observer.on_step(&format!("decoding, {part} part"), indices.len());
    let (set, failed) = {
        let progress = observer.progress();
        preparing.prepare(indices, varied, &|| progress(1, 0))
    };
    note_failures(observer, &failed);
    if set.is_empty() {
        return Err(PipelineError::EmptyPart { part });
    }
    Ok(set)
}

fn note_failures(observer: &mut dyn PipelineObserver, failed: &[(String, ClassifyError)]) {
    for (path, error) in failed {
        observer.note(&format!("{path}: {error}, left out"));
    }
}

fn draft_manifest(recipe: &Recipe, dataset: &Dataset) -> Manifest {
    let counts = dataset.class_counts().into_iter().map(|count| count as u64);
    Manifest {
        schema: SCHEMA,
        name: recipe.pack.name.clone(),
        version: recipe.pack.version.clone(),
        family: recipe.family,
        taxonomy: recipe.taxonomy.clone(),
        input: recipe.input.clone(),
        output: OutputSpec { name: OUTPUT.to_owned() },
        metadata: (!recipe.features.is_empty()).then(|| MetadataSpec {
            input: METADATA.to_owned(),
            features: recipe.features.clone(),
        }),
        calibration: Calibration::default(),
        thresholds: Thresholds::default(),
        files: Vec::new(),
        provenance: Provenance {
            data_hash: dataset.data_hash(),
            data_counts: dataset.classes.iter().cloned().zip(counts).collect(),
            recipe: recipe.id.clone(),
            recipe_sha256: recipe.sha256.clone(),
            seed: recipe.training.seed,
            code_version: env!("CARGO_PKG_VERSION").to_owned(),
            scores: Default::default(),
        },
    }
}

pub(super) fn network_file(onnx: &[u8]) -> PackFile {
    PackFile { path: NETWORK.to_owned(), role: FileRole::Network, bytes: onnx.to_vec() }
}

fn classifier(
    manifest: &Manifest,
    onnx: &[u8],
    extractor: Option<&Arc<MetadataExtractor>>,
) -> Result<Classifier, PipelineError> {
    let pack = Pack::assemble(manifest.clone(), &[network_file(onnx)])?;
    Ok(match extractor {
        Some(extractor) => Classifier::with_extractor(&pack, extractor)?,
        None => Classifier::new(&pack)?,
    })
}

fn logits(
    classifier: &Classifier,
    dataset: &Dataset,
    indices: &[usize],
    features: &MeasuredFeatures,
    part: &'static str,
    observer: &mut dyn PipelineObserver,
) -> Result<Vec<SampleLogits>, PipelineError> {
    observer.on_step(&format!("measuring, {part} part"), indices.len());
    let results = {
        let progress = observer.progress();
        measure::logits(classifier, dataset, indices, features, &|_| progress(1, 0))
    };
    if results.iter().all(|result| result.logits.is_err()) {
        return Err(PipelineError::EmptyPart { part });
    }
    Ok(results)
}

/// Temperature and group threshold from the validation part.
fn calibrated(
    mut manifest: Manifest,
    recipe: &Recipe,
    dataset: &Dataset,
    validation: &[SampleLogits],
) -> Result<Manifest, PipelineError> {
    let (labels, logits): (Vec<_>, Vec<_>) = validation
        .iter()
        .filter_map(|result| {
            let truth = dataset.samples.get(result.sample)?.class;
            Some((truth, result.logits.as_ref().ok()?.clone()))
        })
        .unzip();
    let fit = fit_temperature(&logits, &labels)?;
    manifest.calibration.temperature = fit.temperature as f32;
    let predictions = measure::predictions(&manifest, dataset, validation);
    let scores = group_scores(&measure::label_set(&manifest.taxonomy), &predictions)?;
    let choice = choose_threshold(
        &scores,
        recipe.decision.max_false_irrelevant_rate,
        RateEstimate::Observed,
    )?;
    // No threshold means that nothing may be called irrelevant.
    let threshold = choice.threshold.unwrap_or(1.0) as f32;
    let taxonomy = &manifest.taxonomy;
    let acting = taxonomy.groups.iter().filter(|group| **group != taxonomy.fallback_group);
    manifest.thresholds.groups = acting.map(|group| (group.clone(), threshold)).collect();
    Ok(manifest)
}

pub(super) fn create(folder: &Path) -> Result<(), PipelineError> {
    fs::create_dir_all(folder)
        .map_err(|source| PipelineError::Write { path: folder.to_owned(), source })
}
