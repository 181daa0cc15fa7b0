//! The command line as a type.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Sorts the pictures of a phone gallery into personal and irrelevant ones.
///
/// Exit codes: 0 done; 1 some inputs failed (each is reported); 2 wrong usage, or
/// nothing could run. Results go to standard output, progress and errors to
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
    /// Measure a pack on a labelled data set (a folder per class).
    Evaluate(EvaluateArguments),
    /// Verify, inspect and build model packs.
    #[command(subcommand)]
    Pack(PackCommand),
    /// Train a pack from a recipe and a data set (`epic train --help` for options).
    #[command(disable_help_flag = true)]
    Train(TrainArguments),
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
    /// Classify JPEG photos by their embedded EXIF thumbnail where it is large enough and
    /// fresh: many times faster, slightly different scores.
    #[arg(long)]
    pub(crate) exif_thumbnails: bool,
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
pub(crate) struct TrainArguments {
    /// Passed on to the training program.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<std::ffi::OsString>,
}
