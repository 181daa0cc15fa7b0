//! `epic dataset version …`.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use epic_training::dataset::version::{Excluded, ExportMode, Version, VersionError, export};
use serde_json::json;

use super::args::{FolderArguments, VersionArguments, VersionCommand};
use super::open_remembering;
use crate::SOME_FAILED;
use crate::output::{Failure, read_list, shown, tell};
use crate::progress::bar;

pub(super) fn run(command: &VersionCommand) -> Result<ExitCode, Failure> {
    match command {
        VersionCommand::Create { version, from, without, note } => {
            create(version, from.as_deref(), without.as_deref(), note)?;
        }
        VersionCommand::List(arguments) => list(arguments)?,
        VersionCommand::Show(arguments) => show(arguments)?,
        VersionCommand::Diff { version, other } => diff(version, other)?,
        VersionCommand::Verify(arguments) => return verify(arguments),
        VersionCommand::Export { version, out, link } => {
            let mode = if *link { ExportMode::HardLink } else { ExportMode::Copy };
            put_into(version, out, mode)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn create(
    arguments: &VersionArguments,
    from: Option<&str>,
    without: Option<&Path>,
    note: &str,
) -> Result<(), Failure> {
    let FolderArguments { folder, json } = &arguments.dataset;
    let dataset = open_remembering(folder, from)?;
    for rejected in &dataset.rejected {
        tell(format_args!("{}: {}, left out", rejected.relative_path, rejected.reason));
    }
    let paths = without.map(read_list).transpose()?.unwrap_or_default();
    let removed: Vec<(String, String)> =
        paths.into_iter().map(|path| (path, "listed by hand".to_owned())).collect();
    let version =
        Version::new(&dataset, &arguments.name, from, note, &removed).map_err(Failure::data)?;
    let path = version.save(folder).map_err(Failure::data)?;
    if *json {
        writeln!(io::stdout(), "{}", summary(&version))?;
    } else {
        tell(format_args!("version {} written to {}", version.name, path.display()));
    }
    Ok(())
}

fn list(arguments: &FolderArguments) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    for version in Version::list(&arguments.folder).map_err(Failure::data)? {
        if arguments.json {
            writeln!(out, "{}", summary(&version))?;
        } else {
            let from = version.parent.as_deref().map(|parent| format!("  from {parent}"));
            writeln!(
                out,
                "{:10}{:>8} pictures{}  {}",
                version.name,
                count(&version),
                from.unwrap_or_default(),
                version.note
            )?;
        }
    }
    Ok(())
}

fn show(arguments: &VersionArguments) -> Result<(), Failure> {
    let version = load(arguments)?;
    let mut out = io::stdout().lock();
    if arguments.dataset.json {
        let mut line = summary(&version);
        line["excluded"] = json!(version.excluded);
        return Ok(writeln!(out, "{line}")?);
    }
    for (class, count) in version.class_counts() {
        writeln!(out, "{class:24}{count:>8}")?;
    }
    writeln!(out, "{:24}{:>8}\n", "all", count(&version))?;
    for Excluded { relative_path, reason, .. } in &version.excluded {
        writeln!(out, "without {}: {reason}", shown(Path::new(relative_path)))?;
    }
    Ok(writeln!(out, "data hash {}", version.data_hash)?)
}

fn diff(arguments: &VersionArguments, other: &str) -> Result<(), Failure> {
    let first = load(arguments)?;
    let second = Version::load(&arguments.dataset.folder, other).map_err(Failure::data)?;
    let difference = first.difference(&second);
    let mut out = io::stdout().lock();
    if arguments.dataset.json {
        return Ok(writeln!(out, "{}", json!(difference))?);
    }
    let names: BTreeMap<&str, &str> = [&first, &second]
        .into_iter()
        .flat_map(|version| &version.excluded)
        .map(|one| (one.sha256.as_str(), one.relative_path.as_str()))
        .collect();
    for (sign, pictures) in [("-", &difference.removed), ("+", &difference.added)] {
        for (class, sums) in pictures {
            for sum in sums {
                let name = names.get(sum.as_str()).map_or(sum.as_str(), |path| path);
                writeln!(out, "{sign} {class}: {}", shown(Path::new(name)))?;
            }
        }
    }
    let total = |pictures: &BTreeMap<String, Vec<String>>| -> usize {
        pictures.values().map(Vec::len).sum()
    };
    let (less, more) = (total(&difference.removed), total(&difference.added));
    Ok(writeln!(out, "{less} less, {more} more in {other}")?)
}

fn verify(arguments: &VersionArguments) -> Result<ExitCode, Failure> {
    let FolderArguments { folder, json } = &arguments.dataset;
    let version = load(arguments)?;
    let mut dataset = open_remembering(folder, None)?;
    // A class whose folder is gone lacks all its pictures.
    for class in version.pictures.keys() {
        if !dataset.classes.contains(class) {
            dataset.classes.push(class.clone());
        }
    }
    let missing = match version.select(dataset) {
        Ok(_) => None,
        Err(error @ VersionError::Missing { .. }) => Some(error.to_string()),
        Err(error) => return Err(Failure::data(error)),
    };
    if *json {
        let line = json!({"name": version.name, "complete": missing.is_none(), "error": missing});
        writeln!(io::stdout(), "{line}")?;
    } else if let Some(missing) = &missing {
        tell(missing);
    } else {
        tell(format_args!("all {} pictures of {} are there", count(&version), version.name));
    }
    Ok(if missing.is_none() { ExitCode::SUCCESS } else { ExitCode::from(SOME_FAILED) })
}

fn put_into(arguments: &VersionArguments, out: &Path, mode: ExportMode) -> Result<(), Failure> {
    let dataset = open_remembering(&arguments.dataset.folder, Some(&arguments.name))?;
    let progress = bar(dataset.samples.len() as u64, "pictures");
    let exported = export(&dataset, out, mode, &|done, _| progress.set_position(done as u64));
    progress.finish_and_clear();
    exported.map_err(Failure::data)?;
    if arguments.dataset.json {
        let line = json!({"folder": out, "pictures": dataset.samples.len()});
        writeln!(io::stdout(), "{line}")?;
    } else {
        tell(format_args!("{} pictures in {}", dataset.samples.len(), out.display()));
    }
    Ok(())
}

fn load(arguments: &VersionArguments) -> Result<Version, Failure> {
    Version::load(&arguments.dataset.folder, &arguments.name).map_err(Failure::data)
}

fn count(version: &Version) -> usize {
    version.pictures.values().map(Vec::len).sum()
}

fn summary(version: &Version) -> serde_json::Value {
    json!({
        "name": version.name,
        "parent": version.parent,
        "note": version.note,
        "created": version.created,
        "data_hash": version.data_hash,
        "pictures": version.class_counts(),
        "excluded": version.excluded.len(),
    })
}
