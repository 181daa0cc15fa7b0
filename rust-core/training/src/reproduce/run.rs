//! The run over all variants.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use epic_core::metadata::MetadataExtractor;

use super::data::{self, Data};
use super::estimate::Progress;
use super::files::{self, Files};
use super::identity::{Identity, check_folder};
use super::observer::{ReproduceObserver, VariantEvent};
use super::plan::{self, Sources, Variant};
use super::results::{self, Results};
use super::variant::{self, Record};
use super::{ReproduceError, report};
use crate::dataset::OpenOptions;
use crate::engine::DeviceKind;
use crate::pipeline::{RecipeChanges, open_noting};

/// Epochs of a smoke run.
const SMOKE_EPOCHS: usize = 3;
/// Trials of a search in a smoke run.
const SMOKE_TRIALS: usize = 3;

/// What to reproduce, and where.
#[derive(Clone, Copy)]
pub struct ReproduceOptions<'a> {
    /// Data set: a folder per class. Nothing in it is changed.
    pub data: &'a Path,
    /// Where everything goes: versions, split, packs, report. A folder that was begun is gone on with.
    pub out: &'a Path,
    /// CSV file with the source of each picture, as for [`crate::pipeline::PipelineOptions::sources`].
    pub sources: Option<&'a Path>,
    /// Folder with the thesis's recipes; without it the built-in ones.
    pub recipes: Option<&'a Path>,
    /// Recipes to add.
    pub with: &'a [PathBuf],
    /// Ids of the variants to train, with those that they stand on; all if empty.
    pub only: &'a [String],
    /// Taxonomy for all recipes: a file, or the name of a built-in one.
    pub taxonomy: Option<&'a Path>,
    /// Seed for all trainings and the split.
    pub seed: Option<u64>,
    /// Epochs for all trainings.
    pub epochs: Option<usize>,
    /// A smoke run: few pictures, few epochs.
    pub quick: bool,
    /// The device to train on.
    pub device: DeviceKind,
    /// Finds the metadata that recipes ask for.
    pub extractor: Option<&'a Arc<MetadataExtractor>>,
    /// Reads what plain cards say, to know placeholders; without it they are known by bytes and look.
    pub card_reader: Option<&'a MetadataExtractor>,
    /// ONNX file of a backbone: looks for outliers in place of the built-in pack, and is what recipes may stand on.
    pub backbone: Option<&'a Path>,
    /// Folder that keeps what networks saw [default: in `out`].
    pub embedding_cache: Option<&'a Path>,
    /// File that keeps measured metadata [default: in `out`].
    pub metadata_cache: Option<&'a Path>,
    /// The command line, for the report.
    pub command: &'a str,
}

/// Result of a run.
#[derive(Debug)]
pub enum Reproduced {
    /// All that could be trained is trained; what failed is in the results.
    Done(Box<Results>),
    /// The observer asked to stop; the same call goes on.
    Interrupted,
}

/// Cleans and splits the data set, trains the variants one after the other, and writes `results.html`, `results.json` and
/// `results.md` anew after each. A variant that fails is reported, and the others go on.
///
/// # Errors
/// What stops the whole run: see [`ReproduceError`].
pub fn run(
    options: &ReproduceOptions<'_>,
    observer: &mut dyn ReproduceObserver,
) -> Result<Reproduced, ReproduceError> {
    let files = Files(options.out);
    check_folder(files)?;
    files::create(options.out)?;
    let epochs = options.epochs.or(options.quick.then_some(SMOKE_EPOCHS));
    let taxonomy = options.taxonomy.map(|given| plan::taxonomy(given, files)).transpose()?;
    let most_trials = options.quick.then_some(SMOKE_TRIALS);
    let changes = RecipeChanges { taxonomy, seed: options.seed, epochs, most_trials };
    let sources = Sources { folder: options.recipes, with: options.with };
    let all = plan::load(&sources, &changes, files)?;
    let chosen = plan::chosen(&all, options.only)?;
    plan::check_taxonomies(&all)?;
    if options.backbone.is_none() {
        plan::check_backbone(&chosen)?;
    }
    let Some(data) = open(&all, options, observer)? else {
        return Ok(Reproduced::Interrupted);
    };
    let mut finished: BTreeMap<String, Record> = BTreeMap::new();
    for variant in &all {
        if let Some(record) = Record::read(files, variant)? {
            finished.insert(record.id.clone(), record);
        }
    }
    let mut failures = BTreeMap::new();
    for (index, variant) in chosen.iter().enumerate() {
        let id = &variant.recipe.id;
        if finished.contains_key(id) {
            continue;
        }
        if let Some(base) = variant.base.as_ref().filter(|base| !finished.contains_key(*base)) {
            failures.insert(id.clone(), format!("its base {base} is not trained"));
            continue;
        }
        observer.on_variant(&VariantEvent { id, number: index + 1, of: chosen.len() });
        let progress = progress(variant, &chosen[index + 1..], &all, &finished);
        match variant::train(variant, &data, progress, options, observer) {
            Ok(Some(record)) => {
                finished.insert(id.clone(), record);
            }
            Ok(None) => return Ok(Reproduced::Interrupted),
            Err(error) => {
                observer.note(&format!("{id} failed: {error}"));
                failures.insert(id.clone(), error.to_string());
            }
        }
        // The next one may find room on the disk; the last report is what counts.
        if let Err(error) = written(&all, &failures, &data, options) {
            observer.note(&format!("no report yet: {error}"));
        }
    }
    Ok(Reproduced::Done(Box::new(written(&all, &failures, &data, options)?)))
}

fn open(
    variants: &[Variant],
    options: &ReproduceOptions<'_>,
    observer: &mut dyn ReproduceObserver,
) -> Result<Option<Data>, ReproduceError> {
    let files = Files(options.out);
    let Some(Variant { recipe, .. }) = variants.first() else {
        return Err(ReproduceError::NoRecipes(files.recipes()));
    };
    let open = OpenOptions {
        cache: Some(files.pictures()),
        sources: options.sources.map(Path::to_owned),
        version: None,
    };
    let dataset = open_noting(options.data, &recipe.taxonomy, &open, observer)?;
    if dataset.samples.is_empty() {
        return Err(ReproduceError::NoPictures(options.data.to_owned()));
    }
    let identity = Identity::new(
        dataset.data_hash(),
        &recipe.taxonomy,
        options.seed,
        options.epochs,
        options.quick,
    );
    identity.claim(files)?;
    if observer.should_stop() {
        return Ok(None);
    }
    data::prepare(dataset, variants, options, observer)
}

fn progress(
    running: &Variant,
    waiting: &[Variant],
    all: &[Variant],
    finished: &BTreeMap<String, Record>,
) -> Progress {
    let is_finished = |variant: &&Variant| finished.contains_key(&variant.recipe.id);
    let open = waiting.iter().filter(|variant| !is_finished(variant));
    Progress {
        finished_epochs: all.iter().filter(is_finished).map(epochs).sum(),
        finished_seconds: finished.values().map(|record| record.cost.total().seconds).sum(),
        of: epochs(running),
        waiting: open.map(epochs).sum(),
        ..Progress::default()
    }
}

/// Trees take about as long as an epoch of their base, whatever their rounds.
fn epochs(variant: &Variant) -> usize {
    if variant.recipe.trees.is_some() { 1 } else { variant.recipe.training.epochs }
}

fn written(
    variants: &[Variant],
    failures: &BTreeMap<String, String>,
    data: &Data,
    options: &ReproduceOptions<'_>,
) -> Result<Results, ReproduceError> {
    let results = results::collect(variants, failures, &data.facts, options)?;
    let path = |name: &str| options.out.join(name);
    files::write_json(&path("results.json"), &results)?;
    files::write(&path("results.md"), report::markdown(&results).as_bytes())?;
    files::write(&path("results.html"), report::html(&results).as_bytes())?;
    Ok(results)
}
