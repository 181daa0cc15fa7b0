//! `epic dataset synthesize`.

use std::io::{self, Write as _};
use std::num::NonZeroUsize;
use std::process::ExitCode;

use epic_training::synthesize::{MANIFEST, Options, Progress, Synthesizer};

use super::args::SynthesizeArguments;
use crate::output::{Failure, tell};
use crate::progress::{INTERRUPTED, bar, cancel_on_ctrl_c};

pub(super) fn run(arguments: &SynthesizeArguments) -> Result<ExitCode, Failure> {
    let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let options = Options {
        out: arguments.out.clone(),
        into: arguments.into,
        classes: arguments.class.clone(),
        count: arguments.count,
        seed: arguments.seed,
        base: arguments.base.clone(),
        base_list: arguments.base_list.clone(),
        texts: arguments.texts.clone(),
        scenes: arguments.scenes.clone(),
        browser: arguments.browser.clone(),
        side: arguments.side,
        jobs: arguments.jobs.unwrap_or(cores),
    };
    if options.base.is_empty() {
        tell("no --base: drawn shapes stand where photos should, and the pictures are less useful");
    }
    let synthesizer = Synthesizer::open(&options).map_err(Failure::data)?;
    for language in synthesizer.languages_without_fonts() {
        tell(format_args!("no font covers language {language}: docs/dataset.md names packages"));
    }
    let control = cancel_on_ctrl_c();
    let progress = bar(0, "pictures");
    let moved = |Progress { done, all }: Progress| {
        progress.set_length(all as u64);
        progress.set_position(done as u64);
    };
    let report = synthesizer.run(&|| control.is_cancelled(), &moved);
    progress.finish_and_clear();
    let report = report.map_err(Failure::data)?;
    if arguments.json {
        writeln!(io::stdout(), "{}", serde_json::to_string(&report).unwrap_or_default())?;
    } else {
        let (rendered, kept) = (report.rendered, report.kept);
        let manifest = options.out.join(MANIFEST);
        writeln!(
            io::stdout(),
            "{rendered} pictures rendered, {kept} kept: {}",
            manifest.display()
        )?;
    }
    Ok(if report.cancelled { ExitCode::from(INTERRUPTED) } else { ExitCode::SUCCESS })
}
