//! Columns of numbers that pictures are sorted and filtered by.

use serde::Serialize;

use super::state::Inner;
use crate::dataset::check::{FileReport, MEASURES};
use crate::dataset::rank::{Order, compare};
use crate::table::schema;
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
const NO_MEASURES: [&str; 10] = [
    "file_name",
    "relative_path",
    "class",
    "width",
    "height",
    "file_bytes",
    "metadata_version",
    "parts",
    "partial",
    "error",
];

/// All columns: of the file, of the check, of the table if there is one, of the findings.
pub(super) fn columns<'a>(has_table: bool, findings: impl Iterator<Item = &'a str>) -> Vec<Column> {
    let column = |name: &str, source, index| Column { name: name.to_owned(), source, index };
    let mut columns = vec![column("bytes", Source::File, 0), column("modified", Source::File, 1)];
    let checked = MEASURES.iter().enumerate().filter(|(_, (name, _))| *name != "bytes");
    columns.extend(checked.map(|(index, (name, _))| column(name, Source::Check, index)));
    columns.push(column("faults", Source::Check, MEASURES.len()));
    if has_table {
        let numbers =
            schema().enumerate().filter(|(_, column)| !NO_MEASURES.contains(&column.name));
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
                let value = |path: &str| number(inner.rows.get(path)?.values().get(index)?);
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

/// What a cell of a table is sorted by: a colour by its luminance (BT.601), a text by its number of words.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Absent => None,
        Value::Count(count) => Some(*count as f64),
        Value::Number(number) => Some(*number),
        Value::Text(text) => Some(match luminance(text) {
            Some(luminance) => luminance,
            None => text.split_whitespace().count() as f64,
        }),
    }
}

/// Of a colour that is written `#rrggbb`.
fn luminance(text: &str) -> Option<f64> {
    let digits = text
        .strip_prefix('#')
        .filter(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let rgb = u32::from_str_radix(digits, 16).ok()?;
    let [_, red, green, blue] = rgb.to_be_bytes().map(f64::from);
    Some(0.299 * red + 0.587 * green + 0.114 * blue)
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
    fn colours_and_words_are_numbers_too() {
        let text = |text: &str| number(&Value::Text(text.to_owned()));
        assert_eq!(text("#ffffff").map(f64::round), Some(255.0));
        assert_eq!(text("#000000"), Some(0.0));
        assert_eq!(text("كل سنة وانت طيب"), Some(4.0));
        assert_eq!(text("#hashtag and words"), Some(3.0));
        assert_eq!(text("#+12345"), Some(1.0));
        assert_eq!(text(""), Some(0.0));
        assert_eq!(number(&Value::Absent), None);
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
