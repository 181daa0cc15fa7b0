//! What another command or tool found of pictures: JSON Lines of `{"relative_path": …, "column": …, "value": …}`,
//! a value being a number or a text.

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
    value: Option<Found>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Found {
    Number(f64),
    Text(String),
}

/// The values of one column, by path.
#[derive(Debug)]
pub(super) struct Column<T> {
    pub(super) name: String,
    pub(super) values: HashMap<String, T>,
}

/// Columns in the order in which they first came, each with the values of some pictures.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) numbers: Vec<Column<f64>>,
    pub(super) texts: Vec<Column<String>>,
}

fn put<T>(columns: &mut Vec<Column<T>>, path: String, name: String, value: T) {
    let index = match columns.iter().position(|column| column.name == name) {
        Some(index) => index,
        None => {
            columns.push(Column { name, values: HashMap::new() });
            columns.len() - 1
        }
    };
    if let Some(column) = columns.get_mut(index) {
        column.values.insert(path, value);
    }
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
        let Line { relative_path, column, value } = row;
        let Some(value) = value else {
            return Ok(());
        };
        let of_numbers = self.numbers.iter().any(|known| known.name == column);
        let of_texts = self.texts.iter().any(|known| known.name == column);
        if !of_numbers && !of_texts {
            if column.is_empty() || column.len() > MAX_NAME {
                return Err(format!("a column's name has 1 to {MAX_NAME} bytes"));
            }
            if self.numbers.len() + self.texts.len() == MAX_COLUMNS {
                return Err(format!("more than {MAX_COLUMNS} columns"));
            }
        }
        match value {
            Found::Number(value) if !of_texts => {
                put(&mut self.numbers, relative_path, column, value)
            }
            Found::Text(text) if !of_numbers => put(&mut self.texts, relative_path, column, text),
            _ => return Err(format!("{column} has numbers and texts")),
        }
        Ok(())
    }

    /// Gives what is known of one path to another.
    pub(super) fn rename(&mut self, from: &str, to: &str) {
        fn of<T>(columns: &mut [Column<T>], from: &str, to: &str) {
            for column in columns {
                if let Some(value) = column.values.remove(from) {
                    column.values.insert(to.to_owned(), value);
                }
            }
        }
        of(&mut self.numbers, from, to);
        of(&mut self.texts, from, to);
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
             {\"relative_path\": \"a/2.jpg\", \"column\": \"cluster\", \"value\": null}\n\
             {\"relative_path\": \"a/1.jpg\", \"column\": \"suggested_label\", \"value\": \"b\"}",
        );
        let mut findings = findings.unwrap();
        let names: Vec<_> = findings.numbers.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["cluster", "label_error"]);
        assert_eq!(findings.numbers[0].values, HashMap::from([("a/1.jpg".to_owned(), 4.0)]));
        findings.rename("a/1.jpg", "b/1.jpg");
        assert_eq!(findings.numbers[0].values.get("b/1.jpg"), Some(&4.0));
        assert_eq!(findings.texts[0].values["b/1.jpg"], "b");
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
            (
                "{\"relative_path\": \"a\", \"column\": \"c\", \"value\": 1}\n\
                 {\"relative_path\": \"a\", \"column\": \"c\", \"value\": \"x\"}",
                2,
            ),
            ("{\"relative_path\": \"a\", \"column\": \"c\", \"value\": [1]}", 1),
            (&long, 2),
            (&many, MAX_COLUMNS + 1),
        ] {
            let message = read(text).unwrap_err().to_string();
            assert!(message.contains(&format!("found.jsonl, line {line}: ")), "{message}");
        }
    }
}
