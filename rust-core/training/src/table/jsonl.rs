//! JSON Lines: the columns of a row as one object, in their order.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use epic_core::metadata::Value;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::error::TableError;
use super::file::RowWriter;
use super::row::TableRow;
use super::schema::{ColumnKind, schema};

pub(super) fn read(
    file: File,
    path: &Path,
) -> impl Iterator<Item = Result<TableRow, TableError>> + 'static {
    let path = path.to_owned();
    BufReader::new(file).lines().enumerate().map(move |(index, line)| {
        let line = line.map_err(TableError::io(&path))?;
        parse(&line).ok_or_else(|| {
            TableError::content(&path, format!("line {} is no row of this table", index + 1))
        })
    })
}

/// The row in a line; `None` if it is torn or something else.
pub(super) fn parse(line: &str) -> Option<TableRow> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).ok()?;
    if object.len() != schema().len() {
        return None;
    }
    let cells = schema().map(|column| {
        let value = object.get(column.name)?;
        Some(match column.kind {
            _ if value.is_null() => Value::Absent,
            ColumnKind::Text => Value::Text(value.as_str()?.to_owned()),
            ColumnKind::Count => Value::Count(value.as_u64()?),
            ColumnKind::Number => Value::Number(value.as_f64()?),
        })
    });
    TableRow::from_values(cells.collect::<Option<_>>()?)
}

/// The row as one line, its end included.
pub(super) fn line(row: &TableRow) -> serde_json::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(row)?;
    line.push(b'\n');
    Ok(line)
}

impl Serialize for TableRow {
    /// A map in the order of the columns.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.values().len()))?;
        for (column, value) in schema().zip(self.values()) {
            match value {
                Value::Absent => map.serialize_entry(column.name, &())?,
                Value::Count(count) => map.serialize_entry(column.name, count)?,
                Value::Number(number) => map.serialize_entry(column.name, number)?,
                Value::Text(text) => map.serialize_entry(column.name, text)?,
            }
        }
        map.end()
    }
}

pub(super) struct Writer<'a> {
    writer: BufWriter<&'a File>,
    path: &'a Path,
}

impl<'a> Writer<'a> {
    pub(super) fn new(file: &'a File, path: &'a Path) -> Self {
        Self { writer: BufWriter::new(file), path }
    }
}

impl RowWriter for Writer<'_> {
    fn write(&mut self, row: &TableRow) -> Result<(), TableError> {
        let line = line(row).map_err(|error| TableError::content(self.path, error))?;
        self.writer.write_all(&line).map_err(TableError::io(self.path))
    }

    fn finish(mut self: Box<Self>) -> Result<(), TableError> {
        self.writer.flush().map_err(TableError::io(self.path))
    }
}
