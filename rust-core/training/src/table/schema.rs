//! Names and types of the columns.

use epic_core::metadata::COLUMNS;

/// What a column holds. Every cell may also be absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// UTF-8.
    Text,
    /// A whole number, not negative.
    Count,
    /// A 64-bit floating-point number.
    Number,
}

/// A column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name, as in the first line of a CSV file.
    pub name: &'static str,
    /// Its type.
    pub kind: ColumnKind,
}

/// Ours after the thesis's: size of the file, version of the record, parts that were asked for, 1
/// where a budget cut the text short, and why a picture has no metadata.
pub(super) const EXTRA: [&str; 5] = ["file_bytes", "metadata_version", "parts", "partial", "error"];

/// The columns in their order: the 37 of the thesis, then `file_bytes`, `metadata_version`,
/// `parts`, `partial` (0 or 1) and `error`.
pub fn schema() -> impl ExactSizeIterator<Item = Column> {
    let names: Vec<_> = COLUMNS.into_iter().chain(EXTRA).collect();
    names.into_iter().map(|name| Column { name, kind: kind(name) })
}

fn kind(name: &str) -> ColumnKind {
    match name {
        "file_name" | "relative_path" | "class" | "parts" | "error" => ColumnKind::Text,
        "area" | "width" | "height" | "file_bytes" | "metadata_version" | "partial" => {
            ColumnKind::Count
        }
        _ if name.starts_with("dominant_color") || name.contains("words_original") => {
            ColumnKind::Text
        }
        _ if name.ends_with("lemmatized") => ColumnKind::Text,
        _ if name.starts_with("total_") || name.ends_with("_count") => ColumnKind::Count,
        _ if name.ends_with("including_separators") => ColumnKind::Count,
        _ => ColumnKind::Number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_those_of_the_values() {
        let of = |kind| schema().filter(move |column| column.kind == kind).map(|c| c.name);
        assert_eq!(schema().len(), 42);
        assert_eq!(of(ColumnKind::Text).count(), 15);
        let counts: Vec<_> = of(ColumnKind::Count).collect();
        assert_eq!(
            counts,
            [
                "area",
                "width",
                "height",
                "total_faces_count",
                "total_lines_of_text_count",
                "text_blocks_count",
                "total_en_boxes",
                "total_ar_boxes",
                "en_words_including_separators",
                "ar_words_including_separators",
                "math_digits_or_symbols_count",
                "file_bytes",
                "metadata_version",
                "partial",
            ]
        );
    }
}
