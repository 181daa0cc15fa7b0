//! From logits to a decision: calibration, group roll-up, thresholds, abstention.

use serde::{Deserialize, Serialize};

use crate::taxonomy::Taxonomy;

/// How scores are made to mean probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Logits are divided by it before the softmax; above 0 (Guo et al., "On
    /// calibration of modern neural networks", 2017).
    pub temperature: f32,
}

impl Default for Calibration {
    fn default() -> Self {
        Self { temperature: 1.0 }
    }
}

/// When the classifier abstains.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Abstain if the best class has less than this probability.
    pub confidence: f32,
    /// Abstain if the group of the best class has less than this probability,
    /// summed over its classes; groups that are not named need none.
    #[serde(default)]
    pub groups: std::collections::BTreeMap<String, f32>,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { confidence: 0.0, groups: Default::default() }
    }
}

/// The decision on one picture, by position in the taxonomy.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The most probable class.
    pub class: usize,
    /// The group to treat the picture as: the class's own, or the taxonomy's
    /// fallback group when abstained.
    pub group: usize,
    /// Probability of the class, in [0, 1].
    pub confidence: f32,
    /// Probability per class, summing to 1.
    pub probabilities: Vec<f32>,
    /// Whether a threshold was missed.
    pub abstained: bool,
}

/// Softmax of `logits / temperature`.
pub fn softmax(logits: &[f32], temperature: f32) -> Vec<f32> {
    let max = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut scores: Vec<f32> =
        logits.iter().map(|logit| ((logit - max) / temperature).exp()).collect();
    let sum: f32 = scores.iter().sum();
    scores.iter_mut().for_each(|score| *score /= sum);
    scores
}

/// Decides for one picture. `None` if the logits are not one finite number per
/// class, which a sound network never gives.
pub fn decide(
    logits: &[f32],
    taxonomy: &Taxonomy,
    calibration: Calibration,
    thresholds: &Thresholds,
) -> Option<Decision> {
    if logits.len() != taxonomy.classes.len() || logits.iter().any(|logit| !logit.is_finite()) {
        return None;
    }
    let probabilities = softmax(logits, calibration.temperature);
    let (class, confidence) =
        probabilities.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let group = &taxonomy.classes.get(class)?.group;
    let group_score: f32 = probabilities
        .iter()
        .zip(&taxonomy.classes)
        .filter_map(|(score, class)| (&class.group == group).then_some(score))
        .sum();
    let needed = thresholds.groups.get(group).copied().unwrap_or(0.0);
    let abstained = confidence < thresholds.confidence || group_score < needed;
    let treated_as = if abstained { &taxonomy.fallback_group } else { group };
    Some(Decision {
        class,
        group: taxonomy.group_index(treated_as)?,
        confidence,
        probabilities,
        abstained,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::taxonomy::tests::animals;

    fn thresholds(confidence: f32, toss: f32) -> Thresholds {
        Thresholds { confidence, groups: [("toss".to_owned(), toss)].into() }
    }

    #[test]
    fn softmax_is_stable_and_sums_to_one() {
        let scores = softmax(&[1000.0, 999.0, -1000.0], 1.0);
        assert!((scores.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert!((scores[0] - 0.731_058_6).abs() < 1e-6);
    }

    #[test]
    fn temperature_softens() {
        assert!(softmax(&[2.0, 0.0], 2.0)[0] < softmax(&[2.0, 0.0], 1.0)[0]);
    }

    #[test]
    fn abstaining_falls_back_to_the_safe_group() {
        let decide = |toss| {
            decide(&[0.0, 0.0, 1.0], &animals(), Calibration::default(), &thresholds(0.0, toss))
                .unwrap()
        };
        let sure = decide(0.5);
        assert_eq!((sure.class, sure.group, sure.abstained), (2, 1, false));
        let unsure = decide(0.6);
        assert_eq!((unsure.class, unsure.group, unsure.abstained), (2, 0, true));
    }

    #[test]
    fn group_score_sums_over_its_classes() {
        let thresholds = Thresholds { confidence: 0.0, groups: [("keep".to_owned(), 0.7)].into() };
        let decision =
            decide(&[1.0, 0.9, 0.5], &animals(), Calibration::default(), &thresholds).unwrap();
        assert!(decision.confidence < 0.5 && !decision.abstained);
    }

    #[test]
    fn low_confidence_abstains() {
        let decision =
            decide(&[0.1, 0.0, 0.0], &animals(), Calibration::default(), &thresholds(0.5, 0.0));
        assert!(decision.unwrap().abstained);
    }

    #[test]
    fn broken_logits_are_no_decision() {
        for logits in [vec![0.0, f32::NAN, 0.0], vec![0.0; 2]] {
            let decision =
                decide(&logits, &animals(), Calibration::default(), &Thresholds::default());
            assert_eq!(decision, None);
        }
    }
}
