//! A search for better settings of a recipe, by cross-validation on the train part.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use epic_core::preprocess::InputSpec;
use serde_json::{Value, json};

use super::material::{Material, create, prepared};
use super::prepare::Preparing;
use super::run::{PipelineObserver, PipelineOptions};
use super::trees::grow;
use super::{BackboneSection, PipelineError, Recipe, TuningSection};
use crate::atomic;
use crate::dataset::{Folds, SplitOptions, k_fold_with_train_only};
use crate::engine::loss::mean_cost;
use crate::engine::metrics::scores;
use crate::engine::{
    BatchEvent, Ended, EngineError, ImageSet, Loss, TrainObserver, TrainOptions, predict, train,
};
use crate::tuning::{
    self, Evaluated, FoldScores, Header, Metric, SearchOptions, Study, Trial, TrialLog,
    TuningError, Values, best,
};

const TRIALS: &str = "trials.jsonl";
const BEST: &str = "best.toml";
const PAGE: &str = "tuning.html";

/// A finished or stopped search.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuned {
    /// The best trial.
    pub best: Trial,
    /// All trials.
    pub trials: Vec<Trial>,
    /// What was made better.
    pub metric: Metric,
    /// Folds of the cross-validation.
    pub folds: usize,
    /// The recipe with the best values.
    pub recipe: PathBuf,
    /// The trials, one a line.
    pub log: PathBuf,
    /// The page about them.
    pub page: PathBuf,
}

impl Tuned {
    /// Trials that came to no score.
    pub fn failed(&self) -> usize {
        self.trials.iter().filter(|trial| trial.score(self.metric).is_none()).count()
    }
}

/// What an observer is told of a trial.
#[derive(Debug, Clone, Copy)]
pub struct TrialEvent<'a> {
    /// The trial that has just finished.
    pub trial: &'a Trial,
    /// Trials of the search.
    pub trials: usize,
    /// What is made better.
    pub metric: Metric,
    /// Whether it is the best so far.
    pub is_best: bool,
}

/// Searches the space of `section` for settings of a recipe. Nothing but the train part is looked at, and its folds keep
/// sources and near duplicates together. The folder of the options receives the trials (`trials.jsonl`), the best
/// recipe (`best.toml`), a page (`tuning.html`) and the split. `None` when the observer stopped it; a resume goes on.
///
/// # Errors
/// See [`PipelineError`]. A trial whose settings lead nowhere is recorded, and the search goes on;
/// [`TuningError::NoneSucceeded`] if all do.
pub fn tune(
    recipe: &Recipe,
    section: &TuningSection,
    options: &PipelineOptions<'_>,
    observer: &mut dyn PipelineObserver,
) -> Result<Option<Tuned>, PipelineError> {
    recipe.check_space(&section.space)?;
    let work = options.out;
    refuse_a_second_start(work, options.resume)?;
    let Some(material) = Material::open(recipe, options, work, observer)? else {
        return Ok(None);
    };
    search(recipe, section, &material, options, work, observer)
}

/// Without `resume`, a folder that holds trials is refused.
pub(super) fn refuse_a_second_start(work: &Path, resume: bool) -> Result<(), TuningError> {
    let path = work.join(TRIALS);
    if !resume && path.exists() { Err(TuningError::AlreadyBegun { path }) } else { Ok(()) }
}

/// As [`tune()`], on material that is there already. Embeddings and metadata are kept in `work`.
pub(super) fn search(
    recipe: &Recipe,
    section: &TuningSection,
    material: &Material,
    options: &PipelineOptions<'_>,
    work: &Path,
    observer: &mut dyn PipelineObserver,
) -> Result<Option<Tuned>, PipelineError> {
    create(work)?;
    let log = work.join(TRIALS);
    let mut trials = TrialLog::open(&log, &header(recipe, section, material)?, options.resume)?;
    let folding = SplitOptions { seed: section.seed, ..recipe.split.options() };
    let folds = k_fold_with_train_only(
        &material.dataset,
        &material.parts.train,
        &recipe.split.train_only,
        section.folds,
        &folding,
    )?;
    let mut study = CrossValidation {
        recipe,
        section,
        material,
        options,
        work,
        folds,
        pictures: None,
        observer,
    };
    study.write_results(trials.trials())?;
    // A kill may have come between the last trial and its removal.
    trials.trials().last().map_or(Ok(()), |last| study.forget(last))?;
    let search =
        SearchOptions { trials: section.trials, seed: section.seed, metric: section.metric };
    let ended = tuning::search(&section.space, search, &mut trials, &mut study)?;
    if ended == tuning::Ended::Interrupted {
        return Ok(None);
    }
    let trials = trials.trials().to_vec();
    let Some(best) = best(&trials, section.metric).cloned() else {
        let reason = trials.iter().find_map(|trial| trial.error.clone()).unwrap_or_default();
        return Err(TuningError::NoneSucceeded { trials: trials.len(), reason }.into());
    };
    Ok(Some(Tuned {
        best,
        trials,
        metric: section.metric,
        folds: section.folds,
        recipe: work.join(BEST),
        log,
        page: work.join(PAGE),
    }))
}

/// All that trials depend on.
fn header(
    recipe: &Recipe,
    section: &TuningSection,
    material: &Material,
) -> Result<Header, PipelineError> {
    let base = material.base.as_ref().map(|base| base.pack.id());
    let fields = json!({
        "schema": 1,
        "recipe": recipe.id,
        "recipe_sha256": recipe.sha256,
        "base_pack": base,
        "data_hash": material.split.data_hash,
        "train_part": material.split.train.relative_paths.len(),
        "space": section.space,
        "folds": section.folds,
        "metric": section.metric,
        "seed": section.seed,
    });
    match fields {
        Value::Object(fields) => Ok(fields),
        _ => Ok(Header::new()),
    }
}

/// The train part as network input, for recipes that want the same of it.
struct Pictures {
    wanted: Wanted,
    images: ImageSet,
    /// Row of a sample.
    rows: HashMap<usize, usize>,
}

/// What pictures are made into. Trees vary nothing of it: their features are made once.
#[derive(PartialEq)]
struct Wanted {
    input: InputSpec,
    features: Vec<String>,
    /// With the seed that variants are drawn by.
    backbone: Option<(BackboneSection, u64)>,
}

struct CrossValidation<'a> {
    recipe: &'a Recipe,
    section: &'a TuningSection,
    material: &'a Material,
    options: &'a PipelineOptions<'a>,
    work: &'a Path,
    folds: Folds,
    pictures: Option<Pictures>,
    observer: &'a mut dyn PipelineObserver,
}

impl Study for CrossValidation<'_> {
    type Error = PipelineError;

    fn evaluate(&mut self, number: usize, values: &Values) -> Result<Evaluated, PipelineError> {
        match self.cross_validate(number, values) {
            Ok(Some(folds)) => Ok(Evaluated::Scored(folds)),
            Ok(None) => Ok(Evaluated::Stopped),
            Err(error) if is_about_settings(&error) => Ok(Evaluated::Failed(error.to_string())),
            Err(error) => Err(error),
        }
    }

    fn on_trial(&mut self, trials: &[Trial]) -> Result<(), PipelineError> {
        self.write_results(trials)?;
        let Some(trial) = trials.last() else { return Ok(()) };
        let metric = self.section.metric;
        let is_best = best(trials, metric).is_some_and(|best| best.trial == trial.trial);
        let event = TrialEvent { trial, trials: self.section.trials, metric, is_best };
        self.observer.on_trial(&event);
        self.forget(trial)
    }
}

impl CrossValidation<'_> {
    /// Scores fold by fold; `None` when the observer asked to stop.
    fn cross_validate(
        &mut self,
        number: usize,
        values: &Values,
    ) -> Result<Option<Vec<FoldScores>>, PipelineError> {
        let recipe = self.recipe.with(values)?;
        let Some(pictures) = self.pictures(&recipe)? else { return Ok(None) };
        let folds = self.folds(number, &recipe, &pictures);
        // For the next trial, whatever became of this one.
        self.pictures = Some(pictures);
        folds
    }

    fn folds(
        &mut self,
        number: usize,
        recipe: &Recipe,
        pictures: &Pictures,
    ) -> Result<Option<Vec<FoldScores>>, PipelineError> {
        let mut folds = Vec::new();
        for fold in 0..self.folds.folds.len() {
            let rows = |samples: &[usize]| -> Vec<usize> {
                samples.iter().filter_map(|sample| pictures.rows.get(sample).copied()).collect()
            };
            let training = rows(&self.folds.training_indices(fold));
            let training = pictures.images.subset(&training, true);
            let validation = pictures.images.subset(&rows(&self.folds.folds[fold]), false);
            if validation.is_empty() || training.is_empty() {
                return Err(PipelineError::EmptyPart { part: "fold" });
            }
            let step = format!(
                "trial {number}/{}, fold {}/{}",
                self.section.trials,
                fold + 1,
                self.folds.folds.len()
            );
            let out = self.folder(number).join(format!("fold-{}", fold + 1));
            let logits = match &recipe.trees {
                Some(section) => grow(section, &training, &validation, &step, self.observer)?
                    .map(|grown| grown.margins),
                None => self.network_logits(recipe, &training, &validation, &step, &out)?,
            };
            let Some(logits) = logits else { return Ok(None) };
            folds.push(fold_scores(&logits, &validation)?);
        }
        Ok(Some(folds))
    }

    fn network_logits(
        &mut self,
        recipe: &Recipe,
        training: &ImageSet,
        validation: &ImageSet,
        step: &str,
        out: &Path,
    ) -> Result<Option<Vec<f32>>, PipelineError> {
        self.observer.on_step(step, 0);
        create(out)?;
        let resume = out.join("checkpoints").exists();
        let options = TrainOptions { device: self.options.device, out, resume };
        let mut observer = Batches(self.observer);
        let outcome = train(&recipe.training, training, validation, &options, &mut observer)?;
        if outcome.ended == Ended::Interrupted {
            return Ok(None);
        }
        let batch = recipe.training.batch_size;
        Ok(Some(predict(&outcome.model, validation, &outcome.preparation, batch)?))
    }

    /// The train part as this recipe wants it; that of the trial before, where it is the same.
    fn pictures(&mut self, recipe: &Recipe) -> Result<Option<Pictures>, PipelineError> {
        let wanted = Wanted {
            input: recipe.input.clone(),
            features: recipe.features.clone(),
            backbone: recipe.backbone.clone().map(|section| (section, recipe.training.seed)),
        };
        if let Some(pictures) = self.pictures.take_if(|pictures| pictures.wanted == wanted) {
            return Ok(Some(pictures));
        }
        let Self { material, options, work, observer, .. } = self;
        let train = &material.parts.train;
        let Some(known) = material.known(recipe, train, train, options, work, *observer)? else {
            return Ok(None);
        };
        let decode = recipe.decode_options();
        let preparing = Preparing::new(&material.dataset, recipe, &decode, &known);
        let set = prepared(&preparing, train, "train", true, *observer)?;
        let rows = set.samples.iter().enumerate().map(|(row, &sample)| (sample, row)).collect();
        Ok(Some(Pictures { wanted, images: set.images, rows }))
    }

    fn folder(&self, trial: usize) -> PathBuf {
        self.work.join(format!("trial-{trial}"))
    }

    /// Removes the checkpoints of a trial that is kept.
    fn forget(&self, trial: &Trial) -> Result<(), PipelineError> {
        let folder = self.folder(trial.trial);
        match fs::remove_dir_all(&folder) {
            Err(source) if folder.exists() => Err(PipelineError::Write { path: folder, source }),
            _ => Ok(()),
        }
    }

    /// The page, and the best recipe so far.
    fn write_results(&self, trials: &[Trial]) -> Result<(), PipelineError> {
        let TuningSection { space, metric, folds, .. } = self.section;
        let about = format!(
            "{} Cross-validation in {folds} folds on the {} pictures of the train part.",
            self.recipe.description,
            self.material.parts.train.len()
        );
        let page = tuning::render(&self.recipe.id, &about, space, *metric, trials);
        write(&self.work.join(PAGE), &page)?;
        let Some(best) = best(trials, *metric) else { return Ok(()) };
        let score = best.score(*metric).unwrap_or_default();
        let note = format!(
            "{} with the settings of trial {} of {}: {} {score:.4} in cross-validation.",
            self.recipe.id,
            best.trial,
            trials.len(),
            metric.name()
        );
        write(&self.work.join(BEST), &self.recipe.file_with(&best.values, &note)?)
    }
}

fn fold_scores(logits: &[f32], validation: &ImageSet) -> Result<FoldScores, PipelineError> {
    let ImageSet { classes, labels, .. } = validation;
    let log_loss = mean_cost(Loss::LogLikelihood, logits, *classes, labels);
    if !log_loss.is_finite() {
        return Err(EngineError::Weights { reason: "they give no finite scores".to_owned() }.into());
    }
    Ok(FoldScores { macro_f1: scores(logits, *classes, labels).macro_f1, log_loss })
}

/// Whether other settings might do better; anything else, a full disk for instance, would meet every trial.
fn is_about_settings(error: &PipelineError) -> bool {
    match error {
        PipelineError::Recipe { .. } | PipelineError::Trees(_) => true,
        PipelineError::Engine(error) => matches!(
            error,
            EngineError::InvalidSpec { .. }
                | EngineError::InvalidConfig { .. }
                | EngineError::NonFiniteLoss { .. }
                | EngineError::Weights { .. }
        ),
        _ => false,
    }
}

fn write(path: &Path, text: &str) -> Result<(), PipelineError> {
    atomic::write(path, text.as_bytes())
        .map_err(|source| PipelineError::Write { path: path.to_owned(), source })
}

/// Batches go on to the observer; the epochs of all folds of all trials would be too many.
struct Batches<'a>(&'a mut dyn PipelineObserver);

impl TrainObserver for Batches<'_> {
    fn on_batch(&mut self, event: &BatchEvent) {
        self.0.on_batch(event);
    }

    fn should_stop(&self) -> bool {
        self.0.should_stop()
    }
}
