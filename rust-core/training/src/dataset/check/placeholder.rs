//! Pictures that stand for one that is gone: by their bytes, by their look, by what they say.

use std::collections::HashMap;
use std::path::Path;

use epic_core::metadata::ImageMetadata;
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

use super::error::CheckError;
use crate::dataset::{Fingerprint, PerceptualHash, hex};

const SCHEMA: u32 = 1;
/// Greatest Hamming distance to a signature's perceptual hash.
const MAX_DISTANCE: u32 = 40;
/// A phrase in a picture full of text is one of many: a screenshot of a forum, say.
const MAX_LINES: u32 = 8;
/// A card that says what became of a picture says it in few words; a story of a deleted photo takes more.
const MAX_WORDS: usize = 25;
/// With so few a mere "not" beside "image" is enough.
const MAX_WORDS_OF_A_HINT: usize = 12;
/// Words of at least as many letters are found inside of others too: readers of text lose blanks.
const MIN_INSIDE: usize = 5;

/// One well-known placeholder. At least one of the sums or the hash is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// What a report says.
    pub name: String,
    /// Size of the file in bytes, where it is known: a note, not a condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Sum of the file, 32 lower-case hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub md5: Option<String>,
    /// Sum of the file, 64 lower-case hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// What it looks like: [`Fingerprint::hash`], 64 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub perceptual_hash: Option<PerceptualHash>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    #[serde(default)]
    #[allow(dead_code, reason = "for the reader of the file")]
    note: String,
    signatures: Vec<Signature>,
    #[serde(default)]
    phrases: Vec<String>,
    /// What may be gone …
    #[serde(default)]
    subjects: Vec<String>,
    /// … and what became of it: a card that names both is a placeholder.
    #[serde(default)]
    states: Vec<String>,
    /// Words that tell the same beside a subject if hardly anything else is said.
    #[serde(default)]
    hints: Vec<String>,
}

/// Signatures and phrases of placeholders.
#[derive(Debug, Clone, Default)]
pub struct Placeholders {
    by_md5: HashMap<String, String>,
    by_sha256: HashMap<String, String>,
    by_look: Vec<(PerceptualHash, String)>,
    phrases: Vec<String>,
    subjects: Vec<String>,
    states: Vec<String>,
    hints: Vec<String>,
}

impl Placeholders {
    /// Those that come with EPIC.
    pub fn built_in() -> Self {
        let mut known = Self::default();
        let added = known.add_text(include_str!("placeholders.json"));
        debug_assert!(added.is_ok(), "{added:?}");
        known
    }

    /// Adds the signatures and phrases of a file like the built-in one (JSON: `schema`, `signatures`,
    /// `phrases`, `subjects`, `states`, `hints`).
    ///
    /// # Errors
    /// [`CheckError::Read`], [`CheckError::Signatures`].
    pub fn add_file(&mut self, path: &Path) -> Result<(), CheckError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| CheckError::Read { path: path.to_owned(), source })?;
        self.add_text(&text)
            .map_err(|reason| CheckError::Signatures { path: path.to_owned(), reason })
    }

    fn add_text(&mut self, text: &str) -> Result<(), String> {
        let file: File = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if file.schema != SCHEMA {
            return Err(format!("schema {}, expected {SCHEMA}", file.schema));
        }
        for signature in file.signatures {
            let Signature { name, md5, sha256, perceptual_hash, .. } = signature;
            if md5.is_none() && sha256.is_none() && perceptual_hash.is_none() {
                return Err(format!("signature {name} has no sum and no hash"));
            }
            for (sum, digits) in [(&md5, 32), (&sha256, 64)] {
                let is_sum = |sum: &String| {
                    sum.len() == digits
                        && sum.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
                };
                if sum.as_ref().is_some_and(|sum| !is_sum(sum)) {
                    return Err(format!("signature {name}: not {digits} lower-case digits"));
                }
            }
            self.by_md5.extend(md5.map(|sum| (sum, name.clone())));
            self.by_sha256.extend(sha256.map(|sum| (sum, name.clone())));
            self.by_look.extend(perceptual_hash.map(|hash| (hash, name)));
        }
        let plain = |texts: Vec<String>| texts.into_iter().map(|text| plain_words(&text));
        self.phrases.extend(plain(file.phrases));
        self.subjects.extend(plain(file.subjects));
        self.states.extend(plain(file.states));
        self.hints.extend(plain(file.hints));
        Ok(())
    }

    /// The placeholder whose bytes these are.
    pub(super) fn by_bytes(&self, bytes: &[u8], sha256: &str) -> Option<&str> {
        if let Some(name) = self.by_sha256.get(sha256) {
            return Some(name);
        }
        self.by_md5.get(&hex::encode(&Md5::digest(bytes))).map(String::as_str)
    }

    /// The placeholder that looks like this.
    pub(super) fn by_look(&self, fingerprint: &Fingerprint) -> Option<&str> {
        let found =
            self.by_look.iter().find(|(hash, _)| fingerprint.hash.distance(hash) <= MAX_DISTANCE);
        found.map(|(_, name)| name.as_str())
    }

    /// What a plain card says: a known phrase, or in few words what is gone and what became of it.
    pub(super) fn by_text(&self, metadata: &ImageMetadata) -> Option<String> {
        let text = metadata.text.as_ref()?;
        if text.line_count > MAX_LINES {
            return None;
        }
        let lines: Vec<&str> = text.lines.iter().map(|line| line.text.as_str()).collect();
        self.says_gone(&plain_words(&lines.join(" ")))
    }

    fn says_gone(&self, said: &str) -> Option<String> {
        if let Some(phrase) = self.phrases.iter().find(|phrase| contains_words(said, phrase)) {
            return Some(phrase.clone());
        }
        let words = said.split(' ').count();
        if words > MAX_WORDS {
            return None;
        }
        let found = |words: &[String]| words.iter().find(|words| says(said, words)).cloned();
        let subject = found(&self.subjects)?;
        let hint = || self.hints.iter().find(|hint| contains_words(said, hint)).cloned();
        let few = words <= MAX_WORDS_OF_A_HINT;
        let state = found(&self.states).or_else(|| if few { hint() } else { None })?;
        Some(format!("{subject}: {state}"))
    }
}

/// Lower-case words, a blank between each, letters without marks: what is compared.
fn plain_words(text: &str) -> String {
    let words =
        text.split(|c: char| !c.is_alphanumeric() && !is_mark(c)).filter(|word| !word.is_empty());
    let plain = |word: &str| -> String {
        let letters = word.to_lowercase();
        letters.chars().filter(|&c| !is_mark(c)).map(one_form).collect()
    };
    words.map(plain).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Vowel signs and the stretching stroke of Arabic.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{64b}'..='\u{652}' | '\u{640}')
}

/// Letters that writers and readers take for one another.
fn one_form(c: char) -> char {
    match c {
        'à'..='å' => 'a',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        'أ' | 'إ' | 'آ' => 'ا',
        'ة' => 'ه',
        'ى' => 'ي',
        other => other,
    }
}

fn contains_words(text: &str, words: &str) -> bool {
    format!(" {text} ").contains(&format!(" {words} "))
}

/// As whole words, or, if they are long enough not to be met by chance, anywhere and whatever the blanks.
fn says(text: &str, words: &str) -> bool {
    let without_blanks = |text: &str| text.replace(' ', "");
    let squeezed = without_blanks(words);
    contains_words(text, words)
        || squeezed.chars().count() >= MIN_INSIDE && without_blanks(text).contains(&squeezed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_list_is_sound() {
        let known = Placeholders::built_in();
        assert!(known.by_md5.len() >= 8 && known.phrases.len() > 20);
        assert!(known.phrases.contains(&"image not found".to_owned()));
    }

    #[test]
    fn bytes_are_known_by_either_sum() {
        let mut known = Placeholders::default();
        let sums = r#"{"schema":1,"signatures":[
            {"name":"a","md5":"5d41402abc4b2a76b9719d911017c592"},
            {"name":"b","sha256":"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"}]}"#;
        known.add_text(sums).unwrap();
        assert_eq!(known.by_bytes(b"hello", "other"), Some("a"));
        let sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
        assert_eq!(known.by_bytes(b"", sha256), Some("b"));
        assert_eq!(known.by_bytes(b"", "other"), None);
    }

    #[test]
    fn files_that_say_nothing_are_refused() {
        let cases = [
            ("{", "EOF"),
            (r#"{"schema":2,"signatures":[]}"#, "schema 2"),
            (r#"{"schema":1,"signatures":[{"name":"x"}]}"#, "no sum"),
            (r#"{"schema":1,"signatures":[{"name":"x","md5":"ABC"}]}"#, "32 lower-case"),
            (r#"{"schema":1,"signatures":[{"name":"x","sha1":"a"}]}"#, "unknown field"),
        ];
        for (text, reason) in cases {
            let error = Placeholders::default().add_text(text).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn phrases_are_found_as_whole_words() {
        let said = plain_words("Sorry! This Image, is NO longer\navailable.");
        assert!(contains_words(&said, "image is no longer available"));
        assert!(!contains_words(&plain_words("scrimage not foundry"), "image not found"));
        assert_eq!(plain_words("تمّ  حذف الصـورة؟"), "تم حذف الصوره");
    }

    #[test]
    fn few_words_that_name_what_is_gone_and_how_are_enough() {
        let known = Placeholders::built_in();
        let gone = |text: &str| known.says_gone(&plain_words(text));
        assert_eq!(gone("Whoops, that artwork was deleted").as_deref(), Some("artwork: deleted"));
        assert!(gone("Thephoto hasbeen re moved").is_some());
        assert!(gone("الصُّورة لم تعد موجودة").is_some());
        assert!(gone("الصورة غير متاحة حاليا").is_some());
        assert!(gone("THIS FILÉ CANNOT BE SHOWN").is_some());
        assert!(gone("a photo of my cat").is_none());
        assert!(gone("he removed the hat").is_none());
        assert!(gone("we do not have that picture").is_some());
        assert!(gone("do not forget to send me the picture of the two of us by the sea").is_none());
        let story = "word ".repeat(MAX_WORDS);
        assert!(gone(&format!("I deleted your photo {story}")).is_none());
        assert!(gone(&format!("image not found {story}")).is_some());
    }
}
