//! `epic dataset color-level`.

use std::io::{self, Write as _};
use std::process::ExitCode;

use epic_core::metadata::ColorVariety;
use epic_training::dataset::color_level::class_colors;

use super::args::ColorLevelArguments;
use crate::output::Failure;

/// Prints the level as a table of a taxonomy file.
pub(super) fn run(arguments: &ColorLevelArguments) -> Result<ExitCode, Failure> {
    let classes = class_colors(&arguments.metadata)?;
    if classes.is_empty() {
        return Err(Failure::Data(format!(
            "{} has no colours of labelled pictures",
            arguments.metadata.display()
        )));
    }
    let mut out = io::stdout().lock();
    if arguments.json {
        for class in &classes {
            writeln!(out, "{}", serde_json::to_string(class).unwrap_or_default())?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "# Share of pictures with many colours:")?;
    for class in &classes {
        writeln!(out, "#   {:<20} {:.2} of {}", class.class, class.many, class.pictures)?;
    }
    writeln!(out, "[levels.colors]")?;
    for (parent, variety) in
        [("few_colors", ColorVariety::Few), ("many_colors", ColorVariety::Many)]
    {
        let names = classes.iter().filter(|class| class.variety() == variety);
        let names: Vec<_> = names.map(|class| format!("{:?}", class.class)).collect();
        writeln!(out, "{parent} = [{}]", names.join(", "))?;
    }
    Ok(ExitCode::SUCCESS)
}
