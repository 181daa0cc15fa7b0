//! Texts of a language: sentences with slots, filled by chance; and lines that users bring.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::error::SynthesizeError;
use crate::random::SplitMix64;

/// How deep a slot may stand in a slot; a list that names itself ends there.
const DEEPEST: usize = 8;

/// All that is said in one language, as its TOML file says it.
///
/// A text may contain `{slot}` (one of that list), `{3-40}` (a number) and `{one|another}`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Language {
    /// As HTML's `lang` has it.
    pub(super) language: String,
    /// `ltr` or `rtl`.
    pub(super) direction: String,
    /// Ten digits that are in use besides 0-9, from zero on.
    #[serde(default)]
    pub(super) digits: Option<String>,
    /// Kinds that lines of users may stand for, when they name none.
    #[serde(default)]
    pub(super) free: Vec<String>,
    /// Words of apps, by what templates call them.
    #[serde(default)]
    pub(super) ui: BTreeMap<String, String>,
    /// Lists of texts and of what fills them, by name.
    pub(super) texts: BTreeMap<String, Vec<String>>,
    /// Lines of users by kind, and by the empty kind; taken as they are.
    #[serde(skip)]
    pub(super) own: BTreeMap<String, Vec<String>>,
}

impl Language {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let language: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        if !matches!(language.direction.as_str(), "ltr" | "rtl") {
            return Err(format!("direction {} is neither ltr nor rtl", language.direction));
        }
        if language.digits.as_ref().is_some_and(|digits| digits.chars().count() != 10) {
            return Err("digits are not ten".to_owned());
        }
        if let Some((name, _)) = language.texts.iter().find(|(_, list)| list.is_empty()) {
            return Err(format!("the list {name} is empty"));
        }
        Ok(language)
    }

    /// A text of a kind: half of the time one of the user's, where there are such; `None` for a kind that is
    /// not known.
    pub(super) fn text(&self, kind: &str, random: &mut SplitMix64) -> Option<String> {
        let own = self.own.get(kind).or_else(|| {
            let is_free = self.free.iter().any(|free| free == kind);
            self.own.get("").filter(|_| is_free)
        });
        if let Some(own) = own.filter(|_| random.unit() < 0.5) {
            return Some(own[random.below(own.len())].clone());
        }
        let list = self.texts.get(kind)?;
        Some(self.fill(&list[random.below(list.len())], random, 0))
    }

    fn fill(&self, pattern: &str, random: &mut SplitMix64, depth: usize) -> String {
        let mut filled = String::new();
        let mut rest = pattern;
        while let Some((before, slot, after)) = next_slot(rest) {
            filled.push_str(before);
            rest = after;
            if let Some((from, to)) = range(slot) {
                filled.push_str(&(from + random.below(to - from + 1)).to_string());
                continue;
            }
            let alternative = match self.texts.get(slot) {
                Some(list) => list[random.below(list.len())].as_str(),
                None => {
                    let choices: Vec<&str> = split(slot);
                    choices[random.below(choices.len())]
                }
            };
            if depth < DEEPEST {
                filled.push_str(&self.fill(alternative, random, depth + 1));
            }
        }
        filled + rest
    }

    /// Digits 0-9 in the language's own, where it has any.
    pub(super) fn local_digits(&self, text: &str) -> String {
        let Some(digits) = &self.digits else { return text.to_owned() };
        let digits: Vec<char> = digits.chars().collect();
        let local = |c: char| c.to_digit(10).map_or(c, |digit| digits[digit as usize]);
        text.chars().map(local).collect()
    }
}

/// What stands before the first slot, in it and after it; slots may contain slots.
fn next_slot(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find('{')?;
    let mut depth = 0;
    for (index, c) in text[start..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let end = start + index;
            return Some((&text[..start], &text[start + 1..end], &text[end + 1..]));
        }
    }
    None
}

/// The alternatives of a slot, which may contain slots themselves.
fn split(slot: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0);
    for (index, c) in slot.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            '|' if depth == 0 => {
                parts.push(&slot[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&slot[start..]);
    parts
}

fn range(slot: &str) -> Option<(usize, usize)> {
    let (from, to) = slot.split_once('-')?;
    let (from, to) = (from.parse().ok()?, to.parse().ok()?);
    (from <= to).then_some((from, to))
}

/// Adds the lines of a user's file to the languages: `language<TAB>text`, or `language<TAB>kind<TAB>text`.
/// Empty lines and those that begin with `#` are left out.
pub(super) fn add_own(languages: &mut [Language], path: &Path) -> Result<(), SynthesizeError> {
    let text = std::fs::read_to_string(path).map_err(SynthesizeError::read(path))?;
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = |reason: String| SynthesizeError::Texts {
            path: path.to_owned(),
            line: index + 1,
            reason,
        };
        let fields: Vec<&str> = line.splitn(3, '\t').map(str::trim).collect();
        let (code, kind, text) = match fields.as_slice() {
            [code, text] => (*code, "", *text),
            [code, kind, text] => (*code, *kind, *text),
            _ => return Err(wrong("expected a language, a tab and a text".to_owned())),
        };
        let known: Vec<String> = languages.iter().map(|one| one.language.clone()).collect();
        let Some(language) = languages.iter_mut().find(|one| one.language == code) else {
            return Err(wrong(format!("language {code} is none of {}", known.join(", "))));
        };
        if !kind.is_empty() && !language.texts.contains_key(kind) {
            return Err(wrong(format!("{kind} is no kind of text")));
        }
        language.own.entry(kind.to_owned()).or_default().push(text.to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn language() -> Language {
        Language::parse(
            r#"
            language = "xx"
            direction = "ltr"
            digits = "٠١٢٣٤٥٦٧٨٩"
            free = ["chat"]
            [texts]
            name = ["Mona", "Ali"]
            chat = ["hi {name}, {7-9} {o'clock|hours{ left|}}", "{chat}"]
            "#,
        )
        .unwrap()
    }

    #[test]
    fn slots_numbers_and_alternatives_are_filled() {
        let language = language();
        let mut random = SplitMix64::new(3);
        let texts: BTreeSet<String> =
            (0..300).filter_map(|_| language.text("chat", &mut random)).collect();
        assert!(texts.contains("hi Mona, 7 o'clock"), "{texts:?}");
        assert!(texts.contains("hi Ali, 9 hours left"), "{texts:?}");
        assert!(texts.iter().all(|text| !text.contains(['{', '}', '|'])), "{texts:?}");
        assert_eq!(language.text("poem", &mut random), None);
    }

    #[test]
    fn the_same_seed_says_the_same() {
        let say = |seed| language().text("chat", &mut SplitMix64::new(seed));
        assert_eq!(say(5), say(5));
    }

    #[test]
    fn a_lone_brace_is_text() {
        let mut language = language();
        language.texts.insert("odd".to_owned(), vec!["a { b } c {".to_owned()]);
        assert_eq!(language.text("odd", &mut SplitMix64::new(1)).unwrap(), "a  b  c {");
    }

    #[test]
    fn digits_become_the_languages_own() {
        assert_eq!(language().local_digits("10:35 pm"), "١٠:٣٥ pm");
    }

    #[test]
    fn a_language_that_cannot_be_is_refused() {
        let reason = |text: &str| Language::parse(text).unwrap_err();
        assert!(reason("language='a'\ndirection='up'\n[texts]").contains("neither"));
        assert!(reason("language='a'\ndirection='rtl'\n[texts]\nx=[]").contains("list x is empty"));
        assert!(reason("language='a'\ndirection='rtl'\nother=1\n[texts]").contains("other"));
    }

    #[test]
    fn lines_of_users_are_taken_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("own.txt");
        std::fs::write(&path, "# mine\nxx\t{name} <b>\n\nxx\tname\tZoe\n").unwrap();
        let mut languages = [language()];
        add_own(&mut languages, &path).unwrap();
        let mut random = SplitMix64::new(1);
        let texts: BTreeSet<String> =
            (0..50).filter_map(|_| languages[0].text("chat", &mut random)).collect();
        assert!(texts.contains("{name} <b>"), "{texts:?}");
        for (text, reason) in [
            ("nothing", "line 1: expected"),
            ("\nyy\ttext", "line 2: language yy is none of xx"),
            ("xx\tsong\ttext", "song is no kind"),
        ] {
            std::fs::write(&path, text).unwrap();
            let error = add_own(&mut languages, &path).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
        assert!(add_own(&mut languages, Path::new("none.txt")).is_err());
    }
}
