//! `epic dataset check`.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use epic_core::metadata::MetadataExtractor;
use epic_training::dataset::check::{CARD_TEXT, Checker, Fault, FileReport, write_reports};
use epic_training::dataset::transaction::{Destination, Plan};

use super::args::CheckArguments;
use super::{change, reports_of};
use crate::embedded::open_weights;
use crate::output::{Failure, read_list, shown};

pub(super) fn run(arguments: &CheckArguments) -> Result<ExitCode, Failure> {
    epic_training::set_jobs(arguments.jobs);
    let extractor = if arguments.no_text || !arguments.reports.reports.is_empty() {
        None
    } else {
        let weights = open_weights(arguments.weights.as_deref())?;
        Some(MetadataExtractor::new(weights, CARD_TEXT))
    };
    let mut checker = Checker { extractor: extractor.as_ref(), ..Checker::default() };
    for file in &arguments.signatures {
        let added = checker.placeholders.add_file(file);
        added.map_err(Failure::data)?;
    }
    let list = arguments.list.as_deref().map(read_list).transpose()?;
    let folder = &arguments.dataset.folder;
    let reports = reports_of(folder, &arguments.reports, list, &checker)?;
    if let Some(out) = &arguments.out {
        write_reports(out, &reports).map_err(Failure::data)?;
    }
    if arguments.dataset.json {
        for report in &reports {
            writeln!(io::stdout(), "{}", serde_json::to_string(report).unwrap_or_default())?;
        }
    } else {
        print_findings(&reports)?;
    }
    let plan = plan(&reports);
    change::still_fits(folder, &plan, &reports)?;
    change::apply(folder, &plan, arguments.apply.apply)?;
    Ok(ExitCode::SUCCESS)
}

fn print_findings(reports: &[FileReport]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let mut counts: BTreeMap<&str, (usize, bool)> = BTreeMap::new();
    for report in reports {
        for fault in &report.faults {
            writeln!(out, "{}: {}", shown(Path::new(&report.relative_path)), describe(fault))?;
            let count = counts.entry(fault.kind()).or_insert((0, fault.is_unusable()));
            count.0 += 1;
        }
    }
    let unusable = reports.iter().filter(|report| report.is_unusable()).count();
    writeln!(out, "\n{} files, {unusable} of no use", reports.len())?;
    for (kind, (count, is_unusable)) in counts {
        writeln!(out, "{count:>8}  {kind}{}", if is_unusable { "" } else { "  (to look at)" })?;
    }
    Ok(())
}

fn describe(fault: &Fault) -> String {
    let kind = fault.kind().replace('_', " ");
    match fault {
        Fault::Unreadable { reason } | Fault::Corrupt { reason } => format!("{kind}: {reason}"),
        Fault::Placeholder { name, .. } => format!("{kind}: {name}"),
        Fault::WrongExtension { format } => format!("{kind}: it is {format}"),
        Fault::Animated { frames } => format!("{kind}: {frames} frames"),
        Fault::Tiny { side } => format!("{kind}: {side} pixels"),
        Fault::ExtremeAspect { ratio } => format!("{kind}: {ratio:.1}"),
        Fault::Repeated { copies } => format!("{kind}: {copies} times"),
        _ => kind,
    }
}

/// What is of no use goes into the trash.
fn plan(reports: &[FileReport]) -> Plan {
    let unusable = reports.iter().filter(|report| report.is_unusable());
    let moves: Vec<_> =
        unusable.map(|report| (report.relative_path.clone(), Destination::Trash)).collect();
    Plan { title: format!("check: {} files of no use into the trash", moves.len()), moves }
}
