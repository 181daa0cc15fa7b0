//! One spelling for what looks the same.

/// Tatweel, joiners and vowel marks (harakat) are dropped: few texts write them, and words are
/// counted without them. Letters stay as they are written, ى and ي, ة and ه, with hamza and
/// without; so do digits of either script.
pub(super) fn arabic(text: &str) -> String {
    let dropped =
        |c: &char| matches!(c, 'ـ' | '\u{200c}' | '\u{200d}' | '\u{64b}'..='\u{652}' | '\u{670}');
    words(&text.chars().filter(|character| !dropped(character)).collect::<String>())
}

/// Full-width forms, which the dictionary of the Latin network has for the Chinese that
/// it reads too, become ASCII.
pub(super) fn latin(text: &str) -> String {
    let ascii = text.chars().map(|character| match character {
        '！'..='～' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        '\u{3000}' => ' ',
        other => other,
    });
    words(&ascii.collect::<String>())
}

/// Single spaces between words, none outside.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arabic_letters_stay_and_marks_go() {
        assert_eq!(arabic("مُحَمَّدٌ  جـــدا على كرسي"), "محمد جدا على كرسي");
        assert_eq!(arabic("پچژگ ة ؤ ئ أ إ آ ١٢٣ 789"), "پچژگ ة ؤ ئ أ إ آ ١٢٣ 789");
        assert_eq!(arabic(" \u{64b} "), "");
    }

    #[test]
    fn full_width_becomes_ascii() {
        assert_eq!(latin(" Ａ（１）\u{3000}，é× "), "A(1) ,é×");
    }
}
