//! Counts per script, failures, and how well words are reduced.
//!
//! `cargo test --release -p epic-core words::tests -- --nocapture` prints the accuracy.

use std::path::Path;

use super::arabic::light_stem;
use super::arabic_cases::{APART, GROUPS_TRIED, GROUPS_UNSEEN};
use super::english_cases::{GLUED_TRIED, GLUED_UNSEEN, LEMMAS, WHOLE_TRIED, WHOLE_UNSEEN};
use super::*;
use crate::metadata::geometry::{Point, Quad};
use crate::metadata::record::WordList;
use crate::metadata::weights::WEIGHTS_MANIFEST;

pub(super) fn shipped_weights() -> Weights {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/metadata");
    Weights::open(&folder).unwrap()
}

fn no_weights() -> Weights {
    let manifest: &[u8] = br#"{"schema": 1, "files": {}}"#;
    Weights::embedded([(WEIGHTS_MANIFEST, manifest)]).unwrap()
}

fn line(script: Script, text: &str, score: f32) -> TextLine {
    let quad = Quad { corners: [Point { x: 0.0, y: 0.0 }; 4] };
    TextLine { quad, script, text: text.to_owned(), score, block: 0, line: 0 }
}

fn latin(text: &str) -> EnglishText {
    let analyzer = WordAnalyzer::new(&shipped_weights());
    analyzer.analyze(&[line(Script::Latin, text, 1.0)]).unwrap().english
}

fn joined(list: &WordList) -> String {
    let words = list.words.as_ref().unwrap();
    assert_eq!(words.len() as u32, list.count);
    words.join(" ")
}

#[test]
fn lines_of_both_scripts_are_counted_apart() {
    let analyzer = WordAnalyzer::new(&shipped_weights());
    let lines = [
        line(Script::Latin, "GoodMorning, my friends!", 0.5),
        line(Script::Arabic, "صباح الخير، يا أصدقائي ٥٠٪", 0.75),
        line(Script::Latin, "2 + 2 = 4", 1.0),
        line(Script::Unread, "12345 ???", 0.0),
    ];
    let WordAnalysis { english, arabic, math_symbol_count } = analyzer.analyze(&lines).unwrap();
    assert_eq!((english.boxes, arabic.boxes), (2, 1));
    assert_eq!(joined(&english.original), "GoodMorning my friends 2 2 4");
    assert_eq!(joined(&english.lemmatized), "goodmorning my friend 2 2 4");
    assert_eq!(joined(&english.segmented_and_lemmatized), "good morning my friend 2 2 4");
    assert_eq!(english.words_including_separators, 10);
    assert_eq!(english.mean_score, Some(0.75));
    assert_eq!(joined(&arabic.original), "صباح الخير يا أصدقائي ٥٠");
    assert_eq!(joined(&arabic.lemmatized), "صباح خير يا اصدقاي ٥٠");
    assert_eq!(arabic.words_including_separators, 7);
    assert_eq!(arabic.mean_score, Some(0.75));
    assert_eq!(math_symbol_count, 8);
}

#[test]
fn what_is_no_glued_word_is_left_alone() {
    for (text, lemmas, segmented) in [
        ("", "", ""),
        ("... !!", "", ""),
        ("iPhone15 COVID19 B2B 3.14", "iphone15 covid19 b2b 3.14", "iphone15 covid19 b2b 3.14"),
        ("@GoodMorningEgypt", "@goodmorningegypt", "@goodmorningegypt"),
        ("https://T.me/goodMorning", "https://t.me/goodmorning", "https://t.me/goodmorning"),
        ("#GoodMorning #my_friends", "goodmorning my_friend", "good morning my friend"),
        ("Egypt's mothers’ don’t it's", "egypt mother don't it", "egypt mother don't it"),
        ("straße größte", "straße größte", "straße größte"),
    ] {
        let english = latin(text);
        assert_eq!(joined(&english.lemmatized), lemmas, "{text}");
        assert_eq!(joined(&english.segmented_and_lemmatized), segmented, "{text}");
    }
}

#[test]
fn long_runs_of_letters_stay_whole_and_are_fast() {
    let long = "goodmorning".repeat(1_000);
    let english = latin(&long);
    assert_eq!(english.segmented_and_lemmatized.count, 1);
    // The longest that is parted: ten times two words and a rest.
    let english = latin(&"goodmorning".repeat(11));
    assert_eq!(english.segmented_and_lemmatized.count, 22);
    let words = "goodmorningmydear ".repeat(2_000);
    assert_eq!(latin(&words).segmented_and_lemmatized.count, 8_000);
    assert_eq!(light_stem(&"و".repeat(10_000)).chars().count(), 9_999);
}

#[test]
fn word_lists_are_read_only_when_their_script_comes() {
    let analyzer = WordAnalyzer::new(&no_weights());
    assert_eq!(analyzer.analyze(&[]).unwrap().english.mean_score, None);
    let others = [
        line(Script::Arabic, "السلام عليكم", 1.0),
        line(Script::Latin, "?!", 1.0),
        line(Script::Unread, "x", 0.0),
    ];
    let analysis = analyzer.analyze(&others).unwrap();
    assert_eq!((analysis.arabic.original.count, analysis.english.boxes), (2, 1));
    for _ in 0..2 {
        let error = analyzer.analyze(&[line(Script::Latin, "word", 1.0)]).unwrap_err();
        assert!(matches!(error, MetadataError::Weights(WeightsError::Missing { .. })));
    }
}

/// Right ones of all.
fn share(name: &str, right: usize, all: usize) -> f64 {
    println!("{name}: {right} of {all}");
    right as f64 / all as f64
}

#[test]
fn english_lemmas_are_right() {
    let lexicon = Lexicon::shipped();
    let cases: Vec<_> = LEMMAS.split(',').filter_map(|case| case.trim().split_once(' ')).collect();
    let right = cases.iter().filter(|(form, lemma)| english::lemma(&lexicon, form) == *lemma);
    assert!(share("English lemmas", right.count(), cases.len()) >= 0.98);
}

fn parted(cases: &str) -> (usize, usize) {
    let lexicon = Lexicon::shipped();
    let cases: Vec<_> = cases.split(',').filter_map(|case| case.trim().split_once(" = ")).collect();
    let right = cases.iter().filter(|(glued, parts)| {
        segment::segment(&lexicon, glued).is_some_and(|found| found.join(" ") == **parts)
    });
    (right.count(), cases.len())
}

fn whole(words: &str) -> (usize, usize) {
    let lexicon = Lexicon::shipped();
    let words: Vec<_> = words.split(',').map(str::trim).collect();
    let right = words.iter().filter(|word| segment::segment(&lexicon, word).is_none());
    (right.count(), words.len())
}

#[test]
fn glued_words_are_parted_and_real_ones_are_not() {
    for (name, (right, all), floor) in [
        ("glued words, tried", parted(GLUED_TRIED), 1.0),
        ("glued words, unseen", parted(GLUED_UNSEEN), 0.95),
        ("whole words, tried", whole(WHOLE_TRIED), 1.0),
        ("whole words, unseen", whole(WHOLE_UNSEEN), 0.93),
    ] {
        assert!(share(name, right, all) >= floor, "{name}");
    }
}

/// Pairs of one lemma with one stem, and pairs of two lemmas with one stem; each of all.
fn stem_pairs(groups: &str) -> [(usize, usize); 2] {
    let stems: Vec<(usize, String)> = groups
        .lines()
        .enumerate()
        .flat_map(|(group, words)| words.split(' ').map(move |word| (group, light_stem(word))))
        .collect();
    let mut together = (0, 0);
    let mut confused = (0, 0);
    for (at, (group, stem)) in stems.iter().enumerate() {
        for (other_group, other) in &stems[at + 1..] {
            let counts = if group == other_group { &mut together } else { &mut confused };
            counts.0 += usize::from(stem == other);
            counts.1 += 1;
        }
    }
    [together, confused]
}

#[test]
fn arabic_forms_of_a_lemma_share_a_stem() {
    for (name, groups, floor) in [("tried", GROUPS_TRIED, 0.95), ("unseen", GROUPS_UNSEEN, 0.8)] {
        let [together, confused] = stem_pairs(groups);
        let name = format!("Arabic pairs of one lemma, {name}");
        assert!(share(&name, together.0, together.1) >= floor);
        assert!(share("  of two lemmas with one stem", confused.0, confused.1) <= 0.001);
    }
}

/// What is confused (مال and مالك) no rule without a dictionary can tell.
#[test]
fn arabic_lemmas_that_look_alike_stay_apart() {
    let pairs: Vec<_> = APART.lines().filter_map(|pair| pair.split_once(' ')).collect();
    let apart = pairs.iter().filter(|(one, other)| light_stem(one) != light_stem(other));
    assert!(share("Arabic pairs that look alike, kept apart", apart.count(), pairs.len()) >= 0.8);
}

#[test]
fn arabic_words_are_normalised_and_reduced() {
    for (word, stem) in [
        ("المدرسة", "مدرس"),
        ("والمدرسة", "مدرس"),
        ("هيكتبوا", "كتب"),
        ("مكتبتش", "كتب"),
        ("عالموبايل", "موبايل"),
        ("مُدَرِّســـة", "مدرس"),
        ("والله", "الله"),
        ("لله", "الله"),
        ("و", "و"),
        ("ال", "ال"),
        ("من", "من"),
        ("#صباح_الخير", "صباح_خير"),
        ("@الاهلي", "@الاهلي"),
        ("١٠:٣٠", "١٠:٣٠"),
        ("PDF", "pdf"),
        ("", ""),
    ] {
        assert_eq!(light_stem(word), stem, "{word}");
    }
}
