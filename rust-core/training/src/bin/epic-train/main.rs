//! Training as a program of its own; `epic train` starts it.

mod observer;
mod reproduce;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};
use epic_core::metadata::{MetadataExtractor, MetadataOptions, Weights, WeightsError};
use epic_training::engine::DeviceKind;
use epic_training::evaluation::report;
use epic_training::pipeline::{self, Outcome, PipelineOptions, Recipe};

use observer::Terminal;

/// As shells have it: 128 + SIGINT.
const INTERRUPTED: u8 = 130;
const FAILED: u8 = 2;

/// The training half of EPIC.
#[derive(Parser)]
#[command(name = "epic", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Train a pack from a recipe and a data set.
    Train(TrainArguments),
    /// Train all variants of the thesis on a data set, and report which of its findings hold.
    Reproduce(reproduce::ReproduceArguments),
}

#[derive(Args)]
struct TrainArguments {
    /// Recipe file (see models/variants).
    #[arg(long, value_name = "FILE")]
    recipe: PathBuf,
    /// Data set: a folder per class.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// CSV file with the source of each picture (columns class, file, source) [default:
    /// sources.csv in the data set, else by file name].
    #[arg(long, value_name = "FILE")]
    sources: Option<PathBuf>,
    /// Train on a version of the data set (`epic dataset version list`) [default: all pictures].
    #[arg(long, value_name = "NAME")]
    data_version: Option<String>,
    /// Folder of the pack; checkpoints, split and report go to its subfolder `training`.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Continue an interrupted training in the same folder.
    #[arg(long)]
    resume: bool,
    /// Networks and word lists for recipes that take metadata: a folder [default: those built into this
    /// program].
    #[arg(long, value_name = "DIR")]
    weights: Option<PathBuf>,
    /// ONNX file of the backbone, for recipes on one; its manifest lies beside it.
    #[arg(long, value_name = "FILE.onnx")]
    backbone: Option<PathBuf>,
    /// Folder that keeps what the backbone saw, for other runs too [default: in the pack's work folder].
    #[arg(long, value_name = "DIR")]
    embedding_cache: Option<PathBuf>,
    /// File that keeps measured metadata, for other runs too [default: in the pack's work folder].
    #[arg(long, value_name = "FILE.jsonl")]
    metadata_cache: Option<PathBuf>,
    /// Device: cpu, or cuda, metal, vulkan in a build with that feature.
    #[arg(long, default_value = "cpu", value_name = "NAME")]
    device: DeviceKind,
}

fn main() -> ExitCode {
    let (name, result) = match Arguments::parse().command {
        Command::Train(arguments) => ("train", train(&arguments).map_err(|e| e.to_string())),
        Command::Reproduce(arguments) => ("reproduce", reproduce::run(&arguments)),
    };
    result.unwrap_or_else(|error| {
        eprintln!("epic {name}: {error}");
        ExitCode::from(FAILED)
    })
}

/// Networks and word lists of a folder, or those built in.
fn weights(folder: Option<&Path>) -> Result<Weights, WeightsError> {
    match folder {
        Some(folder) => Weights::open(folder),
        None => epic_models::metadata_weights(),
    }
}

fn train(arguments: &TrainArguments) -> Result<ExitCode, pipeline::PipelineError> {
    let recipe = Recipe::load(&arguments.recipe)?;
    let weights = weights(arguments.weights.as_deref())
        .map_err(|error| pipeline::PipelineError::Metadata { reason: error.to_string() })?;
    let extractor = Arc::new(MetadataExtractor::new(weights, MetadataOptions::default()));
    let options = PipelineOptions {
        data: &arguments.data,
        sources: arguments.sources.as_deref(),
        version: arguments.data_version.as_deref(),
        split: None,
        measure_train: false,
        out: &arguments.out,
        resume: arguments.resume,
        device: arguments.device,
        extractor: Some(&extractor),
        backbone: arguments.backbone.as_deref(),
        embedding_cache: arguments.embedding_cache.as_deref(),
        metadata_cache: arguments.metadata_cache.as_deref(),
    };
    let mut terminal = Terminal::new("train", false);
    let outcome = pipeline::run(&recipe, &options, &mut terminal)?;
    terminal.finish();
    match outcome {
        Outcome::Interrupted => {
            eprintln!("epic train: stopped; continue with --resume");
            Ok(ExitCode::from(INTERRUPTED))
        }
        Outcome::Trained(trained) => {
            println!("\n{}", report::render_markdown_table(&trained.test));
            println!(
                "export differs from the training engine by {:.1e}",
                trained.export_difference
            );
            println!("pack    {} in {}", trained.pack.id(), arguments.out.display());
            println!("report  {}", trained.report.display());
            Ok(ExitCode::SUCCESS)
        }
    }
}
