//! `epic dataset …` as types.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use crate::args::seconds;

#[derive(Subcommand)]
pub(crate) enum DatasetCommand {
    /// Find damaged files, dead-link placeholders, and pictures worth a look.
    Check(CheckArguments),
    /// Find exact and near duplicates, and pictures that lie under two labels.
    Dedupe(DedupeArguments),
    /// Order a class by a number and rename its files in that order, for review in a file manager.
    Rank(RankArguments),
    /// After `rank`: give the files that are still there their old names back.
    Restore(FolderArguments),
    /// Look at the pictures on a local page: sort, mark, relabel, apply, undo.
    Review(ReviewArguments),
    /// Divide into train, validation and test: by class, source and near-duplicates.
    Split(SplitArguments),
    /// Take the latest change of the data set back.
    Undo(UndoArguments),
    /// List the changes of a data set.
    Log(FolderArguments),
}

#[derive(Args)]
pub(crate) struct FolderArguments {
    /// The data set: a folder per class.
    pub(crate) folder: PathBuf,
    /// JSON on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct UndoArguments {
    #[command(flatten)]
    pub(crate) dataset: FolderArguments,
    /// Only if it is this one, by its number in `epic dataset log`.
    #[arg(long, value_name = "N")]
    pub(crate) id: Option<u64>,
}

/// What a command does with what it found.
#[derive(Args)]
pub(crate) struct ApplyArguments {
    /// Do it: move the files into the trash folder of the data set. Without this the command only
    /// shows what it would do.
    #[arg(long)]
    pub(crate) apply: bool,
}

#[derive(Args)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    pub(crate) dataset: FolderArguments,
    #[command(flatten)]
    pub(crate) apply: ApplyArguments,
    /// More placeholder signatures (JSON, as docs/dataset.md describes); may be given again.
    #[arg(long, value_name = "FILE")]
    pub(crate) signatures: Vec<PathBuf>,
    /// Do not read the text of plain cards: faster, finds fewer placeholders.
    #[arg(long)]
    pub(crate) no_text: bool,
    /// Write the report of every file, one JSON object a line.
    #[arg(long, value_name = "FILE.jsonl")]
    pub(crate) out: Option<PathBuf>,
    /// Look at the files of this list only, one path a line from the data set's folder: a shard.
    #[arg(long, value_name = "FILE")]
    pub(crate) list: Option<PathBuf>,
    /// Networks and word lists: a folder [default: those built into this program].
    #[arg(long, value_name = "DIR")]
    pub(crate) weights: Option<PathBuf>,
    /// Worker threads [default: one per core].
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
}

#[derive(Args)]
pub(crate) struct DedupeArguments {
    #[command(flatten)]
    pub(crate) dataset: FolderArguments,
    #[command(flatten)]
    pub(crate) apply: ApplyArguments,
    /// Same bytes only.
    #[arg(long)]
    pub(crate) exact: bool,
    /// Worker threads [default: one per core].
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
}

#[derive(Args)]
pub(crate) struct RankArguments {
    #[command(flatten)]
    pub(crate) dataset: FolderArguments,
    /// The class to order.
    #[arg(long)]
    pub(crate) class: String,
    /// What to order by: brightness, contrast, entropy, sharpness, width, height, bytes, or any column of
    /// numbers of `epic metadata` (with --metadata).
    #[arg(long, value_name = "NAME")]
    pub(crate) by: String,
    /// A table that `epic metadata` wrote for this data set.
    #[arg(long, value_name = "FILE.(csv|jsonl|parquet)")]
    pub(crate) metadata: Option<PathBuf>,
    /// Which end comes first.
    #[arg(long, value_enum, default_value_t = OrderArgument::Ascending)]
    pub(crate) order: OrderArgument,
    #[command(flatten)]
    pub(crate) apply: ApplyArguments,
    /// Worker threads [default: one per core].
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
}

/// Serves the page on 127.0.0.1 until Ctrl-C and prints its address, which opens it once.
///
/// Marks are kept in the data set; nothing is moved before they are applied, and what was applied can be undone.
#[derive(Args)]
pub(crate) struct ReviewArguments {
    #[command(flatten)]
    pub(crate) dataset: FolderArguments,
    /// Port to listen on [default: one that is free].
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) port: u16,
    /// Open the page in the desktop's browser.
    #[arg(long)]
    pub(crate) open: bool,
    /// A table that `epic metadata` wrote for this data set: its numbers become columns.
    #[arg(long, value_name = "FILE.(csv|jsonl|parquet)")]
    pub(crate) metadata: Option<PathBuf>,
    /// More columns: JSON Lines of {"relative_path", "column", "value"}; may be given again. The
    /// columns `component`, `label_error` and `suggested_label` have views of their own.
    #[arg(long, value_name = "FILE.jsonl")]
    pub(crate) findings: Vec<PathBuf>,
    /// Seconds for the text of one picture, for which somebody waits at the page; the rest is shown as not read.
    #[arg(long, value_name = "SECONDS", default_value = "15", value_parser = seconds)]
    pub(crate) text_time: Duration,
    /// Networks and word lists for boxes: a folder [default: those built into this program].
    #[arg(long, value_name = "DIR")]
    pub(crate) weights: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct SplitArguments {
    #[command(flatten)]
    pub(crate) dataset: FolderArguments,
    /// The split file to write, for `epic train` and `epic evaluate`.
    #[arg(long, value_name = "FILE.json")]
    pub(crate) out: PathBuf,
    /// Shares of train, validation and test; their sum is 1.
    #[arg(long, value_name = "A,B,C", value_delimiter = ',', default_value = "0.7,0.15,0.15")]
    pub(crate) fractions: Vec<f64>,
    /// Chooses among splits of like quality; the same seed gives the same split.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Worker threads [default: one per core].
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum OrderArgument {
    Ascending,
    Descending,
}
