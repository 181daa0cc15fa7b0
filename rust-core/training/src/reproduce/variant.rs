//! One variant: trained, measured, and written down.

use std::time::{SystemTime, UNIX_EPOCH};

use epic_core::pack::Family;
use serde::{Deserialize, Serialize};

use super::cost::{Cost, Meter};
use super::data::{Data, check_train_only, test_hash};
use super::estimate::Progress;
use super::files::{self, Files};
use super::network::NetworkFacts;
use super::observer::{ReproduceObserver, Watch};
use super::plan::Variant;
use super::{ReproduceError, ReproduceOptions, V01_1};
use crate::dataset::Split;
use crate::evaluation::{Evaluation, EvaluationOptions, prediction_lines};
use crate::measure::label_set;
use crate::pipeline::{self, Outcome, PipelineOptions};

const SCHEMA: u32 = 1;

/// What is known of a finished variant beside its predictions. Its file is written last: a variant that has one is
/// never trained again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    schema: u32,
    /// The variant.
    pub id: String,
    /// Its family.
    pub family: Family,
    /// Hash of its recipe's file.
    pub recipe_sha256: String,
    /// Version of the data set that it was trained on.
    pub data_version: String,
    /// Variant whose pack it stands on.
    pub base: Option<String>,
    /// Id of its pack.
    pub pack: String,
    /// Hash of the pictures that it was tested on.
    pub test_hash: String,
    /// Pictures that it was trained on.
    pub train_n: usize,
    /// Macro F1 on them.
    pub train_macro_f1: f64,
    /// Epochs, or rounds of trees, that the recipe asks for.
    pub epochs: usize,
    /// Pictures of a step; `None` for trees, which take all at once.
    pub batch_size: Option<usize>,
    /// Size and speed.
    pub network: NetworkFacts,
    /// Largest difference of a probability between the training engine and tract.
    pub export_difference: f32,
    /// Time by step, over all sessions.
    pub cost: Cost,
    /// When it was finished, in seconds since 1970.
    pub finished: u64,
}

impl Record {
    /// The record of a finished variant; `None` if it is not finished.
    pub(super) fn read(
        files: Files<'_>,
        variant: &Variant,
    ) -> Result<Option<Self>, ReproduceError> {
        let path = files.record(&variant.recipe.id);
        let Some(record) = files::read_json::<Self>(&path)? else { return Ok(None) };
        if record.schema != SCHEMA {
            let reason = format!("schema {} is unknown", record.schema);
            return Err(ReproduceError::Format { path, reason });
        }
        if record.recipe_sha256 != variant.recipe.sha256 {
            let id = record.id;
            return Err(ReproduceError::OtherRecipe { path: files.pack(&id), id });
        }
        Ok(Some(record))
    }
}

/// Trains a variant, or goes on with one; `None` when the observer asked to stop.
pub(super) fn train(
    variant: &Variant,
    data: &Data,
    progress: Progress,
    options: &ReproduceOptions<'_>,
    observer: &mut dyn ReproduceObserver,
) -> Result<Option<Record>, ReproduceError> {
    let files = Files(options.out);
    let Variant { recipe, data_version, base, .. } = variant;
    let split = if data_version == V01_1 { &data.v01_1 } else { &data.v01 };
    check_train_only(variant, split)?;
    let out = files.pack(&recipe.id);
    let cost_file = files.cost(&recipe.id);
    files::create(&cost_file.with_file_name(""))?;
    let before = files::read_json::<Cost>(&cost_file)?.unwrap_or_default();
    let mut watch = Watch { outer: observer, meter: Meter::new(before), cost_file, progress };
    let (embeddings, metadata) = (files.embeddings(), files.metadata());
    let base_pack = base.as_ref().map(|base| files.pack(base));
    let pipeline_options = PipelineOptions {
        data: options.data,
        sources: None,
        version: Some(data_version),
        split: Some(split),
        measure_train: true,
        out: &out,
        resume: true,
        device: options.device,
        extractor: options.extractor,
        backbone: options.backbone,
        base_pack: base_pack.as_deref(),
        embedding_cache: Some(options.embedding_cache.unwrap_or(&embeddings)),
        metadata_cache: Some(options.metadata_cache.unwrap_or(&metadata)),
    };
    let outcome = pipeline::run(recipe, &pipeline_options, &mut watch)?;
    let cost = watch.settle(None);
    let Outcome::Trained(trained) = outcome else { return Ok(None) };
    let test_hash = checked_test_hash(variant, data, files)?;
    let labels = label_set(&recipe.taxonomy);
    let predictions = &trained.predictions;
    let lines = prediction_lines(&labels, &predictions.test);
    files::write(&files.predictions(&recipe.id), lines.as_bytes())?;
    let no_intervals = EvaluationOptions { bootstrap: None, ..EvaluationOptions::default() };
    let on_train = Evaluation::compute(&labels, &predictions.train, &no_intervals)?;
    let record = Record {
        schema: SCHEMA,
        id: recipe.id.clone(),
        family: recipe.family,
        recipe_sha256: recipe.sha256.clone(),
        data_version: data_version.clone(),
        base: base.clone(),
        pack: trained.pack.id().to_owned(),
        test_hash,
        train_n: on_train.n,
        train_macro_f1: on_train.macro_f1,
        epochs: recipe.trees.as_ref().map_or(recipe.training.epochs, |one| one.params.rounds),
        batch_size: recipe.trees.is_none().then_some(recipe.training.batch_size),
        network: NetworkFacts::measure(&trained.pack, &out)?,
        export_difference: trained.export_difference,
        cost,
        finished: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs()),
    };
    files::write_json(&files.record(&recipe.id), &record)?;
    Ok(Some(record))
}

/// The pictures that the variant was tested on are those of all: differences are taken picture by picture.
fn checked_test_hash(
    variant: &Variant,
    data: &Data,
    files: Files<'_>,
) -> Result<String, ReproduceError> {
    let path = files.split_of(&variant.recipe.id);
    let split = Split::load(&path)?;
    let hash = test_hash(&data.v01.dataset, &split);
    if hash == data.facts.test_hash {
        return Ok(hash);
    }
    let reason = "its test part is not that of the other variants".to_owned();
    Err(ReproduceError::Format { path, reason })
}
