//! One spelling for what looks the same.

/// Arabic as Egypt writes it. The network was trained on Persian spelling, which has one
/// letter for ي and ى; both become ي, ک becomes ك and ۀ becomes ه. Digits keep their
/// script: Persian forms become Arabic-Indic ones. Tatweel, joiners and vowel marks
/// (harakat) are dropped: few texts write them, and words are counted without them.
pub(super) fn arabic(text: &str) -> String {
    let kept = text.chars().filter_map(|character| match character {
        'ی' | 'ى' => Some('ي'),
        'ک' => Some('ك'),
        'ۀ' => Some('ه'),
        '۰'..='۹' => char::from_u32(u32::from(character) - u32::from('۰') + u32::from('٠')),
        'ـ' | '\u{200c}' | '\u{200d}' | '\u{64b}'..='\u{652}' | '\u{670}' => None,
        other => Some(other),
    });
    words(&kept.collect::<String>())
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
    fn persian_spelling_becomes_arabic() {
        assert_eq!(arabic("کلیۀ  علی"), "كليه علي");
        assert_eq!(arabic("۱۲۳ ٤٥٦ 789"), "١٢٣ ٤٥٦ 789");
        assert_eq!(arabic("مُحَمَّدٌ جـــدا می\u{200c}شود"), "محمد جدا ميشود");
        assert_eq!(arabic("پچژگ ة ؤ ئ أ إ آ"), "پچژگ ة ؤ ئ أ إ آ");
        assert_eq!(arabic(" \u{64b} "), "");
    }

    #[test]
    fn full_width_becomes_ascii() {
        assert_eq!(latin(" Ａ（１）\u{3000}，é× "), "A(1) ,é×");
    }
}
