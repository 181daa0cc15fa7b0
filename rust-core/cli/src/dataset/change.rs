//! Applying, undoing and listing changes.

use std::collections::HashMap;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use epic_training::dataset::check::FileReport;
use epic_training::dataset::transaction::{Plan, State, Transaction, Transactions};
use serde_json::json;

use super::args::{FolderArguments, UndoArguments};
use crate::SOME_FAILED;
use crate::output::{Failure, tell};

/// Opens a data set's changes, and tells of what an interrupted program left.
fn open(folder: &Path) -> Result<Transactions, Failure> {
    if !folder.is_dir() {
        return Err(Failure::Data(format!("{} is no folder", folder.display())));
    }
    let (transactions, settled) = Transactions::open(folder).map_err(Failure::data)?;
    for one in settled {
        let end = if one.state == State::Applied { "finished" } else { "taken back" };
        tell(format_args!("change {} had been interrupted and was {end}: {}", one.id, one.title));
    }
    Ok(transactions)
}

/// Refuses a plan from reports of files that have another size now, or are gone.
pub(super) fn still_fits(
    folder: &Path,
    plan: &Plan,
    reports: &[FileReport],
) -> Result<(), Failure> {
    let sizes: HashMap<&str, u64> =
        reports.iter().map(|report| (report.relative_path.as_str(), report.bytes)).collect();
    for (path, _) in &plan.moves {
        let now = std::fs::metadata(folder.join(path)).ok().map(|file| file.len());
        if now.is_none() || sizes.get(path.as_str()).copied() != now {
            return Err(Failure::Data(format!(
                "{path} is not the file of its report: check it anew"
            )));
        }
    }
    Ok(())
}

/// Carries a plan out, or says how to.
pub(super) fn apply(folder: &Path, plan: &Plan, is_wanted: bool) -> Result<(), Failure> {
    if plan.moves.is_empty() {
        return Ok(());
    }
    if !is_wanted {
        tell(format_args!("nothing was changed: --apply does it ({})", plan.title));
        return Ok(());
    }
    let done = open(folder)?.apply(plan).map_err(Failure::data)?;
    tell(format_args!(
        "change {}: {} (`epic dataset undo {}` takes it back)",
        done.id,
        done.title,
        folder.display()
    ));
    Ok(())
}

pub(super) fn undo(arguments: &UndoArguments) -> Result<ExitCode, Failure> {
    let FolderArguments { folder, json } = &arguments.dataset;
    let undone = open(folder)?.undo(arguments.id).map_err(Failure::data)?;
    if *json {
        writeln!(io::stdout(), "{}", summary(&undone))?;
    } else {
        tell(format_args!("taken back: change {}, {}", undone.id, undone.title));
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn restore(arguments: &FolderArguments) -> Result<ExitCode, Failure> {
    let restored = open(&arguments.folder)?.restore(None).map_err(Failure::data)?;
    if arguments.json {
        let missing = &restored.missing;
        let line = json!({"id": restored.id, "restored": restored.restored, "missing": missing});
        writeln!(io::stdout(), "{line}")?;
    } else {
        for path in &restored.missing {
            tell(format_args!("{path} is no longer there"));
        }
        let (restored, missing) = (restored.restored, restored.missing.len());
        tell(format_args!("{restored} files have their names back, {missing} are gone"));
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn log(arguments: &FolderArguments) -> Result<ExitCode, Failure> {
    let mut unfinished = false;
    for one in open(&arguments.folder)?.list().map_err(Failure::data)? {
        unfinished |= !matches!(one.state, State::Applied | State::Undone);
        if arguments.json {
            writeln!(io::stdout(), "{}", summary(&one))?;
        } else {
            let state = if one.state == State::Undone { "undone " } else { "applied" };
            writeln!(io::stdout(), "{:>4}  {state}  {}", one.id, one.title)?;
        }
    }
    Ok(if unfinished { ExitCode::from(SOME_FAILED) } else { ExitCode::SUCCESS })
}

fn summary(one: &Transaction) -> serde_json::Value {
    json!({
        "id": one.id,
        "title": one.title,
        "created": one.created,
        "state": one.state,
        "files": one.moves.len(),
    })
}
