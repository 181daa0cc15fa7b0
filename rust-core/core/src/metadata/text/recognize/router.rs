//! In which script a line is, judged by what the recognisers made of it.

use super::Reading;
use super::bidi::{is_arabic_letter, logical_order};
use super::ctc::Decoded;
use super::normalize;
use crate::metadata::record::Script;

/// From here on the Latin reading stands and the Arabic network is not asked.
const SURE_LATIN: f32 = 0.90;
/// Signs and digits have few pixels to be wrong about; Arabic-Indic ones look like others.
const SURE_NUMBER: f32 = 0.95;
/// Below these a reading is no reading.
const MIN_ARABIC: f32 = 0.70;
const MIN_LATIN: f32 = 0.75;

/// How many characters of each kind a text has.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Census {
    latin: usize,
    arabic: usize,
    /// Letters of other scripts.
    foreign: usize,
    digits: usize,
    arabic_digits: usize,
}

impl Census {
    fn of(text: &str) -> Self {
        let mut census = Self::default();
        for character in text.chars() {
            let count = match character {
                '0'..='9' => &mut census.digits,
                '٠'..='٩' | '۰'..='۹' => &mut census.arabic_digits,
                _ if is_arabic_letter(character) => &mut census.arabic,
                // Greek letters are signs of mathematics.
                '\u{370}'..='\u{3ff}' => continue,
                'A'..='Z'
                | 'a'..='z'
                | 'ª'
                | 'º'
                | '\u{c0}'..='\u{24f}'
                | '\u{1e00}'..='\u{1eff}' => &mut census.latin,
                _ if character.is_alphabetic() => &mut census.foreign,
                _ => continue,
            };
            *count += 1;
        }
        census
    }

    fn letters(&self) -> usize {
        self.latin + self.arabic + self.foreign
    }
}

/// The reading of a line that the Latin network is sure of; `None` if the Arabic network
/// has to be asked.
pub(super) fn sure(latin: &Decoded) -> Option<Reading> {
    let census = Census::of(&latin.text);
    let bound = if census.letters() == 0 { SURE_NUMBER } else { SURE_LATIN };
    (latin.score >= bound).then(|| read_as_latin(latin, census))
}

/// The reading of a line that both networks have read.
pub(super) fn decide(latin: &Decoded, arabic: &Decoded) -> Reading {
    let (by_latin, by_arabic) = (Census::of(&latin.text), Census::of(&arabic.text));
    let is_arabic = by_arabic.arabic > 0
        || by_arabic.letters() == 0 && by_arabic.arabic_digits > by_arabic.digits;
    if is_arabic && arabic.score >= MIN_ARABIC {
        let text = normalize::arabic(&logical_order(&arabic.text));
        let mostly_latin = by_arabic.latin > by_arabic.arabic;
        let script = if mostly_latin { Script::Latin } else { Script::Arabic };
        return Reading { script, text, score: arabic.score };
    }
    if !is_arabic && latin.score >= MIN_LATIN {
        return read_as_latin(latin, by_latin);
    }
    Reading::unread()
}

fn read_as_latin(latin: &Decoded, census: Census) -> Reading {
    let text = normalize::latin(&latin.text);
    if text.is_empty() || census.foreign > census.latin {
        return Reading::unread();
    }
    Reading { script: Script::Latin, text, score: latin.score }
}
