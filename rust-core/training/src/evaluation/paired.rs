//! Whether one classifier is better than another on the same pictures. Both answer the same resample of the pictures,
//! so that what makes pictures hard for both falls out (paired percentile bootstrap, Efron and Tibshirani 1993).

use serde::{Deserialize, Serialize};

use super::bootstrap::{percentile_interval, resample, strata};
use super::metrics::averages;
use super::summary::check_bootstrap;
use super::{BootstrapOptions, ConfusionMatrix, EvaluationError, Interval, LabelSet, Prediction};
use crate::random::SplitMix64;

/// How far the macro F1 of a second classifier is above that of a first one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PairedDifference {
    /// Macro F1 of the second minus that of the first, in [-1, 1].
    pub difference: f64,
    /// Its percentile interval.
    pub interval: Interval,
    /// Pictures that both answered.
    pub n: usize,
}

/// Compares two classifiers. Both lists must hold the same pictures, by id, in the same order and with the same truth.
///
/// # Errors
/// If there is no prediction, one contradicts the labels, the lists are of other pictures, or an option is out of range.
pub fn paired_macro_f1(
    labels: &LabelSet,
    first: &[Prediction],
    second: &[Prediction],
    options: &BootstrapOptions,
) -> Result<PairedDifference, EvaluationError> {
    check_bootstrap(options)?;
    labels.check(first)?;
    labels.check(second)?;
    if first.len() != second.len() {
        return Err(EvaluationError::LengthMismatch {
            what: "predictions of the second classifier",
            expected: first.len(),
            actual: second.len(),
        });
    }
    if let Some((one, _)) =
        first.iter().zip(second).find(|(a, b)| (&a.id, a.truth) != (&b.id, b.truth))
    {
        return Err(EvaluationError::NotPaired { id: one.id.clone() });
    }
    if first.is_empty() {
        return Err(EvaluationError::EmptySet);
    }
    let difference = |rows: &[usize]| {
        let [before, after] = [first, second].map(|of| {
            let pairs = rows.iter().map(|&row| (of[row].truth, of[row].predicted));
            averages(&ConfusionMatrix::from_pairs(&labels.classes, pairs)).macro_f1
        });
        after - before
    };
    let strata = strata(first, None, options.stratified);
    let mut random = SplitMix64::new(options.seed);
    let mut draw = || {
        let mut rows = Vec::with_capacity(first.len());
        resample(&strata, &mut random, |row| rows.push(row));
        difference(&rows)
    };
    let draws = (0..options.resamples).map(|_| draw()).collect();
    let all: Vec<usize> = (0..first.len()).collect();
    Ok(PairedDifference {
        difference: difference(&all),
        interval: percentile_interval(draws, options.confidence)
            .ok_or(EvaluationError::EmptySet)?,
        n: first.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{assert_close, labels, predictions};
    use super::*;

    fn options() -> BootstrapOptions {
        BootstrapOptions { stratified: true, ..BootstrapOptions::default() }
    }

    /// The same pictures, each answered by its true class.
    fn perfect() -> Vec<Prediction> {
        let right = |mut prediction: Prediction| {
            prediction.predicted = prediction.truth;
            prediction.probabilities = vec![0.0; 6];
            prediction.probabilities[prediction.truth] = 1.0;
            prediction
        };
        predictions().into_iter().map(right).collect()
    }

    #[test]
    fn the_same_answers_differ_by_nothing() {
        let actual = paired_macro_f1(&labels(), &predictions(), &predictions(), &options());
        let interval = Interval { low: 0.0, high: 0.0 };
        assert_eq!(actual, Ok(PairedDifference { difference: 0.0, interval, n: 12 }));
    }

    #[test]
    fn the_difference_is_that_of_the_scores_and_changes_its_sign_with_the_order() {
        let up = paired_macro_f1(&labels(), &predictions(), &perfect(), &options()).unwrap();
        assert_close(up.difference, 1.0 - 0.48);
        assert!(0.0 < up.interval.low && up.interval.low < up.difference);
        assert!(up.difference < up.interval.high && up.interval.high < 1.0);
        let down = paired_macro_f1(&labels(), &perfect(), &predictions(), &options()).unwrap();
        assert_close(down.difference, -up.difference);
        assert_close(down.interval.low, -up.interval.high);
    }

    #[test]
    fn pairing_narrows_the_interval() {
        // Both err on the same pictures but one: apart, each macro F1 is as uncertain as ever.
        let mut second = predictions();
        second[1] = perfect()[1].clone();
        let many = |all: &[Prediction]| -> Vec<Prediction> {
            let copy = |number: usize, one: &Prediction| Prediction {
                id: format!("{number}-{}", one.id),
                ..one.clone()
            };
            (0..10).flat_map(|number| all.iter().map(move |one| copy(number, one))).collect()
        };
        let (first, second) = (many(&predictions()), many(&second));
        let paired = paired_macro_f1(&labels(), &first, &second, &options()).unwrap();
        let alone = super::super::bootstrap::bootstrap(&labels(), &first, None, &options());
        let width = |interval: Interval| interval.high - interval.low;
        assert!(width(paired.interval) < width(alone.macro_f1.unwrap()));
        assert!(paired.interval.low > 0.0, "{paired:?}");
    }

    #[test]
    fn other_pictures_are_refused() {
        let compare = |second: &[Prediction]| {
            paired_macro_f1(&labels(), &predictions(), second, &options()).unwrap_err()
        };
        assert!(matches!(compare(&predictions()[1..]), EvaluationError::LengthMismatch { .. }));
        let mut renamed = predictions();
        renamed[4].id = "other.jpg".to_owned();
        assert!(matches!(compare(&renamed), EvaluationError::NotPaired { id } if id == "p04.jpg"));
        let mut relabelled = predictions();
        relabelled[5].truth = 0;
        assert!(matches!(compare(&relabelled), EvaluationError::NotPaired { .. }));
        let none = paired_macro_f1(&labels(), &[], &[], &options());
        assert_eq!(none, Err(EvaluationError::EmptySet));
        let options = BootstrapOptions { resamples: 0, ..options() };
        let none = paired_macro_f1(&labels(), &predictions(), &predictions(), &options);
        assert!(matches!(none, Err(EvaluationError::InvalidOption { .. })));
    }
}
