//! Parts glued words: `goodmorningmydear` into good, morning, my, dear.

use super::lexicon::Lexicon;

/// Shorter ones are rather names and slips than two words.
const LEAST_LETTERS: usize = 6;
/// Longer runs of letters are no words but noise; the work is linear in them all the same.
const MOST_LETTERS: usize = 128;
/// Letters of the longest form in the word list.
const LONGEST_PART: usize = 24;
/// Mean cost per letter (eighths of a nat) up to which a parting is believed. Between what
/// glued phrases cost (1.0 to 2.4 nats) and names torn to pieces (2.4 and more).
const MOST_COST_PER_LETTER: u32 = 19;
/// All that may stand as a part of one or two letters: others tear names to pieces.
const SHORT_PARTS: [&str; 37] = [
    "a", "i", "ad", "ah", "am", "an", "as", "at", "be", "by", "do", "go", "ha", "he", "hi", "id",
    "if", "in", "is", "it", "me", "my", "no", "of", "oh", "ok", "on", "or", "pc", "pm", "so", "to",
    "tv", "uk", "up", "us", "we",
];

/// The parts of a lower-case word, or `None` where it stays whole: it is a known word, too
/// short, too long, not of ASCII letters alone, or no parting is likely.
///
/// The most likely sequence of listed forms by unigram probabilities (Viterbi; after Norvig,
/// "Natural Language Corpus Data", in *Beautiful Data*, 2009).
pub(super) fn segment<'w>(lexicon: &Lexicon, word: &'w str) -> Option<Vec<&'w str>> {
    let fits = (LEAST_LETTERS..=MOST_LETTERS).contains(&word.len())
        && word.bytes().all(|b| b.is_ascii_lowercase());
    if !fits || lexicon.get(word).is_some() {
        return None;
    }
    // For each end: the cost of the best parting up to it and where its last part starts.
    let mut best: Vec<Option<(u32, usize)>> = vec![Some((0, 0))];
    for end in 1..=word.len() {
        let starts = end.saturating_sub(LONGEST_PART)..end;
        let ways = starts.filter_map(|start| {
            let (before, _) = best.get(start).copied().flatten()?;
            Some((before + part_cost(lexicon, word.get(start..end)?)?, start))
        });
        best.push(ways.min());
    }
    let (cost, _) = best.last().copied().flatten()?;
    if cost > MOST_COST_PER_LETTER * word.len() as u32 {
        return None;
    }
    let mut parts = Vec::new();
    let mut end = word.len();
    while end > 0 {
        let (_, start) = best.get(end).copied().flatten()?;
        parts.push(word.get(start..end)?);
        end = start;
    }
    parts.reverse();
    Some(parts)
}

fn part_cost(lexicon: &Lexicon, part: &str) -> Option<u32> {
    if part.len() < 3 && !SHORT_PARTS.contains(&part) {
        return None;
    }
    lexicon.get(part).map(|entry| u32::from(entry.cost))
}
