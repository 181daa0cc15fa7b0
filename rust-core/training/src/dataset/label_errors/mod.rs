//! Pictures whose label is likely wrong, by confident learning (Northcutt, Jiang and Chuang, "Confident Learning:
//! Estimating Uncertainty in Dataset Labels", JAIR 70, 2021): a classifier on embeddings that never saw the picture,
//! thresholds per class, and a ranking by margin.

mod confident;
mod cross_validation;

use serde::Serialize;

pub use cross_validation::{CrossValidation, LabelErrorsError, out_of_sample};

use super::catalog::Dataset;
use confident::{confident_joint, thresholds};

/// What the label of a picture is worth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelError {
    /// Path from the data set folder, with `/`.
    pub relative_path: String,
    /// The label it has: its folder.
    pub label: String,
    /// The most probable other one.
    pub suggested: String,
    /// Half of one less the margin between the probabilities of the label and the suggested one (the "normalised
    /// margin" of the paper): from 0, surely right, to 1, surely wrong.
    pub score: f32,
    /// Probability of the label it has.
    pub self_confidence: f32,
    /// Whether it counts as another class by that class's threshold: an off-diagonal element of the confident joint.
    pub is_likely: bool,
}

/// What was found in a data set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelErrors {
    /// The classes, in the order of the joint.
    pub classes: Vec<String>,
    /// Every picture that has a vector, greatest score first.
    pub pictures: Vec<LabelError>,
    /// Pictures by label (row) and by the class that they confidently are (column); those that are none count nowhere.
    pub joint: Vec<Vec<usize>>,
    /// Share of pictures whose most probable class is their label, out of sample.
    pub accuracy: f32,
}

/// Ranks the pictures of `samples` (indices into [`Dataset::samples`]) by their out-of-sample probabilities, a row
/// with one number per class of the data set each.
pub fn label_errors(
    dataset: &Dataset,
    samples: &[usize],
    probabilities: &[Vec<f32>],
) -> LabelErrors {
    let labels: Vec<usize> = samples.iter().map(|&sample| dataset.samples[sample].class).collect();
    let thresholds = thresholds(probabilities, &labels, dataset.classes.len());
    let (joint, confident) = confident_joint(probabilities, &labels, &thresholds);
    let mut right = 0;
    let mut pictures = Vec::with_capacity(samples.len());
    for (row, (&sample, &label)) in samples.iter().zip(&labels).enumerate() {
        let of = &probabilities[row];
        let others = (0..of.len()).filter(|&class| class != label);
        let best = others.max_by(|&a, &b| of[a].total_cmp(&of[b]).then(b.cmp(&a)));
        let best = best.unwrap_or(label);
        right += usize::from(of[label] >= of[best]);
        pictures.push(LabelError {
            relative_path: dataset.samples[sample].relative_path.clone(),
            label: dataset.classes[label].clone(),
            suggested: dataset.classes
                [confident[row].filter(|&class| class != label).unwrap_or(best)]
            .clone(),
            score: (1.0 - (of[label] - of[best])) / 2.0,
            self_confidence: of[label],
            is_likely: confident[row].is_some_and(|class| class != label),
        });
    }
    pictures.sort_by(|a, b| {
        b.score.total_cmp(&a.score).then_with(|| a.relative_path.cmp(&b.relative_path))
    });
    let accuracy = right as f32 / samples.len().max(1) as f32;
    LabelErrors { classes: dataset.classes.clone(), pictures, joint, accuracy }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::testing::dataset;

    #[test]
    fn pictures_are_ranked_by_the_margin() {
        let entry = |path: &str, class| (path.to_owned(), class, "s".to_owned(), 1);
        let samples = [entry("a/1", 0), entry("a/2", 0), entry("b/1", 1), entry("b/2", 1)];
        let data = dataset(&["a", "b"], &samples);
        let probabilities = [[0.9, 0.1], [0.05, 0.95], [0.4, 0.6], [0.1, 0.9]].map(Vec::from);
        let found = label_errors(&data, &[0, 1, 2, 3], &probabilities);
        let order: Vec<_> = found.pictures.iter().map(|one| one.relative_path.as_str()).collect();
        assert_eq!(order, ["a/2", "b/1", "a/1", "b/2"]);
        let worst = &found.pictures[0];
        assert_eq!((worst.label.as_str(), worst.suggested.as_str()), ("a", "b"));
        assert!((worst.score - 0.95).abs() < 1e-6 && worst.is_likely);
        assert!(!found.pictures[1].is_likely);
        assert_eq!(found.joint, [[1, 1], [0, 1]]);
        assert_eq!(found.accuracy, 0.75);
    }
}
