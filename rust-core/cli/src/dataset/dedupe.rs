//! `epic dataset dedupe`.

use std::io::{self, Write as _};
use std::process::ExitCode;

use epic_training::dataset::NearDuplicateRule;
use epic_training::dataset::check::{Checker, Placeholders};
use epic_training::dataset::dedupe::{dedupe_plan, duplicate_groups};

use super::args::DedupeArguments;
use super::{change, reports_of};
use crate::output::Failure;

pub(super) fn run(arguments: &DedupeArguments) -> Result<ExitCode, Failure> {
    epic_training::set_jobs(arguments.jobs);
    let checker = Checker { placeholders: Placeholders::default(), ..Checker::default() };
    let folder = &arguments.dataset.folder;
    let reports = reports_of(folder, &arguments.reports, None, &checker)?;
    let mut groups = duplicate_groups(&reports, &NearDuplicateRule::default());
    if arguments.exact {
        groups.retain(|group| group.exact);
    }
    let mut out = io::stdout().lock();
    if arguments.dataset.json {
        for group in &groups {
            writeln!(out, "{}", serde_json::to_string(group).unwrap_or_default())?;
        }
    } else {
        for group in &groups {
            let kind = if group.exact { "same bytes" } else { "same picture" };
            let labels = match group.conflicting_classes.as_slice() {
                [] => String::new(),
                classes => format!(", labelled {}: left to you", classes.join(" and ")),
            };
            writeln!(out, "{} ({kind}{labels})", group.keep)?;
            for path in &group.others {
                writeln!(out, "    {path}")?;
            }
        }
        let copies: usize = groups.iter().map(|group| group.others.len()).sum();
        let conflicts = groups.iter().filter(|group| !group.conflicting_classes.is_empty()).count();
        writeln!(
            out,
            "\n{} files, {copies} copies of {} pictures, {conflicts} under several labels",
            reports.len(),
            groups.len()
        )?;
    }
    drop(out);
    let plan = dedupe_plan(&groups);
    change::still_fits(folder, &plan, &reports)?;
    change::apply(folder, &plan, arguments.apply.apply)?;
    Ok(ExitCode::SUCCESS)
}
