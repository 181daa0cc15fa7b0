//! Lemmas of English words.

use super::lexicon::Lexicon;
use super::segment::segment;
use super::tokens::is_name_of_place;

/// The lemma of a word as it is written, lower-case: without `'s` and the `#` of a hashtag;
/// the parts of `#good_morning` one by one. What the list lacks stays as it is.
pub(super) fn lemma(lexicon: &Lexicon, word: &str) -> String {
    if is_name_of_place(word) {
        return word.to_lowercase();
    }
    let form = plain_form(word);
    let parts = form.split('_').map(|part| lemma_of_form(lexicon, part));
    parts.collect::<Vec<_>>().join("_")
}

/// Glued words parted, then their lemmas; one lemma where there is nothing to part.
pub(super) fn segmented_lemmas(lexicon: &Lexicon, word: &str) -> Vec<String> {
    if is_name_of_place(word) {
        return vec![word.to_lowercase()];
    }
    let form = plain_form(word);
    let parts = form.split('_').filter(|part| !part.is_empty());
    let words = parts.flat_map(|part| segment(lexicon, part).unwrap_or_else(|| vec![part]));
    words.map(|word| lemma_of_form(lexicon, word).to_owned()).collect()
}

fn plain_form(word: &str) -> String {
    let lower = word.trim_start_matches('#').to_lowercase().replace('’', "'");
    match lower.strip_suffix("'s") {
        Some(owner) => owner.to_owned(),
        None => lower,
    }
}

fn lemma_of_form<'a>(lexicon: &'a Lexicon, form: &'a str) -> &'a str {
    lexicon.get(form).map_or(form, |entry| entry.lemma)
}
