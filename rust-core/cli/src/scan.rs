//! `epic scan`.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use epic_core::gallery::{self, ScanError, ScanItem, ScanOptions, ScanResult};
use epic_core::picture::DecodeOptions;
use epic_core::store::Store;
use epic_core::{ClassifyError, PictureError, Verdict};
use serde_json::{Map, Value, json};

use crate::args::ScanArguments;
use crate::contact_sheet;
use crate::embedded::open_classifier;
use crate::output::{Failure, shown, tell, write_file};
use crate::progress::{INTERRUPTED, bar, cancel_on_ctrl_c};
use crate::summary::Summary;
use crate::{NOTHING_RAN, SOME_FAILED};

pub(crate) fn run(arguments: &ScanArguments) -> Result<ExitCode, Failure> {
    let classifier =
        open_classifier(arguments.pack.pack.as_deref())?.with_decode_options(DecodeOptions {
            exif_thumbnail: arguments.exif_thumbnails,
            ..DecodeOptions::default()
        });
    let store = arguments.db.as_deref().map(open_store).transpose()?;
    let found = gallery::find_pictures(&arguments.paths);
    let mut out = Output::new(arguments, &classifier.manifest().taxonomy.groups);
    for (path, kind) in &found.errors {
        let error = ClassifyError::Picture(PictureError::Io { kind: *kind });
        out.add(path, &Err(error.into()))?;
    }
    if found.pictures.is_empty() {
        out.finish(None)?;
        let named: Vec<_> = arguments.paths.iter().map(|p| p.display().to_string()).collect();
        return Err(Failure::NoPictures(named.join(", ")));
    }
    let progress = bar(found.pictures.len() as u64, "pictures");
    let items: Vec<_> = found.pictures.into_iter().map(ScanItem::Path).collect();
    let jobs = arguments.jobs.unwrap_or(ScanOptions::default().jobs);
    let options = ScanOptions { jobs, store: store.as_ref() };
    let control = cancel_on_ctrl_c();
    let mut written = Ok(());
    let summary = gallery::scan(&classifier, &items, options, &control, |result: ScanResult| {
        progress.inc(1);
        if let (Ok(()), Some(ScanItem::Path(path))) = (&written, items.get(result.index)) {
            let outcome = result.outcome.map(|scanned| scanned.verdict);
            written = progress.suspend(|| out.add(path, &outcome));
            if written.is_err() {
                control.cancel();
            }
        }
    });
    progress.finish_and_clear();
    written?;
    out.finish(arguments.html.as_deref())?;
    if options.store.is_some() && !arguments.json {
        tell(format_args!("verdicts known before: {}", summary.from_store));
    }
    if let Some(error) = &summary.store_error {
        tell(format_args!("some verdicts were not kept: {error}"));
    }
    if summary.cancelled {
        let done = summary.classified + summary.failed;
        tell(format_args!("stopped after {done} of {} pictures", items.len()));
        return Ok(ExitCode::from(INTERRUPTED));
    }
    let failed = summary.failed + found.errors.len();
    Ok(match (failed, summary.classified) {
        (0, _) => ExitCode::SUCCESS,
        (_, 0) => ExitCode::from(NOTHING_RAN),
        _ => ExitCode::from(SOME_FAILED),
    })
}

fn open_store(path: &Path) -> Result<Store, Failure> {
    Store::open(path).map_err(|source| Failure::Store { path: path.to_owned(), source })
}

type Outcome = Result<Verdict, ScanError>;

/// Where results go, in the form that was asked for.
struct Output {
    stdout: BufWriter<io::Stdout>,
    json: bool,
    keep: bool,
    kept: Vec<(PathBuf, Outcome)>,
    summary: Summary,
}

impl Output {
    fn new(arguments: &ScanArguments, groups: &[String]) -> Self {
        Self {
            stdout: BufWriter::new(io::stdout()),
            json: arguments.json,
            keep: arguments.html.is_some(),
            kept: Vec::new(),
            summary: Summary::new(groups),
        }
    }

    fn add(&mut self, path: &Path, outcome: &Outcome) -> Result<(), Failure> {
        self.summary.add(outcome);
        if self.json {
            writeln!(self.stdout, "{}", json_line(path, outcome))?;
        } else {
            self.stdout.flush()?;
            table_row(&mut self.stdout, path, outcome)?;
        }
        // Each line is whole when a reader at the other end of a pipe sees it.
        self.stdout.flush()?;
        if self.keep {
            self.kept.push((path.to_owned(), outcome.clone()));
        }
        Ok(())
    }

    fn finish(&mut self, html: Option<&Path>) -> Result<(), Failure> {
        if !self.json {
            write!(self.stdout, "\n{}", self.summary)?;
        }
        self.stdout.flush()?;
        if let Some(file) = html {
            let progress = bar(self.kept.len() as u64, "thumbnails");
            let page = contact_sheet::render(&self.kept, &self.summary, &progress);
            progress.finish_and_clear();
            write_file(file, page.as_bytes())?;
            tell(format_args!("contact sheet written to {}", file.display()));
        }
        Ok(())
    }
}

fn json_line(path: &Path, outcome: &Outcome) -> Value {
    let path = path.to_string_lossy();
    match outcome {
        Ok(verdict) => {
            let scores: Map<String, Value> =
                verdict.scores.iter().map(|(class, score)| (class.clone(), json!(score))).collect();
            json!({
                "path": path,
                "class": verdict.class,
                "group": verdict.group,
                "confidence": verdict.confidence,
                "scores": scores,
                "abstained": verdict.abstained,
                "width": verdict.width,
                "height": verdict.height,
                "error": null,
            })
        }
        Err(error) => json!({
            "path": path,
            "class": null,
            "group": null,
            "confidence": null,
            "scores": null,
            "abstained": null,
            "width": null,
            "height": null,
            "error": {"kind": error.kind(), "message": error.to_string()},
        }),
    }
}

fn table_row(out: &mut impl Write, path: &Path, outcome: &Outcome) -> io::Result<()> {
    match outcome {
        Ok(verdict) => {
            let percent = (verdict.confidence * 100.0).round();
            let unsure = if verdict.abstained { "?" } else { " " };
            writeln!(
                out,
                "{:<11} {:<17}{percent:>3} %{unsure}  {}",
                verdict.group,
                verdict.class,
                shown(path)
            )
        }
        Err(error) => writeln!(out, "{:<36}{}: {error}", "error", shown(path)),
    }
}
