//! `epic dataset …`: finding what is wrong with a data set, and changes that can be undone.

mod args;
mod change;
mod check;
mod dedupe;
mod rank;
mod review;
mod split;

use std::path::Path;
use std::process::ExitCode;

use epic_training::dataset::check::{Checker, FileReport, check, list_files};

pub(crate) use args::DatasetCommand;

use crate::output::Failure;
use crate::progress::bar;

pub(crate) fn run(command: &DatasetCommand) -> Result<ExitCode, Failure> {
    match command {
        DatasetCommand::Check(arguments) => check::run(arguments),
        DatasetCommand::Dedupe(arguments) => dedupe::run(arguments),
        DatasetCommand::Rank(arguments) => rank::run(arguments),
        DatasetCommand::Review(arguments) => review::run(arguments),
        DatasetCommand::Split(arguments) => split::run(arguments),
        DatasetCommand::Restore(arguments) => change::restore(arguments),
        DatasetCommand::Undo(arguments) => change::undo(arguments),
        DatasetCommand::Log(arguments) => change::log(arguments),
    }
}

/// Looks at these files, or at all of a data set, with a progress bar.
fn look_at(
    folder: &Path,
    paths: Option<Vec<String>>,
    checker: &Checker<'_>,
) -> Result<Vec<FileReport>, Failure> {
    let paths = match paths {
        Some(paths) => paths,
        None => list_files(folder).map_err(Failure::data)?,
    };
    if paths.is_empty() {
        return Err(Failure::NoPictures(folder.display().to_string()));
    }
    let progress = bar(paths.len() as u64, "files");
    let reports = check(folder, &paths, checker, &|done, _| progress.set_position(done as u64));
    progress.finish_and_clear();
    Ok(reports)
}
