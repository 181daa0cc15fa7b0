//! One spelling for what looks the same.

use std::borrow::Cow;

/// Words that end in ى wherever Arabic is written, particles and a few of the commonest nouns.
const WITH_ALEF_MAKSURA: [&str; 26] = [
    "على",
    "إلى",
    "الى",
    "حتى",
    "متى",
    "لدى",
    "سوى",
    "مدى",
    "أخرى",
    "اخرى",
    "الأخرى",
    "الأولى",
    "الاولى",
    "أولى",
    "أعلى",
    "الأعلى",
    "أدنى",
    "أقصى",
    "الأقصى",
    "معنى",
    "مستوى",
    "مستشفى",
    "مبنى",
    "ذكرى",
    "مصطفى",
    "موسى",
];

/// Arabic as Egypt writes it. The network was trained on Persian spelling, which has one
/// letter for ي and ى; both become ي except in words that always have ى. ک becomes ك and ۀ
/// becomes ه. Digits keep their
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
    let spelled = words(&kept.collect::<String>());
    spelled.split(' ').map(with_alef_maksura).collect::<Vec<_>>().join(" ")
}

/// The word with the ى that it is known to end in; punctuation may follow it, و or ف precede it.
fn with_alef_maksura(word: &str) -> Cow<'_, str> {
    let letters = word.trim_end_matches(|c: char| !c.is_alphabetic());
    let bare = letters.strip_prefix(['و', 'ف']).unwrap_or(letters);
    let is_known = WITH_ALEF_MAKSURA.iter().any(|known| {
        let stem = known.strip_suffix('ى');
        let differs = |form: &str| form.strip_suffix('ي').is_some_and(|form| Some(form) == stem);
        differs(letters) || differs(bare)
    });
    let (Some(stem), true) = (letters.strip_suffix('ي'), is_known) else { return word.into() };
    let rest = word.strip_prefix(letters).unwrap_or_default();
    format!("{stem}ى{rest}").into()
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
        assert_eq!(arabic("کلیۀ  ولی"), "كليه ولي");
        assert_eq!(arabic("۱۲۳ ٤٥٦ 789"), "١٢٣ ٤٥٦ 789");
        assert_eq!(arabic("مُحَمَّدٌ جـــدا می\u{200c}شود"), "محمد جدا ميشود");
        assert_eq!(arabic("پچژگ ة ؤ ئ أ إ آ"), "پچژگ ة ؤ ئ أ إ آ");
        assert_eq!(arabic(" \u{64b} "), "");
    }

    #[test]
    fn known_words_get_their_alef_maksura() {
        assert_eq!(arabic("وعلي، الي حتي في الاولي."), "وعلى، الى حتى في الاولى.");
        assert_eq!(arabic("مستشفي كرسي يمشي محلي علي"), "مستشفى كرسي يمشي محلي على");
        assert_eq!(arabic("ي . ، 5"), "ي . ، 5");
    }

    #[test]
    fn full_width_becomes_ascii() {
        assert_eq!(latin(" Ａ（１）\u{3000}，é× "), "A(1) ,é×");
    }
}
