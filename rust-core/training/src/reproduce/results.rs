//! All numbers of a table.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use epic_core::pack::Family;
use serde::{Serialize, Serializer};

use super::data::DataFacts;
use super::files::{self, Files};
use super::findings::{Answers, Finding, findings};
use super::hardware::Hardware;
use super::plan::Variant;
use super::variant::Record;
use super::{ReproduceError, ReproduceOptions};
use crate::evaluation::{
    BootstrapOptions, ClassMetrics, Evaluation, EvaluationOptions, GroupMetrics, Intervals,
    parse_prediction_lines,
};
use crate::measure::label_set;

/// A table with what it was made from. Its JSON keys are a contract: add to them, never rename.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Results {
    /// Version of the format.
    pub schema: u32,
    /// Few pictures and few epochs: the numbers show that all works, and nothing else.
    pub smoke_run: bool,
    /// The command line.
    pub command: String,
    /// When the table was written, in seconds since 1970.
    pub created: u64,
    /// Version of this program.
    pub code_version: &'static str,
    /// The machine that wrote the table.
    pub hardware: Hardware,
    /// The device that was trained on.
    pub device: &'static str,
    /// Name of the taxonomy.
    pub taxonomy: String,
    /// Its classes, in order.
    pub classes: Vec<String>,
    /// The seed that was asked for in place of the recipes'.
    pub seed: Option<u64>,
    /// The epochs that were asked for in place of the recipes'.
    pub epochs: Option<usize>,
    /// The pictures.
    pub data: DataFacts,
    /// How intervals were drawn.
    pub bootstrap: Bootstrap,
    /// The variants, in the order of training.
    pub variants: Vec<VariantResult>,
    /// The thesis's findings, then claims that it does not make.
    pub findings: Vec<Finding>,
    /// Joules cannot be measured by this program.
    pub energy: Option<f64>,
}

/// How intervals were drawn: percentiles, within each class.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bootstrap {
    /// How many sets.
    pub resamples: usize,
    /// Share of them inside an interval.
    pub confidence: f64,
    /// Seed of the draw.
    pub seed: u64,
}

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VariantResult {
    /// Its id.
    pub id: String,
    /// What it is, from the recipe.
    pub description: String,
    /// Its family.
    pub family: Family,
    /// Whether it is done.
    #[serde(flatten)]
    pub state: State,
    /// Its scores on the test part.
    pub scores: Option<Scores>,
    /// What else is known of it.
    pub record: Option<Record>,
}

/// What became of a variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Trained and measured.
    Finished,
    /// It went wrong; the next run tries again.
    Failed {
        /// Why.
        reason: String,
    },
    /// Not trained, or not to the end.
    Waiting,
}

/// Scores on the test part.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scores {
    /// Pictures.
    pub n: usize,
    /// Mean F1 over the classes.
    pub macro_f1: f64,
    /// Share of right answers.
    pub accuracy: f64,
    /// Metrics of each class, in the taxonomy's order.
    #[serde(serialize_with = "as_map")]
    pub per_class: Vec<(String, ClassMetrics)>,
    /// Rates of the groups at the pack's threshold, abstention among them.
    pub group: GroupMetrics,
    /// Intervals.
    pub intervals: Option<Intervals>,
    /// Expected calibration error.
    pub calibration_error: f64,
}

fn as_map<S: Serializer>(
    entries: &[(String, ClassMetrics)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(entries.iter().map(|(name, metrics)| (name, metrics)))
}

fn drawing() -> BootstrapOptions {
    BootstrapOptions { stratified: true, ..BootstrapOptions::default() }
}

/// Reads what finished variants left, and computes the rest. `failures` is by id.
pub(super) fn collect(
    variants: &[Variant],
    failures: &BTreeMap<String, String>,
    data: &DataFacts,
    options: &ReproduceOptions<'_>,
) -> Result<Results, ReproduceError> {
    let Some(first) = variants.first() else {
        return Err(ReproduceError::NoRecipes(options.out.to_owned()));
    };
    let taxonomy = &first.recipe.taxonomy;
    let labels = label_set(taxonomy);
    let files = Files(options.out);
    let mut answers = BTreeMap::new();
    let mut rows = Vec::new();
    for variant in variants {
        let recipe = &variant.recipe;
        let record = Record::read(files, variant)?;
        let mut scores = None;
        if let Some(record) = &record {
            let path = files.predictions(&recipe.id);
            let text = files::read(&path)?.unwrap_or_default();
            let test = parse_prediction_lines(&labels, &text);
            let test =
                test.map_err(|error| ReproduceError::Format { path, reason: error.to_string() })?;
            let how =
                EvaluationOptions { bootstrap: Some(drawing()), ..EvaluationOptions::default() };
            let evaluation = Evaluation::compute(&labels, &test, &how)?;
            let of_test = Answers {
                test,
                test_macro_f1: evaluation.macro_f1,
                test_interval: evaluation.intervals.as_ref().and_then(|all| all.macro_f1),
                train_macro_f1: record.train_macro_f1,
            };
            answers.insert(recipe.id.clone(), of_test);
            scores = Some(Scores::of(evaluation));
        }
        let state = match (&record, failures.get(&recipe.id)) {
            (Some(_), _) => State::Finished,
            (None, Some(reason)) => State::Failed { reason: reason.clone() },
            (None, None) => State::Waiting,
        };
        rows.push(VariantResult {
            id: recipe.id.clone(),
            description: recipe.description.clone(),
            family: recipe.family,
            state,
            scores,
            record,
        });
    }
    let BootstrapOptions { resamples, confidence, seed, .. } = drawing();
    Ok(Results {
        schema: 1,
        smoke_run: options.quick,
        command: options.command.to_owned(),
        created: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs()),
        code_version: env!("CARGO_PKG_VERSION"),
        hardware: Hardware::of_this_machine(),
        device: options.device.name(),
        taxonomy: taxonomy.name.clone(),
        classes: labels.classes.clone(),
        seed: options.seed,
        epochs: options.epochs,
        data: data.clone(),
        bootstrap: Bootstrap { resamples, confidence, seed },
        variants: rows,
        findings: findings(&labels, &answers, &drawing())?,
        energy: None,
    })
}

impl Scores {
    fn of(evaluation: Evaluation) -> Self {
        Self {
            n: evaluation.n,
            macro_f1: evaluation.macro_f1,
            accuracy: evaluation.accuracy,
            per_class: evaluation.per_class,
            group: evaluation.group,
            intervals: evaluation.intervals,
            calibration_error: evaluation.calibration.expected_calibration_error,
        }
    }
}
