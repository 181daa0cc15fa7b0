//! Columns of numbers that pictures are sorted and filtered by.

use serde::Serialize;

use super::state::Inner;
use crate::dataset::check::{FileReport, MEASURES};
use crate::dataset::rank::{Order, compare};
use crate::table::{ColumnKind, schema};
use epic_core::metadata::Value;

/// Where the numbers of a column come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Source {
    /// The file itself.
    File,
    /// The background check.
    Check,
    /// The table given.
    Metadata,
    /// The findings given.
    Findings,
}

/// A column by name; its numbers are made when they are asked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) source: Source,
    /// Which one of its source.
    #[serde(skip)]
    index: usize,
}

/// Columns of the table that say nothing of a picture, or what others say already.
const NO_MEASURES: [&str; 5] = ["width", "height", "file_bytes", "metadata_version", "partial"];

/// All columns: of the file, of the check, of the table if there is one, of the findings.
pub(super) fn columns<'a>(has_table: bool, findings: impl Iterator<Item = &'a str>) -> Vec<Column> {
    let column = |name: &str, source, index| Column { name: name.to_owned(), source, index };
    let mut columns = vec![column("bytes", Source::File, 0), column("modified", Source::File, 1)];
    let checked = MEASURES.iter().enumerate().filter(|(_, (name, _))| *name != "bytes");
    columns.extend(checked.map(|(index, (name, _))| column(name, Source::Check, index)));
    columns.push(column("faults", Source::Check, MEASURES.len()));
    if has_table {
        let numbers = schema().enumerate().filter(|(_, column)| {
            column.kind != ColumnKind::Text && !NO_MEASURES.contains(&column.name)
        });
        columns.extend(numbers.map(|(index, one)| column(one.name, Source::Metadata, index)));
    }
    let found = findings.enumerate();
    columns.extend(found.map(|(index, name)| column(name, Source::Findings, index)));
    columns
}

impl Column {
    /// The number of every picture, in the order of the listing; `None` where it has none.
    pub(super) fn values(&self, inner: &Inner) -> Vec<Option<f64>> {
        let entries = &inner.listing.entries;
        let index = self.index;
        match self.source {
            Source::File if index == 0 => {
                entries.iter().map(|entry| Some(entry.stamp.size as f64)).collect()
            }
            Source::File => {
                entries.iter().map(|entry| Some(entry.stamp.modified as f64 / 1e9)).collect()
            }
            Source::Check => {
                let of = |report: &FileReport| match MEASURES.get(index) {
                    Some((_, measure)) => measure(report),
                    None => Some(report.faults.len() as f64),
                };
                inner.reports.iter().map(|report| report.as_deref().and_then(of)).collect()
            }
            Source::Metadata => {
                let value = |path: &str| match inner.rows.get(path)?.values().get(index)? {
                    Value::Count(count) => Some(*count as f64),
                    Value::Number(number) => Some(*number),
                    _ => None,
                };
                entries.iter().map(|entry| value(&entry.relative_path)).collect()
            }
            Source::Findings => {
                let column = inner.findings.numbers.get(index);
                let value = |path: &str| column?.values.get(path).copied();
                entries.iter().map(|entry| value(&entry.relative_path)).collect()
            }
        }
    }
}

/// Indices in the order of their values; those without one come last, equal ones by their path.
pub(super) fn ordered(values: &[Option<f64>], order: Order) -> Vec<u32> {
    let mut ids: Vec<u32> = (0..u32::try_from(values.len()).unwrap_or(u32::MAX)).collect();
    ids.sort_by(|&a, &b| compare(values[a as usize], values[b as usize], order));
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_keep_the_order_of_their_paths_both_ways() {
        let values = [Some(2.0), None, Some(-1.0), Some(2.0)];
        assert_eq!(ordered(&values, Order::Ascending), [2, 0, 3, 1]);
        assert_eq!(ordered(&values, Order::Descending), [0, 3, 2, 1]);
    }

    #[test]
    fn names_are_there_once_and_the_table_brings_its_numbers() {
        let without = columns(false, std::iter::empty());
        let with = columns(true, ["cluster"].into_iter());
        assert!(without.iter().all(|column| column.source != Source::Metadata));
        assert!(with.iter().any(|column| column.name == "text_to_image_ratio"));
        assert_eq!(with.last().unwrap().source, Source::Findings);
        let mut names: Vec<_> = with.iter().map(|column| &column.name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), with.len());
    }
}
