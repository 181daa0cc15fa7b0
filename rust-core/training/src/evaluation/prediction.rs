//! What is evaluated: the labels of a taxonomy and one prediction for each picture.

use std::collections::HashSet;

use super::EvaluationError;

/// How far a row of probabilities may be from summing to 1: room for `f32` and `f16` softmax.
const SUM_TOLERANCE: f64 = 1e-3;

/// One picture's truth and what the classifier said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// Path relative to the data set, or any other name.
    pub id: String,
    /// Index of the true class.
    pub truth: usize,
    /// Index of the most probable class, also when the classifier abstained.
    pub predicted: usize,
    /// One probability for each class, summing to 1.
    pub probabilities: Vec<f32>,
    /// Whether the classifier was too unsure to answer.
    pub abstained: bool,
    /// Index of the group that the picture ends up in; the fallback group when abstained.
    pub group: usize,
}

impl Prediction {
    /// Probability of the predicted class. The prediction must have passed [`LabelSet::check`].
    pub(super) fn confidence(&self) -> f64 {
        f64::from(self.probabilities[self.predicted])
    }

    pub(super) fn is_correct(&self) -> bool {
        self.truth == self.predicted
    }
}

/// The classes and groups of a taxonomy. "Irrelevant" stands for every group but the fallback one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelSet {
    /// Names of the classes, in the order of the probabilities.
    pub classes: Vec<String>,
    /// Names of the groups.
    pub groups: Vec<String>,
    /// Index of each class's group.
    pub class_to_group: Vec<usize>,
    /// Index of the group that an abstained picture is treated as, i.e. personal.
    pub fallback_group: usize,
}

impl LabelSet {
    /// Whether pictures of `class` belong to the fallback group.
    #[must_use]
    pub fn is_fallback_class(&self, class: usize) -> bool {
        self.class_to_group.get(class) == Some(&self.fallback_group)
    }

    /// Probability that a picture is irrelevant: the sum over the classes outside the fallback group.
    #[must_use]
    pub fn irrelevant_probability(&self, probabilities: &[f32]) -> f64 {
        probabilities
            .iter()
            .zip(&self.class_to_group)
            .filter(|(_, group)| **group != self.fallback_group)
            .map(|(probability, _)| f64::from(*probability))
            .sum()
    }

    /// Checks the labels and then every prediction against them.
    ///
    /// # Errors
    /// The first contradiction found, naming the prediction.
    pub fn check(&self, predictions: &[Prediction]) -> Result<(), EvaluationError> {
        self.check_labels()?;
        predictions.iter().try_for_each(|prediction| self.check_one(prediction))
    }

    fn check_labels(&self) -> Result<(), EvaluationError> {
        let invalid = |reason: String| Err(EvaluationError::InvalidLabels { reason });
        if self.classes.is_empty() {
            return invalid("there is no class".into());
        }
        for (kind, names) in [("class", &self.classes), ("group", &self.groups)] {
            let mut seen = HashSet::new();
            if let Some(name) = names.iter().find(|name| !seen.insert(name.as_str())) {
                return invalid(format!("{kind} {name} is listed twice"));
            }
        }
        if self.class_to_group.len() != self.classes.len() {
            return invalid(format!(
                "{} classes, but {} class groups",
                self.classes.len(),
                self.class_to_group.len()
            ));
        }
        let groups = self.groups.len();
        if let Some(group) = self.class_to_group.iter().find(|group| **group >= groups) {
            return invalid(format!("a class is in group {group} of {groups}"));
        }
        if self.fallback_group >= groups {
            return invalid(format!("the fallback group is {} of {groups}", self.fallback_group));
        }
        Ok(())
    }

    fn check_one(&self, prediction: &Prediction) -> Result<(), EvaluationError> {
        let id = || prediction.id.clone();
        let classes = self.classes.len();
        for class in [prediction.truth, prediction.predicted] {
            if class >= classes {
                return Err(EvaluationError::ClassOutOfRange { id: id(), class, classes });
            }
        }
        if prediction.group >= self.groups.len() {
            return Err(EvaluationError::GroupOutOfRange {
                id: id(),
                group: prediction.group,
                groups: self.groups.len(),
            });
        }
        if prediction.abstained && prediction.group != self.fallback_group {
            return Err(EvaluationError::AbstainedOutsideFallback { id: id() });
        }
        let actual = prediction.probabilities.len();
        if actual != classes {
            return Err(EvaluationError::ProbabilityCount { id: id(), expected: classes, actual });
        }
        for (class, &value) in self.classes.iter().zip(&prediction.probabilities) {
            // A NaN is in no range, so it is refused here too.
            if !(0.0..=1.0 + SUM_TOLERANCE as f32).contains(&value) {
                return Err(EvaluationError::ProbabilityOutOfRange {
                    id: id(),
                    class: class.clone(),
                    value,
                });
            }
        }
        let sum: f64 = prediction.probabilities.iter().map(|p| f64::from(*p)).sum();
        if (sum - 1.0).abs() > SUM_TOLERANCE {
            return Err(EvaluationError::ProbabilitySum { id: id(), sum });
        }
        let confidence = prediction.probabilities[prediction.predicted];
        if prediction.probabilities.iter().any(|p| *p > confidence) {
            return Err(EvaluationError::PredictedIsNotArgmax { id: id() });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{labels, predictions};
    use super::*;

    fn refusal(change: impl FnOnce(&mut Prediction)) -> EvaluationError {
        let mut all = predictions();
        change(&mut all[3]);
        labels().check(&all).unwrap_err()
    }

    #[test]
    fn the_fixture_is_accepted() {
        assert_eq!(labels().check(&predictions()), Ok(()));
    }

    #[test]
    fn values_that_are_no_probabilities_are_refused() {
        for value in [f32::NAN, f32::INFINITY, -0.01, 1.5] {
            let error = refusal(|p| p.probabilities[2] = value);
            assert!(
                matches!(&error, EvaluationError::ProbabilityOutOfRange { id, class, .. }
                    if id == "p03.jpg" && class == "ememes"),
                "{value}: {error}"
            );
        }
        assert!(refusal(|p| p.probabilities[5] = f32::NAN).to_string().contains("is NaN"));
    }

    #[test]
    fn probabilities_must_sum_to_one() {
        let error = refusal(|p| p.probabilities[5] += 0.02);
        assert!(matches!(error, EvaluationError::ProbabilitySum { .. }));
        let mut nearly = predictions();
        nearly[3].probabilities[5] += 0.0005;
        assert_eq!(labels().check(&nearly), Ok(()));
    }

    #[test]
    fn contradictions_are_refused() {
        assert!(matches!(
            refusal(|p| p.truth = 6),
            EvaluationError::ClassOutOfRange { class: 6, classes: 6, .. }
        ));
        assert!(matches!(
            refusal(|p| p.predicted = 7),
            EvaluationError::ClassOutOfRange { class: 7, .. }
        ));
        assert!(matches!(refusal(|p| p.group = 2), EvaluationError::GroupOutOfRange { .. }));
        assert!(matches!(
            refusal(|p| p.group = 1),
            EvaluationError::AbstainedOutsideFallback { .. }
        ));
        assert!(matches!(
            refusal(|p| p.predicted = 1),
            EvaluationError::PredictedIsNotArgmax { .. }
        ));
        assert!(matches!(
            refusal(|p| p.probabilities.truncate(5)),
            EvaluationError::ProbabilityCount { expected: 6, actual: 5, .. }
        ));
    }

    #[test]
    fn labels_that_contradict_themselves_are_refused() {
        let changes: [fn(&mut LabelSet); 5] = [
            |l| l.classes.clear(),
            |l| l.classes[1] = l.classes[0].clone(),
            |l| l.class_to_group.truncate(2),
            |l| l.class_to_group[0] = 9,
            |l| l.fallback_group = 2,
        ];
        for (index, change) in changes.into_iter().enumerate() {
            let mut set = labels();
            change(&mut set);
            assert!(
                matches!(set.check(&[]), Err(EvaluationError::InvalidLabels { .. })),
                "change {index} was accepted"
            );
        }
    }

    #[test]
    fn irrelevant_probability_sums_all_groups_but_the_fallback() {
        let probability = labels().irrelevant_probability(&[0.5, 0.125, 0.25, 0.0, 0.125, 0.0]);
        assert_eq!(probability, 0.375);
    }
}
