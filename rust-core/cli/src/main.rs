//! The `epic` command: thin commands over `epic-core` and `epic-training`.

mod args;
mod contact_sheet;
mod dataset;
mod embedded;
mod evaluate;
mod external;
mod metadata;
mod output;
mod overlay;
mod pack;
mod progress;
mod scan;
mod summary;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};
use output::tell;

/// Some inputs failed, each of them reported.
const SOME_FAILED: u8 = 1;
/// Wrong usage, or nothing could run.
const NOTHING_RAN: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Command::Scan(options) => scan::run(&options),
        Command::Metadata(options) => metadata::run(&options),
        Command::Evaluate(options) => evaluate::run(&options),
        Command::Dataset(command) => dataset::run(&command),
        Command::Pack(command) => pack::run(&command),
        Command::Train(options) => external::run("train", &options.arguments),
        Command::Tune(options) => external::run("tune", &options.arguments),
        Command::Reproduce(options) => external::run("reproduce", &options.arguments),
    };
    result.unwrap_or_else(|error| {
        // A closed pipe (`epic scan … | head`) is the reader's wish, no failure.
        if error.is_broken_pipe() {
            return ExitCode::SUCCESS;
        }
        tell(error);
        ExitCode::from(NOTHING_RAN)
    })
}
