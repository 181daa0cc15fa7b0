//! `epic evaluate`.

use std::collections::HashMap;
use std::io::{self, Write as _};
use std::process::ExitCode;

use epic_core::Classifier;
use epic_training::CoreReader;
use epic_training::dataset::{Dataset, NearDuplicateRule, NearDuplicates, Split};
use epic_training::evaluation::{
    Evaluation, EvaluationOptions, Prediction, prediction_lines, report,
};
use epic_training::measure;
use epic_training::report_data;

use crate::SOME_FAILED;
use crate::args::EvaluateArguments;
use crate::embedded::open_classifier;
use crate::output::{Failure, tell, write_file};
use crate::progress::bar;

pub(crate) fn run(arguments: &EvaluateArguments) -> Result<ExitCode, Failure> {
    let classifier = open_classifier(arguments.pack.pack.as_deref())?;
    epic_training::set_jobs(arguments.jobs);
    let dataset = open_dataset(arguments, &classifier)?;
    let samples = samples(arguments, &dataset)?;
    let progress = bar(samples.len() as u64, "pictures");
    let logits =
        measure::logits(&classifier, &dataset, &samples, &HashMap::new(), &|_| progress.inc(1));
    progress.finish_and_clear();
    let mut failed = dataset.rejected.len();
    for rejected in &dataset.rejected {
        tell(format_args!("{}: {}", rejected.relative_path, rejected.reason));
    }
    for result in &logits {
        if let (Err(error), Some(sample)) = (&result.logits, dataset.samples.get(result.sample)) {
            tell(format_args!("{}: {error}", sample.relative_path));
            failed += 1;
        }
    }
    let predictions = measure::predictions(classifier.manifest(), &dataset, &logits);
    if predictions.is_empty() {
        return Err(Failure::NoPictures(arguments.data.display().to_string()));
    }
    let evaluation = evaluate(&classifier, &dataset, &samples, &predictions)?;
    if let Some(file) = &arguments.predictions {
        let labels = measure::label_set(&classifier.manifest().taxonomy);
        write_file(file, prediction_lines(&labels, &predictions).as_bytes())?;
    }
    if let Some(file) = &arguments.html {
        let report = report_data::report(&classifier, &dataset, &predictions, evaluation.clone())
            .map_err(Failure::data)?;
        write_file(file, report::render(&report).as_bytes())?;
        tell(format_args!("report written to {}", file.display()));
    }
    if arguments.json {
        let json = serde_json::to_string(&evaluation).map_err(Failure::data)?;
        writeln!(io::stdout(), "{json}")?;
    } else {
        writeln!(io::stdout(), "{}", report::render_markdown_table(&evaluation))?;
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(SOME_FAILED) })
}

fn open_dataset(
    arguments: &EvaluateArguments,
    classifier: &Classifier,
) -> Result<Dataset, Failure> {
    let classes = classifier.manifest().taxonomy.class_names();
    let progress = bar(0, "pictures checked");
    let dataset = Dataset::open(&arguments.data, &classes, &CoreReader, &|done, total| {
        progress.set_length(total as u64);
        progress.set_position(done as u64);
    })
    .map_err(Failure::data)?;
    progress.finish_and_clear();
    for folder in &dataset.unknown_folders {
        tell(format_args!("{folder} is no class of this pack, left out"));
    }
    if dataset.samples.is_empty() {
        return Err(Failure::NoPictures(arguments.data.display().to_string()));
    }
    Ok(dataset)
}

fn samples(arguments: &EvaluateArguments, dataset: &Dataset) -> Result<Vec<usize>, Failure> {
    let (Some(file), Some(part)) = (&arguments.split, &arguments.part) else {
        return Ok((0..dataset.samples.len()).collect());
    };
    let data = |error: epic_training::dataset::SplitError| Failure::Data(error.to_string());
    let indices = Split::load(file).map_err(data)?.indices(dataset).map_err(data)?;
    match part.as_str() {
        "train" => Ok(indices.train),
        "validation" => Ok(indices.validation),
        "test" => Ok(indices.test),
        other => Err(Failure::Usage(format!("--part is {other:?}, not train, validation or test"))),
    }
}

fn evaluate(
    classifier: &Classifier,
    dataset: &Dataset,
    samples: &[usize],
    predictions: &[Prediction],
) -> Result<Evaluation, Failure> {
    let manifest = classifier.manifest();
    let labels = measure::label_set(&manifest.taxonomy);
    let duplicates = NearDuplicates::find(dataset, &NearDuplicateRule::default());
    // Near duplicates are one observation to the bootstrap, not several. Clusters go by
    // prediction, so they are known only when no picture failed.
    let clusters = (predictions.len() == samples.len()).then(|| {
        let cluster = |index: &usize| duplicates.cluster_of().get(*index).copied();
        samples.iter().filter_map(cluster).collect()
    });
    let options = EvaluationOptions {
        clusters,
        chosen_threshold: manifest.thresholds.groups.values().next().map(|t| f64::from(*t)),
        ..EvaluationOptions::default()
    };
    Evaluation::compute(&labels, predictions, &options).map_err(Failure::data)
}
