//! One picture's row.

use epic_core::metadata::{
    ImageMetadata, METADATA_VERSION, MetadataError, MetadataRow, Parts, Value,
};

use super::pictures::TablePicture;
use super::schema::{ColumnKind, EXTRA, schema};

const RELATIVE_PATH: usize = 1;

/// A row: one value per column of [`schema`].
#[derive(Debug, Clone, PartialEq)]
pub struct TableRow {
    values: Vec<Value>,
}

impl TableRow {
    /// The row of a picture, or of its failure.
    pub fn new(
        picture: &TablePicture,
        parts: Parts,
        outcome: &Result<ImageMetadata, MetadataError>,
    ) -> Self {
        let metadata = outcome.as_ref().ok();
        let row = MetadataRow {
            file_name: picture.file_name(),
            relative_path: &picture.relative_path,
            metadata,
            class: picture.class.as_deref(),
        };
        let mut values = row.values();
        let partial = metadata.map(|metadata| Value::Count(metadata.is_partial().into()));
        let error = outcome.as_ref().err();
        values.extend([
            picture.file_bytes().map_or(Value::Absent, Value::Count),
            Value::Count(METADATA_VERSION.into()),
            Value::Text(parts.to_string()),
            partial.unwrap_or(Value::Absent),
            error.map_or(Value::Absent, |e| Value::Text(format!("{}: {e}", e.kind()))),
        ]);
        for (column, value) in schema().zip(&mut values) {
            // Records without words have their number in the words' place.
            if let (ColumnKind::Text, Value::Count(count)) = (column.kind, &*value) {
                *value = Value::Text(count.to_string());
            }
        }
        Self { values }
    }

    /// `None` unless there is one value per column.
    pub(super) fn from_values(values: Vec<Value>) -> Option<Self> {
        (values.len() == schema().len()).then_some(Self { values })
    }

    /// The values in the order of [`schema`].
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// Identifies the picture; empty only in a table that was edited.
    pub fn relative_path(&self) -> &str {
        text(&self.values[RELATIVE_PATH])
    }

    /// Why the picture has no metadata.
    pub fn error(&self) -> Option<&str> {
        match self.extra(4) {
            Value::Text(error) => Some(error),
            _ => None,
        }
    }

    /// Size of the file that was read; `None` where there was none.
    pub(super) fn file_bytes(&self) -> Option<u64> {
        match self.extra(0) {
            Value::Count(bytes) => Some(*bytes),
            _ => None,
        }
    }

    /// Version of the record and the parts that were asked for: rows that differ in these do
    /// not belong in one table.
    pub(super) fn request(&self) -> (u64, &str) {
        let version = match self.extra(1) {
            Value::Count(version) => *version,
            _ => 0,
        };
        (version, text(self.extra(2)))
    }

    fn extra(&self, index: usize) -> &Value {
        &self.values[self.values.len() - EXTRA.len() + index]
    }
}

fn text(value: &Value) -> &str {
    match value {
        Value::Text(text) => text,
        _ => "",
    }
}
