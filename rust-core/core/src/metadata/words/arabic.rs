//! Light stems of Arabic words: no dictionary, no roots.
//!
//! After the idea of light10 (Larkey, Ballesteros & Connell, "Light Stemming for Arabic
//! Information Retrieval", 2007): normalise, take one proclitic with the article, one
//! suffix, then a leading و. Egyptian verbs add to it: future ه and present ب before ي ت ن,
//! negation م…ش, subject and object endings. Each rule leaves at least three letters (two
//! after the article), so short words stay whole.
//!
//! Normalisation: vowel signs (U+064B–U+065F, U+0670) and tatweel are dropped; أ إ آ ٱ → ا,
//! ى ی ئ → ي, ؤ → و, ة → ه, ک → ك; ligatures of لا are spelled out.

use super::tokens::is_name_of_place;

/// With the article, longest first.
const ARTICLES: [&str; 12] =
    ["وبال", "وكال", "وال", "فال", "بال", "كال", "عال", "هال", "ولل", "فلل", "ال", "لل"];
/// Possessives, plurals, genders and subjects, longest first.
const SUFFIXES: [&str; 30] = [
    "اتكم", "اتنا", "اتها", "اتهم", "هات", "اتك", "اتي", "اته", "تهم", "تكم", "تها", "تنا", "يين",
    "تي", "ته", "تك", "ين", "ون", "ان", "ات", "ها", "هم", "كم", "نا", "وا", "يه", "ه", "ي", "ك",
    "ا",
];
/// The name of God with its particles: its first letters are no article.
const GOD: [&str; 5] = ["الله", "والله", "بالله", "تالله", "لله"];
const LEAST_STEM: usize = 3;
const LEAST_AFTER_ARTICLE: usize = 2;

/// The light stem of a word of an Arabic line. The parts of a hashtag are stemmed one by
/// one, its `#` dropped; links, handles and words without Arabic letters are lower-cased.
pub(super) fn light_stem(word: &str) -> String {
    if is_name_of_place(word) {
        return word.to_lowercase();
    }
    let parts = word.trim_start_matches('#').split('_').map(stem_part);
    parts.collect::<Vec<_>>().join("_")
}

fn stem_part(word: &str) -> String {
    let normal = normalize(word);
    if !normal.chars().all(|c| ('\u{620}'..='\u{6d3}').contains(&c)) {
        return normal;
    }
    if GOD.contains(&normal.as_str()) {
        return "الله".to_owned();
    }
    let article = ARTICLES.iter().find_map(|article| {
        normal.strip_prefix(article).filter(|rest| letters(rest) >= LEAST_AFTER_ARTICLE)
    });
    match article {
        Some(noun) => strip_suffix(noun),
        None => strip_verb(&normal),
    }
    .to_owned()
}

fn strip_verb(word: &str) -> &str {
    let negated = word
        .strip_prefix('م')
        .and_then(|rest| rest.strip_suffix('ش'))
        .filter(|rest| letters(rest) >= LEAST_STEM);
    let positive = negated.map(|rest| strip_prefix(rest, 'ا')).unwrap_or(word);
    let base = strip_prefix(strip_suffix(positive), 'و');
    let mut rest = base.chars();
    let has_tense = matches!(rest.next(), Some('ه' | 'ب'))
        && matches!(rest.next(), Some('ي' | 'ت' | 'ن'))
        && letters(rest.as_str()) >= LEAST_STEM;
    if has_tense { rest.as_str() } else { strip_prefix(base, 'ي') }
}

fn strip_suffix(word: &str) -> &str {
    // The feminine ت of a verb is last: longer endings hold it.
    let endings = SUFFIXES.iter().copied().chain(std::iter::once("ت"));
    let kept = endings.filter_map(|suffix| word.strip_suffix(suffix));
    kept.into_iter().find(|rest| letters(rest) >= LEAST_STEM).unwrap_or(word)
}

fn strip_prefix(word: &str, prefix: char) -> &str {
    word.strip_prefix(prefix).filter(|rest| letters(rest) >= LEAST_STEM).unwrap_or(word)
}

fn letters(word: &str) -> usize {
    word.chars().count()
}

fn normalize(word: &str) -> String {
    let mut normal = String::with_capacity(word.len());
    for c in word.chars() {
        match c {
            '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}' => {}
            'أ' | 'إ' | 'آ' | 'ٱ' => normal.push('ا'),
            'ى' | 'ی' | 'ئ' => normal.push('ي'),
            'ؤ' => normal.push('و'),
            'ة' => normal.push('ه'),
            'ک' => normal.push('ك'),
            '\u{fef5}'..='\u{fefc}' => normal.push_str("لا"),
            other => normal.extend(other.to_lowercase()),
        }
    }
    normal
}
