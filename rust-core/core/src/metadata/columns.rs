//! The record as a row of the thesis's table.

use super::record::{COLOR_COUNT, ImageMetadata, WordList};

/// The 37 columns of the thesis, in its order.
pub const COLUMNS: [&str; 37] = [
    "file_name",
    "relative_path",
    "aspect_ratio",
    "area",
    "width",
    "height",
    "dominant_color_1",
    "color_to_image_ratio_1",
    "dominant_color_2",
    "color_to_image_ratio_2",
    "dominant_color_3",
    "color_to_image_ratio_3",
    "dominant_color_4",
    "color_to_image_ratio_4",
    "dominant_color_5",
    "color_to_image_ratio_5",
    "total_faces_count",
    "faces_to_image_ratio",
    "text_to_image_ratio",
    "lines_per_text_block",
    "total_lines_of_text_count",
    "text_blocks_count",
    "total_en_boxes",
    "total_ar_boxes",
    "en_words_original",
    "ar_words_original",
    "en_words_lemmatized",
    "en_words_segmented_and_lemmatized",
    "ar_words_lemmatized",
    "en_words_including_separators",
    "ar_words_including_separators",
    "en_words_to_boxes",
    "ar_words_to_boxes",
    "en_avg_score",
    "ar_avg_score",
    "math_digits_or_symbols_count",
    "class",
];

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Not asked for, or not defined (a mean over no boxes).
    Absent,
    /// A whole number.
    Count(u64),
    /// A real number.
    Number(f64),
    /// Text.
    Text(String),
}

/// A picture of a data set and its metadata.
#[derive(Debug, Clone, Copy)]
pub struct MetadataRow<'a> {
    /// Name of the file, without its folders.
    pub file_name: &'a str,
    /// Path below the folder that was listed, with `/` between parts.
    pub relative_path: &'a str,
    /// What was extracted; `None` for a picture that failed.
    pub metadata: Option<&'a ImageMetadata>,
    /// Name of the class, in a folder per class.
    pub class: Option<&'a str>,
}

impl MetadataRow<'_> {
    /// The cells, in the order of [`COLUMNS`]. A column of words holds them with single
    /// spaces between, or their number after [`ImageMetadata::without_words`].
    pub fn values(&self) -> Vec<Value> {
        let mut cells = Vec::with_capacity(COLUMNS.len());
        cells.push(Value::Text(self.file_name.to_owned()));
        cells.push(Value::Text(self.relative_path.to_owned()));
        match self.metadata {
            Some(metadata) => push_metadata(&mut cells, metadata),
            None => cells.resize(COLUMNS.len() - 1, Value::Absent),
        }
        cells.push(self.class.map_or(Value::Absent, |class| Value::Text(class.to_owned())));
        cells
    }
}

fn push_metadata(cells: &mut Vec<Value>, metadata: &ImageMetadata) {
    cells.push(number(metadata.aspect_ratio()));
    cells.push(Value::Count(metadata.area()));
    cells.push(Value::Count(metadata.width.into()));
    cells.push(Value::Count(metadata.height.into()));
    push_colors(cells, metadata);
    match &metadata.faces {
        Some(faces) => {
            cells.push(Value::Count(faces.faces.len() as u64));
            cells.push(number(faces.area_ratio));
        }
        None => cells.extend([Value::Absent, Value::Absent]),
    }
    push_text(cells, metadata);
}

/// A picture with fewer colours than columns has no colour and the share 0 in the rest. Shares
/// are rounded down, so that their sum stays at most 1.
fn push_colors(cells: &mut Vec<Value>, metadata: &ImageMetadata) {
    for index in 0..COLOR_COUNT {
        let color = metadata.colors.as_ref().map(|colors| colors.dominant.get(index));
        cells.extend(match color {
            None => [Value::Absent, Value::Absent],
            Some(None) => [Value::Absent, Value::Number(0.0)],
            Some(Some(color)) => [
                Value::Text(color.to_hex()),
                Value::Number((f64::from(color.ratio) * 1e6).floor() / 1e6),
            ],
        });
    }
}

fn push_text(cells: &mut Vec<Value>, metadata: &ImageMetadata) {
    let Some(text) = &metadata.text else {
        cells.resize(COLUMNS.len() - 1, Value::Absent);
        return;
    };
    let (en, ar) = (&text.english, &text.arabic);
    let score = |mean: Option<f32>| mean.map_or(Value::Absent, number);
    cells.extend([
        number(text.area_ratio),
        number(text.lines_per_block()),
        Value::Count(text.line_count.into()),
        Value::Count(text.block_count.into()),
        Value::Count(en.boxes.into()),
        Value::Count(ar.boxes.into()),
        words(&en.original),
        words(&ar.original),
        words(&en.lemmatized),
        words(&en.segmented_and_lemmatized),
        words(&ar.lemmatized),
        Value::Count(en.words_including_separators.into()),
        Value::Count(ar.words_including_separators.into()),
        number(en.words_to_boxes()),
        number(ar.words_to_boxes()),
        score(en.mean_score),
        score(ar.mean_score),
        Value::Count(text.math_symbol_count.into()),
    ]);
}

/// Six decimals are more than any of them is good for, and print the same everywhere.
fn number(value: impl Into<f64>) -> Value {
    Value::Number((value.into() * 1e6).round() / 1e6)
}

fn words(list: &WordList) -> Value {
    match &list.words {
        Some(words) => Value::Text(words.join(" ")),
        None => Value::Count(list.count.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Picture;

    fn row(metadata: Option<&ImageMetadata>) -> Vec<Value> {
        MetadataRow {
            file_name: "a.jpg",
            relative_path: "cats/a.jpg",
            metadata,
            class: Some("cats"),
        }
        .values()
    }

    #[test]
    fn every_row_has_every_column() {
        let picture = Picture::new(4, 2, vec![0; 24], (4, 2)).unwrap();
        let mut metadata = ImageMetadata::of_size(&picture);
        assert_eq!(row(None).len(), COLUMNS.len());
        assert_eq!(row(Some(&metadata)).len(), COLUMNS.len());
        metadata.colors = Some(Default::default());
        metadata.faces = Some(Default::default());
        metadata.text = Some(Default::default());
        let full = row(Some(&metadata));
        assert_eq!(full.len(), COLUMNS.len());
        assert_eq!(full[2], Value::Number(2.0));
        assert_eq!(full[6..8], [Value::Absent, Value::Number(0.0)]);
        assert_eq!(full.last(), Some(&Value::Text("cats".to_owned())));
    }
}
