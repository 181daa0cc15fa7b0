//! `epic dataset …`: finding what is wrong with a data set, and changes that can be undone.

mod args;
mod change;
mod check;
mod color_level;
mod component_sheet;
mod dedupe;
mod embeddings;
mod label_errors;
mod outliers;
mod rank;
mod rank_by_pack;
mod review;
mod shards;
mod split;
mod synthesize;
mod version;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use epic_training::CoreReader;
use epic_training::dataset::check::{Checker, FileReport, check, list_files, read_reports};
use epic_training::dataset::transaction::WORK_FOLDER;
use epic_training::dataset::{Dataset, OpenOptions};

pub(crate) use args::DatasetCommand;
use args::ReportArguments;

use crate::output::Failure;
use crate::progress::bar;

pub(crate) fn run(command: &DatasetCommand) -> Result<ExitCode, Failure> {
    match command {
        DatasetCommand::Check(arguments) => check::run(arguments),
        DatasetCommand::Dedupe(arguments) => dedupe::run(arguments),
        DatasetCommand::Shards(arguments) => shards::run(arguments),
        DatasetCommand::Rank(arguments) => rank::run(arguments),
        DatasetCommand::ColorLevel(arguments) => color_level::run(arguments),
        DatasetCommand::Review(arguments) => review::run(arguments),
        DatasetCommand::Split(arguments) => split::run(arguments),
        DatasetCommand::Outliers(arguments) => outliers::run(arguments),
        DatasetCommand::LabelErrors(arguments) => label_errors::run(arguments),
        DatasetCommand::Version(command) => version::run(command),
        DatasetCommand::Synthesize(arguments) => synthesize::run(arguments),
        DatasetCommand::Restore(arguments) => change::restore(arguments),
        DatasetCommand::Undo(arguments) => change::undo(arguments),
        DatasetCommand::Log(arguments) => change::log(arguments),
    }
}

/// The reports that are there already, or those of a look at these files, or at all of a data set.
fn reports_of(
    folder: &Path,
    known: &ReportArguments,
    paths: Option<Vec<String>>,
    checker: &Checker<'_>,
) -> Result<Vec<FileReport>, Failure> {
    if known.reports.is_empty() {
        return look_at(folder, paths, checker);
    }
    read_reports(&known.reports, checker.thresholds.max_copies).map_err(Failure::data)
}

/// Looks at these files, or at all of a data set, with a progress bar.
fn look_at(
    folder: &Path,
    paths: Option<Vec<String>>,
    checker: &Checker<'_>,
) -> Result<Vec<FileReport>, Failure> {
    let paths = match paths {
        Some(paths) => paths,
        None => match list_files(folder).map_err(Failure::data)? {
            none if none.is_empty() => {
                return Err(Failure::NoPictures(folder.display().to_string()));
            }
            all => all,
        },
    };
    let progress = bar(paths.len() as u64, "files");
    let reports = check(folder, &paths, checker, &|done, _| progress.set_position(done as u64));
    progress.finish_and_clear();
    Ok(reports)
}

/// Opens a data set with a progress bar; every folder is a class.
fn open(folder: &Path, options: OpenOptions) -> Result<Dataset, Failure> {
    let error = |error: io::Error| Failure::data(format_args!("{}: {error}", folder.display()));
    let mut classes = Vec::new();
    for entry in fs::read_dir(folder).map_err(error)? {
        let entry = entry.map_err(error)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().map_err(error)?.is_dir() && !name.starts_with('.') {
            classes.push(name);
        }
    }
    classes.sort();
    let progress = bar(0, "pictures");
    let opened = Dataset::open_with(folder, &classes, &options, &CoreReader, &|done, total| {
        progress.set_length(total as u64);
        progress.set_position(done as u64);
    });
    progress.finish_and_clear();
    opened.map_err(Failure::data)
}

/// As [`open`], and what was learnt of each picture is kept inside the data set.
fn open_remembering(folder: &Path, version: Option<&str>) -> Result<Dataset, Failure> {
    let work = folder.join(WORK_FOLDER);
    if folder.is_dir() {
        fs::create_dir_all(&work)
            .map_err(|source| Failure::Write { path: work.clone(), source })?;
    }
    let cache: Option<PathBuf> = Some(work.join("pictures.jsonl"));
    open(folder, OpenOptions { cache, version: version.map(str::to_owned), ..Default::default() })
}
