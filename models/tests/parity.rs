//! The verdicts of `tests/parity`, which every language binding is held against.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use epic_core::{Classifier, ImageSource, Verdict};
use serde::{Deserialize, Serialize};

/// How far a probability may be off on another processor or engine version.
const TOLERANCE: f64 = 1e-3;

#[derive(Serialize, Deserialize)]
struct Golden {
    /// Id of the shipped pack.
    pack: String,
    tolerance: f64,
    verdicts: BTreeMap<String, Record>,
}

#[derive(Serialize, Deserialize)]
struct Record {
    class: String,
    group: String,
    abstained: bool,
    width: u32,
    height: u32,
    scores: BTreeMap<String, f64>,
}

impl From<Verdict> for Record {
    fn from(verdict: Verdict) -> Self {
        let rounded = |score: f32| (f64::from(score) * 1e6).round() / 1e6;
        Self {
            class: verdict.class,
            group: verdict.group,
            abstained: verdict.abstained,
            width: verdict.width,
            height: verdict.height,
            scores: verdict.scores.into_iter().map(|(name, p)| (name, rounded(p))).collect(),
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The pictures that the metadata goldens are about.
fn pictures() -> Vec<String> {
    let text = std::fs::read(root().join("tests/parity/metadata.json")).unwrap();
    let records: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&text).unwrap();
    records.into_keys().collect()
}

#[test]
fn verdicts_agree_with_the_goldens() {
    let classifier = Classifier::new(&epic_models::default_pack().unwrap()).unwrap();
    let record = |path: String| {
        let verdict = classifier.classify(&ImageSource::Path(&root().join(&path))).unwrap();
        (path, Record::from(verdict))
    };
    let verdicts = pictures().into_iter().map(record).collect();
    let found = Golden { pack: classifier.pack_id().to_owned(), tolerance: TOLERANCE, verdicts };
    let file = root().join("tests/parity/verdicts.json");
    if std::env::var_os("EPIC_UPDATE_GOLDENS").is_some() {
        std::fs::write(file, serde_json::to_string_pretty(&found).unwrap() + "\n").unwrap();
        return;
    }
    let expected: Golden = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!(expected.pack, found.pack, "a new pack needs new goldens: see tests/parity");
    assert!(expected.verdicts.keys().eq(found.verdicts.keys()));
    for (path, expected) in &expected.verdicts {
        let found = &found.verdicts[path];
        assert_eq!(
            (&expected.class, &expected.group, expected.abstained, expected.width, expected.height),
            (&found.class, &found.group, found.abstained, found.width, found.height),
            "{path}"
        );
        for (name, score) in &expected.scores {
            assert!((score - found.scores[name]).abs() <= TOLERANCE, "{path}, {name}");
        }
    }
}
