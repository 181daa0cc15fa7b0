//! Twelve predictions whose metrics were computed with scikit-learn 1.9.1 too.

use super::{LabelSet, Prediction};

/// Six classes: `academicDigital` is predicted but never true, `fmemes` is neither.
pub(super) fn labels() -> LabelSet {
    let names = |all: &[&str]| all.iter().map(|name| (*name).to_owned()).collect();
    LabelSet {
        classes: names(&[
            "selfies",
            "cameraPhotos",
            "ememes",
            "fTxtMssgs",
            "academicDigital",
            "fmemes",
        ]),
        groups: names(&["personal", "irrelevant"]),
        class_to_group: vec![0, 0, 1, 1, 1, 1],
        fallback_group: 0,
    }
}

/// (true class, probabilities in percent, abstained)
pub(super) const ROWS: [(usize, [u8; 6], bool); 12] = [
    (0, [70, 20, 5, 3, 1, 1], false),
    (0, [40, 45, 5, 5, 3, 2], false),
    (0, [30, 5, 55, 5, 3, 2], false),
    (0, [34, 20, 33, 5, 5, 3], true),
    (1, [10, 80, 4, 3, 2, 1], false),
    (1, [10, 20, 15, 45, 5, 5], true),
    (2, [5, 5, 75, 5, 5, 5], false),
    (2, [2, 3, 90, 2, 2, 1], false),
    (2, [10, 50, 30, 5, 3, 2], false),
    (3, [1, 2, 3, 92, 1, 1], false),
    (3, [5, 5, 10, 20, 55, 5], false),
    (3, [4, 3, 8, 80, 3, 2], false),
];

pub(super) fn predictions() -> Vec<Prediction> {
    let labels = labels();
    ROWS.iter()
        .enumerate()
        .map(|(index, (truth, percents, abstained))| {
            let predicted = (0..6).max_by_key(|class| percents[*class]).unwrap_or(0);
            Prediction {
                id: format!("p{index:02}.jpg"),
                truth: *truth,
                predicted,
                probabilities: percents.iter().map(|p| f32::from(*p) / 100.0).collect(),
                abstained: *abstained,
                group: if *abstained {
                    labels.fallback_group
                } else {
                    labels.class_to_group[predicted]
                },
            }
        })
        .collect()
}

#[track_caller]
pub(super) fn assert_close(actual: f64, expected: f64) {
    assert!((actual - expected).abs() < 1e-6, "expected {expected}, found {actual}");
}
