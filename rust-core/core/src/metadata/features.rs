//! Metadata as numbers, for networks that take it beside the picture (the thesis's MCNN).

use super::columns::{COLUMNS, MetadataRow, Value};
use super::parts::Parts;
use super::record::{COLOR_COUNT, ImageMetadata};

/// Red, green and blue of a colour column, in 0..=255.
const CHANNELS: [&str; 3] = ["red", "green", "blue"];

/// Columns of faces, text and their counts; columns of words are no numbers.
const FACES: [&str; 2] = ["total_faces_count", "faces_to_image_ratio"];
const TEXT: [&str; 13] = [
    "text_to_image_ratio",
    "lines_per_text_block",
    "total_lines_of_text_count",
    "text_blocks_count",
    "total_en_boxes",
    "total_ar_boxes",
    "en_words_including_separators",
    "ar_words_including_separators",
    "en_words_to_boxes",
    "ar_words_to_boxes",
    "en_avg_score",
    "ar_avg_score",
    "math_digits_or_symbols_count",
];

/// A name that is no feature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no metadata feature")]
pub struct UnknownFeature(String);

/// The features of some parts, by name: for colours `dominant_color_1_red`, `…_green`, `…_blue` and
/// `color_to_image_ratio_1`, for the rest the column's own name.
pub fn feature_names(parts: Parts) -> Vec<String> {
    let mut names = Vec::new();
    if parts.colors {
        for index in 1..=COLOR_COUNT {
            names.extend(CHANNELS.map(|channel| format!("dominant_color_{index}_{channel}")));
            names.push(format!("color_to_image_ratio_{index}"));
        }
    }
    if parts.faces {
        names.extend(FACES.map(str::to_owned));
    }
    if parts.text {
        names.extend(TEXT.map(str::to_owned));
    }
    names
}

/// Some features in some order. What is absent (a colour that a picture has not, a mean over no boxes, a part
/// that was not extracted) is 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Features {
    sources: Vec<Source>,
    parts: Parts,
}

/// Where a feature's number stands in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Source {
    column: usize,
    /// Of a colour, 0 to 2.
    channel: Option<usize>,
}

impl Features {
    /// The features of these names, in this order.
    ///
    /// # Errors
    /// [`UnknownFeature`] for the first name that is none.
    pub fn new<S: AsRef<str>>(names: &[S]) -> Result<Self, UnknownFeature> {
        let mut parts = Parts::NONE;
        let mut sources = Vec::with_capacity(names.len());
        for name in names {
            let name = name.as_ref();
            let unknown = || UnknownFeature(name.to_owned());
            let (column, channel) = match name.rsplit_once('_') {
                Some((color, channel)) if color.starts_with("dominant_color_") => {
                    let index = CHANNELS.iter().position(|c| *c == channel);
                    (color, Some(index.ok_or_else(unknown)?))
                }
                _ => (name, None),
            };
            if channel.is_some() || column.starts_with("color_to_image_ratio_") {
                parts.colors = true;
            } else if FACES.contains(&column) {
                parts.faces = true;
            } else if TEXT.contains(&column) {
                parts.text = true;
            } else {
                return Err(unknown());
            }
            let column = COLUMNS.iter().position(|c| *c == column).ok_or_else(unknown)?;
            sources.push(Source { column, channel });
        }
        Ok(Self { sources, parts })
    }

    /// Number of features.
    pub fn len(&self) -> usize {
        self.sources.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// The parts that have to be extracted for them.
    pub fn parts(&self) -> Parts {
        self.parts
    }

    /// The features of a picture.
    pub fn of(&self, metadata: &ImageMetadata) -> Vec<f32> {
        let row =
            MetadataRow { file_name: "", relative_path: "", metadata: Some(metadata), class: None };
        self.of_row(&row.values())
    }

    /// The same from a row of a table whose first columns are [`COLUMNS`].
    pub fn of_row(&self, values: &[Value]) -> Vec<f32> {
        let feature = |source: &Source| match (values.get(source.column), source.channel) {
            (Some(Value::Text(color)), Some(channel)) => channel_of(color, channel).unwrap_or(0.0),
            (Some(Value::Count(count)), None) => *count as f32,
            (Some(Value::Number(number)), None) => *number as f32,
            _ => 0.0,
        };
        self.sources.iter().map(feature).collect()
    }
}

/// Of `#rrggbb`.
fn channel_of(color: &str, channel: usize) -> Option<f32> {
    let digits = color.strip_prefix('#')?.get(2 * channel..2 * channel + 2)?;
    u8::from_str_radix(digits, 16).ok().map(f32::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::{ColorMetadata, DominantColor, FaceMetadata, TextMetadata};
    use crate::picture::Picture;

    fn metadata() -> ImageMetadata {
        let picture = Picture::new(4, 2, vec![0; 24], (4, 2)).unwrap();
        let mut metadata = ImageMetadata::of_size(&picture);
        let color = DominantColor { rgb: [255, 16, 0], ratio: 0.5 };
        metadata.colors = Some(ColorMetadata { dominant: vec![color] });
        metadata.faces = Some(FaceMetadata { faces: Vec::new(), area_ratio: 0.25 });
        let mut text = TextMetadata { line_count: 7, ..TextMetadata::default() };
        text.arabic.mean_score = Some(0.5);
        metadata.text = Some(text);
        metadata
    }

    #[test]
    fn every_name_is_a_feature_and_says_what_it_needs() {
        let names = feature_names(Parts::ALL);
        assert_eq!(names.len(), 20 + 2 + 13);
        let all = Features::new(&names).unwrap();
        assert_eq!((all.len(), all.parts()), (35, Parts::ALL));
        for parts in ["colors", "faces", "text", "colors,faces", ""] {
            let parts: Parts = parts.parse().unwrap();
            assert_eq!(Features::new(&feature_names(parts)).unwrap().parts(), parts);
        }
        for name in ["class", "dominant_color_1", "dominant_color_6_red", "dominant_color_1_alpha"]
        {
            assert!(Features::new(&[name]).is_err(), "{name}");
        }
    }

    #[test]
    fn numbers_are_those_of_the_record_and_absent_ones_are_zero() {
        let names = [
            "ar_avg_score",
            "dominant_color_1_red",
            "dominant_color_1_green",
            "dominant_color_2_red",
            "color_to_image_ratio_1",
            "faces_to_image_ratio",
            "total_lines_of_text_count",
            "en_avg_score",
        ];
        let features = Features::new(&names).unwrap();
        let want = [0.5, 255.0, 16.0, 0.0, 0.5, 0.25, 7.0, 0.0];
        assert_eq!(features.of(&metadata()), want);
        let nothing = ImageMetadata { colors: None, faces: None, text: None, ..metadata() };
        assert_eq!(features.of(&nothing), [0.0; 8]);
        assert_eq!(features.of_row(&[]), [0.0; 8]);
    }
}
