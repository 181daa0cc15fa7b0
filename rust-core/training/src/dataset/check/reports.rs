//! Reports of a check in files: JSON Lines, or Parquet for engines that run many machines.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use epic_core::metadata::Value;
use serde_json::{Map, Value as Json};

use super::error::CheckError;
use super::file::FileReport;
use crate::table::file::replace;
use crate::table::{Column, ColumnKind, TableError, TableFormat, parquet};

/// A column: the field of the report that it holds, and the object that the field is in.
struct Field {
    parent: Option<&'static str>,
    column: Column,
}

/// Text of these columns is JSON: they are lists.
const LISTS: [&str; 2] = ["faults", "variants"];

fn fields() -> Vec<Field> {
    use ColumnKind::{Count, Number, Text};
    let fields = |parent, columns: &[(&'static str, ColumnKind)]| -> Vec<Field> {
        let field = |&(name, kind)| Field { parent, column: Column { name, kind } };
        columns.iter().map(field).collect()
    };
    let mut all = fields(
        None,
        &[
            ("relative_path", Text),
            ("bytes", Count),
            ("sha256", Text),
            ("format", Text),
            ("width", Count),
            ("height", Count),
            ("frames", Count),
            ("faults", Text),
            ("variants", Text),
        ],
    );
    all.extend(fields(
        Some("quality"),
        &[
            ("brightness_p05", Number),
            ("brightness", Number),
            ("brightness_p99", Number),
            ("contrast", Number),
            ("entropy", Number),
            ("sharpness", Number),
        ],
    ));
    all.extend(fields(Some("fingerprint"), &[("hash", Text), ("thumbnail", Text)]));
    all
}

fn columns(fields: &[Field]) -> Vec<Column> {
    fields.iter().map(|field| field.column).collect()
}

/// Writes reports to `path`; its ending, `.jsonl` or `.parquet`, says how.
///
/// # Errors
/// [`CheckError::Reports`] for other endings and what cannot be written; the file is then as it was.
pub fn write_reports(path: &Path, reports: &[FileReport]) -> Result<(), CheckError> {
    let format = format(path)?;
    let written = replace(path, |file| match format {
        TableFormat::Parquet => {
            let fields = fields();
            let mut writer = parquet::Writer::new(file, path, columns(&fields))?;
            for report in reports {
                writer.write(
                    row(report, &fields).map_err(|error| TableError::content(path, error))?,
                )?;
            }
            writer.finish()
        }
        _ => write_lines(file, path, reports),
    });
    Ok(written?)
}

fn write_lines(file: &File, path: &Path, reports: &[FileReport]) -> Result<(), TableError> {
    let mut writer = BufWriter::new(file);
    for report in reports {
        let line =
            serde_json::to_string(report).map_err(|error| TableError::content(path, error))?;
        writeln!(writer, "{line}").map_err(TableError::io(path))?;
    }
    writer.flush().map_err(TableError::io(path))
}

/// The reports of all parts, sorted by path: those of one check, however its files were divided. Of a file
/// that is in several parts the first report stays. [`Fault::Repeated`](super::Fault::Repeated) is found anew,
/// since its copies may lie in several parts.
///
/// # Errors
/// [`CheckError::Reports`] if a part cannot be read or holds something else.
pub fn read_reports(parts: &[PathBuf], max_copies: usize) -> Result<Vec<FileReport>, CheckError> {
    let mut reports = Vec::new();
    for path in parts {
        let file = File::open(path).map_err(TableError::io(path))?;
        match format(path)? {
            TableFormat::Parquet => {
                let fields = fields();
                for values in parquet::read(file, path, columns(&fields))? {
                    let read = report(&values?, &fields);
                    reports.push(read.map_err(|error| TableError::content(path, error))?);
                }
            }
            _ => {
                for line in BufReader::new(file).lines() {
                    let read = serde_json::from_str(&line.map_err(TableError::io(path))?);
                    reports.push(read.map_err(|error| TableError::content(path, error))?);
                }
            }
        }
    }
    reports.sort_by(|a, b| a.relative_path.cmp(&b.relative_path));
    reports.dedup_by(|a, b| a.relative_path == b.relative_path);
    super::mark_repeated(&mut reports, max_copies);
    Ok(reports)
}

fn format(path: &Path) -> Result<TableFormat, CheckError> {
    match TableFormat::of(path) {
        Ok(format @ (TableFormat::JsonLines | TableFormat::Parquet)) => Ok(format),
        _ => Err(CheckError::ReportFormat(path.to_owned())),
    }
}

fn row(report: &FileReport, fields: &[Field]) -> serde_json::Result<Vec<Value>> {
    let report = serde_json::to_value(report)?;
    let cell = |Field { parent, column }: &Field| -> serde_json::Result<Value> {
        let object = parent.map_or(Some(&report), |parent| report.get(parent));
        let Some(value) = object.and_then(|object| object.get(column.name)) else {
            return Ok(Value::Absent);
        };
        Ok(match value {
            Json::Null => Value::Absent,
            Json::String(text) => Value::Text(text.clone()),
            Json::Number(number) if column.kind == ColumnKind::Count => {
                number.as_u64().map_or(Value::Absent, Value::Count)
            }
            Json::Number(number) => number.as_f64().map_or(Value::Absent, Value::Number),
            other => Value::Text(serde_json::to_string(other)?),
        })
    };
    fields.iter().map(cell).collect()
}

fn report(values: &[Value], fields: &[Field]) -> serde_json::Result<FileReport> {
    let mut report = Map::new();
    for (&Field { parent, column: Column { name, .. } }, value) in fields.iter().zip(values) {
        let value = match value {
            Value::Absent if LISTS.contains(&name) => Vec::<Json>::new().into(),
            Value::Absent => Json::Null,
            Value::Count(count) => (*count).into(),
            Value::Number(number) => (*number).into(),
            Value::Text(text) if LISTS.contains(&name) => serde_json::from_str(text)?,
            Value::Text(text) => text.clone().into(),
        };
        match parent {
            None => drop(report.insert(name.to_owned(), value)),
            // What was not measured has no object.
            Some(_) if value.is_null() => {}
            Some(parent) => {
                let object = report.entry(parent).or_insert_with(|| Map::new().into());
                object[name] = value;
            }
        }
    }
    serde_json::from_value(Json::Object(report))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::check::{Fault, Quality};
    use crate::dataset::testing::random_fingerprint;

    fn reports() -> Vec<FileReport> {
        let report = |path: &str, sum: &str| FileReport {
            relative_path: path.to_owned(),
            bytes: 1234,
            sha256: Some(sum.to_owned()),
            format: Some("JPEG".to_owned()),
            width: 640,
            height: 480,
            frames: 1,
            quality: Some(Quality {
                brightness_p05: 0.1,
                brightness: 100.3,
                brightness_p99: 250.0,
                contrast: 31.7,
                entropy: 7.25,
                sharpness: 12.9,
            }),
            fingerprint: Some(random_fingerprint(7)),
            variants: vec![random_fingerprint(8), random_fingerprint(9)],
            faults: vec![Fault::WrongExtension { format: "PNG".to_owned() }],
        };
        let damaged = FileReport {
            sha256: None,
            format: None,
            quality: None,
            fingerprint: None,
            variants: Vec::new(),
            faults: vec![Fault::Unreadable { reason: "صورة \"x\"".to_owned() }],
            ..report("b/2.jpg", "")
        };
        vec![report("a/1.jpg", "s"), damaged, report("c/3.jpg", "s")]
    }

    #[test]
    fn both_formats_give_back_what_was_written() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["r.jsonl", "r.parquet"] {
            let path = folder.path().join(name);
            write_reports(&path, &reports()).unwrap();
            assert_eq!(read_reports(&[path], 5).unwrap(), reports(), "{name}");
        }
    }

    #[test]
    fn parts_are_one_check_and_copies_count_over_all_of_them() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (folder.path().join("1.parquet"), folder.path().join("2.jsonl"));
        write_reports(&first, &reports()[1..]).unwrap();
        write_reports(&second, &reports()[..2]).unwrap();
        let read = read_reports(&[first, second], 2).unwrap();
        let paths: Vec<_> = read.iter().map(|report| report.relative_path.as_str()).collect();
        assert_eq!(paths, ["a/1.jpg", "b/2.jpg", "c/3.jpg"]);
        let repeated = |report: &FileReport| report.faults.contains(&Fault::Repeated { copies: 2 });
        assert_eq!(read.iter().map(repeated).collect::<Vec<_>>(), [true, false, true]);
        // Written and read again the copies are not told twice.
        let merged = folder.path().join("all.parquet");
        write_reports(&merged, &read).unwrap();
        assert_eq!(read_reports(&[merged], 2).unwrap(), read);
    }

    #[test]
    fn other_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let csv = folder.path().join("r.csv");
        assert!(matches!(write_reports(&csv, &reports()), Err(CheckError::ReportFormat(_))));
        let other = folder.path().join("r.jsonl");
        std::fs::write(&other, "{\"a\": 1}\n").unwrap();
        assert!(matches!(read_reports(&[other], 5), Err(CheckError::Reports(_))));
        let none = folder.path().join("none.parquet");
        assert!(matches!(read_reports(&[none], 5), Err(CheckError::Reports(_))));
    }
}
