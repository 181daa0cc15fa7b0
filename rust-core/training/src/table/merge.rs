//! Parts of a table that several machines made, put together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::error::TableError;
use super::file::{TableFormat, read_rows, write_rows};
use super::row::TableRow;

/// What was put together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MergeSummary {
    /// Rows of the table.
    pub rows: usize,
    /// Those of them that hold an error.
    pub failed: usize,
    /// Rows of pictures that a part before had already.
    pub repeated: usize,
}

/// Puts the rows of `parts` into one table at `out`, sorted by their relative path, so that the table does
/// not depend on how the pictures were divided. Of a picture that is in several parts the first row without an
/// error stays. All rows are held in memory.
///
/// # Errors
/// [`TableError`]: among others for parts of another version or made for other parts of the metadata than
/// the first. The file at `out` is then as it was.
pub fn merge(parts: &[PathBuf], out: &Path) -> Result<MergeSummary, TableError> {
    TableFormat::of(out)?;
    let mut rows: BTreeMap<String, TableRow> = BTreeMap::new();
    let mut request = None;
    let mut summary = MergeSummary::default();
    for part in parts {
        for row in read_rows(part)? {
            let row = row?;
            let found = row.request();
            let found = (found.0, found.1.to_owned());
            let wanted = request.get_or_insert_with(|| found.clone());
            if *wanted != found {
                let (path, wanted) = (part.clone(), wanted.clone());
                return Err(TableError::OtherRequest { path, found, wanted });
            }
            let old = rows.get(row.relative_path());
            summary.repeated += usize::from(old.is_some());
            if old.is_none_or(|old| old.error().is_some() && row.error().is_none()) {
                rows.insert(row.relative_path().to_owned(), row);
            }
        }
    }
    let rows: Vec<TableRow> = rows.into_values().collect();
    summary.rows = rows.len();
    summary.failed = rows.iter().filter(|row| row.error().is_some()).count();
    write_rows(out, &rows)?;
    Ok(summary)
}

#[cfg(test)]
mod tests {
    use epic_core::metadata::{ImageMetadata, MetadataError, Parts};
    use epic_core::picture::{Picture, PictureError};

    use super::*;
    use crate::table::TablePicture;

    fn row(name: &str, parts: Parts, fails: bool) -> TableRow {
        let picture =
            TablePicture { path: name.into(), relative_path: name.to_owned(), class: None };
        let pixels = Picture::new(4, 2, vec![0; 24], (4, 2)).unwrap();
        let outcome = match fails {
            false => Ok(ImageMetadata::of_size(&pixels)),
            true => Err(MetadataError::Picture(PictureError::Empty)),
        };
        TableRow::new(&picture, parts, &outcome)
    }

    #[test]
    fn parts_become_one_table_however_they_are_divided() {
        let folder = tempfile::tempdir().unwrap();
        let part = |name: &str, rows: &[TableRow]| {
            let path = folder.path().join(name);
            write_rows(&path, rows).unwrap();
            path
        };
        let colors: Parts = "colors".parse().unwrap();
        let (a, b, c) = (row("a", colors, false), row("b", colors, false), row("c", colors, true));
        let first = part("1.parquet", &[c.clone(), a.clone()]);
        let second = part("2.jsonl", &[row("b", colors, true), b.clone()]);
        let third = part("3.csv", &[row("a", colors, true)]);
        let out = folder.path().join("all.parquet");

        let summary = merge(&[first.clone(), second.clone(), third.clone()], &out).unwrap();
        assert_eq!(summary, MergeSummary { rows: 3, failed: 1, repeated: 2 });
        let merged = || -> Vec<_> { read_rows(&out).unwrap().map(Result::unwrap).collect() };
        assert_eq!(merged(), [a, b, c]);
        let before = merged();
        merge(&[third, second, first.clone()], &out).unwrap();
        assert_eq!(merged(), before);

        let other = part("4.parquet", &[row("d", Parts::ALL, false)]);
        let refused = merge(&[first.clone(), other], &out).unwrap_err();
        assert!(matches!(refused, TableError::OtherRequest { .. }), "{refused}");
        let missing = folder.path().join("none.parquet");
        assert!(matches!(merge(&[first, missing], &out), Err(TableError::Io { .. })));
        assert_eq!(merged(), before);
    }
}
