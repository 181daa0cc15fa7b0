//! The steps from a recipe to a pack.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use epic_core::Classifier;
use epic_core::decision::{Calibration, Thresholds};
use epic_core::metadata::MetadataExtractor;
use epic_core::pack::{
    FileRole, Manifest, MetadataSpec, OutputSpec, Pack, PackFile, Provenance, SCHEMA,
};

use super::base::BASE_FOLDER;
use super::finish::Finish;
use super::fit::{EXPORT_SAMPLES, Fit, TREES, concatenated};
use super::material::{Material, create, images};
use super::out_of_fold::out_of_fold_logits;
use super::tune::{self, TrialEvent, Tuned};
use super::{MeasuredFeatures, PipelineError, Preparing, Recipe};
use crate::dataset::{Dataset, Split};
use crate::engine::{
    DeviceKind, EngineError, Keep, TrainConfig, TrainObserver,
    export::{METADATA, OUTPUT},
};
use crate::evaluation::{
    Evaluation, Prediction, RateEstimate, choose_threshold, fit_temperature, group_scores,
};
use crate::measure::{self, SampleLogits};

/// Folder beside the pack's files for what a training needs and leaves behind.
pub const WORK_FOLDER: &str = "training";
/// In [`WORK_FOLDER`]: how the data was divided.
pub(super) const SPLIT: &str = "split.json";
/// In [`WORK_FOLDER`]: what is known of each file.
pub(super) const DATASET_CACHE: &str = "dataset-cache.jsonl";
/// In [`WORK_FOLDER`]: a search that a recipe asks for.
const TUNING_FOLDER: &str = "tuning";
const NETWORK: &str = "model.onnx";

/// Where a run takes place.
#[derive(Clone, Copy)]
pub struct PipelineOptions<'a> {
    /// Data set: a folder per class.
    pub data: &'a Path,
    /// CSV file with the source of each picture (columns class, file, source), where file names do
    /// not tell it; without it `sources.csv` in the data set is used if there is one.
    pub sources: Option<&'a Path>,
    /// Name of a version of the data set to train on; without it the recipe's, else all pictures.
    pub version: Option<&'a str>,
    /// A data set that is open and divided already: `data`, `sources` and the recipe's split are not looked at then,
    /// and `version` is its name.
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
    /// Pack of the recipe that trees stand on, with its work folder; without it that recipe is trained first.
    pub base_pack: Option<&'a Path>,
    /// Folder where what a backbone or base saw is kept, for other runs too [default: in [`WORK_FOLDER`]].
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
    /// A trial of a search was kept.
    fn on_trial(&mut self, _event: &TrialEvent<'_>) {}
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
/// pictures of the train and validation parts that were held out, measures on the test part, writes the pack.
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
    // Before the split is written: the earlier run's split must survive a forgotten --resume.
    let traces = ["checkpoints", BASE_FOLDER, TREES].map(|name| work.join(name));
    if !options.resume
        && let Some(path) = traces.into_iter().find(|path| path.exists())
    {
        return Err(EngineError::AlreadyTrained { path }.into());
    }
    let tuning = work.join(TUNING_FOLDER);
    tune::refuse_a_second_start(&tuning, options.resume)?;
    let Some(material) = Material::open(recipe, options, &work, observer)? else {
        return Ok(Outcome::Interrupted);
    };
    let Some(section) = &recipe.tuning else {
        return run_on(recipe, &material, None, options, observer);
    };
    let Some(tuned) = tune::search(recipe, section, &material, options, &tuning, observer)? else {
        return Ok(Outcome::Interrupted);
    };
    let recipe = recipe.with(&tuned.best.values)?;
    run_on(&recipe, &material, Some(&tuned), options, observer)
}

fn run_on(
    recipe: &Recipe,
    material: &Material,
    tuned: Option<&Tuned>,
    options: &PipelineOptions<'_>,
    observer: &mut dyn PipelineObserver,
) -> Result<Outcome, PipelineError> {
    let work = options.out.join(WORK_FOLDER);
    let Material { dataset, split, parts, .. } = material;
    let all: Vec<usize> = (0..dataset.samples.len()).collect();
    // Of those that some training takes.
    let varied = match (recipe.refit, recipe.decision.folds) {
        (true, _) => all.clone(),
        (false, Some(_)) => parts.train.iter().chain(&parts.validation).copied().collect(),
        (false, None) => parts.train.clone(),
    };
    let Some(known) = material.known(recipe, &all, &varied, options, &work, observer)? else {
        return Ok(Outcome::Interrupted);
    };
    let decode = recipe.decode_options();
    let preparing = Preparing::new(dataset, recipe, &decode, &known);
    let images = |indices, part, varied, observer: &mut dyn PipelineObserver| {
        images(&preparing, indices, part, varied, observer)
    };
    let training_set = images(&parts.train, "train", true, observer)?;
    let validation_set = images(&parts.validation, "validation", false, observer)?;
    let some = &parts.validation[..parts.validation.len().min(EXPORT_SAMPLES)];
    let samples = Preparing { pixels: true, ..preparing }.prepare(some, false, &|| {}).images;
    let fit = Fit { recipe, options, work: &work, material, known: &known, samples: &samples };
    let Some(first) = fit.fit(&recipe.training, &training_set, &validation_set, "", observer)?
    else {
        return Ok(Outcome::Interrupted);
    };
    let draft = draft_manifest(recipe, dataset);
    let classifier = |manifest: &Manifest| classifier(manifest, &first.onnx, options.extractor);
    let measure = |classifier: &Classifier, indices, part, observer: &mut dyn PipelineObserver| {
        logits(classifier, dataset, indices, &known.metadata, part, observer)
    };
    let judged = match recipe.decision.folds {
        None => measure(&classifier(&draft)?, &parts.validation, "validation", observer)?,
        Some(folds) => match out_of_fold_logits(&fit, &preparing, folds, observer)? {
            Some(logits) => logits,
            None => return Ok(Outcome::Interrupted),
        },
    };
    let manifest = calibrated(draft, recipe, dataset, &judged)?;
    let calibrated = classifier(&manifest)?;
    let mut predictions = PartPredictions::default();
    let test = measure(&calibrated, &parts.test, "test", observer)?;
    predictions.test = measure::predictions(&manifest, dataset, &test);
    if options.measure_train {
        let train = measure(&calibrated, &parts.train, "train", observer)?;
        predictions.train = measure::predictions(&manifest, dataset, &train);
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
    let version = options.version.or(recipe.data_version.as_deref());
    let finish = Finish { recipe, dataset, version, split, tuned, measured: &first };
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
            seed: recipe.seed(),
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

/// Temperature and group threshold from pictures that the networks in question were not trained on.
fn calibrated(
    mut manifest: Manifest,
    recipe: &Recipe,
    dataset: &Dataset,
    judged: &[SampleLogits],
) -> Result<Manifest, PipelineError> {
    let (labels, logits): (Vec<_>, Vec<_>) = judged
        .iter()
        .filter_map(|result| {
            let truth = dataset.samples.get(result.sample)?.class;
            Some((truth, result.logits.as_ref().ok()?.clone()))
        })
        .unzip();
    let fit = fit_temperature(&logits, &labels)?;
    manifest.calibration.temperature = fit.temperature as f32;
    let predictions = measure::predictions(&manifest, dataset, judged);
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
