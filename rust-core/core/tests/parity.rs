//! The records of `tests/parity`, which every language binding is held against.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use epic_core::ImageSource;
use epic_core::metadata::{
    COLUMNS, MetadataExtractor, MetadataOptions, MetadataRow, Parts, Value, Weights,
};
use serde::Deserialize;
use serde_json::{Map, json};

type Record = Map<String, serde_json::Value>;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Tolerance {
    Absolute(f64),
    Channel(u8),
    ChangedCharacters(f64),
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read_json<T: for<'a> Deserialize<'a>>(name: &str) -> T {
    let path = root().join("tests/parity").join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn record(extractor: &MetadataExtractor, picture: &str) -> Record {
    let path = root().join(picture);
    let metadata = extractor.extract(&ImageSource::Path(&path), Parts::ALL).unwrap();
    let file_name = picture.rsplit('/').next().unwrap();
    let row =
        MetadataRow { file_name, relative_path: picture, metadata: Some(&metadata), class: None };
    let json = |value| match value {
        Value::Absent => json!(null),
        Value::Count(count) => json!(count),
        Value::Number(number) => json!(number),
        Value::Text(text) => json!(text),
    };
    COLUMNS.iter().map(|name| (*name).to_owned()).zip(row.values().into_iter().map(json)).collect()
}

fn pictures() -> Vec<String> {
    let mut found = Vec::new();
    for folder in ["tests/gallery", "tests/parity/pictures"] {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if [".jpg", ".png", ".webp", ".gif"].iter().any(|suffix| name.ends_with(suffix)) {
                found.push(format!("{folder}/{name}"));
            }
        }
    }
    found.sort();
    found
}

/// `None` where both agree within the tolerance, else why not.
fn difference(
    expected: &serde_json::Value,
    found: &serde_json::Value,
    tolerance: Option<&Tolerance>,
) -> Option<String> {
    use serde_json::Value::{Number, String};
    let agrees = match (expected, found, tolerance) {
        (Number(a), Number(b), Some(Tolerance::Absolute(bound))) => {
            (a.as_f64()? - b.as_f64()?).abs() <= *bound
        }
        (String(a), String(b), Some(Tolerance::Channel(bound))) => {
            channels(a).iter().zip(channels(b)).all(|(a, b)| a.abs_diff(b) <= *bound)
        }
        (String(a), String(b), Some(Tolerance::ChangedCharacters(bound))) => {
            edit_distance(a, b) as f64 <= bound * a.chars().count().max(50) as f64
        }
        _ => expected == found,
    };
    (!agrees).then(|| format!("expected {expected}, found {found}"))
}

fn channels(hex: &str) -> [u8; 3] {
    let channel = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    [channel(1), channel(3), channel(5)]
}

fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[test]
fn records_agree_with_the_goldens() {
    let weights = Weights::open(&root().join("models/metadata")).unwrap();
    let extractor = MetadataExtractor::new(weights, MetadataOptions::default());
    let found: BTreeMap<String, Record> =
        pictures().into_iter().map(|path| (path.clone(), record(&extractor, &path))).collect();
    if std::env::var_os("EPIC_UPDATE_GOLDENS").is_some() {
        let text = serde_json::to_string_pretty(&found).unwrap() + "\n";
        std::fs::write(root().join("tests/parity/metadata.json"), text).unwrap();
        return;
    }
    let tolerances: BTreeMap<String, Tolerance> = read_json("tolerances.json");
    let expected: BTreeMap<String, Record> = read_json("metadata.json");
    assert_eq!(expected.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>());
    let mut differences = Vec::new();
    for (picture, record) in &expected {
        for (column, value) in record {
            let pattern = column.trim_end_matches(|c: char| c.is_ascii_digit());
            let numbered = format!("{pattern}*");
            let tolerance = tolerances.get(column).or_else(|| tolerances.get(&numbered));
            if let Some(why) = difference(value, &found[picture][column], tolerance) {
                differences.push(format!("{picture}, {column}: {why}"));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn orientations_make_no_difference() {
    let expected: BTreeMap<String, Record> = read_json("metadata.json");
    let turned: Vec<&Record> = expected
        .iter()
        .filter(|(path, _)| path.contains("/orientation_"))
        .map(|(_, record)| record)
        .collect();
    assert_eq!(turned.len(), 8);
    for record in &turned {
        for column in ["width", "height", "total_en_boxes", "en_words_original"] {
            assert_eq!(record[column], turned[0][column], "{column}");
        }
    }
}

#[test]
fn a_difference_beyond_the_tolerance_is_told() {
    let bound = Tolerance::Absolute(0.01);
    assert!(difference(&json!(0.5), &json!(0.505), Some(&bound)).is_none());
    assert!(difference(&json!(0.5), &json!(0.52), Some(&bound)).is_some());
    assert!(difference(&json!(null), &json!(0.5), Some(&bound)).is_some());
    let color = Tolerance::Channel(2);
    assert!(difference(&json!("#102030"), &json!("#122030"), Some(&color)).is_none());
    assert!(difference(&json!("#102030"), &json!("#132030"), Some(&color)).is_some());
    let words = Tolerance::ChangedCharacters(0.02);
    assert!(difference(&json!("good morning"), &json!("good mornings"), Some(&words)).is_none());
    assert!(difference(&json!("good morning"), &json!("bad night"), Some(&words)).is_some());
}
