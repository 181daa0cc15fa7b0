//! The metadata of one picture, typed.

use serde::{Deserialize, Serialize};

use super::geometry::{Quad, Rect};
use super::parts::Parts;
use crate::picture::Picture;

/// Version of [`ImageMetadata`]: it rises when a field changes its meaning, so that
/// tables of different versions are not mixed.
pub const METADATA_VERSION: u32 = 1;

/// Number of dominant colours in the record.
pub const COLOR_COUNT: usize = 5;

/// What is known of one picture (thesis, phase 1, "metadata"). A part that was not
/// asked for is `None`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImageMetadata {
    /// [`METADATA_VERSION`] of the code that made it.
    pub version: u32,
    /// Width in pixels of the upright full picture.
    pub width: u32,
    /// Height in pixels of the upright full picture.
    pub height: u32,
    /// Dominant colours.
    pub colors: Option<ColorMetadata>,
    /// Faces.
    pub faces: Option<FaceMetadata>,
    /// Text.
    pub text: Option<TextMetadata>,
}

impl ImageMetadata {
    /// A record of the picture's size alone.
    pub fn of_size(picture: &Picture) -> Self {
        let (width, height) = picture.source_size();
        Self { version: METADATA_VERSION, width, height, colors: None, faces: None, text: None }
    }

    /// Width ÷ height.
    pub fn aspect_ratio(&self) -> f64 {
        f64::from(self.width) / f64::from(self.height.max(1))
    }

    /// Width × height in pixels.
    pub fn area(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Whether a budget cut a part short.
    pub fn is_partial(&self) -> bool {
        self.text.as_ref().is_some_and(|text| text.partial)
    }

    /// Forgets all but these parts.
    pub(crate) fn keep(&mut self, parts: Parts) {
        self.colors = self.colors.take().filter(|_| parts.colors);
        self.faces = self.faces.take().filter(|_| parts.faces);
        self.text = self.text.take().filter(|_| parts.text);
    }

    /// The record without raw words, recognised lines and boxes: what an app may keep.
    #[must_use]
    pub fn without_words(mut self) -> Self {
        if let Some(text) = &mut self.text {
            text.lines.clear();
            for words in [
                &mut text.english.original,
                &mut text.english.lemmatized,
                &mut text.english.segmented_and_lemmatized,
                &mut text.arabic.original,
                &mut text.arabic.lemmatized,
            ] {
                words.words = None;
            }
        }
        self
    }
}

/// An sRGB colour and its share of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DominantColor {
    /// Red, green, blue.
    pub rgb: [u8; 3],
    /// Share of the picture's pixels, in (0, 1].
    pub ratio: f32,
}

impl DominantColor {
    /// `#rrggbb`, lower case.
    pub fn to_hex(&self) -> String {
        let [r, g, b] = self.rgb;
        format!("#{r:02x}{g:02x}{b:02x}")
    }
}

/// The dominant colours of a picture.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ColorMetadata {
    /// At most [`COLOR_COUNT`], by share, largest first; shares sum to at most 1.
    pub dominant: Vec<DominantColor>,
}

/// A detected face.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Face {
    /// In pixels of the upright full picture, inside its borders.
    pub rect: Rect,
    /// Confidence in [0, 1].
    pub score: f32,
}

/// The faces of a picture.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FaceMetadata {
    /// Faces, the surest first.
    pub faces: Vec<Face>,
    /// Area of the union of all face boxes ÷ area of the picture, in [0, 1].
    pub area_ratio: f32,
}

/// The script that a line of text was read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Script {
    /// Latin letters, digits and signs: the thesis's `en`.
    Latin,
    /// Arabic letters: the thesis's `ar`.
    Arabic,
    /// Found, but not read: too unsure, another script, or out of budget.
    Unread,
}

/// One detected line of text (a box, in the words of PaddleOCR).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TextLine {
    /// In pixels of the upright full picture.
    pub quad: Quad,
    /// Script it was read in.
    pub script: Script,
    /// What it says, in logical order; empty when unread.
    pub text: String,
    /// Mean confidence of the recogniser in [0, 1]; 0 when unread.
    pub score: f32,
    /// Index of its block, from 0 in reading order.
    pub block: u32,
    /// Index of its line, from 0 in reading order: boxes side by side on one baseline
    /// of a block share a line.
    pub line: u32,
}

/// A list of words: its length, and the words themselves where they may be kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordList {
    /// Number of words.
    pub count: u32,
    /// The words in reading order; `None` after [`ImageMetadata::without_words`].
    pub words: Option<Vec<String>>,
}

impl From<Vec<String>> for WordList {
    fn from(words: Vec<String>) -> Self {
        Self { count: words.len() as u32, words: Some(words) }
    }
}

/// What was read in the Latin script.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct EnglishText {
    /// Text boxes of this script.
    pub boxes: u32,
    /// Words as they are written, separators left out.
    pub original: WordList,
    /// Lower-case lemmas, one per word.
    pub lemmatized: WordList,
    /// Glued words parted first (`goodmorning` → `good morning`), then lemmas.
    pub segmented_and_lemmatized: WordList,
    /// Number of tokens when separators (runs of punctuation and signs) count too.
    pub words_including_separators: u32,
    /// Mean confidence of the boxes in [0, 1]; `None` without a box.
    pub mean_score: Option<f32>,
}

/// What was read in the Arabic script.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ArabicText {
    /// Text boxes of this script.
    pub boxes: u32,
    /// Words as they are written, separators left out.
    pub original: WordList,
    /// Light stems, one per word.
    pub lemmatized: WordList,
    /// Number of tokens when separators (runs of punctuation and signs) count too.
    pub words_including_separators: u32,
    /// Mean confidence of the boxes in [0, 1]; `None` without a box.
    pub mean_score: Option<f32>,
}

/// The text of a picture.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TextMetadata {
    /// Area of the union of all text boxes ÷ area of the picture, in [0, 1].
    pub area_ratio: f32,
    /// Lines of text: boxes on one baseline of a block count once.
    pub line_count: u32,
    /// Blocks (paragraphs, bubbles): lines that stand close together.
    pub block_count: u32,
    /// Boxes found but not read.
    pub unread_boxes: u32,
    /// Latin script.
    pub english: EnglishText,
    /// Arabic script.
    pub arabic: ArabicText,
    /// Mathematical digits and symbols in all lines, Arabic-Indic digits included.
    pub math_symbol_count: u32,
    /// Whether the budget ended before all boxes were read.
    pub partial: bool,
    /// All boxes in reading order.
    pub lines: Vec<TextLine>,
}

impl TextMetadata {
    /// Mean number of lines per block; 0 without text.
    pub fn lines_per_block(&self) -> f32 {
        self.line_count as f32 / self.block_count.max(1) as f32
    }
}

impl EnglishText {
    /// Words ÷ boxes; 0 without a box.
    pub fn words_to_boxes(&self) -> f32 {
        self.original.count as f32 / self.boxes.max(1) as f32
    }
}

impl ArabicText {
    /// Words ÷ boxes; 0 without a box.
    pub fn words_to_boxes(&self) -> f32 {
        self.original.count as f32 / self.boxes.max(1) as f32
    }
}
