//! Probabilities of each picture from classifiers that were fitted on other pictures.

use crate::dataset::error::SplitError;
use crate::dataset::{Dataset, SplitOptions, UNKNOWN_SOURCE, k_fold};
use crate::embedding::Embedded;
use crate::statistics::{Logistic, Matrix, Pca};

/// How to cross-validate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CrossValidation {
    /// Number of folds.
    pub folds: usize,
    /// Principal components that the vectors, each of length 1, are reduced to.
    pub dimensions: usize,
    /// Penalty of the classifier's squared weights, for features of mean square length 1 per dimension.
    pub penalty: f64,
    /// Chooses the folds.
    pub seed: u64,
}

impl Default for CrossValidation {
    fn default() -> Self {
        Self { folds: 5, dimensions: 256, penalty: 0.01, seed: 0 }
    }
}

/// Why there are no probabilities.
// The messages are the documentation of the variants and their fields.
#[allow(missing_docs)]
#[derive(Debug, thiserror::Error)]
pub enum LabelErrorsError {
    #[error(transparent)]
    Split(#[from] SplitError),
    #[error("label errors need two classes with pictures at least")]
    OneClass,
}

/// A row of class probabilities (in the order of [`Dataset::classes`]) for each of [`Embedded::samples`], from a
/// multinomial logistic regression on the vectors of other folds. Folds are stratified, and hold each cluster of
/// near-duplicates as a whole; sources are not kept apart, because a source that the classifier never saw looks
/// like a label error.
///
/// # Errors
/// [`LabelErrorsError::OneClass`], or too few pictures for the folds.
pub fn out_of_sample(
    dataset: &Dataset,
    embedded: &Embedded,
    options: &CrossValidation,
) -> Result<Vec<Vec<f32>>, LabelErrorsError> {
    let label = |row: usize| dataset.samples[embedded.samples[row]].class;
    let first = (!embedded.samples.is_empty()).then(|| label(0));
    if (0..embedded.samples.len()).all(|row| Some(label(row)) == first) {
        return Err(LabelErrorsError::OneClass);
    }
    let points = features(&embedded.vectors, options);
    let mut without_sources = dataset.clone();
    for sample in &mut without_sources.samples {
        sample.source = UNKNOWN_SOURCE.to_owned();
    }
    let split = SplitOptions { seed: options.seed, ..SplitOptions::default() };
    let folds = k_fold(&without_sources, &embedded.samples, options.folds, &split)?;
    let row_of = |sample: &usize| embedded.samples.binary_search(sample).ok();
    let rows = |samples: &[usize]| samples.iter().filter_map(row_of).collect::<Vec<usize>>();
    let mut probabilities = vec![Vec::new(); embedded.samples.len()];
    for (fold, held_out) in folds.folds.iter().enumerate() {
        let (seen, unseen) = (rows(&folds.training_indices(fold)), rows(held_out));
        let labels: Vec<usize> = seen.iter().map(|&row| label(row)).collect();
        let classes = dataset.classes.len();
        let model = Logistic::fit(&points.select(&seen), &labels, classes, options.penalty);
        let found = model.probabilities(&points.select(&unseen));
        for (row, of) in unseen.iter().zip(found.iter()) {
            probabilities[*row] = of.to_vec();
        }
    }
    Ok(probabilities)
}

/// Principal components, scaled by one factor so that the penalty means the same for every network. They are those
/// of all pictures: no label goes into them.
fn features(vectors: &Matrix, options: &CrossValidation) -> Matrix {
    let vectors = vectors.clone().normalized();
    let mut points = Pca::fit(&vectors, options.dimensions, options.seed).project(&vectors);
    let squares: f64 =
        points.iter().flatten().map(|&value| f64::from(value) * f64::from(value)).sum();
    let mean = squares / (points.rows() * points.columns()).max(1) as f64;
    if mean > 0.0 {
        let factor = (1.0 / mean.sqrt()) as f32;
        for row in 0..points.rows() {
            points.row_mut(row).iter_mut().for_each(|value| *value *= factor);
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::label_errors::label_errors;
    use crate::dataset::testing::{dataset, embedded};
    use crate::random::SplitMix64;

    /// Two classes that are heaps of points; each `wrong` one lies in the other's heap.
    fn data(count: u64, wrong: &[u64], copies: bool) -> (Dataset, Embedded) {
        let mut random = SplitMix64::new(6);
        let (mut samples, mut vectors) = (Vec::new(), Vec::new());
        for number in 0..count {
            let class = (number % 2) as usize;
            let is_wrong = wrong.contains(&number);
            let heap = if is_wrong { 1 - class } else { class };
            let seed = if copies && is_wrong { 7_777 } else { number };
            samples.push((format!("{number:04}.jpg"), class, "s".to_owned(), seed));
            let mut noise = || random.unit() as f32 * 0.4;
            vectors.push(vec![heap as f32 + noise(), 1.0 - heap as f32 + noise(), noise()]);
        }
        (dataset(&["a", "b"], &samples), embedded(vectors))
    }

    #[test]
    fn swapped_labels_come_first() {
        let wrong = [3, 10, 51, 90];
        let (data, embedded) = data(120, &wrong, false);
        let probabilities = out_of_sample(&data, &embedded, &CrossValidation::default()).unwrap();
        let found = label_errors(&data, &embedded.samples, &probabilities);
        let mut first: Vec<&str> =
            found.pictures[..4].iter().map(|one| one.relative_path.as_str()).collect();
        first.sort_unstable();
        assert_eq!(first, ["0003.jpg", "0010.jpg", "0051.jpg", "0090.jpg"]);
        assert!(found.pictures[..4].iter().all(|one| one.is_likely && one.score > 0.7));
        assert!(found.pictures[4].score < 0.5);
    }

    #[test]
    fn copies_of_one_picture_do_not_confirm_each_other() {
        // All wrong ones of class `a` are one picture.
        let wrong: Vec<u64> = (0..120).step_by(6).collect();
        let (data, embedded) = data(120, &wrong, true);
        let probabilities = out_of_sample(&data, &embedded, &CrossValidation::default()).unwrap();
        let found = label_errors(&data, &embedded.samples, &probabilities);
        let all = found.pictures[..20].iter().all(|one| one.label == "a" && one.score > 0.5);
        assert!(all, "{:?}", &found.pictures[..20]);
    }

    #[test]
    fn one_class_and_too_few_pictures_are_told() {
        let (mut one, vectors) = data(12, &[], false);
        let none = CrossValidation { folds: 50, ..CrossValidation::default() };
        let error = out_of_sample(&one, &vectors, &none).unwrap_err();
        assert!(matches!(error, LabelErrorsError::Split(_)), "{error}");
        one.samples.iter_mut().for_each(|sample| sample.class = 1);
        let error = out_of_sample(&one, &vectors, &CrossValidation::default()).unwrap_err();
        assert!(matches!(error, LabelErrorsError::OneClass), "{error}");
    }
}
