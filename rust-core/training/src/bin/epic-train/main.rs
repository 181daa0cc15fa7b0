//! Training as a program of its own; `epic train`, `epic tune` and `epic reproduce` start it.

mod inputs;
mod observer;
mod reproduce;
mod train;
mod tune;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What a command failed with; it is told and nothing else.
type Error = Box<dyn std::error::Error>;

/// As shells have it: 128 + SIGINT.
const INTERRUPTED: u8 = 130;
const FAILED: u8 = 2;

/// The training half of EPIC.
#[derive(Parser)]
#[command(name = "epic", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Train a pack from a recipe and a data set.
    Train(train::TrainArguments),
    /// Search for settings of a recipe that score better in cross-validation on the train part.
    Tune(tune::TuneArguments),
    /// Train all variants of the thesis on a data set, and report which of its findings hold.
    Reproduce(reproduce::ReproduceArguments),
}

fn main() -> ExitCode {
    let (name, result) = match Arguments::parse().command {
        Command::Train(arguments) => ("epic train", train::run(&arguments).map_err(Error::from)),
        Command::Tune(arguments) => ("epic tune", tune::run(&arguments).map_err(Error::from)),
        Command::Reproduce(arguments) => ("epic reproduce", reproduce::run(&arguments)),
    };
    result.unwrap_or_else(|error| {
        eprintln!("{name}: {error}");
        ExitCode::from(FAILED)
    })
}
