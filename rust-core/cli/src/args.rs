//! The command line as a type.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use epic_core::metadata::{MetadataOptions, Parts};

use crate::dataset::DatasetCommand;

/// Sorts the pictures of a phone gallery into personal and irrelevant ones.
///
/// Exit codes: 0 done; 1 some inputs failed (each is reported); 2 wrong usage, or
/// nothing could run; 130 after Ctrl-C. Results go to standard output, progress and errors to
/// standard error.
#[derive(Parser)]
#[command(name = "epic", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Classify pictures and folders of pictures.
    Scan(ScanArguments),
    /// Extract colours, faces and text of pictures into a table.
    Metadata(MetadataArguments),
    /// Measure a pack on a labelled data set (a folder per class).
    Evaluate(EvaluateArguments),
    /// Clean a data set: damaged files, duplicates, review in order; every change can be undone.
    #[command(subcommand)]
    Dataset(DatasetCommand),
    /// Verify, inspect and build model packs.
    #[command(subcommand)]
    Pack(PackCommand),
    /// Train a pack from a recipe and a data set (`epic train --help` for options).
    #[command(disable_help_flag = true)]
    Train(ExternalArguments),
    /// Search for better settings of a recipe by cross-validation (`epic tune --help` for options).
    #[command(disable_help_flag = true)]
    Tune(ExternalArguments),
    /// Train all variants of the thesis, and report which of its findings hold (`epic reproduce --help` for options).
    #[command(disable_help_flag = true)]
    Reproduce(ExternalArguments),
}

#[derive(Args)]
pub(crate) struct ScanArguments {
    /// Pictures and folders (searched recursively, hidden files left out).
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) pack: PackArgument,
    /// One JSON object a line on standard output.
    #[arg(long, conflicts_with = "html")]
    pub(crate) json: bool,
    /// Write a contact sheet, grouped by class, to this HTML file.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Worker threads [default: one per core].
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Keep verdicts in this file, made where there is none: pictures that have not
    /// changed are not classified again, nor those that failed twice.
    #[arg(long, value_name = "FILE", conflicts_with = "exif_thumbnails")]
    pub(crate) db: Option<PathBuf>,
    /// Classify JPEG photos by their embedded EXIF thumbnail where it is large enough and
    /// fresh: many times faster, slightly different scores.
    #[arg(long)]
    pub(crate) exif_thumbnails: bool,
}

/// Extracts the 37 columns of metadata: size, dominant colours, faces, text and words in
/// Arabic and English.
///
/// With --out, finished rows are kept in FILE.journal until the table is complete: after
/// Ctrl-C or a crash the same command goes on where it was. A table that is there already is
/// added to. The class column is the folder's name.
#[derive(Args)]
#[command(group = clap::ArgGroup::new("result").required(true))]
pub(crate) struct MetadataArguments {
    /// Pictures and folders (searched recursively, hidden files left out).
    #[arg(required_unless_present = "merge")]
    pub(crate) paths: Vec<PathBuf>,
    /// Only the pictures of this list, one path a line from the one folder that is given: a shard of
    /// `epic dataset shards`.
    #[arg(long, value_name = "FILE", conflicts_with = "merge")]
    pub(crate) list: Option<PathBuf>,
    /// Put tables of shards together instead, into --out.
    #[arg(long, value_name = "TABLE", num_args = 1.., conflicts_with = "paths", requires = "out")]
    pub(crate) merge: Vec<PathBuf>,
    /// Write a table: the ending chooses CSV, JSON Lines or Parquet.
    #[arg(long, value_name = "FILE.(csv|jsonl|parquet)", group = "result")]
    pub(crate) out: Option<PathBuf>,
    /// Print whole records, boxes included, as one JSON object a line on standard output.
    #[arg(long, group = "result")]
    pub(crate) json: bool,
    /// What to extract besides the size; the rest is neither loaded nor run.
    #[arg(long, value_name = "LIST", default_value = "colors,faces,text")]
    pub(crate) parts: Parts,
    /// Draw boxes, words and colours of each extracted picture into an SVG in this folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) overlay: Option<PathBuf>,
    /// Worker threads [default: one per core].
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Start the table anew instead of adding to it; the old one stays until the new one is
    /// complete, and a run that is stopped is not resumed.
    #[arg(long, conflicts_with = "json")]
    pub(crate) overwrite: bool,
    /// Do pictures again whose row holds an error.
    #[arg(long, conflicts_with = "json")]
    pub(crate) retry_errors: bool,
    /// Boxes of text read per picture; the rest count as unread and the row as partial.
    #[arg(long, value_name = "N", default_value_t = MetadataOptions::default().max_text_boxes)]
    pub(crate) max_text_boxes: usize,
    /// Seconds for the text of one picture; what is unread by then counts as unread and the
    /// row as partial [default: no bound].
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) text_time: Option<Duration>,
    /// Networks and word lists: a folder [default: those built into this program].
    #[arg(long, value_name = "DIR")]
    pub(crate) weights: Option<PathBuf>,
}

/// A span of time from a number of seconds.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

#[derive(Args)]
pub(crate) struct PackArgument {
    /// Model pack: a folder or a zip of it [default: the pack built into this program].
    #[arg(long, value_name = "DIR")]
    pub(crate) pack: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct EvaluateArguments {
    #[command(flatten)]
    pub(crate) pack: PackArgument,
    /// Data set: a folder per class.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Evaluate one part of a split file (as written by `epic train`).
    #[arg(long, value_name = "FILE", requires = "part")]
    pub(crate) split: Option<PathBuf>,
    /// Part of the split: train, validation or test.
    #[arg(long, value_name = "PART", requires = "split")]
    pub(crate) part: Option<String>,
    /// All metrics as one JSON object on standard output.
    #[arg(long)]
    pub(crate) json: bool,
    /// Write a self-contained HTML report.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Write one JSON object per picture (truth, scores) to this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) predictions: Option<PathBuf>,
    /// Worker threads [default: one per core].
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
}

#[derive(Subcommand)]
pub(crate) enum PackCommand {
    /// Check integrity and load the network; exit code 1 if anything is wrong.
    Verify {
        #[command(flatten)]
        pack: PackArgument,
    },
    /// Show what a pack holds.
    Inspect {
        #[command(flatten)]
        pack: PackArgument,
        /// The manifest as JSON.
        #[arg(long)]
        json: bool,
        /// The model card as Markdown.
        #[arg(long, conflicts_with = "json")]
        card: bool,
    },
    /// Put a pack folder into one zip file for distribution.
    Build {
        #[command(flatten)]
        pack: PackArgument,
        /// The zip file to write.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

#[derive(Args)]
pub(crate) struct ExternalArguments {
    /// Passed on to the training program.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<std::ffi::OsString>,
}
