//! `epic reproduce`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use epic_core::metadata::{MetadataExtractor, MetadataOptions};
use epic_training::dataset::check::CARD_TEXT;
use epic_training::engine::DeviceKind;
use epic_training::reproduce::{self, ReproduceOptions, Reproduced, Results, State};

use crate::inputs::weights;
use crate::observer::Terminal;
use crate::{Error, FAILED, INTERRUPTED};

/// Some variants failed, each of them reported.
const SOME_FAILED: u8 = 1;

#[derive(Args)]
pub(crate) struct ReproduceArguments {
    /// Data set: a folder per class; nothing in it is changed.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Folder of the table: versions, split, packs, report. The same command goes on with what it began there.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Variants to train, with commas between; others can be added later [default: all].
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    only: Vec<String>,
    /// One more recipe; may be given several times.
    #[arg(long, value_name = "FILE")]
    with: Vec<PathBuf>,
    /// Folder with the thesis's recipes, m01.toml and so on [default: those built into this program].
    #[arg(long, value_name = "DIR")]
    recipes: Option<PathBuf>,
    /// Taxonomy in place of the recipes': a file, or epic9 or epic10.
    #[arg(long, value_name = "FILE")]
    taxonomy: Option<PathBuf>,
    /// Seed of all trainings and of the split, in place of the recipes'.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Epochs of all trainings, in place of the recipes'.
    #[arg(long, value_name = "N")]
    epochs: Option<usize>,
    /// A smoke run: few pictures and few epochs, to see that everything works.
    #[arg(long)]
    quick: bool,
    /// The results as JSON on standard output; everything else goes to standard error.
    #[arg(long)]
    json: bool,
    /// CSV file with the source of each picture (columns class, file, source) [default:
    /// sources.csv in the data set, else by file name].
    #[arg(long, value_name = "FILE")]
    sources: Option<PathBuf>,
    /// Networks and word lists for metadata and for the check: a folder [default: those built into this program].
    #[arg(long, value_name = "DIR")]
    weights: Option<PathBuf>,
    /// ONNX file of a backbone: looks for outliers, and is what recipes may stand on [default: the built-in pack
    /// looks for outliers].
    #[arg(long, value_name = "FILE.onnx")]
    backbone: Option<PathBuf>,
    /// Folder that keeps what networks saw, for other runs too [default: in the table's folder].
    #[arg(long, value_name = "DIR")]
    embedding_cache: Option<PathBuf>,
    /// File that keeps measured metadata, for other runs too [default: in the table's folder].
    #[arg(long, value_name = "FILE.jsonl")]
    metadata_cache: Option<PathBuf>,
    /// Device: cpu, or cuda, metal, vulkan in a build with that feature.
    #[arg(long, default_value = "cpu", value_name = "NAME")]
    device: DeviceKind,
}

pub(crate) fn run(arguments: &ReproduceArguments) -> Result<ExitCode, Error> {
    let weights = weights(arguments.weights.as_deref())?;
    let card_reader = MetadataExtractor::new(weights.clone(), CARD_TEXT);
    let extractor = Arc::new(MetadataExtractor::new(weights, MetadataOptions::default()));
    let command = command(std::env::args_os().skip(1));
    let options = ReproduceOptions {
        data: &arguments.data,
        out: &arguments.out,
        sources: arguments.sources.as_deref(),
        recipes: arguments.recipes.as_deref(),
        with: &arguments.with,
        only: &arguments.only,
        taxonomy: arguments.taxonomy.as_deref(),
        seed: arguments.seed,
        epochs: arguments.epochs,
        quick: arguments.quick,
        device: arguments.device,
        extractor: Some(&extractor),
        card_reader: Some(&card_reader),
        backbone: arguments.backbone.as_deref(),
        embedding_cache: arguments.embedding_cache.as_deref(),
        metadata_cache: arguments.metadata_cache.as_deref(),
        command: &command,
    };
    let mut terminal = Terminal::new("epic reproduce");
    if arguments.json {
        terminal = terminal.with_epochs_as_progress();
    }
    let outcome = reproduce::run(&options, &mut terminal);
    terminal.finish();
    match outcome? {
        Reproduced::Interrupted => {
            eprintln!("epic reproduce: stopped; the same command goes on");
            Ok(ExitCode::from(INTERRUPTED))
        }
        Reproduced::Done(results) => {
            if arguments.json {
                println!("{}", serde_json::to_string(&*results)?);
            } else {
                print(&results);
                println!("report  {}", arguments.out.join("results.html").display());
            }
            Ok(exit_code(&results))
        }
    }
}

fn print(results: &Results) {
    println!();
    for variant in &results.variants {
        match (&variant.state, &variant.scores) {
            (State::Failed { reason }, _) => println!("{:16}failed: {reason}", variant.id),
            (_, Some(scores)) => println!("{:16}macro F1 {:.3}", variant.id, scores.macro_f1),
            _ => println!("{:16}not trained", variant.id),
        }
    }
    println!();
    for finding in results.findings.iter().filter(|finding| finding.number.is_some()) {
        println!("{:16}{}", finding.verdict.text(), finding.claim);
    }
}

fn exit_code(results: &Results) -> ExitCode {
    let is_failed = |state: &State| matches!(state, State::Failed { .. });
    let failed = results.variants.iter().any(|variant| is_failed(&variant.state));
    let finished = results.variants.iter().any(|variant| variant.state == State::Finished);
    match (failed, finished) {
        (false, _) => ExitCode::SUCCESS,
        (true, true) => ExitCode::from(SOME_FAILED),
        (true, false) => ExitCode::from(FAILED),
    }
}

/// As a shell would take it.
fn command(arguments: impl Iterator<Item = OsString>) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./,=:".contains(c);
    let quoted = arguments.map(|argument| {
        let text = argument.to_string_lossy().into_owned();
        let is_plain = !text.is_empty() && text.chars().all(plain);
        if is_plain { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
    });
    ["epic".to_owned()].into_iter().chain(quoted).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_can_be_pasted_into_a_shell() {
        let arguments = ["reproduce", "--data", "my pictures", "--only", "m01,m03", "it's"];
        let text = command(arguments.into_iter().map(OsString::from));
        assert_eq!(text, r"epic reproduce --data 'my pictures' --only m01,m03 'it'\''s'");
    }
}
