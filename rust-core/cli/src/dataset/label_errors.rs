//! `epic dataset label-errors`.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use epic_training::dataset::label_errors::{
    CrossValidation, LabelError, LabelErrors, label_errors, out_of_sample,
};
use serde_json::Value;

use super::args::LabelErrorsArguments;
use super::component_sheet::{Row, render};
use super::embeddings::{finding, look, write_findings};
use crate::SOME_FAILED;
use crate::output::{Failure, shown, tell, write_file};
use crate::progress::bar;

pub(super) fn run(arguments: &LabelErrorsArguments) -> Result<ExitCode, Failure> {
    let folder = &arguments.dataset.folder;
    let seen = look(folder, &arguments.embedding)?;
    let options = CrossValidation {
        folds: arguments.folds.get(),
        seed: arguments.embedding.seed,
        ..CrossValidation::default()
    };
    let probabilities =
        out_of_sample(&seen.dataset, &seen.embedded, &options).map_err(Failure::data)?;
    let found = label_errors(&seen.dataset, &seen.embedded.samples, &probabilities);
    let shown = shown_ones(&found, arguments.top);
    if arguments.dataset.json {
        let mut out = io::stdout().lock();
        let all = if arguments.top.is_some() { &shown } else { &found.pictures.iter().collect() };
        for picture in all {
            writeln!(out, "{}", serde_json::to_string(picture).unwrap_or_default())?;
        }
    } else {
        print(&found, &shown)?;
    }
    if let Some(file) = &arguments.html {
        write_sheet(folder, file, &shown)?;
    }
    if let Some(file) = &arguments.embedding.findings {
        write_findings(file, &findings(&found))?;
    }
    Ok(if seen.some_failed { ExitCode::from(SOME_FAILED) } else { ExitCode::SUCCESS })
}

/// The first ones of the ranking, or those that are likely wrong.
fn shown_ones(found: &LabelErrors, top: Option<usize>) -> Vec<&LabelError> {
    match top {
        Some(count) => found.pictures.iter().take(count).collect(),
        None => found.pictures.iter().filter(|picture| picture.is_likely).collect(),
    }
}

fn print(found: &LabelErrors, pictures: &[&LabelError]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    for picture in pictures {
        writeln!(
            out,
            "{:.3}  {}: {} looks like {}",
            picture.score,
            shown(Path::new(&picture.relative_path)),
            picture.label,
            picture.suggested
        )?;
    }
    let likely = found.pictures.iter().filter(|picture| picture.is_likely).count();
    writeln!(
        out,
        "\n{} pictures, {likely} labels likely wrong; {:.1} % of all are the most probable ones",
        found.pictures.len(),
        100.0 * found.accuracy
    )?;
    for (label, row) in found.classes.iter().zip(&found.joint) {
        for (class, &count) in found.classes.iter().zip(row) {
            if count > 0 && class != label {
                writeln!(out, "{count:>8}  {label} that look like {class}")?;
            }
        }
    }
    Ok(())
}

fn write_sheet(root: &Path, file: &Path, pictures: &[&LabelError]) -> Result<(), Failure> {
    let mut rows: Vec<Row> = Vec::new();
    for picture in pictures {
        let title = format!("{} that look like {}", picture.label, picture.suggested);
        let entry = (picture.relative_path.clone(), format!("{:.3}", picture.score));
        match rows.iter_mut().find(|row| row.title == title) {
            Some(row) => row.pictures.push(entry),
            None => rows.push(Row { title, pictures: vec![entry] }),
        }
    }
    let progress = bar(pictures.len() as u64, "thumbnails");
    let title = format!("{} labels to look at", pictures.len());
    let page = render(root, &title, &rows, &progress);
    progress.finish_and_clear();
    write_file(file, page.as_bytes())?;
    tell(format_args!("contact sheet written to {}", file.display()));
    Ok(())
}

fn findings(found: &LabelErrors) -> Vec<Value> {
    let mut findings = Vec::new();
    for picture in &found.pictures {
        findings.push(finding(&picture.relative_path, "label_error", picture.score));
        if picture.is_likely || picture.score > 0.5 {
            let suggested = picture.suggested.as_str();
            findings.push(finding(&picture.relative_path, "suggested_label", suggested));
        }
    }
    findings
}
