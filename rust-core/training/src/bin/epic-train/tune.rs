//! `epic tune`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use epic_training::pipeline::{self, PipelineError, Recipe, Tuned, TuningSection};
use epic_training::tuning::{Metric, Space};
use serde_json::json;

use crate::inputs::Inputs;
use crate::observer::Terminal;

/// Searches for settings of a recipe by Bayesian optimisation. Trials are scored by cross-validation on the train
/// part; the validation and test parts are never looked at.
#[derive(Args)]
pub(crate) struct TuneArguments {
    #[command(flatten)]
    inputs: Inputs,
    /// Folder for trials.jsonl, best.toml (a recipe for `epic train`), tuning.html and the split.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// TOML file of what is varied: field → { low, high, log = true }, { low, high, step } or { choices = […] }
    /// [default: the recipe's table tuning.space].
    #[arg(long, value_name = "FILE")]
    space: Option<PathBuf>,
    /// Trials in all, an earlier run's included [default: the recipe's, else 30].
    #[arg(long, value_name = "N")]
    trials: Option<usize>,
    /// Folds of the cross-validation [default: the recipe's, else 5].
    #[arg(long, value_name = "K")]
    folds: Option<usize>,
    /// macro_f1 or log_loss [default: the recipe's, else macro_f1].
    #[arg(long, value_name = "NAME", value_parser = metric)]
    metric: Option<Metric>,
    /// Chooses trials and folds [default: the recipe's, else 0].
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// The result as one JSON object on standard output.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &TuneArguments) -> Result<ExitCode, PipelineError> {
    let TuneArguments { inputs, out, .. } = arguments;
    let recipe = inputs.recipe()?;
    let section = section(arguments, &recipe)?;
    let extractor = inputs.extractor()?;
    let mut terminal = Terminal::new("epic tune").with_epochs_as_progress();
    let tuned = pipeline::tune(&recipe, &section, &inputs.options(out, &extractor), &mut terminal)?;
    terminal.finish();
    let Some(tuned) = tuned else { return Ok(terminal.interrupted()) };
    if arguments.json {
        println!("{}", as_json(&tuned));
    } else {
        print(&tuned);
    }
    Ok(ExitCode::SUCCESS)
}

fn metric(text: &str) -> Result<Metric, String> {
    let names = Metric::ALL.map(Metric::name);
    let found = Metric::ALL.into_iter().find(|metric| metric.name() == text);
    found.ok_or_else(|| format!("one of {}", names.join(", ")))
}

/// What the recipe says, with what the command line says instead.
fn section(arguments: &TuneArguments, recipe: &Recipe) -> Result<TuningSection, PipelineError> {
    let TuneArguments { space, trials, folds, metric, seed, .. } = arguments;
    let own = recipe.tuning.as_ref();
    let space = match (space, own) {
        (Some(file), _) => read_space(file)?,
        (None, Some(own)) => own.space.clone(),
        (None, None) => {
            return Err(PipelineError::Recipe {
                path: arguments.inputs.recipe.clone(),
                reason: "it has no table tuning.space; give a file by --space".to_owned(),
            });
        }
    };
    let section = TuningSection {
        trials: trials.or(own.map(|own| own.trials)).unwrap_or(TuningSection::TRIALS),
        folds: folds.or(own.map(|own| own.folds)).unwrap_or(TuningSection::FOLDS),
        metric: metric.or(own.map(|own| own.metric)).unwrap_or_default(),
        seed: seed.or(own.map(|own| own.seed)).unwrap_or_default(),
        space,
    };
    section.validate().map_err(|reason| PipelineError::Recipe {
        path: arguments.inputs.recipe.clone(),
        reason,
    })?;
    Ok(section)
}

fn read_space(path: &Path) -> Result<Space, PipelineError> {
    let wrong = |reason: String| PipelineError::Recipe { path: path.to_owned(), reason };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let table = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    Space::from_toml(&table).map_err(|error| wrong(error.to_string()))
}

fn as_json(tuned: &Tuned) -> serde_json::Value {
    json!({
        "metric": tuned.metric,
        "folds": tuned.folds,
        "trials": tuned.trials.len(),
        "failed": tuned.failed(),
        "best": tuned.best,
        "recipe": tuned.recipe,
        "log": tuned.log,
        "page": tuned.page,
    })
}

fn print(tuned: &Tuned) {
    let Tuned { best, trials, metric, .. } = tuned;
    let score = best.score(*metric).unwrap_or_default();
    println!("trial   {} of {}, {} of them failed", best.trial, trials.len(), tuned.failed());
    println!("score   {} {score:.4}", metric.name());
    for (path, value) in &best.values {
        println!("        {path} = {value}");
    }
    println!("recipe  {}", tuned.recipe.display());
    println!("page    {}", tuned.page.display());
}
