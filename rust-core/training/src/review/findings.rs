//! Numbers of pictures that another command or tool found: JSON Lines of
//! `{"relative_path": …, "column": …, "value": …}`.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use serde::Deserialize;

use super::error::ReviewError;

/// More columns than this are no list to choose from.
const MAX_COLUMNS: usize = 64;
/// Longer lines hold no finding.
const MAX_LINE: u64 = 64 << 10;
const MAX_NAME: usize = 100;

#[derive(Deserialize)]
struct Line {
    relative_path: String,
    column: String,
    value: Option<f64>,
}

/// Columns by name, each with the numbers of some pictures.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// In the order in which they first came.
    pub(super) columns: Vec<String>,
    /// By path, one map a column.
    pub(super) values: Vec<HashMap<String, f64>>,
}

impl Findings {
    /// Adds a file's rows; a later row of the same picture and column replaces the earlier one.
    pub(super) fn add_file(&mut self, path: &Path) -> Result<(), ReviewError> {
        let file = File::open(path).map_err(ReviewError::io(path))?;
        let mut reader = BufReader::new(file);
        let mut text = Vec::new();
        for line in 1.. {
            text.clear();
            let read = (&mut reader).take(MAX_LINE).read_until(b'\n', &mut text);
            if read.map_err(ReviewError::io(path))? == 0 {
                break;
            }
            let refused =
                |reason: String| ReviewError::Finding { path: path.to_owned(), line, reason };
            if text.len() as u64 == MAX_LINE {
                return Err(refused(format!("longer than {MAX_LINE} bytes")));
            }
            if !text.trim_ascii().is_empty() {
                let row = serde_json::from_slice(&text).map_err(|e| refused(e.to_string()))?;
                self.add(row).map_err(refused)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, row: Line) -> Result<(), String> {
        let known = self.columns.iter().position(|name| *name == row.column);
        let index = match known {
            Some(index) => index,
            None if row.column.is_empty() || row.column.len() > MAX_NAME => {
                return Err(format!("a column's name has 1 to {MAX_NAME} bytes"));
            }
            None if self.columns.len() == MAX_COLUMNS => {
                return Err(format!("more than {MAX_COLUMNS} columns"));
            }
            None => {
                self.columns.push(row.column);
                self.values.push(HashMap::new());
                self.columns.len() - 1
            }
        };
        if let (Some(values), Some(value)) = (self.values.get_mut(index), row.value) {
            values.insert(row.relative_path, value);
        }
        Ok(())
    }

    /// Gives what is known of one path to another.
    pub(super) fn rename(&mut self, from: &str, to: &str) {
        for values in &mut self.values {
            if let Some(value) = values.remove(from) {
                values.insert(to.to_owned(), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Findings, ReviewError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("found.jsonl");
        std::fs::write(&path, text).unwrap();
        let mut findings = Findings::default();
        findings.add_file(&path).map(|()| findings)
    }

    #[test]
    fn columns_come_in_their_order() {
        let findings = read(
            "{\"relative_path\": \"a/1.jpg\", \"column\": \"cluster\", \"value\": 3}\n\n\
             {\"relative_path\": \"a/صورة.jpg\", \"column\": \"label_error\", \"value\": 0.9}\n\
             {\"relative_path\": \"a/1.jpg\", \"column\": \"cluster\", \"value\": 4}\n\
             {\"relative_path\": \"a/2.jpg\", \"column\": \"cluster\", \"value\": null}",
        );
        let mut findings = findings.unwrap();
        assert_eq!(findings.columns, ["cluster", "label_error"]);
        assert_eq!(findings.values[0], HashMap::from([("a/1.jpg".to_owned(), 4.0)]));
        findings.rename("a/1.jpg", "b/1.jpg");
        assert_eq!(findings.values[0].get("b/1.jpg"), Some(&4.0));
    }

    #[test]
    fn wrong_lines_are_told_with_file_and_number() {
        let long = format!("\n{{\"relative_path\": \"{}\"", "x".repeat(MAX_LINE as usize));
        let many: String = (0..=MAX_COLUMNS)
            .map(|n| format!("{{\"relative_path\": \"a\", \"column\": \"c{n}\", \"value\": 1}}\n"))
            .collect();
        for (text, line) in [
            ("\n{\"relative_path\": \"a\"}", 2),
            ("nonsense", 1),
            ("{\"relative_path\": \"a\", \"column\": \"\", \"value\": 1}", 1),
            ("{\"relative_path\": \"a\", \"column\": \"c\", \"value\": 1e999}", 1),
            (&long, 2),
            (&many, MAX_COLUMNS + 1),
        ] {
            let message = read(text).unwrap_err().to_string();
            assert!(message.contains(&format!("found.jsonl, line {line}: ")), "{message}");
        }
    }
}
