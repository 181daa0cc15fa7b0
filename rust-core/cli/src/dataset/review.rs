//! `epic dataset review`.

use std::io::{self, Write as _};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use epic_core::metadata::{MetadataExtractor, MetadataOptions};
use epic_training::dataset::transaction::State;
use epic_training::review::{Options, Review, Server};
use serde_json::json;

use super::args::ReviewArguments;
use crate::embedded::open_weights;
use crate::output::{Failure, tell};
use crate::progress::INTERRUPTED;

pub(super) fn run(arguments: &ReviewArguments) -> Result<ExitCode, Failure> {
    let folder = &arguments.dataset.folder;
    let bounds =
        MetadataOptions { text_time: Some(arguments.text_time), ..MetadataOptions::default() };
    let weights = open_weights(arguments.weights.as_deref())?;
    let options = Options {
        metadata: arguments.metadata.clone(),
        findings: arguments.findings.clone(),
        extractor: Some(MetadataExtractor::new(weights, bounds)),
    };
    let review = Review::open(folder, options).map_err(Failure::data)?;
    for one in review.settled() {
        let end = if one.state == State::Applied { "finished" } else { "taken back" };
        tell(format_args!("change {} had been interrupted and was {end}: {}", one.id, one.title));
    }
    if review.is_empty() {
        return Err(Failure::NoPictures(folder.display().to_string()));
    }
    let server = Server::bind(Arc::new(review), arguments.port).map_err(Failure::data)?;
    let stop = server.stop();
    let asked = AtomicBool::new(false);
    // Without a handler Ctrl-C still ends the program, only less politely; marks are kept either way.
    let _ = ctrlc::set_handler(move || {
        if asked.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED.into());
        }
        stop.stop();
    });
    let url = server.url();
    if arguments.dataset.json {
        writeln!(io::stdout(), "{}", json!({"url": url, "port": server.port()}))?;
    } else {
        writeln!(io::stdout(), "{url}")?;
        tell("this address opens the page once, on this machine; Ctrl-C ends");
    }
    if arguments.open {
        open(&url);
    }
    server.run().map_err(Failure::data)?;
    Ok(ExitCode::SUCCESS)
}

/// In the browser of the desktop.
fn open(url: &str) {
    let (program, before): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    };
    let mut command = Command::new(program);
    command.args(before).arg(url);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Err(error) = command.spawn() {
        tell(format_args!("{program} does not start ({error}): open the address by hand"));
    }
}
