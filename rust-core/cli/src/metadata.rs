//! `epic metadata`.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use epic_core::ImageSource;
use epic_core::gallery::{TaskControl, default_jobs, for_each_in_order};
use epic_core::metadata::{ImageMetadata, MetadataError, MetadataExtractor, MetadataOptions};
use epic_training::table::{
    self, ExtractOptions, ExtractSummary, MergeSummary, Observer, TableError, TablePicture,
};
use indicatif::ProgressBar;
use serde::Serialize;

use crate::args::MetadataArguments;
use crate::embedded::open_weights;
use crate::output::{Failure, read_list, shown, tell};
use crate::overlay::Overlays;
use crate::progress::{INTERRUPTED, bar, cancel_on_ctrl_c};
use crate::{NOTHING_RAN, SOME_FAILED};

pub(crate) fn run(arguments: &MetadataArguments) -> Result<ExitCode, Failure> {
    if let Some(out) = arguments.out.as_deref().filter(|_| !arguments.merge.is_empty()) {
        return merge(&arguments.merge, out);
    }
    let weights = open_weights(arguments.weights.as_deref())?;
    let MetadataArguments { max_text_boxes, text_time, .. } = *arguments;
    let extractor = MetadataExtractor::new(weights, MetadataOptions { max_text_boxes, text_time });
    let pictures = pictures(arguments)?;
    if pictures.is_empty() && arguments.list.is_none() {
        let named: Vec<_> = arguments.paths.iter().map(|p| p.display().to_string()).collect();
        return Err(Failure::NoPictures(named.join(", ")));
    }
    let control = cancel_on_ctrl_c();
    let overlays = arguments.overlay.as_deref().map(|folder| Overlays::new(folder, &control));
    let summary = match &arguments.out {
        Some(out) => {
            write_table(arguments, &extractor, &pictures, out, overlays.as_ref(), &control)?
        }
        None => print_records(arguments, &extractor, &pictures, overlays.as_ref(), &control)?,
    };
    if let Some(overlays) = overlays {
        overlays.finish()?;
    }
    if summary.left > 0 {
        let done = pictures.len() - summary.left;
        let again = match (&arguments.out, arguments.overwrite) {
            (Some(_), false) => "; the same command goes on from here",
            (Some(_), true) => "; the table is as it was",
            (None, _) => "",
        };
        tell(format_args!("stopped after {done} of {} pictures{again}", pictures.len()));
        return Ok(ExitCode::from(INTERRUPTED));
    }
    let failed = summary.failed + summary.kept_failed;
    Ok(match failed {
        0 => ExitCode::SUCCESS,
        _ if failed == pictures.len() => ExitCode::from(NOTHING_RAN),
        _ => ExitCode::from(SOME_FAILED),
    })
}

fn pictures(arguments: &MetadataArguments) -> Result<Vec<TablePicture>, Failure> {
    let Some(list) = &arguments.list else {
        return Ok(table::list_pictures(&arguments.paths));
    };
    match arguments.paths.as_slice() {
        [folder] if folder.is_dir() => Ok(table::listed_pictures(folder, &read_list(list)?)),
        _ => Err(Failure::Usage("--list is about one folder".to_owned())),
    }
}

fn merge(parts: &[PathBuf], out: &Path) -> Result<ExitCode, Failure> {
    let MergeSummary { rows, failed, repeated } = table::merge(parts, out)?;
    writeln!(
        io::stdout(),
        "{}: pictures {rows}, with an error {failed}, in several parts {repeated}",
        out.display()
    )?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(SOME_FAILED) })
}

fn write_table(
    arguments: &MetadataArguments,
    extractor: &MetadataExtractor,
    pictures: &[TablePicture],
    out: &Path,
    overlays: Option<&Overlays<'_>>,
    control: &TaskControl,
) -> Result<ExtractSummary, Failure> {
    let options = ExtractOptions {
        parts: arguments.parts,
        jobs: arguments.jobs.unwrap_or(default_jobs()),
        overwrite: arguments.overwrite,
        retry_errors: arguments.retry_errors,
    };
    let follower = Follower { progress: bar(pictures.len() as u64, "pictures"), overlays };
    let summary = table::extract(extractor, pictures, out, &options, control, &follower);
    follower.progress.finish_and_clear();
    let summary = summary?;
    if summary.left == 0 {
        let ExtractSummary { kept, extracted, failed, kept_failed, .. } = summary;
        writeln!(
            io::stdout(),
            "{}: pictures {}, new {}, kept {kept}, with an error {}",
            out.display(),
            kept + extracted + failed,
            extracted + failed,
            failed + kept_failed
        )?;
    }
    Ok(summary)
}

/// Shows the progress and draws.
struct Follower<'a> {
    progress: ProgressBar,
    overlays: Option<&'a Overlays<'a>>,
}

impl Observer for Follower<'_> {
    fn started(&self, kept: usize, _: usize) {
        // Rate and time left are those of this run.
        self.progress.set_position(kept as u64);
        self.progress.reset_eta();
    }

    fn extracted(&self, picture: &TablePicture, metadata: &ImageMetadata) {
        if let Some(overlays) = self.overlays {
            overlays.draw(picture, metadata);
        }
    }

    fn finished(&self, picture: &TablePicture, error: Option<&MetadataError>) {
        self.progress.inc(1);
        if let Some(error) = error {
            self.progress.suspend(|| tell(format_args!("{}: {error}", shown(&picture.path))));
        }
    }
}

fn print_records(
    arguments: &MetadataArguments,
    extractor: &MetadataExtractor,
    pictures: &[TablePicture],
    overlays: Option<&Overlays<'_>>,
    control: &TaskControl,
) -> Result<ExtractSummary, Failure> {
    extractor.prepare(arguments.parts).map_err(TableError::Weights)?;
    let progress = bar(pictures.len() as u64, "pictures");
    let jobs = arguments.jobs.unwrap_or(default_jobs());
    let mut summary = ExtractSummary::default();
    let mut written = Ok(());
    let work = |picture: &TablePicture| {
        let outcome = extractor.extract(&ImageSource::Path(&picture.path), arguments.parts);
        if let (Some(overlays), Ok(metadata)) = (overlays, &outcome) {
            overlays.draw(picture, metadata);
        }
        outcome
    };
    for_each_in_order(pictures, jobs, control, work, |index, outcome| {
        progress.inc(1);
        summary.extracted += usize::from(outcome.is_ok());
        summary.failed += usize::from(outcome.is_err());
        if written.is_ok() {
            written = record_line(&pictures[index], &outcome).and_then(|line| {
                progress.suspend(|| {
                    let mut stdout = io::stdout().lock();
                    writeln!(stdout, "{line}").and_then(|()| stdout.flush())
                })
            });
            if written.is_err() {
                control.cancel();
            }
        }
    });
    progress.finish_and_clear();
    written?;
    summary.left = pictures.len() - summary.extracted - summary.failed;
    Ok(summary)
}

#[derive(Serialize)]
struct Record<'a> {
    path: Cow<'a, str>,
    class: Option<&'a str>,
    metadata: Option<&'a ImageMetadata>,
    error: Option<RecordError>,
}

#[derive(Serialize)]
struct RecordError {
    kind: &'static str,
    message: String,
}

fn record_line(
    picture: &TablePicture,
    outcome: &Result<ImageMetadata, MetadataError>,
) -> io::Result<String> {
    let error = outcome.as_ref().err();
    let record = Record {
        path: picture.path.to_string_lossy(),
        class: picture.class.as_deref(),
        metadata: outcome.as_ref().ok(),
        error: error.map(|e| RecordError { kind: e.kind(), message: e.to_string() }),
    };
    Ok(serde_json::to_string(&record)?)
}
