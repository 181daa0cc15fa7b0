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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, score: f32) -> Decoded {
        Decoded { text: text.to_owned(), score }
    }

    fn latin(text: &str, score: f32) -> Reading {
        Reading { script: Script::Latin, text: text.to_owned(), score }
    }

    #[test]
    fn a_sure_latin_line_does_not_ask_the_arabic_network() {
        assert_eq!(sure(&read("Exam at 7:30", 0.98)), Some(latin("Exam at 7:30", 0.98)));
        assert_eq!(sure(&read("قخ", 0.55)), None);
        assert_eq!(sure(&read("Exam", 0.89)), None);
        assert_eq!(sure(&read("", 0.0)), None);
    }

    #[test]
    fn signs_and_digits_alone_have_to_be_surer() {
        assert_eq!(sure(&read("7:30", 0.93)), None);
        assert_eq!(sure(&read("7:30", 0.97)), Some(latin("7:30", 0.97)));
    }

    #[test]
    fn letters_of_other_scripts_are_unread() {
        assert_eq!(sure(&read("你好", 0.99)), Some(Reading::unread()));
        assert_eq!(decide(&read("你好", 0.80), &read("", 0.0)), Reading::unread());
        // One mistaken sign among Latin letters, and Greek as mathematics, stay.
        assert!(
            sure(&read("hello 口", 0.95)).is_some_and(|reading| reading == latin("hello 口", 0.95))
        );
        assert_eq!(sure(&read("α = 2β", 0.97)), Some(latin("α = 2β", 0.97)));
    }

    #[test]
    fn arabic_is_turned_into_logical_order() {
        let reading = decide(&read("pLw", 0.5), &read("مالس", 0.9));
        assert_eq!(reading.script, Script::Arabic);
        assert_eq!((reading.text.as_str(), reading.score), ("سلام", 0.9));
    }

    #[test]
    fn a_doubtful_arabic_reading_is_unread_whatever_the_latin_one_says() {
        assert_eq!(decide(&read("abc", 0.85), &read("مالس", 0.69)), Reading::unread());
        assert_eq!(decide(&read("", 0.0), &read("", 0.0)), Reading::unread());
    }

    #[test]
    fn without_arabic_letters_the_latin_reading_stands_if_it_is_good_enough() {
        assert_eq!(decide(&read("Exam", 0.80), &read("Exam", 0.9)), latin("Exam", 0.80));
        assert_eq!(decide(&read("Exam", 0.74), &read("Exam", 0.9)), Reading::unread());
    }

    #[test]
    fn arabic_indic_digits_alone_are_an_arabic_line() {
        let reading = decide(&read("VIE0", 0.80), &read("٧:٤٥", 0.9));
        assert_eq!((reading.script, reading.text.as_str()), (Script::Arabic, "٧:٤٥"));
        assert_eq!(decide(&read("7:45", 0.94), &read("7:45", 0.9)), latin("7:45", 0.94));
    }

    #[test]
    fn a_line_of_mostly_latin_letters_is_latin_but_keeps_its_arabic() {
        let reading = decide(&read("download x", 0.8), &read("download نا", 0.9));
        assert_eq!(reading.script, Script::Latin);
        assert!(reading.text.contains("download") && reading.text.contains("ان"));
    }

    #[test]
    fn scores_that_are_no_numbers_are_never_sure() {
        assert_eq!(sure(&read("Exam", f32::NAN)), None);
        assert_eq!(decide(&read("Exam", f32::NAN), &read("مالس", f32::NAN)), Reading::unread());
    }
}
