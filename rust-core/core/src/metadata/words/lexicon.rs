//! English word forms with their rarity and lemma.

use std::io::Read;

use flate2::read::ZlibDecoder;

use crate::metadata::weights::{Weights, WeightsError};

/// Made by `models/metadata/make/words_english.py`, which describes the format.
const FILE: &str = "words_english.tsv.z";
/// Unpacked; ours is 1.3 MB. A hostile file must not exhaust memory.
const MAX_TEXT_BYTES: u64 = 8 << 20;

/// Word forms, sorted; kept as the one text that they came in.
pub(super) struct Lexicon {
    text: String,
    /// Where each line starts.
    starts: Vec<u32>,
}

/// What is known of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    /// −8 ln p: the rarer, the higher.
    pub(super) cost: u8,
    /// The form itself if it has no other.
    pub(super) lemma: &'a str,
}

impl Lexicon {
    /// Reads and checks the word list.
    pub(super) fn load(weights: &Weights) -> Result<Self, WeightsError> {
        Self::parse(&weights.read(FILE)?)
    }

    fn parse(packed: &[u8]) -> Result<Self, WeightsError> {
        let mut text = String::new();
        let unpacked = ZlibDecoder::new(packed).take(MAX_TEXT_BYTES + 1).read_to_string(&mut text);
        unpacked.map_err(|_| content("it cannot be unpacked"))?;
        if text.len() as u64 > MAX_TEXT_BYTES {
            return Err(content("it is too large"));
        }
        let mut starts = Vec::new();
        let mut start = 0;
        let mut previous = "";
        for line in text.lines() {
            let (form, _) = fields(line).ok_or_else(|| content("a line has another form"))?;
            if form <= previous {
                return Err(content("it is not sorted"));
            }
            previous = form;
            starts.push(start);
            start += line.len() as u32 + 1;
        }
        match starts.is_empty() || start as usize != text.len() {
            true => Err(content("it ends too early")),
            false => Ok(Self { text, starts }),
        }
    }

    /// A lower-case form; `None` if it is not listed.
    pub(super) fn get(&self, form: &str) -> Option<Entry<'_>> {
        let at = self.starts.binary_search_by(|start| self.form(*start).cmp(form)).ok()?;
        fields(self.line(*self.starts.get(at)?)).map(|(_, entry)| entry)
    }

    fn line(&self, start: u32) -> &str {
        let rest = self.text.get(start as usize..).unwrap_or_default();
        rest.split_once('\n').map_or(rest, |(line, _)| line)
    }

    fn form(&self, start: u32) -> &str {
        let rest = self.text.get(start as usize..).unwrap_or_default();
        rest.split_once('\t').map_or(rest, |(form, _)| form)
    }
}

fn fields(line: &str) -> Option<(&str, Entry<'_>)> {
    let mut parts = line.split('\t');
    let (form, cost, lemma) = (parts.next()?, parts.next()?, parts.next()?);
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
    if parts.next().is_some() || !is_word(form) || !(lemma.is_empty() || is_word(lemma)) {
        return None;
    }
    let lemma = if lemma.is_empty() { form } else { lemma };
    Some((form, Entry { cost: cost.parse().ok()?, lemma }))
}

fn content(reason: &str) -> WeightsError {
    WeightsError::Content { file: FILE.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
impl Lexicon {
    /// The list of the repository.
    pub(super) fn shipped() -> Self {
        Self::load(&super::tests::shipped_weights()).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::*;

    fn pack(text: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn reason(packed: &[u8]) -> String {
        match Lexicon::parse(packed).err() {
            Some(WeightsError::Content { file, reason }) if file == FILE => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn forms_are_found_and_others_are_not() {
        let lexicon = Lexicon::parse(&pack(b"a\t1\t\nmice\t90\tmouse\nmouse\t80\t\n")).unwrap();
        assert_eq!(lexicon.get("mice"), Some(Entry { cost: 90, lemma: "mouse" }));
        assert_eq!(lexicon.get("mouse"), Some(Entry { cost: 80, lemma: "mouse" }));
        assert_eq!(lexicon.get("a"), Some(Entry { cost: 1, lemma: "a" }));
        for absent in ["", "b", "zoo", "Mice", "mice\t90"] {
            assert_eq!(lexicon.get(absent), None, "{absent}");
        }
    }

    #[test]
    fn corrupt_lists_are_refused() {
        let whole = pack(b"a\t1\t\nmice\t90\tmouse\n");
        assert_eq!(reason(b""), "it cannot be unpacked");
        assert_eq!(reason(&whole[..whole.len() - 6]), "it cannot be unpacked");
        assert_eq!(reason(b"not zlib at all"), "it cannot be unpacked");
        assert_eq!(reason(&pack(b"")), "it ends too early");
        assert_eq!(reason(&pack(b"a\t1\t")), "it ends too early");
        assert_eq!(reason(&pack(b"a\t1\t\r\n")), "it ends too early");
        assert_eq!(reason(&pack(b"b\t1\t\na\t1\t\n")), "it is not sorted");
        assert_eq!(reason(&pack(b"a\t1\t\na\t1\t\n")), "it is not sorted");
        for line in
            ["a\t1\n", "a\t256\t\n", "a\t-1\t\n", "\t1\t\n", "A\t1\t\n", "a\t1\tb\tc\n", "\n"]
        {
            assert_eq!(reason(&pack(line.as_bytes())), "a line has another form", "{line:?}");
        }
        assert_eq!(reason(&pack(&[0xff; 9])), "it cannot be unpacked");
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        assert_eq!(reason(&pack(&vec![b'a'; 64 << 20])), "it is too large");
    }

    #[test]
    fn any_flipped_byte_is_refused_or_harmless() {
        let whole = pack(b"a\t1\t\nmice\t90\tmouse\nmouse\t80\t\n");
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut damaged = whole.clone();
                damaged[at] ^= 1 << bit;
                if let Ok(lexicon) = Lexicon::parse(&damaged) {
                    lexicon.get("mice");
                }
            }
        }
    }
}
