//! `epic dataset rank`.

use std::collections::HashMap;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use epic_core::metadata::Value;
use epic_training::dataset::check::{Checker, FileReport, MEASURES, Placeholders, list_files};
use epic_training::dataset::rank::{Order, Ranked, rank, rank_plan};
use epic_training::table::{ColumnKind, read_rows, schema};

use super::args::{OrderArgument, RankArguments};
use super::rank_by_pack::{ByPack, values as values_of};
use super::{change, look_at};
use crate::output::Failure;

pub(super) fn run(arguments: &RankArguments) -> Result<ExitCode, Failure> {
    epic_training::set_jobs(arguments.jobs);
    let folder = &arguments.dataset.folder;
    let inside = format!("{}/", arguments.class);
    let all = list_files(folder).map_err(Failure::data)?;
    let paths: Vec<String> = all.into_iter().filter(|path| path.starts_with(&inside)).collect();
    if paths.is_empty() {
        return Err(Failure::NoPictures(folder.join(&arguments.class).display().to_string()));
    }
    let mut files = values(arguments, folder, paths)?;
    let order = match arguments.order {
        OrderArgument::Ascending => Order::Ascending,
        OrderArgument::Descending => Order::Descending,
    };
    rank(&mut files, order);
    let mut out = io::stdout().lock();
    for file in &files {
        if arguments.dataset.json {
            writeln!(out, "{}", serde_json::to_string(file).unwrap_or_default())?;
        } else {
            let value = file.value.map_or("-".to_owned(), |value| format!("{value:.4}"));
            writeln!(out, "{value:>12}  {}", file.relative_path)?;
        }
    }
    drop(out);
    let by = format!("{} in {}", arguments.by, arguments.class);
    change::apply(folder, &rank_plan(&files, &by), arguments.apply.apply)?;
    Ok(ExitCode::SUCCESS)
}

fn values(
    arguments: &RankArguments,
    folder: &Path,
    paths: Vec<String>,
) -> Result<Vec<Ranked>, Failure> {
    let by = arguments.by.as_str();
    if let Some(table) = &arguments.metadata {
        let column = schema()
            .position(|column| column.name == by && column.kind != ColumnKind::Text)
            .ok_or_else(|| Failure::Usage(format!("{by} is no column of numbers")))?;
        let values = column_values(table, column)?;
        let ranked = |relative_path: String| {
            let value = values.get(&relative_path).copied().flatten();
            Ranked { relative_path, value }
        };
        return Ok(paths.into_iter().map(ranked).collect());
    }
    if let Some(by) = ByPack::of(by) {
        let pack = arguments.pack.pack.as_deref();
        return values_of(by, pack, folder, &arguments.class, paths, arguments.jobs);
    }
    let Some((_, measure)) = MEASURES.iter().find(|(name, _)| *name == by) else {
        let known = MEASURES.iter().map(|(name, _)| *name).chain(ByPack::NAMES);
        let known: Vec<_> = known.collect();
        let known = known.join(", ");
        return Err(Failure::Usage(format!("--by {by} needs --metadata; without it: {known}")));
    };
    let checker = Checker { placeholders: Placeholders::default(), ..Checker::default() };
    let reports = look_at(folder, Some(paths), &checker)?;
    let ranked = |report: FileReport| {
        let value = measure(&report);
        Ranked { relative_path: report.relative_path, value }
    };
    Ok(reports.into_iter().map(ranked).collect())
}

fn column_values(table: &Path, column: usize) -> Result<HashMap<String, Option<f64>>, Failure> {
    let mut values = HashMap::new();
    for row in read_rows(table)? {
        let row = row?;
        let value = match row.values().get(column) {
            Some(Value::Count(count)) => Some(*count as f64),
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        };
        values.insert(row.relative_path().to_owned(), value);
    }
    Ok(values)
}
