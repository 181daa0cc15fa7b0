//! `epic dataset …` as types.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use epic_training::dataset::outliers::RemovalRule;

use crate::args::{PackArgument, seconds};

#[derive(Subcommand)]
pub(crate) enum DatasetCommand {
    /// Find damaged files, dead-link placeholders, and pictures worth a look.
    Check(CheckArguments),
    /// Find exact and near duplicates, and pictures that lie under two labels.
    Dedupe(DedupeArguments),
    /// Divide the files into lists, for `check --list` and `epic metadata --list` on many machines.
    Shards(ShardsArguments),
    /// Order a class by a number and rename its files in that order, for review in a file manager.
    Rank(RankArguments),
    /// After `rank`: give the files that are still there their old names back.
    Restore(FolderArguments),
    /// From measured colours: which classes have few, which many, as a level for a taxonomy file.
    ColorLevel(ColorLevelArguments),
    /// Look at the pictures on a local page: sort, mark, relabel, apply, undo.
    Review(ReviewArguments),
    /// Divide into train, validation and test: by class, source and near-duplicates.
    Split(SplitArguments),
    /// Cluster each class by what a network sees, and find pictures that lie apart.
    Outliers(OutliersArguments),
    /// Rank pictures by how likely their label is wrong.
    LabelErrors(LabelErrorsArguments),
    /// Lists of what belongs to a data set: create, list, show, diff, verify, export.
    #[command(subcommand)]
    Version(VersionCommand),
    /// Render pictures of scarce classes (chats, posts, memes, cards, slides) for training.
    Synthesize(SynthesizeArguments),
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

/// Looking at the files was done before.
#[derive(Args)]
pub(crate) struct ReportArguments {
    /// Do not look at the files: take these reports, which `check --out` wrote for all of them or for a
    /// shard each.
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "list")]
    pub(crate) reports: Vec<PathBuf>,
}

#[derive(Args)]
pub(crate) struct ColorLevelArguments {
    /// A table that `epic metadata --parts colors` wrote for a data set.
    #[arg(long, value_name = "FILE.(csv|jsonl|parquet)")]
    pub(crate) metadata: PathBuf,
    /// One JSON object a class.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct ShardsArguments {
    /// The data set: a folder per class.
    pub(crate) folder: PathBuf,
    /// How many lists to write.
    #[arg(long, value_name = "N")]
    pub(crate) count: NonZeroUsize,
    /// Folder for the lists; made where there is none.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
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
    /// Write the report of every file: the ending chooses JSON Lines or Parquet.
    #[arg(long, value_name = "FILE.(jsonl|parquet)")]
    pub(crate) out: Option<PathBuf>,
    /// Look at the files of this list only, one path a line from the data set's folder: a shard.
    #[arg(long, value_name = "FILE")]
    pub(crate) list: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reports: ReportArguments,
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
    #[command(flatten)]
    pub(crate) reports: ReportArguments,
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
    /// What to order by: brightness, contrast, entropy, sharpness, width, height, bytes; confidence or
    /// disagreement of a pack; or any column of numbers of `epic metadata` (with --metadata).
    #[arg(long, value_name = "NAME")]
    pub(crate) by: String,
    #[command(flatten)]
    pub(crate) pack: PackArgument,
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

/// Renders pictures of scarce classes from templates, seeded texts and your own photos, with a headless Chromium
/// that has no network.
///
/// Files are DIR/CLASS/CLASS_synthetic-SCENE_N.jpg; DIR/synthetic.jsonl tells what each of them is. The same command
/// goes on where it was, and the same seed gives the same pictures.
#[derive(Args)]
pub(crate) struct SynthesizeArguments {
    /// Where to: a new folder, or one that this command made.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Write into a folder that holds other files, such as a data set.
    #[arg(long)]
    pub(crate) into: bool,
    /// The classes to render [default: all that scenes are known for].
    #[arg(long, value_name = "C,…", value_delimiter = ',')]
    pub(crate) class: Vec<String>,
    /// Pictures of each class.
    #[arg(long, value_name = "N")]
    pub(crate) count: usize,
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// A folder of your photos, shown in posts, memes and cards; may be given again. Without photos the pictures
    /// show drawn shapes in their places, and are clearly less useful.
    #[arg(long, value_name = "DIR")]
    pub(crate) base: Vec<PathBuf>,
    /// Use only the photos of this list, a path a line, so that none of a test set is shown.
    #[arg(long, value_name = "FILE", requires = "base")]
    pub(crate) base_list: Option<PathBuf>,
    /// Your own texts, a language, a tab and a text a line.
    #[arg(long, value_name = "FILE")]
    pub(crate) texts: Option<PathBuf>,
    /// Your own scenes, as docs/dataset.md describes.
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) scenes: Option<PathBuf>,
    /// Chromium or Chrome [default: the first one of PATH].
    #[arg(long, value_name = "PATH")]
    pub(crate) browser: Option<PathBuf>,
    /// Longest side of the files, in pixels.
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = clap::value_parser!(u32).range(64..=4096))]
    pub(crate) side: u32,
    /// Browsers side by side [default: one per core].
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// JSON on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum OrderArgument {
    Ascending,
    Descending,
}

/// What pictures are compared by.
#[derive(Args)]
pub(crate) struct EmbeddingArguments {
    #[command(flatten)]
    pub(crate) pack: PackArgument,
    /// Compare by the output of this network; its manifest FILE.json lies beside it (docs/dataset.md).
    #[arg(long, value_name = "FILE.onnx", conflicts_with = "pack")]
    pub(crate) backbone: Option<PathBuf>,
    /// Look at the pictures of this version of the data set only.
    #[arg(long, value_name = "NAME")]
    pub(crate) from: Option<String>,
    /// The same seed gives the same result.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Write what was found as JSON Lines of relative_path, column and value, for `epic dataset review`.
    #[arg(long, value_name = "FILE.jsonl")]
    pub(crate) findings: Option<PathBuf>,
    /// Worker threads [default: one per core].
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
}

/// Clusters the pictures of each class by what a network sees in them, and shows the components: their number of pictures, their
/// mean distance to the centre, their silhouette. Look at the contact sheets of --out; whole components go by
/// --remove-components. Pictures are also ranked by their distance to the nearest others of their class.
///
/// With --version-out, a version of the data set is made that leaves out the outliers of the minority classes, and
/// their likely label errors; no file is moved.
#[derive(Args)]
pub(crate) struct OutliersArguments {
    #[command(flatten)]
    pub(crate) dataset: FolderArguments,
    /// Classes to look at [default: all].
    #[arg(long, value_name = "C,…", value_delimiter = ',')]
    pub(crate) class: Vec<String>,
    /// Components per class.
    #[arg(long, value_name = "N", default_value = "20")]
    pub(crate) clusters: NonZeroUsize,
    /// Principal components that pictures are compared by.
    #[arg(long, value_name = "N", default_value = "50")]
    pub(crate) pca: NonZeroUsize,
    #[command(flatten)]
    pub(crate) embedding: EmbeddingArguments,
    /// Write a contact sheet per class (CLASS.html) and the table of components (components.csv) into this folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Move the pictures of these components of the one --class into the trash.
    #[arg(long, value_name = "N,…", value_delimiter = ',', requires = "class")]
    pub(crate) remove_components: Vec<usize>,
    #[command(flatten)]
    pub(crate) apply: ApplyArguments,
    /// Make this version of the data set: all pictures (of --from) but the outliers and likely label errors of the
    /// minority classes.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["class", "remove_components", "apply"])]
    pub(crate) version_out: Option<String>,
    /// With --version-out: classes with fewer pictures than this share of the mean class are minorities.
    #[arg(long, value_name = "SHARE", default_value_t = RemovalRule::default().minority_share)]
    pub(crate) minority_share: f64,
    /// With --version-out: outliers are farther than the median of the class by more than so many median absolute
    /// deviations.
    #[arg(long, value_name = "N", default_value_t = RemovalRule::default().deviations)]
    pub(crate) deviations: f32,
    /// With --version-out: at most this share of a class goes as outliers, and as much as label errors.
    #[arg(long, value_name = "SHARE", default_value_t = RemovalRule::default().max_share)]
    pub(crate) max_share: f64,
}

/// Ranks pictures by how likely their label is wrong: confident learning over cross-validated probabilities. Nothing is changed:
/// labels are yours. Relabel on the page (`epic dataset review --findings`) or by moving files.
#[derive(Args)]
pub(crate) struct LabelErrorsArguments {
    #[command(flatten)]
    pub(crate) dataset: FolderArguments,
    #[command(flatten)]
    pub(crate) embedding: EmbeddingArguments,
    /// Parts of the cross-validation.
    #[arg(long, value_name = "N", default_value = "5")]
    pub(crate) folds: NonZeroUsize,
    /// Show as many [default: those that are likely wrong].
    #[arg(long, value_name = "N")]
    pub(crate) top: Option<usize>,
    /// Write a contact sheet of those shown to this HTML file.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum VersionCommand {
    /// Make a version: all pictures that are there now, or those of another version, less some.
    Create {
        #[command(flatten)]
        version: VersionArguments,
        /// The version that it is made from [default: none, all pictures].
        #[arg(long, value_name = "NAME")]
        from: Option<String>,
        /// Leave out the pictures of this list, one path a line from the data set's folder.
        #[arg(long, value_name = "FILE")]
        without: Option<PathBuf>,
        /// What a person should know about it.
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
    },
    /// List the versions of a data set.
    List(FolderArguments),
    /// Show what a version holds, and what it leaves out and why.
    Show(VersionArguments),
    /// Show what tells two versions apart.
    Diff {
        #[command(flatten)]
        version: VersionArguments,
        /// The version to compare with.
        other: String,
    },
    /// Check that all pictures of a version are there, unchanged; exit code 1 if not.
    Verify(VersionArguments),
    /// Put the pictures of a version into a new folder, for programs that know no versions.
    Export {
        #[command(flatten)]
        version: VersionArguments,
        /// The folder to make.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Hard links instead of copies: no space, and who changes a file changes it in the data set.
        #[arg(long)]
        link: bool,
    },
}

#[derive(Args)]
pub(crate) struct VersionArguments {
    #[command(flatten)]
    pub(crate) dataset: FolderArguments,
    /// Name of the version: v01, v01.1, …
    pub(crate) name: String,
}
