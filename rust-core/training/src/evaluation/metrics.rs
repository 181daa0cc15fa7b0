//! Metrics of the predicted class, from a confusion matrix.
//!
//! A picture counts with its most probable class whether or not the classifier abstained on it;
//! what abstaining does is in the group metrics. A ratio whose denominator is 0 is 0, as with
//! scikit-learn's `zero_division=0`.

use serde::Serialize;

use super::ConfusionMatrix;

/// One class against all others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ClassMetrics {
    /// TP / (TP + FP)
    pub precision: f64,
    /// TP / (TP + FN), also called sensitivity.
    pub recall: f64,
    /// TN / (TN + FP)
    pub specificity: f64,
    /// Negative predictive value, TN / (TN + FN).
    pub npv: f64,
    /// Harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN).
    pub f1: f64,
    /// Pictures that truly are of this class.
    pub support: u64,
}

/// Averages over the classes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Averages {
    pub(super) accuracy: f64,
    pub(super) macro_f1: f64,
    pub(super) weighted_f1: f64,
    pub(super) balanced_accuracy: f64,
}

pub(super) fn ratio(numerator: u64, denominator: u64) -> f64 {
    if denominator == 0 { 0.0 } else { numerator as f64 / denominator as f64 }
}

pub(super) fn per_class(confusion: &ConfusionMatrix) -> Vec<ClassMetrics> {
    let total = confusion.total();
    let (support, predicted) = (confusion.support(), confusion.predicted());
    (0..support.len())
        .map(|class| {
            let hits = confusion.matrix[class][class];
            let false_positives = predicted[class] - hits;
            let misses = support[class] - hits;
            let true_negatives = total - hits - false_positives - misses;
            ClassMetrics {
                precision: ratio(hits, predicted[class]),
                recall: ratio(hits, support[class]),
                specificity: ratio(true_negatives, true_negatives + false_positives),
                npv: ratio(true_negatives, true_negatives + misses),
                f1: ratio(2 * hits, 2 * hits + false_positives + misses),
                support: support[class],
            }
        })
        .collect()
}

/// Macro F1 is the mean over the classes that are true or predicted at least once, which is what
/// scikit-learn does when it is given no `labels`. Balanced accuracy is the mean recall of the
/// classes with support.
pub(super) fn averages(confusion: &ConfusionMatrix) -> Averages {
    let (support, predicted) = (confusion.support(), confusion.predicted());
    let (mut hits, mut f1_sum, mut weighted, mut recall_sum) = (0, 0.0, 0.0, 0.0);
    let (mut present, mut supported) = (0_u64, 0_u64);
    for class in 0..support.len() {
        let class_hits = confusion.matrix[class][class];
        // 2 TP / (2 TP + FP + FN), since support + predicted counts TP twice.
        let f1 = ratio(2 * class_hits, support[class] + predicted[class]);
        hits += class_hits;
        f1_sum += f1;
        weighted += f1 * support[class] as f64;
        recall_sum += ratio(class_hits, support[class]);
        present += u64::from(support[class] + predicted[class] > 0);
        supported += u64::from(support[class] > 0);
    }
    let total = confusion.total();
    Averages {
        accuracy: ratio(hits, total),
        macro_f1: f1_sum / present.max(1) as f64,
        weighted_f1: weighted / total.max(1) as f64,
        balanced_accuracy: recall_sum / supported.max(1) as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{assert_close, labels, predictions};
    use super::*;

    fn confusion() -> ConfusionMatrix {
        let pairs = predictions();
        ConfusionMatrix::from_pairs(&labels().classes, pairs.iter().map(|p| (p.truth, p.predicted)))
    }

    #[test]
    fn each_class_agrees_with_scikit_learn() {
        // precision_recall_fscore_support(y, p, labels=range(6), zero_division=0); specificity and
        // NPV are recall_score and precision_score(y == k, p == k, pos_label=False).
        let expected = [
            (1.0, 0.5, 1.0, 0.8, 2.0 / 3.0, 4),
            (1.0 / 3.0, 0.5, 0.8, 8.0 / 9.0, 0.4, 2),
            (2.0 / 3.0, 2.0 / 3.0, 8.0 / 9.0, 8.0 / 9.0, 2.0 / 3.0, 3),
            (2.0 / 3.0, 2.0 / 3.0, 8.0 / 9.0, 8.0 / 9.0, 2.0 / 3.0, 3),
            (0.0, 0.0, 0.916_666_666_666_666_6, 1.0, 0.0, 0),
            (0.0, 0.0, 1.0, 1.0, 0.0, 0),
        ];
        let actual = per_class(&confusion());
        assert_eq!(actual.len(), expected.len());
        for (metrics, (precision, recall, specificity, npv, f1, support)) in
            actual.iter().zip(expected)
        {
            assert_close(metrics.precision, precision);
            assert_close(metrics.recall, recall);
            assert_close(metrics.specificity, specificity);
            assert_close(metrics.npv, npv);
            assert_close(metrics.f1, f1);
            assert_eq!(metrics.support, support);
        }
    }

    #[test]
    fn averages_agree_with_scikit_learn() {
        let actual = averages(&confusion());
        assert_close(actual.accuracy, 0.583_333_333_333_333_4); // accuracy_score(y, p)
        assert_close(actual.macro_f1, 0.48); // f1_score(y, p, average="macro")
        assert_close(actual.weighted_f1, 0.622_222_222_222_222_2); // average="weighted"
        assert_close(actual.balanced_accuracy, 0.583_333_333_333_333_3); // balanced_accuracy_score
    }

    #[test]
    fn one_picture() {
        let names = ["a".to_owned(), "b".to_owned()];
        let right = averages(&ConfusionMatrix::from_pairs(&names, [(1, 1)]));
        assert_eq!((right.accuracy, right.macro_f1), (1.0, 1.0));
        // f1_score([1], [0], average="macro") is 0 over two labels.
        let wrong = averages(&ConfusionMatrix::from_pairs(&names, [(1, 0)]));
        assert_eq!((wrong.accuracy, wrong.macro_f1), (0.0, 0.0));
    }
}
