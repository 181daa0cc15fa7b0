//! Multinomial logistic regression with a quadratic penalty.

use super::lbfgs::{Stop, minimize};
use super::matrix::Matrix;

const STOP: Stop = Stop { max_iterations: 200, gradient: 1e-4 };

/// Class probabilities that are linear in the features but for the softmax.
#[derive(Debug, Clone)]
pub(crate) struct Logistic {
    /// A class a row; the last column is the constant.
    weights: Matrix,
}

impl Logistic {
    /// Fits to the class of each row, all below `classes`; `penalty` is the factor of half the sum of the squared
    /// weights (constants are free) beside the mean cross-entropy.
    pub(crate) fn fit(data: &Matrix, labels: &[usize], classes: usize, penalty: f64) -> Self {
        let data = with_constant(data);
        let width = data.columns();
        let count = data.rows().max(1) as f64;
        let function = |point: &[f64]| {
            let weights = Matrix::new(width, point.iter().map(|&value| value as f32).collect());
            let mut scores = data.times_transposed(&weights);
            let mut loss = 0.0;
            for (row, &label) in labels.iter().enumerate() {
                let row = scores.row_mut(row);
                softmax(row);
                loss -= f64::from(row[label].max(f32::MIN_POSITIVE)).ln() / count;
                row[label] -= 1.0;
            }
            let slopes = scores.transposed_times(&data);
            let mut gradient: Vec<f64> =
                slopes.iter().flatten().map(|&slope| f64::from(slope) / count).collect();
            for (index, (slope, &value)) in gradient.iter_mut().zip(point).enumerate() {
                if index % width != width - 1 {
                    *slope += penalty * value;
                    loss += penalty * value * value / 2.0;
                }
            }
            (loss, gradient)
        };
        let found = minimize(vec![0.0; classes * width], STOP, function);
        Self { weights: Matrix::new(width, found.iter().map(|&value| value as f32).collect()) }
    }

    /// A row's probability of each class.
    pub(crate) fn probabilities(&self, data: &Matrix) -> Matrix {
        let mut scores = with_constant(data).times_transposed(&self.weights);
        (0..scores.rows()).for_each(|row| softmax(scores.row_mut(row)));
        scores
    }
}

fn with_constant(data: &Matrix) -> Matrix {
    let values = data.iter().flat_map(|row| row.iter().copied().chain([1.0]));
    Matrix::new(data.columns() + 1, values.collect())
}

fn softmax(scores: &mut [f32]) {
    let greatest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - greatest).exp();
        sum += *score;
    }
    scores.iter_mut().for_each(|score| *score /= sum);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SplitMix64;
    use crate::statistics::testing::blobs;

    #[test]
    fn separate_heaps_are_told_apart() {
        let (data, labels) = blobs(4, 50, 6, 2);
        let model = Logistic::fit(&data, &labels, 4, 1e-3);
        for (row, &label) in model.probabilities(&data).iter().zip(&labels) {
            assert!(row[label] > 0.9, "{row:?}");
            assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn without_a_hint_the_probabilities_are_the_shares() {
        let data = Matrix::zeros(100, 3);
        let labels: Vec<usize> = (0..100).map(|index| usize::from(index < 20)).collect();
        let found = Logistic::fit(&data, &labels, 3, 1.0).probabilities(&data);
        let row = found.row(0);
        assert!((row[0] - 0.8).abs() < 5e-3 && (row[1] - 0.2).abs() < 5e-3, "{row:?}");
        assert!(row[2] < 5e-3, "no row is of the last class: {row:?}");
    }

    #[test]
    fn coins_with_known_odds_are_estimated() {
        let mut random = SplitMix64::new(8);
        let (mut values, mut labels) = (Vec::new(), Vec::new());
        for _ in 0..20_000 {
            let x = random.unit() as f32 * 4.0 - 2.0;
            values.push(x);
            let odds = 1.0 / (1.0 + f64::from(-(1.5 * x - 0.5)).exp());
            labels.push(usize::from(random.unit() < odds));
        }
        let model = Logistic::fit(&Matrix::new(1, values), &labels, 2, 1e-6);
        let at = model.probabilities(&Matrix::new(1, vec![1.0]));
        assert!((at.row(0)[1] - 0.731).abs() < 0.02, "{:?}", at.row(0));
    }
}
