//! The characters behind the classes of a recogniser.

use crate::metadata::weights::{Weights, WeightsError};

/// Class 0 is the blank of CTC, class `n` the character on line `n` of the file.
pub(super) struct Dictionary {
    characters: Vec<String>,
}

impl Dictionary {
    /// Reads a UTF-8 file of one character (or ligature) a line.
    pub(super) fn load(weights: &Weights, file: &str) -> Result<Self, WeightsError> {
        let content = |reason: &str| WeightsError::Content {
            file: file.to_owned(),
            reason: reason.to_owned(),
        };
        let bytes = weights.read(file)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| content("it is no UTF-8"))?;
        Self::parse(text).ok_or_else(|| content("a line is empty"))
    }

    fn parse(text: &str) -> Option<Self> {
        let lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
        let characters: Vec<_> = lines.map(str::to_owned).collect();
        // Spaces are characters here, so lines are not trimmed.
        (!characters.iter().any(String::is_empty)).then_some(Self { characters })
    }

    /// Number of classes, the blank included.
    pub(super) fn classes(&self) -> usize {
        self.characters.len() + 1
    }

    /// `None` for the blank and for classes that there are not.
    pub(super) fn character(&self, class: usize) -> Option<&str> {
        self.characters.get(class.checked_sub(1)?).map(String::as_str)
    }

    #[cfg(test)]
    pub(super) fn of(characters: &str) -> Self {
        Self { characters: characters.chars().map(String::from).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_classes_from_one_and_spaces_are_kept() {
        let dictionary = Dictionary::parse("a\n \nلا\n").unwrap();
        assert_eq!(dictionary.classes(), 4);
        let characters: Vec<_> = (0..5).map(|class| dictionary.character(class)).collect();
        assert_eq!(characters, [None, Some("a"), Some(" "), Some("لا"), None]);
    }

    #[test]
    fn empty_lines_are_refused() {
        assert!(Dictionary::parse("").is_none());
        assert!(Dictionary::parse("a\n\nb\n").is_none());
    }
}
