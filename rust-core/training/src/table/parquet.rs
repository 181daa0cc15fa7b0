//! Apache Parquet.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use epic_core::metadata::Value;
use parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::SerializedFileReader;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::record::Field;
use parquet::record::reader::RowIter;
use parquet::schema::types::Type;

use super::error::TableError;
use super::schema::{Column, ColumnKind};

/// Rows that are held in memory and stored together.
const ROW_GROUP: usize = 1000;

/// The rows of a file with exactly these columns: a value for each of them.
pub(crate) fn read(
    file: File,
    path: &Path,
    columns: Vec<Column>,
) -> Result<impl Iterator<Item = Result<Vec<Value>, TableError>> + 'static, TableError> {
    let path = path.to_owned();
    let reader = SerializedFileReader::new(file).map_err(|e| TableError::content(&path, e))?;
    let rows = RowIter::from_file_into(Box::new(reader));
    Ok(rows.map(move |row| {
        let row = row.map_err(|error| TableError::content(&path, error))?;
        let names = row.get_column_iter().map(|(name, _)| name.as_str());
        let same = names.eq(columns.iter().map(|column| column.name));
        let values = row.get_column_iter().map(|(_, field)| value(field));
        let values = same.then(|| values.collect()).flatten();
        values.ok_or_else(|| TableError::content(&path, "its columns are not those of this table"))
    }))
}

fn value(field: &Field) -> Option<Value> {
    Some(match field {
        Field::Null => Value::Absent,
        Field::Str(text) => Value::Text(text.clone()),
        Field::Long(count) => Value::Count(u64::try_from(*count).ok()?),
        Field::Double(number) => Value::Number(*number),
        _ => return None,
    })
}

pub(crate) struct Writer<'a> {
    writer: SerializedFileWriter<&'a File>,
    columns: Vec<Column>,
    held: Vec<Vec<Value>>,
    path: &'a Path,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(
        file: &'a File,
        path: &'a Path,
        columns: Vec<Column>,
    ) -> Result<Self, TableError> {
        let open = || {
            let fields = columns.iter().map(|column| {
                let (physical, logical) = match column.kind {
                    ColumnKind::Text => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
                    ColumnKind::Count => (PhysicalType::INT64, None),
                    ColumnKind::Number => (PhysicalType::DOUBLE, None),
                };
                let builder = Type::primitive_type_builder(column.name, physical)
                    .with_repetition(Repetition::OPTIONAL)
                    .with_logical_type(logical);
                builder.build().map(Arc::new)
            });
            let fields = fields.collect::<Result<_, _>>()?;
            let root = Type::group_type_builder("metadata").with_fields(fields).build()?;
            let properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
            SerializedFileWriter::new(file, Arc::new(root), Arc::new(properties.build()))
        };
        let writer = open().map_err(failed(path))?;
        Ok(Self { writer, columns, held: Vec::new(), path })
    }

    /// A value for each column.
    pub(crate) fn write(&mut self, row: Vec<Value>) -> Result<(), TableError> {
        self.held.push(row);
        if self.held.len() < ROW_GROUP {
            return Ok(());
        }
        self.write_held().map_err(failed(self.path))
    }

    /// Writes what is still held back.
    pub(crate) fn finish(mut self) -> Result<(), TableError> {
        self.write_held().map_err(failed(self.path))?;
        self.writer.close().map(drop).map_err(failed(self.path))
    }

    fn write_held(&mut self) -> Result<(), ParquetError> {
        let rows = std::mem::take(&mut self.held);
        if rows.is_empty() {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for (index, column) in self.columns.iter().enumerate() {
            let cells: Vec<&Value> = rows.iter().filter_map(|row| row.get(index)).collect();
            write_column(&mut group, column.kind, &cells)?;
        }
        group.close()?;
        Ok(())
    }
}

/// Values without the absent ones, and for each cell whether it is there.
fn write_column(
    group: &mut SerializedRowGroupWriter<'_, &File>,
    kind: ColumnKind,
    cells: &[&Value],
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else { return Ok(()) };
    let levels: Vec<i16> = cells.iter().map(|cell| i16::from(**cell != Value::Absent)).collect();
    let levels = Some(levels.as_slice());
    match kind {
        ColumnKind::Text => {
            let texts = cells.iter().filter_map(|cell| match cell {
                Value::Text(text) => Some(ByteArray::from(text.as_str())),
                _ => None,
            });
            let texts: Vec<_> = texts.collect();
            column.typed::<ByteArrayType>().write_batch(&texts, levels, None)?;
        }
        ColumnKind::Count => {
            let counts = cells.iter().filter_map(|cell| match cell {
                Value::Count(count) => Some(i64::try_from(*count).unwrap_or(i64::MAX)),
                _ => None,
            });
            let counts: Vec<_> = counts.collect();
            column.typed::<Int64Type>().write_batch(&counts, levels, None)?;
        }
        ColumnKind::Number => {
            let numbers = cells.iter().filter_map(|cell| match cell {
                Value::Number(number) => Some(*number),
                _ => None,
            });
            let numbers: Vec<_> = numbers.collect();
            column.typed::<DoubleType>().write_batch(&numbers, levels, None)?;
        }
    }
    column.close()
}

fn failed(path: &Path) -> impl Fn(ParquetError) -> TableError + '_ {
    |error| TableError::io(path)(std::io::Error::other(error))
}
