//! `epic dataset …`: finding what is wrong with a data set, and changes that can be undone.

mod args;
mod change;
mod check;
mod dedupe;
mod rank;
mod shards;
mod split;

use std::path::Path;
use std::process::ExitCode;

use epic_training::dataset::check::{Checker, FileReport, check, list_files, read_reports};

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
        DatasetCommand::Split(arguments) => split::run(arguments),
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
