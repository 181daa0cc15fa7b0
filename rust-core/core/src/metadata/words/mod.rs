//! Words, lemmas and stems of recognised text.

mod arabic;
#[cfg(test)]
mod arabic_cases;
mod english;
#[cfg(test)]
mod english_cases;
mod lexicon;
mod math;
mod segment;
#[cfg(test)]
mod tests;
mod tokens;

use std::sync::OnceLock;

use self::lexicon::Lexicon;
use self::tokens::{Token, tokens};
use super::error::MetadataError;
use super::record::{ArabicText, EnglishText, Script, TextLine};
use super::weights::{Weights, WeightsError};

/// Splits text into words and reduces them. The English word list is loaded when the first
/// Latin line with a word comes; Arabic needs none.
pub struct WordAnalyzer {
    weights: Weights,
    lexicon: OnceLock<Lexicon>,
}

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
    pub fn new(weights: &Weights) -> Self {
        Self { weights: weights.clone(), lexicon: OnceLock::new() }
    }

    /// Counts boxes, words and signs per script; [`Script::Unread`] lines are left out.
    /// A word belongs to the script of its line.
    ///
    /// # Errors
    /// [`MetadataError::Weights`] if a word list is missing or damaged.
    pub fn analyze(&self, lines: &[TextLine]) -> Result<WordAnalysis, MetadataError> {
        let read = || lines.iter().filter(|line| line.script != Script::Unread);
        let math_symbol_count = read()
            .fold(0, |sum: u32, line| sum.saturating_add(math::math_symbol_count(&line.text)));
        let english = self.english(&Tally::of(lines, Script::Latin))?;
        let arabic = arabic(&Tally::of(lines, Script::Arabic));
        Ok(WordAnalysis { english, arabic, math_symbol_count })
    }

    fn english(&self, tally: &Tally<'_>) -> Result<EnglishText, WeightsError> {
        let mut text = EnglishText {
            boxes: tally.boxes,
            words_including_separators: tally.tokens,
            mean_score: tally.mean_score(),
            ..EnglishText::default()
        };
        text.original = tally.original().into();
        if tally.words.is_empty() {
            text.lemmatized = Vec::new().into();
            text.segmented_and_lemmatized = Vec::new().into();
            return Ok(text);
        }
        let lexicon = self.lexicon()?;
        let words = || tally.words.iter();
        text.lemmatized =
            words().map(|word| english::lemma(lexicon, word)).collect::<Vec<_>>().into();
        text.segmented_and_lemmatized = words()
            .flat_map(|word| english::segmented_lemmas(lexicon, word))
            .collect::<Vec<_>>()
            .into();
        Ok(text)
    }

    /// A failure is not kept: the file may be there at the next call.
    fn lexicon(&self) -> Result<&Lexicon, WeightsError> {
        if let Some(lexicon) = self.lexicon.get() {
            return Ok(lexicon);
        }
        let loaded = Lexicon::load(&self.weights)?;
        Ok(self.lexicon.get_or_init(|| loaded))
    }
}

fn arabic(tally: &Tally<'_>) -> ArabicText {
    let stems: Vec<_> = tally.words.iter().map(|word| arabic::light_stem(word)).collect();
    ArabicText {
        boxes: tally.boxes,
        original: tally.original().into(),
        lemmatized: stems.into(),
        words_including_separators: tally.tokens,
        mean_score: tally.mean_score(),
    }
}

/// What the lines of one script hold.
#[derive(Default)]
struct Tally<'a> {
    boxes: u32,
    score_sum: f64,
    words: Vec<&'a str>,
    tokens: u32,
}

impl<'a> Tally<'a> {
    fn of(lines: &'a [TextLine], script: Script) -> Self {
        let mut tally = Self::default();
        for line in lines.iter().filter(|line| line.script == script) {
            tally.boxes += 1;
            tally.score_sum += f64::from(line.score);
            for token in tokens(&line.text) {
                tally.tokens += 1;
                if let Token::Word(word) = token {
                    tally.words.push(word);
                }
            }
        }
        tally
    }

    fn original(&self) -> Vec<String> {
        self.words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn mean_score(&self) -> Option<f32> {
        (self.boxes > 0).then(|| (self.score_sum / f64::from(self.boxes)) as f32)
    }
}
