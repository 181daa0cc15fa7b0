//! Metadata as records: the core's, field by field.

use epic_core::metadata::{self, COLUMNS, MetadataRow, Value, geometry};

/// Which parts a request asks for. What is not asked for is neither loaded nor run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct MetadataParts {
    /// Dominant colours.
    pub colors: bool,
    /// Face boxes.
    pub faces: bool,
    /// Text lines and words.
    pub text: bool,
}

/// What is known of one picture. A part that was not asked for is `None`.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct ImageMetadata {
    /// Version of the record; it rises when a field changes its meaning.
    pub version: u32,
    /// Width in pixels of the upright full picture.
    pub width: u32,
    /// Height in pixels of the upright full picture.
    pub height: u32,
    /// At most five dominant colours, by share, largest first.
    pub colors: Option<Vec<DominantColor>>,
    /// Faces.
    pub faces: Option<FaceMetadata>,
    /// Text.
    pub text: Option<TextMetadata>,
    /// The thesis's 37 columns in their order, as `epic metadata` writes them; the file's name, path
    /// and class are absent here.
    pub columns: Vec<MetadataColumn>,
}

/// One of the thesis's 37 columns.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct MetadataColumn {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: ColumnValue,
}

/// The value of a column.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
#[allow(missing_docs, reason = "variants say what their fields hold")]
pub enum ColumnValue {
    /// Not asked for, or not defined for this picture.
    Absent,
    /// A count.
    Count { count: u64 },
    /// A ratio, a score or a mean.
    Number { number: f64 },
    /// Words, or a colour.
    Text { text: String },
}

/// An sRGB colour and its share of the picture.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct DominantColor {
    /// `#rrggbb`, lower case.
    pub hex: String,
    /// Share of the picture's pixels, in (0, 1].
    pub ratio: f32,
}

/// The faces of a picture.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct FaceMetadata {
    /// Faces, the surest first.
    pub faces: Vec<Face>,
    /// Area of the union of all face boxes ÷ area of the picture, in [0, 1].
    pub area_ratio: f32,
}

/// A detected face; the box is in pixels of the upright full picture.
#[derive(Debug, Clone, Copy, PartialEq, uniffi::Record)]
pub struct Face {
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Width, above 0.
    pub width: f32,
    /// Height, above 0.
    pub height: f32,
    /// Confidence in [0, 1].
    pub score: f32,
}

/// The script that a line of text was read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Script {
    /// Latin letters, digits and signs.
    Latin,
    /// Arabic letters.
    Arabic,
    /// Found, but not read: too unsure, another script, or out of budget.
    Unread,
}

/// A point in pixels of the upright full picture.
#[derive(Debug, Clone, Copy, PartialEq, uniffi::Record)]
pub struct Point {
    /// From the left edge.
    pub x: f32,
    /// From the upper edge.
    pub y: f32,
}

/// One detected line of text.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct TextLine {
    /// Its four corners, clockwise from the upper left of the reading direction.
    pub corners: Vec<Point>,
    /// Script it was read in.
    pub script: Script,
    /// What it says, in logical order; empty when unread.
    pub text: String,
    /// Mean confidence of the recogniser in [0, 1]; 0 when unread.
    pub score: f32,
    /// Index of its block, from 0 in reading order.
    pub block: u32,
    /// Index of its line, from 0 in reading order.
    pub line: u32,
}

/// What was read in one script.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct ScriptText {
    /// Text boxes of this script.
    pub boxes: u32,
    /// Words as they are written, separators left out.
    pub words: Vec<String>,
    /// Lemmas (English) or light stems (Arabic), one per word.
    pub lemmas: Vec<String>,
    /// Glued words parted first, then lemmas; for Arabic the lemmas again.
    pub segmented_lemmas: Vec<String>,
    /// Number of tokens when separators (runs of punctuation and signs) count too.
    pub words_including_separators: u32,
    /// Mean confidence of the boxes in [0, 1]; `None` without a box.
    pub mean_score: Option<f32>,
}

/// The text of a picture.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct TextMetadata {
    /// Area of the union of all text boxes ÷ area of the picture, in [0, 1].
    pub area_ratio: f32,
    /// Lines of text: boxes on one baseline of a block count once.
    pub line_count: u32,
    /// Blocks: lines that stand close together.
    pub block_count: u32,
    /// Boxes found but not read.
    pub unread_boxes: u32,
    /// Latin script.
    pub english: ScriptText,
    /// Arabic script.
    pub arabic: ScriptText,
    /// Mathematical digits and symbols in all lines, Arabic-Indic digits included.
    pub math_symbol_count: u32,
    /// Whether the budget ended before all boxes were read.
    pub partial: bool,
    /// All boxes in reading order.
    pub lines: Vec<TextLine>,
}

impl From<MetadataParts> for metadata::Parts {
    fn from(MetadataParts { colors, faces, text }: MetadataParts) -> Self {
        Self { colors, faces, text }
    }
}

fn columns(metadata: &metadata::ImageMetadata) -> Vec<MetadataColumn> {
    let row =
        MetadataRow { file_name: "", relative_path: "", class: None, metadata: Some(metadata) };
    let named = COLUMNS.iter().zip(row.values());
    let column = |(name, value): (&&str, Value)| MetadataColumn {
        name: (*name).to_owned(),
        value: match value {
            Value::Absent => ColumnValue::Absent,
            Value::Count(count) => ColumnValue::Count { count },
            Value::Number(number) => ColumnValue::Number { number },
            Value::Text(text) if text.is_empty() && FILE_COLUMNS.contains(name) => {
                ColumnValue::Absent
            }
            Value::Text(text) => ColumnValue::Text { text },
        },
    };
    named.map(column).collect()
}

/// Columns that say where a picture lies, which is the app's own business.
const FILE_COLUMNS: [&str; 2] = ["file_name", "relative_path"];

impl From<metadata::ImageMetadata> for ImageMetadata {
    fn from(metadata: metadata::ImageMetadata) -> Self {
        Self {
            columns: columns(&metadata),
            version: metadata.version,
            width: metadata.width,
            height: metadata.height,
            colors: metadata.colors.map(|colors| {
                let color = |color: metadata::DominantColor| DominantColor {
                    hex: color.to_hex(),
                    ratio: color.ratio,
                };
                colors.dominant.into_iter().map(color).collect()
            }),
            faces: metadata.faces.map(|faces| FaceMetadata {
                faces: faces.faces.into_iter().map(Face::from).collect(),
                area_ratio: faces.area_ratio,
            }),
            text: metadata.text.map(TextMetadata::from),
        }
    }
}

impl From<metadata::Face> for Face {
    fn from(metadata::Face { rect, score }: metadata::Face) -> Self {
        let geometry::Rect { x, y, width, height } = rect;
        Self { x, y, width, height, score }
    }
}

impl From<metadata::Script> for Script {
    fn from(script: metadata::Script) -> Self {
        match script {
            metadata::Script::Latin => Self::Latin,
            metadata::Script::Arabic => Self::Arabic,
            metadata::Script::Unread => Self::Unread,
        }
    }
}

impl From<metadata::TextLine> for TextLine {
    fn from(line: metadata::TextLine) -> Self {
        Self {
            corners: line
                .quad
                .corners
                .iter()
                .map(|&geometry::Point { x, y }| Point { x, y })
                .collect(),
            script: line.script.into(),
            text: line.text,
            score: line.score,
            block: line.block,
            line: line.line,
        }
    }
}

fn words(list: metadata::WordList) -> Vec<String> {
    list.words.unwrap_or_default()
}

impl From<metadata::EnglishText> for ScriptText {
    fn from(text: metadata::EnglishText) -> Self {
        Self {
            boxes: text.boxes,
            words: words(text.original),
            lemmas: words(text.lemmatized),
            segmented_lemmas: words(text.segmented_and_lemmatized),
            words_including_separators: text.words_including_separators,
            mean_score: text.mean_score,
        }
    }
}

impl From<metadata::ArabicText> for ScriptText {
    fn from(text: metadata::ArabicText) -> Self {
        let lemmas = words(text.lemmatized);
        Self {
            boxes: text.boxes,
            words: words(text.original),
            segmented_lemmas: lemmas.clone(),
            lemmas,
            words_including_separators: text.words_including_separators,
            mean_score: text.mean_score,
        }
    }
}

impl From<metadata::TextMetadata> for TextMetadata {
    fn from(text: metadata::TextMetadata) -> Self {
        Self {
            area_ratio: text.area_ratio,
            line_count: text.line_count,
            block_count: text.block_count,
            unread_boxes: text.unread_boxes,
            english: text.english.into(),
            arabic: text.arabic.into(),
            math_symbol_count: text.math_symbol_count,
            partial: text.partial,
            lines: text.lines.into_iter().map(TextLine::from).collect(),
        }
    }
}
