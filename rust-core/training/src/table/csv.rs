//! Comma-separated values.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use epic_core::metadata::Value;

use super::error::TableError;
use super::file::RowWriter;
use super::row::TableRow;
use super::schema::{Column, ColumnKind, schema};

pub(super) fn read(
    file: File,
    path: &Path,
) -> Result<impl Iterator<Item = Result<TableRow, TableError>> + 'static, TableError> {
    let path = path.to_owned();
    let mut reader = csv::Reader::from_reader(file);
    let header = reader.headers().map_err(|error| TableError::content(&path, error))?;
    if !header.iter().eq(schema().map(|column| column.name)) {
        return Err(TableError::content(&path, "its columns are not those of this table"));
    }
    Ok(reader.into_records().map(move |record| {
        let record = record.map_err(|error| TableError::content(&path, error))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cells = schema().zip(record.iter()).map(|(column, cell)| parse(column, cell));
        let values = cells.collect::<Result<_, _>>();
        values.ok().and_then(TableRow::from_values).ok_or_else(|| {
            TableError::content(&path, format!("line {line} does not fit the columns"))
        })
    }))
}

fn parse(column: Column, cell: &str) -> Result<Value, ()> {
    if cell.is_empty() {
        return Ok(Value::Absent);
    }
    Ok(match column.kind {
        ColumnKind::Text => Value::Text(cell.to_owned()),
        ColumnKind::Count => Value::Count(cell.parse().map_err(|_| ())?),
        ColumnKind::Number => Value::Number(cell.parse().map_err(|_| ())?),
    })
}

pub(super) struct Writer<'a> {
    writer: csv::Writer<BufWriter<&'a File>>,
    path: &'a Path,
}

impl<'a> Writer<'a> {
    pub(super) fn new(file: &'a File, path: &'a Path) -> Result<Self, TableError> {
        let mut writer = csv::Writer::from_writer(BufWriter::new(file));
        writer.write_record(schema().map(|column| column.name)).map_err(failed(path))?;
        Ok(Self { writer, path })
    }
}

impl RowWriter for Writer<'_> {
    fn write(&mut self, row: &TableRow) -> Result<(), TableError> {
        let cells = row.values().iter().map(|value| match value {
            Value::Absent => String::new(),
            Value::Count(count) => count.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Text(text) => text.clone(),
        });
        self.writer.write_record(cells).map_err(failed(self.path))
    }

    fn finish(mut self: Box<Self>) -> Result<(), TableError> {
        self.writer.flush().map_err(TableError::io(self.path))
    }
}

fn failed(path: &Path) -> impl Fn(csv::Error) -> TableError + '_ {
    |error| TableError::io(path)(std::io::Error::other(error))
}
