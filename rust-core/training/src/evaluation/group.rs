//! What becomes of personal and of irrelevant pictures: the metrics that a user feels.
//!
//! The group of a picture is the effective one, after abstaining. "Irrelevant" stands for every
//! group but the fallback group, and "personal" for the fallback group.

use serde::Serialize;

use super::{ConfusionMatrix, LabelSet, Prediction};

/// Group metrics; a rate without any picture to count is `None`, `null` in JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupMetrics {
    /// Share of pictures that end up in their true group.
    pub accuracy: f64,
    /// Share of personal pictures that end up as irrelevant: the harmful mistake.
    pub false_irrelevant_rate: Option<f64>,
    /// Share of irrelevant pictures that end up as irrelevant.
    pub irrelevant_recall: Option<f64>,
    /// Share of truly irrelevant pictures among those that end up as irrelevant.
    pub irrelevant_precision: Option<f64>,
    /// Share of pictures on which the classifier abstained.
    pub abstained_rate: f64,
    /// Accuracy of the class among the pictures that it answered.
    pub answered_accuracy: Option<f64>,
    /// Personal pictures.
    pub personal_support: u64,
    /// Irrelevant pictures.
    pub irrelevant_support: u64,
    /// Personal pictures that end up as irrelevant.
    pub false_irrelevant: u64,
    /// Name of the fallback group.
    pub fallback: String,
    /// Effective groups against true ones.
    pub confusion: ConfusionMatrix,
}

/// Pictures by [truly irrelevant][ends up as irrelevant].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct GroupCounts(pub(super) [[u64; 2]; 2]);

impl GroupCounts {
    pub(super) fn false_irrelevant_rate(&self) -> Option<f64> {
        share(self.0[0][1], self.0[0][0] + self.0[0][1])
    }

    pub(super) fn irrelevant_recall(&self) -> Option<f64> {
        share(self.0[1][1], self.0[1][0] + self.0[1][1])
    }
}

pub(super) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

pub(super) fn group_metrics(labels: &LabelSet, predictions: &[Prediction]) -> GroupMetrics {
    let mut counts = GroupCounts::default();
    let (mut same, mut abstained, mut answered_hits) = (0, 0, 0);
    for prediction in predictions {
        let truth = labels.class_to_group[prediction.truth];
        let [was, is] =
            [truth, prediction.group].map(|group| usize::from(group != labels.fallback_group));
        counts.0[was][is] += 1;
        same += u64::from(truth == prediction.group);
        abstained += u64::from(prediction.abstained);
        answered_hits += u64::from(!prediction.abstained && prediction.is_correct());
    }
    let n = predictions.len() as u64;
    let [personal, irrelevant] = counts.0;
    GroupMetrics {
        accuracy: share(same, n).unwrap_or(0.0),
        false_irrelevant_rate: counts.false_irrelevant_rate(),
        irrelevant_recall: counts.irrelevant_recall(),
        irrelevant_precision: share(irrelevant[1], irrelevant[1] + personal[1]),
        abstained_rate: share(abstained, n).unwrap_or(0.0),
        answered_accuracy: share(answered_hits, n - abstained),
        personal_support: personal.iter().sum(),
        irrelevant_support: irrelevant.iter().sum(),
        false_irrelevant: personal[1],
        fallback: labels.groups[labels.fallback_group].clone(),
        confusion: ConfusionMatrix::from_pairs(
            &labels.groups,
            predictions.iter().map(|p| (labels.class_to_group[p.truth], p.group)),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{assert_close, labels, predictions};
    use super::*;

    #[test]
    fn agrees_with_scikit_learn() {
        let actual = group_metrics(&labels(), &predictions());
        // With gt, ge the true and effective groups (irrelevant = 1):
        assert_close(actual.accuracy, 0.833_333_333_333_333_4); // accuracy_score(gt, ge)
        let rate = actual.false_irrelevant_rate.unwrap();
        assert_close(rate, 0.166_666_666_666_666_6); // 1 - recall_score(gt, ge, pos_label=0)
        let recall = actual.irrelevant_recall.unwrap();
        assert_close(recall, 0.833_333_333_333_333_4); // recall_score(gt, ge)
        let precision = actual.irrelevant_precision.unwrap();
        assert_close(precision, 0.833_333_333_333_333_4); // precision_score(gt, ge)
        assert_eq!(actual.confusion.matrix, [[5, 1], [1, 5]]); // confusion_matrix(gt, ge)
        assert_close(actual.abstained_rate, 2.0 / 12.0);
        assert_close(actual.answered_accuracy.unwrap(), 6.0 / 10.0);
        assert_eq!(actual.false_irrelevant, 1);
    }

    #[test]
    fn an_abstained_mistake_harms_nobody() {
        let mut all = predictions();
        assert!(all[5].abstained && all[5].predicted == 3 && all[5].truth == 1);
        let with = group_metrics(&labels(), &all);
        all[5].abstained = false;
        all[5].group = 1;
        let without = group_metrics(&labels(), &all);
        assert_eq!(without.false_irrelevant, with.false_irrelevant + 1);
    }

    #[test]
    fn all_abstained() {
        let mut all = predictions();
        for prediction in &mut all {
            prediction.abstained = true;
            prediction.group = 0;
        }
        let actual = group_metrics(&labels(), &all);
        assert_eq!(actual.abstained_rate, 1.0);
        assert_eq!(actual.false_irrelevant_rate, Some(0.0));
        assert_eq!(actual.irrelevant_recall, Some(0.0));
        assert_eq!(actual.irrelevant_precision, None);
        assert_eq!(actual.answered_accuracy, None);
        assert_eq!(actual.accuracy, 0.5);
    }

    #[test]
    fn rates_without_pictures_are_unknown() {
        let personal: Vec<_> = predictions().into_iter().filter(|p| p.truth < 2).collect();
        assert_eq!(group_metrics(&labels(), &personal).irrelevant_recall, None);
        let irrelevant: Vec<_> = predictions().into_iter().filter(|p| p.truth > 1).collect();
        assert_eq!(group_metrics(&labels(), &irrelevant).false_irrelevant_rate, None);
    }
}
