//! `epic dataset split`.

use std::io::{self, Write as _};
use std::process::ExitCode;

use epic_training::dataset::{
    Dataset, Fractions, LeakReport, NearDuplicates, OpenOptions, Part, Split, SplitOptions,
};
use serde_json::json;

use super::args::SplitArguments;
use super::open;
use crate::SOME_FAILED;
use crate::output::{Failure, tell};

pub(super) fn run(arguments: &SplitArguments) -> Result<ExitCode, Failure> {
    epic_training::set_jobs(arguments.jobs);
    let [train, validation, test] = arguments.fractions.as_slice() else {
        return Err(Failure::Usage(
            "--fractions wants three numbers: train,validation,test".into(),
        ));
    };
    let fractions = Fractions { train: *train, validation: *validation, test: *test };
    let options = SplitOptions { seed: arguments.seed, fractions, ..SplitOptions::default() };
    let folder = &arguments.dataset.folder;
    let dataset = open(folder, OpenOptions::default())?;
    for rejected in &dataset.rejected {
        tell(format_args!("{}: {}, left out", rejected.relative_path, rejected.reason));
    }
    let split = Split::new(&dataset, &options).map_err(Failure::data)?;
    let duplicates = NearDuplicates::find(&dataset, &options.near_duplicates);
    let leaks = split.leak_report(&dataset, &duplicates).map_err(Failure::data)?;
    split.save(&arguments.out).map_err(Failure::data)?;
    print(arguments, &dataset, &split, &leaks)?;
    let is_sound = leaks.is_clean() && dataset.rejected.is_empty();
    Ok(if is_sound { ExitCode::SUCCESS } else { ExitCode::from(SOME_FAILED) })
}

fn print(
    arguments: &SplitArguments,
    dataset: &Dataset,
    split: &Split,
    leaks: &LeakReport,
) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let parts = [("train", &split.train), ("validation", &split.validation), ("test", &split.test)];
    if arguments.dataset.json {
        let counts = |part: &Part| json!({"count": part.count, "per_class": part.per_class});
        let line = json!({
            "file": arguments.out,
            "train": counts(&split.train),
            "validation": counts(&split.validation),
            "test": counts(&split.test),
            "not_source_disjoint": split.not_source_disjoint,
            "shortages": split.shortages,
            "leaks": leaks,
            "clean": leaks.is_clean(),
        });
        return Ok(writeln!(out, "{line}")?);
    }
    writeln!(out, "{:24}{:>8}{:>12}{:>8}", "", "train", "validation", "test")?;
    for class in &dataset.classes {
        let [train, validation, test] =
            parts.map(|(_, part)| part.per_class.get(class).copied().unwrap_or(0));
        writeln!(out, "{class:24}{train:>8}{validation:>12}{test:>8}")?;
    }
    let [train, validation, test] = parts.map(|(_, part)| part.count);
    writeln!(out, "{:24}{train:>8}{validation:>12}{test:>8}\n", "all")?;
    match leaks.clusters_in_two_parts.len() {
        0 => writeln!(out, "no near-duplicates in two parts")?,
        count => writeln!(out, "{count} clusters of near-duplicates in two parts: a leak")?,
    }
    for shared in &leaks.sources_in_two_parts {
        let why = if shared.reasons.is_empty() { ": a leak" } else { ", with a reason" };
        writeln!(out, "source {} is in several parts{why}", shared.source)?;
    }
    for class in &split.not_source_disjoint {
        writeln!(
            out,
            "{class} could not be divided by source: its test score is no score on unseen sources"
        )?;
    }
    Ok(writeln!(out, "written to {}", arguments.out.display())?)
}
