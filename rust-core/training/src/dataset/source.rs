//! Where a picture comes from.
//!
//! The rule for a file name, in this order: drop the extension; drop the prefix `<class>_`; drop a
//! trailing number together with the underscores, hyphens or blanks before it. What is left is the
//! source; nothing left means [`UNKNOWN_SOURCE`]. `memes_holiday-2019_12.jpg` in class `memes` is
//! from `holiday-2019`. Only one number is dropped, so that a year in a name stays.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::csv;
use super::error::DatasetError;

/// Source of a file whose name tells none; its pictures share nothing that a split could respect.
pub const UNKNOWN_SOURCE: &str = "unknown";

/// The source that a file name tells by the rule of this module; digits of any script count.
pub fn source_of(file_name: &str, class: &str) -> String {
    let stem = match file_name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => file_name,
    };
    let name = stem.strip_prefix(class).and_then(|rest| rest.strip_prefix('_')).unwrap_or(stem);
    let base = name.trim_end_matches(char::is_numeric);
    let source =
        if base.len() < name.len() { base.trim_end_matches(['_', '-', ' ']) } else { name };
    if source.is_empty() || source == class { UNKNOWN_SOURCE.to_owned() } else { source.to_owned() }
}

/// Sources stated in a CSV file with the columns `class`, `file` and `source`, others ignored.
/// `file` is the path inside the class folder or the bare file name.
#[derive(Debug, Default)]
pub(super) struct SourceTable {
    sources: BTreeMap<(String, String), String>,
}

impl SourceTable {
    pub(super) fn read(path: &Path) -> Result<Self, DatasetError> {
        let text = fs::read_to_string(path)
            .map_err(|source| DatasetError::Read { path: path.to_owned(), source })?;
        Self::parse(&text).map_err(|csv::Problem { line, reason }| DatasetError::Sources {
            path: path.to_owned(),
            line,
            reason,
        })
    }

    fn parse(text: &str) -> Result<Self, csv::Problem> {
        let problem = |line, reason| csv::Problem { line, reason };
        let mut records = csv::records(text.trim_start_matches('\u{feff}'))?.into_iter();
        let Some(csv::Record { fields: header, .. }) = records.next() else {
            return Err(problem(1, "the header is missing".to_owned()));
        };
        let column = |name: &str| {
            header
                .iter()
                .position(|field| field.trim() == name)
                .ok_or_else(|| problem(1, format!("column {name} is missing")))
        };
        let columns = [column("class")?, column("file")?, column("source")?];
        let mut sources = BTreeMap::new();
        for csv::Record { line, fields } in records {
            if fields.len() <= columns.into_iter().max().unwrap_or(0) {
                return Err(problem(line, format!("only {} fields", fields.len())));
            }
            let [class, file, source] = columns.map(|i| fields[i].trim().to_owned());
            let known = sources.insert((class, file.clone()), source.clone());
            if known.is_some_and(|known| known != source) {
                return Err(problem(line, format!("file {file} has two sources")));
            }
        }
        Ok(Self { sources })
    }

    /// The stated source of a file given by its path inside the class folder; an empty one counts
    /// as [`UNKNOWN_SOURCE`].
    pub(super) fn source(&self, class: &str, inner_path: &str) -> Option<&str> {
        let name = inner_path.rsplit('/').next().unwrap_or(inner_path);
        [inner_path, name]
            .into_iter()
            .find_map(|file| self.sources.get(&(class.to_owned(), file.to_owned())))
            .map(|source| if source.is_empty() { UNKNOWN_SOURCE } else { source })
    }

    /// How many rows name no file of `present`, pairs of class and path inside the class folder.
    pub(super) fn unused(&self, present: &[(&str, &str)]) -> usize {
        let used: BTreeSet<(&str, &str)> = present
            .iter()
            .flat_map(|&(class, path)| {
                [(class, path), (class, path.rsplit('/').next().unwrap_or(path))]
            })
            .collect();
        self.sources
            .keys()
            .filter(|(class, file)| !used.contains(&(class.as_str(), file.as_str())))
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_name_tells_the_source() {
        let cases = [
            ("memes_holiday-2019_12.jpg", "memes", "holiday-2019"),
            ("memes_holiday2019.jpg", "memes", "holiday"),
            ("memes_12.jpg", "memes", UNKNOWN_SOURCE),
            ("memes12.jpg", "memes", UNKNOWN_SOURCE),
            ("memes.jpg", "memes", UNKNOWN_SOURCE),
            ("0007.jpg", "memes", UNKNOWN_SOURCE),
            ("other_site_3.jpg", "memes", "other_site"),
            ("IMG_20230411_0012.jpg", "memes", "IMG_20230411"),
            ("memes_site.jpg", "memes", "site"),
            ("memes_site_v1.2_4.tar.png", "memes", "site_v1.2_4.tar"),
            ("صور_موقع_٣.jpg", "صور", "موقع"),
            ("noextension_5", "memes", "noextension"),
            (".5", "memes", "."),
        ];
        for (file, class, source) in cases {
            assert_eq!(source_of(file, class), source, "{file}");
        }
    }

    #[test]
    fn a_table_overrides_by_path_or_name_and_knows_quotes() {
        let text = "\u{feff}source,class,licence,file\r\n\"a, \"\"b\"\"\",memes,x,m_1.jpg\r\n\r\nc,memes,,deep/m_1.jpg\n,memes,,m_2.jpg";
        let table = SourceTable::parse(text).unwrap();
        assert_eq!(table.source("memes", "m_1.jpg"), Some("a, \"b\""));
        assert_eq!(table.source("memes", "deep/m_1.jpg"), Some("c"));
        assert_eq!(table.source("memes", "else/m_1.jpg"), Some("a, \"b\""));
        assert_eq!(table.source("memes", "m_2.jpg"), Some(UNKNOWN_SOURCE));
        assert_eq!(table.source("chats", "m_1.jpg"), None);
        assert_eq!(table.unused(&[("memes", "m_1.jpg"), ("memes", "m_3.jpg")]), 2);
    }

    #[test]
    fn a_broken_table_names_line_and_reason() {
        let reason = |text: &str| {
            let problem = SourceTable::parse(text).unwrap_err();
            format!("{}: {}", problem.line, problem.reason)
        };
        assert_eq!(reason(""), "1: the header is missing");
        assert_eq!(reason("class,file\na,b"), "1: column source is missing");
        assert_eq!(reason("class,file,source\na,b"), "2: only 2 fields");
        assert_eq!(reason("class,file,source\na,b,\"c"), "2: a quote is not closed");
        assert_eq!(reason("class,file,source\na,b,c\na,b,d"), "3: file b has two sources");
    }
}
