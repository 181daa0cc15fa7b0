use std::collections::BTreeMap;

use epic_core::pack::Family;
use serde_json::json;

use super::super::results::Bootstrap;
use super::super::{
    Comparison, DataFacts, Finding, Hardware, Results, Scores, State, VariantResult, Verdict,
    VersionFacts,
};
use super::{html, markdown};
use crate::evaluation::report::tests::assert_balanced;
use crate::evaluation::{ClassMetrics, GroupMetrics, Interval};

const EVIL: &str = "<b>|\"evil\"";

fn group() -> GroupMetrics {
    let labels = crate::evaluation::LabelSet {
        classes: vec!["a".to_owned(), EVIL.to_owned()],
        groups: vec!["personal".to_owned(), "irrelevant".to_owned()],
        class_to_group: vec![0, 1],
        fallback_group: 0,
    };
    let prediction = |truth: usize| crate::evaluation::Prediction {
        id: truth.to_string(),
        truth,
        predicted: truth,
        probabilities: vec![1.0 - truth as f32, truth as f32],
        abstained: false,
        group: truth,
    };
    let options = crate::evaluation::EvaluationOptions::default();
    let both = [prediction(0), prediction(1)];
    crate::evaluation::Evaluation::compute(&labels, &both, &options).unwrap().group
}

fn variant(id: &str, macro_f1: f64) -> VariantResult {
    let metrics = ClassMetrics {
        precision: 0.5,
        recall: 0.5,
        specificity: 0.5,
        npv: 0.5,
        f1: macro_f1,
        support: 7,
    };
    let record = json!({
        "schema": 1, "id": id, "family": "vcnn", "recipe_sha256": "r", "data_version": "v01", "base": null,
        "pack": "p", "test_hash": "t", "train_n": 1234, "train_macro_f1": 0.991, "epochs": 30, "batch_size": 8,
        "network": {
            "pack_bytes": 4_321_000, "parameters": 1_050_000, "tract_milliseconds": 3.25, "runs": 41
        },
        "export_difference": 1e-6,
        "cost": { "steps": {
            "training": { "seconds": 600.0, "processor_seconds": 1140.0 },
            "decoding, train part": { "seconds": 60.0, "processor_seconds": 90.0 },
        } },
        "finished": 0,
    });
    VariantResult {
        id: id.to_owned(),
        description: String::new(),
        family: Family::Vcnn,
        state: State::Finished,
        scores: Some(Scores {
            n: 14,
            macro_f1,
            accuracy: 0.9,
            per_class: vec![("a".to_owned(), metrics), (EVIL.to_owned(), metrics)],
            group: group(),
            intervals: None,
            calibration_error: 0.05,
        }),
        record: Some(serde_json::from_value(record).unwrap()),
    }
}

fn results(smoke_run: bool) -> Results {
    let comparison = |name: &str, difference: f64, verdict| Comparison {
        name: name.to_owned(),
        difference: Some(difference),
        interval: Some(Interval { low: difference - 0.02, high: difference + 0.02 }),
        n: 14,
        verdict,
    };
    let failed = VariantResult {
        state: State::Failed { reason: format!("no room {EVIL}") },
        scores: None,
        record: None,
        ..variant("m03", 0.0)
    };
    let waiting = VariantResult { id: "m04".to_owned(), state: State::Waiting, ..failed.clone() };
    Results {
        schema: 1,
        smoke_run,
        command: format!("epic reproduce --data '{EVIL}'"),
        created: 0,
        code_version: "0.1.0",
        hardware: Hardware {
            processor: "A processor".to_owned(),
            threads: 2,
            memory_bytes: None,
            system: "linux",
        },
        device: "cpu",
        taxonomy: "epic9".to_owned(),
        classes: vec!["a".to_owned(), EVIL.to_owned()],
        seed: Some(7),
        epochs: None,
        data: DataFacts {
            data_hash: "abc".to_owned(),
            versions: vec![VersionFacts {
                name: "v01".to_owned(),
                found: false,
                note: "without faults and copies".to_owned(),
                pictures: BTreeMap::from([("a".to_owned(), 1500), (EVIL.to_owned(), 3)]),
                excluded: BTreeMap::from([("copy".to_owned(), 12)]),
            }],
            split_seed: 1,
            parts: [1234, 255, 14],
            test_hash: "def".to_owned(),
            not_source_disjoint: vec![EVIL.to_owned()],
        },
        bootstrap: Bootstrap { resamples: 1000, confidence: 0.95, seed: 5 },
        variants: vec![variant("m01", 0.7), variant("m01.1", 0.8), failed, waiting],
        findings: vec![
            Finding {
                number: Some(1),
                claim: "A larger batch gives a higher F1",
                verdict: Verdict::Holds,
                comparisons: vec![comparison("m01.1 \u{2212} m01", 0.1, Verdict::Holds)],
            },
            Finding {
                number: None,
                claim: "Something else",
                verdict: Verdict::DoesNotHold,
                comparisons: vec![
                    comparison("x \u{2212} y", -0.1, Verdict::DoesNotHold),
                    Comparison {
                        difference: None,
                        interval: None,
                        n: 0,
                        ..comparison("z \u{2212} y", 0.0, Verdict::NotMeasured)
                    },
                ],
            },
        ],
        energy: None,
    }
}

#[test]
fn the_page_is_whole_and_loads_nothing() {
    let page = html(&results(false));
    assert_balanced(&page);
    for heading in [
        "Findings",
        "Macro F1",
        "Differences",
        "Scores",
        "F1 by class",
        "Size, speed, cost",
        "Without numbers",
        "Versions of the data set",
        "Where it comes from",
        "How to read it",
    ] {
        assert!(page.contains(&format!("<h2>{heading}</h2>")), "{heading}");
    }
    for needle in ["<script", "<link", "http://", "https://", "url(", "NaN", "<b>"] {
        assert!(!page.contains(needle), "{needle}");
    }
    assert!(page.contains("default-src 'none'") && page.contains("1 holds"));
    assert!(!page.contains("SMOKE"));
}

#[test]
fn a_smoke_run_says_so_loudly() {
    for text in [html(&results(true)), markdown(&results(true))] {
        let warning = text.find("SMOKE RUN").unwrap();
        assert!(warning < text.find("Findings").map_or(usize::MAX, |at| at.max(warning + 1)));
        assert!(warning < text.find("macro F1").unwrap());
    }
}

#[test]
fn every_number_is_in_the_markdown() {
    let text = markdown(&results(false));
    for line in [
        "| 1. A larger batch gives a higher F1 |  |  |  |  | holds |",
        "|  | m01.1 \u{2212} m01 | +0.100 | +0.080 to +0.120 | 14 | holds |",
        "|  | z \u{2212} y | – | – | – | not measured |",
        "| m01.1 | 0.800 | – | 90.0\u{202f}% | 0.991 | +0.191 | 0.0\u{202f}% | 100.0\u{202f}% | 0.0\u{202f}% | 5.0\u{202f}% |",
        "| m01 | v01 | 1\u{202f}234 | 8 | 30 | 1\u{202f}050\u{202f}000 | 4.32 | 3.25 | 10.0 | 19.0 | 11.0 |",
        "| m04 | not trained |",
        "| seed | 7 |",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(text.contains("failed: no room &lt;b>\\|"));
    // Every line of a table has the cells of its head.
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    let mut of_table = None;
    for line in text.lines() {
        of_table = line.starts_with('|').then(|| {
            let wanted = of_table.unwrap_or_else(|| cells(line));
            assert_eq!(cells(line), wanted, "{line}");
            wanted
        });
    }
}

#[test]
fn nothing_trained_yet() {
    let mut empty = results(false);
    empty.variants.retain(|variant| variant.scores.is_none());
    empty.findings.iter_mut().flat_map(|finding| &mut finding.comparisons).for_each(|one| {
        (one.difference, one.interval, one.verdict) = (None, None, Verdict::NotMeasured);
    });
    let page = html(&empty);
    assert_balanced(&page);
    assert!(!page.contains("<h2>Scores</h2>") && page.contains("not trained"));
    assert!(!markdown(&empty).contains("Size, speed"));
}
