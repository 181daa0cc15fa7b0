//! `epic train`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use epic_training::evaluation::report;
use epic_training::pipeline::{self, Outcome, PipelineError};

use crate::inputs::Inputs;
use crate::observer::Terminal;

#[derive(Args)]
pub(crate) struct TrainArguments {
    #[command(flatten)]
    inputs: Inputs,
    /// Folder of the pack; checkpoints, split and report go to its subfolder `training`.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

pub(crate) fn run(arguments: &TrainArguments) -> Result<ExitCode, PipelineError> {
    let TrainArguments { inputs, out } = arguments;
    let recipe = inputs.recipe()?;
    let extractor = inputs.extractor()?;
    let mut terminal = Terminal::new("epic train");
    let outcome = pipeline::run(&recipe, &inputs.options(out, &extractor), &mut terminal)?;
    terminal.finish();
    match outcome {
        Outcome::Interrupted => Ok(terminal.interrupted()),
        Outcome::Trained(trained) => {
            println!("\n{}", report::render_markdown_table(&trained.test));
            println!(
                "export differs from the training engine by {:.1e}",
                trained.export_difference
            );
            println!("pack    {} in {}", trained.pack.id(), out.display());
            println!("report  {}", trained.report.display());
            Ok(ExitCode::SUCCESS)
        }
    }
}
