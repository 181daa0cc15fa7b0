//! What the thesis found, and whether it is so here.

use std::collections::BTreeMap;

use serde::Serialize;

use super::ReproduceError;
use crate::evaluation::{BootstrapOptions, Interval, LabelSet, Prediction, paired_macro_f1};

/// Something that a finding says of numbers.
#[derive(Debug, Clone, Copy)]
enum Check {
    /// The first variant has a higher macro F1 than the second.
    Higher(&'static str, &'static str),
    /// The variant has a higher macro F1 on the train part than on the test part.
    Overfits(&'static str),
}

use Check::{Higher, Overfits};

/// The findings, and what they mean for pairs of variants.
const FINDINGS: [(&str, &[Check]); 5] = [
    (
        "A larger batch gives a higher F1",
        &[Higher("m01.3", "m01"), Higher("m01.1", "m01.3"), Higher("m01.1", "m01")],
    ),
    ("Removing outliers in the minority classes gives a higher F1", &[Higher("m01.6", "m01.1")]),
    (
        "Normalised inputs (colour metadata) give a higher F1",
        &[Higher("m02.1", "m02"), Higher("m02.3", "m02.2")],
    ),
    (
        "Sample weights and Bayesian optimisation give a higher F1, and the trees still overfit",
        &[
            Higher("m04.1", "m04"),
            Higher("m04.2", "m04.1"),
            Overfits("m04"),
            Overfits("m04.1"),
            Overfits("m04.2"),
        ],
    ),
    ("Easy classes first and hard ones then give a higher F1", &[Higher("m03", "m01.1")]),
];

/// Comparisons that the thesis's settings allow and its findings do not name.
const EXTRAS: [(&str, &[Check]); 2] = [
    ("Augmentation by rotation gives a higher F1", &[Higher("m01.4", "m01.3")]),
    (
        "Metadata give a higher F1",
        &[
            Higher("m02", "m01.3"),
            Higher("m02.1", "m01.3"),
            Higher("m02.2", "m01.3"),
            Higher("m02.3", "m01.3"),
            Higher("m02.5", "m01.3"),
        ],
    ),
];

/// What the numbers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The whole interval is above 0; of a finding, of every comparison.
    Holds,
    /// The whole interval is below 0; of a finding, of some comparison.
    DoesNotHold,
    /// Neither.
    Undecided,
    /// A variant is missing.
    NotMeasured,
}

impl Verdict {
    /// In words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::DoesNotHold => "does not hold",
            Self::Undecided => "undecided",
            Self::NotMeasured => "not measured",
        }
    }

    fn of(interval: Interval) -> Self {
        if interval.low > 0.0 {
            Self::Holds
        } else if interval.high < 0.0 {
            Self::DoesNotHold
        } else {
            Self::Undecided
        }
    }

    /// Of a claim that consists of others.
    fn of_all(parts: &[Self]) -> Self {
        let has = |verdict| parts.contains(&verdict);
        if has(Self::DoesNotHold) {
            Self::DoesNotHold
        } else if has(Self::NotMeasured) {
            Self::NotMeasured
        } else if has(Self::Undecided) {
            Self::Undecided
        } else {
            Self::Holds
        }
    }
}

/// Two numbers side by side.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// As `m01.1 − m01`, or `m04: train − test`.
    pub name: String,
    /// Difference of the macro F1.
    pub difference: Option<f64>,
    /// Its interval: paired by picture between variants; of the test part alone for train and test.
    pub interval: Option<Interval>,
    /// Pictures that were compared.
    pub n: usize,
    /// What it says.
    pub verdict: Verdict,
}

/// A claim and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// Its number in the thesis; `None` for claims that the thesis does not make.
    pub number: Option<usize>,
    /// What is claimed.
    pub claim: &'static str,
    /// Whether it holds on this data.
    pub verdict: Verdict,
    /// What that is concluded from.
    pub comparisons: Vec<Comparison>,
}

/// What a trained variant said.
#[derive(Debug, Clone)]
pub(super) struct Answers {
    /// Of the pictures of the test part, by path.
    pub(super) test: Vec<Prediction>,
    pub(super) test_macro_f1: f64,
    pub(super) test_interval: Option<Interval>,
    pub(super) train_macro_f1: f64,
}

/// The thesis's findings and the extra ones, from the variants that there are.
pub(super) fn findings(
    labels: &LabelSet,
    answers: &BTreeMap<String, Answers>,
    options: &BootstrapOptions,
) -> Result<Vec<Finding>, ReproduceError> {
    let numbered = FINDINGS.iter().enumerate().map(|(index, of)| (Some(index + 1), of));
    let all = numbered.chain(EXTRAS.iter().map(|of| (None, of)));
    all.map(|(number, (claim, checks))| {
        let comparisons = checks
            .iter()
            .map(|check| compare(*check, labels, answers, options))
            .collect::<Result<Vec<_>, _>>()?;
        let verdicts: Vec<Verdict> = comparisons.iter().map(|one| one.verdict).collect();
        Ok(Finding { number, claim, verdict: Verdict::of_all(&verdicts), comparisons })
    })
    .collect()
}

fn compare(
    check: Check,
    labels: &LabelSet,
    answers: &BTreeMap<String, Answers>,
    options: &BootstrapOptions,
) -> Result<Comparison, ReproduceError> {
    let missing = |name: String| Comparison {
        name,
        difference: None,
        interval: None,
        n: 0,
        verdict: Verdict::NotMeasured,
    };
    match check {
        Higher(better, than) => {
            let name = format!("{better} \u{2212} {than}");
            let (Some(better), Some(than)) = (answers.get(better), answers.get(than)) else {
                return Ok(missing(name));
            };
            let (first, second) = both(&than.test, &better.test);
            let paired = paired_macro_f1(labels, &first, &second, options)?;
            Ok(Comparison {
                name,
                difference: Some(paired.difference),
                interval: Some(paired.interval),
                n: paired.n,
                verdict: Verdict::of(paired.interval),
            })
        }
        Overfits(id) => {
            let name = format!("{id}: train \u{2212} test");
            let Some(Answers { test, test_macro_f1, test_interval, train_macro_f1 }) =
                answers.get(id)
            else {
                return Ok(missing(name));
            };
            let gap = |of_test: f64| train_macro_f1 - of_test;
            let turned = |of: &Interval| Interval { low: gap(of.high), high: gap(of.low) };
            let interval = test_interval.as_ref().map(turned);
            Ok(Comparison {
                name,
                difference: Some(gap(*test_macro_f1)),
                interval,
                n: test.len(),
                verdict: interval.map_or(Verdict::NotMeasured, Verdict::of),
            })
        }
    }
}

/// The pictures that both answered, in the same order: one may have failed on a picture.
fn both(first: &[Prediction], second: &[Prediction]) -> (Vec<Prediction>, Vec<Prediction>) {
    let of_second: BTreeMap<&str, &Prediction> =
        second.iter().map(|prediction| (prediction.id.as_str(), prediction)).collect();
    let pairs = first.iter().filter_map(|one| {
        let other = *of_second.get(one.id.as_str())?;
        Some((one.clone(), other.clone()))
    });
    pairs.unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels() -> LabelSet {
        LabelSet {
            classes: vec!["a".to_owned(), "b".to_owned()],
            groups: vec!["personal".to_owned(), "irrelevant".to_owned()],
            class_to_group: vec![0, 1],
            fallback_group: 0,
        }
    }

    /// Sixty pictures, half of each class; of each class the first `wrong` are taken for the other.
    fn answers(wrong: usize) -> Answers {
        let test: Vec<Prediction> = (0..60)
            .map(|number| {
                let truth = number % 2;
                let predicted = if number / 2 < wrong { 1 - truth } else { truth };
                let mut probabilities = vec![0.0; 2];
                probabilities[predicted] = 1.0;
                Prediction {
                    id: format!("{number}.jpg"),
                    truth,
                    predicted,
                    probabilities,
                    abstained: false,
                    group: predicted,
                }
            })
            .collect();
        // Both classes have as many hits and misses, so that macro F1 is the accuracy.
        let test_macro_f1 = 1.0 - wrong as f64 / 30.0;
        let test_interval =
            Some(Interval { low: test_macro_f1 - 0.05, high: test_macro_f1 + 0.05 });
        Answers { test, test_macro_f1, test_interval, train_macro_f1: 0.9 }
    }

    fn found(answers: &[(&str, Answers)]) -> Vec<Finding> {
        let answers = answers.iter().map(|(id, one)| ((*id).to_owned(), one.clone())).collect();
        let options = BootstrapOptions { stratified: true, ..BootstrapOptions::default() };
        findings(&labels(), &answers, &options).unwrap()
    }

    #[test]
    fn differences_are_those_of_the_scores() {
        let all = found(&[("m01", answers(15)), ("m01.3", answers(6)), ("m01.1", answers(0))]);
        let batch = &all[0];
        assert_eq!((batch.number, batch.verdict), (Some(1), Verdict::Holds));
        let names: Vec<_> = batch.comparisons.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["m01.3 \u{2212} m01", "m01.1 \u{2212} m01.3", "m01.1 \u{2212} m01"]);
        let differences: Vec<f64> =
            batch.comparisons.iter().filter_map(|one| one.difference).collect();
        for (actual, expected) in differences.iter().zip([0.3, 0.2, 0.5]) {
            assert!((actual - expected).abs() < 1e-9, "{actual} {expected}");
        }
        for comparison in &batch.comparisons {
            let interval = comparison.interval.unwrap();
            let difference = comparison.difference.unwrap();
            assert!(interval.low < difference && difference < interval.high);
            assert_eq!(comparison.n, 60);
        }
    }

    #[test]
    fn one_comparison_below_zero_refutes_a_finding() {
        let all = found(&[("m01", answers(15)), ("m01.3", answers(0)), ("m01.1", answers(6))]);
        let verdicts: Vec<_> = all[0].comparisons.iter().map(|one| one.verdict).collect();
        assert_eq!(verdicts, [Verdict::Holds, Verdict::DoesNotHold, Verdict::Holds]);
        assert_eq!(all[0].verdict, Verdict::DoesNotHold);
    }

    #[test]
    fn equal_variants_decide_nothing_and_missing_ones_are_told() {
        let all = found(&[("m01.1", answers(6)), ("m03", answers(6)), ("m01.3", answers(5))]);
        assert_eq!(all[4].verdict, Verdict::Undecided);
        assert_eq!(all[4].comparisons[0].difference, Some(0.0));
        let batch: Vec<_> = all[0].comparisons.iter().map(|one| one.verdict).collect();
        assert_eq!(batch, [Verdict::NotMeasured, Verdict::Undecided, Verdict::NotMeasured]);
        assert_eq!(all[0].verdict, Verdict::NotMeasured);
        assert_eq!(all[1].verdict, Verdict::NotMeasured);
        assert_eq!(all.iter().filter(|finding| finding.number.is_none()).count(), 2);
    }

    #[test]
    fn overfitting_is_the_gap_between_train_and_test() {
        let all = found(&[("m04", answers(12)), ("m04.1", answers(6)), ("m04.2", answers(3))]);
        let trees = &all[3];
        let gap = &trees.comparisons[2];
        assert!((gap.difference.unwrap() - 0.3).abs() < 1e-9);
        let interval = gap.interval.unwrap();
        assert!((interval.low - 0.25).abs() < 1e-9 && (interval.high - 0.35).abs() < 1e-9);
        assert_eq!(gap.verdict, Verdict::Holds);
        // 0.9 on both parts: no overfitting to be seen.
        assert_eq!(trees.comparisons[4].verdict, Verdict::Undecided);
    }

    #[test]
    fn only_pictures_that_both_answered_count() {
        let mut short = answers(6);
        short.test.remove(3);
        short.test.reverse();
        let all = found(&[("m01.1", answers(6)), ("m03", short)]);
        assert_eq!((all[4].comparisons[0].n, all[4].comparisons[0].difference), (59, Some(0.0)));
    }
}
