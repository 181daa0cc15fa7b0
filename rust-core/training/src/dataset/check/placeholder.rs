//! Pictures that stand for one that is gone: by their bytes, by their look, by what they say.

use std::collections::HashMap;
use std::path::Path;

use epic_core::metadata::ImageMetadata;
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

use super::error::CheckError;
use super::quality::Quality;
use crate::dataset::{Fingerprint, PerceptualHash, hex};

const SCHEMA: u32 = 1;
/// Greatest Hamming distance to a signature's perceptual hash.
const MAX_DISTANCE: u32 = 40;
/// A picture with more different grey levels than this says nothing by standing still: it is a photo.
const MAX_ENTROPY: f32 = 4.0;
/// A phrase in a picture full of text is one of many: a screenshot of a forum, say.
const MAX_LINES: u32 = 8;

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
}

/// Signatures and phrases of placeholders.
#[derive(Debug, Clone, Default)]
pub struct Placeholders {
    by_md5: HashMap<String, String>,
    by_sha256: HashMap<String, String>,
    by_look: Vec<(PerceptualHash, String)>,
    phrases: Vec<String>,
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
    /// `phrases`).
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
        self.phrases.extend(file.phrases.iter().map(|phrase| plain_words(phrase)));
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

    /// Whether reading this picture's text could tell anything: a placeholder is a plain card.
    pub(super) fn may_speak(quality: &Quality) -> bool {
        quality.entropy <= MAX_ENTROPY
    }

    /// The phrase that a plain card says.
    pub(super) fn by_text(&self, metadata: &ImageMetadata) -> Option<&str> {
        let text = metadata.text.as_ref()?;
        if text.line_count > MAX_LINES {
            return None;
        }
        let lines: Vec<&str> = text.lines.iter().map(|line| line.text.as_str()).collect();
        let said = plain_words(&lines.join(" "));
        self.phrases.iter().find(|phrase| contains_words(&said, phrase)).map(String::as_str)
    }
}

/// Lower-case words, a blank between each: what is compared.
fn plain_words(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

fn contains_words(text: &str, words: &str) -> bool {
    format!(" {text} ").contains(&format!(" {words} "))
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
        assert_eq!(plain_words("تم  حذف الصورة؟"), "تم حذف الصورة");
    }
}
