//! The three file formats behind one reader and one writer.

use std::fs::File;
use std::path::Path;

use super::error::TableError;
use super::row::TableRow;
use super::schema::schema;
use super::{csv, jsonl, parquet};
use crate::atomic;

/// How a table is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// RFC 4180 with a header line; an absent value and an empty text look the same.
    Csv,
    /// One JSON object a line, `null` for absent values.
    JsonLines,
    /// Apache Parquet, compressed with Snappy.
    Parquet,
}

impl TableFormat {
    /// By the ending of the file's name.
    ///
    /// # Errors
    /// [`TableError::Format`] for any other ending.
    pub fn of(path: &Path) -> Result<Self, TableError> {
        let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
        match ending.as_ref().and_then(|ending| ending.to_str()) {
            Some("csv") => Ok(Self::Csv),
            Some("jsonl") => Ok(Self::JsonLines),
            Some("parquet") => Ok(Self::Parquet),
            _ => Err(TableError::Format(path.to_owned())),
        }
    }
}

pub(super) type Rows = Box<dyn Iterator<Item = Result<TableRow, TableError>>>;

/// The rows of a table, one at a time.
///
/// # Errors
/// [`TableError`] if the file cannot be opened or has other columns; the items report damage
/// further down.
pub fn read_rows(
    path: &Path,
) -> Result<impl Iterator<Item = Result<TableRow, TableError>>, TableError> {
    let format = TableFormat::of(path)?;
    let file = File::open(path).map_err(TableError::io(path))?;
    Ok::<Rows, _>(match format {
        TableFormat::Csv => Box::new(csv::read(file, path)?),
        TableFormat::JsonLines => Box::new(jsonl::read(file, path)),
        TableFormat::Parquet => {
            let rows = parquet::read(file, path, schema().collect())?;
            let path = path.to_owned();
            Box::new(rows.map(move |values| {
                TableRow::from_values(values?)
                    .ok_or_else(|| TableError::content(&path, "a row has too few values"))
            }))
        }
    })
}

/// Writes a whole table.
pub(super) fn write_rows(path: &Path, rows: &[TableRow]) -> Result<(), TableError> {
    replace(path, |file| {
        let mut writer = writer(file, path)?;
        for row in rows {
            writer.write(row)?;
        }
        writer.finish()
    })
}

/// Takes rows one at a time.
pub(super) trait RowWriter {
    fn write(&mut self, row: &TableRow) -> Result<(), TableError>;
    /// Writes what is still held back.
    fn finish(self: Box<Self>) -> Result<(), TableError>;
}

/// Replaces a file as a whole by what `fill` writes.
pub(crate) fn replace(
    path: &Path,
    fill: impl FnOnce(&File) -> Result<(), TableError>,
) -> Result<(), TableError> {
    atomic::write_with(path, |file| fill(file).map_err(Filling::Table)).map_err(|error| match error
    {
        Filling::Table(error) => error,
        Filling::Io(source) => TableError::io(path)(source),
    })
}

/// Why a file could not be filled.
enum Filling {
    Table(TableError),
    Io(std::io::Error),
}

impl From<std::io::Error> for Filling {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

pub(super) fn writer<'a>(
    file: &'a File,
    path: &'a Path,
) -> Result<Box<dyn RowWriter + 'a>, TableError> {
    Ok(match TableFormat::of(path)? {
        TableFormat::Csv => Box::new(csv::Writer::new(file, path)?),
        TableFormat::JsonLines => Box::new(jsonl::Writer::new(file, path)),
        TableFormat::Parquet => Box::new(parquet::Writer::new(file, path, schema().collect())?),
    })
}

impl RowWriter for parquet::Writer<'_> {
    fn write(&mut self, row: &TableRow) -> Result<(), TableError> {
        self.write(row.values().to_vec())
    }

    fn finish(self: Box<Self>) -> Result<(), TableError> {
        (*self).finish()
    }
}

#[cfg(test)]
mod tests {
    use epic_core::metadata::{ImageMetadata, MetadataError, Parts, Value};
    use epic_core::picture::{Picture, PictureError};

    use super::*;
    use crate::table::pictures::TablePicture;

    fn rows() -> Vec<TableRow> {
        let picture = |name: &str, class: Option<&str>| TablePicture {
            path: name.into(),
            relative_path: name.to_owned(),
            class: class.map(str::to_owned),
        };
        let pixels = Picture::new(4, 2, vec![0; 24], (4000, 1333)).unwrap();
        let mut metadata = ImageMetadata::of_size(&pixels);
        metadata.colors = Some(epic_core::metadata::colors::dominant_colors(&pixels).unwrap());
        let mut text = epic_core::metadata::TextMetadata::default();
        text.english.original = vec!["say \"hi\", a\nb".to_owned(), "مرحبا".to_owned()].into();
        text.english.mean_score = Some(0.875);
        metadata.text = Some(text);
        let failed = Err(MetadataError::Picture(PictureError::Empty));
        vec![
            TableRow::new(
                &picture("selfies/صورة, 1.jpg", Some("selfies")),
                Parts::ALL,
                &Ok(metadata),
            ),
            TableRow::new(&picture("empty.jpg", None), Parts::ALL, &failed),
        ]
    }

    fn written(path: &Path, rows: &[TableRow]) {
        write_rows(path, rows).unwrap();
    }

    #[test]
    fn all_formats_give_back_what_was_written() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.csv", "a.jsonl", "A.PARQUET"] {
            let path = folder.path().join(name);
            let (rows, many) = (rows(), 2500);
            let repeated: Vec<_> = rows.iter().cycle().take(many).cloned().collect();
            written(&path, &repeated);
            let read: Vec<_> = read_rows(&path).unwrap().map(Result::unwrap).collect();
            assert_eq!(read.len(), many);
            for (read, row) in read.iter().zip(&repeated) {
                // In CSV no words and no text are the same.
                let same = read.values().iter().zip(row.values()).all(|(a, b)| {
                    a == b
                        || name == "a.csv"
                            && *a == Value::Absent
                            && *b == Value::Text(String::new())
                });
                assert!(same, "{name}: {read:?}\n{row:?}");
            }
            assert_eq!(read[1].error(), Some("empty: the file is empty"));
        }
    }

    #[test]
    fn files_that_are_no_such_table_are_told_by_name() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.csv", "a.jsonl", "a.parquet"] {
            let path = folder.path().join(name);
            for content in ["a,b\n1,2\n", "{\"a\": 1}\n", "PAR1 no", ""] {
                std::fs::write(&path, content).unwrap();
                let error = match read_rows(&path) {
                    Err(error) => Some(error),
                    Ok(mut rows) => rows.find_map(Result::err),
                };
                if content.is_empty() && name == "a.jsonl" {
                    assert!(error.is_none());
                    continue;
                }
                let error = error.unwrap_or_else(|| panic!("{name} with {content:?} was read"));
                assert!(error.to_string().contains(name), "{error}");
            }
        }
        assert!(matches!(TableFormat::of(Path::new("a.xlsx")), Err(TableError::Format(_))));
        assert!(matches!(TableFormat::of(Path::new("csv")), Err(TableError::Format(_))));
    }

    #[test]
    fn csv_has_a_line_of_names_and_quotes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        written(&path, &rows());
        let text = std::fs::read_to_string(&path).unwrap();
        let names: Vec<_> = schema().map(|column| column.name).collect();
        assert_eq!(text.lines().next(), Some(names.join(",").as_str()));
        assert!(text.contains("\"say \"\"hi\"\", a\nb مرحبا\""), "{text}");
        assert!(text.contains(",3.000750,") || text.contains(",3.00075,"), "{text}");
    }
}
