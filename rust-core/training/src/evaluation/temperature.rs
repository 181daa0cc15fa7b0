//! Temperature scaling (Guo et al. 2017, "On Calibration of Modern Neural Networks"): dividing the
//! logits by one number fitted on held-out pictures makes the confidences honest and leaves the
//! most probable class as it is.

use serde::Serialize;

use super::EvaluationError;

/// The temperatures that [`fit_temperature`] considers. A set without a mistake would drive the
/// temperature to 0, and one without any signal to infinity.
pub const TEMPERATURE_RANGE: (f64, f64) = (0.05, 20.0);

/// A fitted temperature.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TemperatureFit {
    /// What to divide the logits by.
    pub temperature: f64,
    /// Mean negative log-likelihood at temperature 1.
    pub nll_before: f64,
    /// Mean negative log-likelihood at the fitted temperature.
    pub nll_after: f64,
    /// Whether the best temperature lies outside [`TEMPERATURE_RANGE`], so that its end was taken.
    pub at_bound: bool,
}

/// Softmax of `logits / temperature`; all logits must be finite and the temperature above 0.
#[must_use]
pub fn softmax_with_temperature(logits: &[f32], temperature: f64) -> Vec<f32> {
    let (exponentials, sum) = exponentials(logits, 1.0 / temperature);
    exponentials.iter().map(|e| (e / sum) as f32).collect()
}

/// Fits the temperature that minimises the negative log-likelihood of `labels`, one for each row of
/// `logits`. Logarithms of probabilities do for logits.
///
/// # Errors
/// If there is no row, a row has no label or no such logit, or a logit is not finite.
pub fn fit_temperature(
    logits: &[Vec<f32>],
    labels: &[usize],
) -> Result<TemperatureFit, EvaluationError> {
    check(logits, labels)?;
    let slope = |inverse: f64| mean(logits, labels, |row, label| slope(row, label, inverse));
    let nll = |inverse: f64| mean(logits, labels, |row, label| nll(row, label, inverse));
    // The likelihood is convex in 1 / T, so its slope changes sign once.
    let (mut low, mut high) = (1.0 / TEMPERATURE_RANGE.1, 1.0 / TEMPERATURE_RANGE.0);
    let bounds = [low, high];
    for _ in 0..60 {
        let middle = (low * high).sqrt();
        if slope(middle) > 0.0 {
            high = middle;
        } else {
            low = middle;
        }
    }
    let mut inverse = (low * high).sqrt();
    let nll_before = nll(1.0);
    // Logits that are all alike fit any temperature: leave them as they are.
    if nll(inverse) >= nll_before {
        inverse = 1.0;
    }
    Ok(TemperatureFit {
        temperature: 1.0 / inverse,
        nll_before,
        nll_after: nll(inverse),
        at_bound: bounds.iter().any(|bound| (inverse / bound - 1.0).abs() < 1e-9),
    })
}

fn check(logits: &[Vec<f32>], labels: &[usize]) -> Result<(), EvaluationError> {
    if logits.is_empty() {
        return Err(EvaluationError::EmptySet);
    }
    if logits.len() != labels.len() {
        return Err(EvaluationError::LengthMismatch {
            what: "labels",
            expected: logits.len(),
            actual: labels.len(),
        });
    }
    for (row, (values, &label)) in logits.iter().zip(labels).enumerate() {
        if values.iter().any(|value| !value.is_finite()) {
            return Err(EvaluationError::NotFinite { row });
        }
        if label >= values.len() {
            return Err(EvaluationError::LabelOutOfRange { row, label, classes: values.len() });
        }
    }
    Ok(())
}

fn mean(logits: &[Vec<f32>], labels: &[usize], of: impl Fn(&[f32], usize) -> f64) -> f64 {
    let sum: f64 = logits.iter().zip(labels).map(|(row, label)| of(row, *label)).sum();
    sum / logits.len() as f64
}

/// exp((z - max z) · inverse), and their sum.
fn exponentials(row: &[f32], inverse: f64) -> (Vec<f64>, f64) {
    let largest = largest(row);
    let exponentials: Vec<f64> =
        row.iter().map(|z| ((f64::from(*z) - largest) * inverse).exp()).collect();
    let sum = exponentials.iter().sum();
    (exponentials, sum)
}

fn largest(row: &[f32]) -> f64 {
    row.iter().copied().map(f64::from).fold(f64::MIN, f64::max)
}

fn nll(row: &[f32], label: usize, inverse: f64) -> f64 {
    let (_, sum) = exponentials(row, inverse);
    sum.ln() - (f64::from(row[label]) - largest(row)) * inverse
}

/// Derivative of the negative log-likelihood by 1 / T: the expected logit less the label's.
fn slope(row: &[f32], label: usize, inverse: f64) -> f64 {
    let (exponentials, sum) = exponentials(row, inverse);
    let expected: f64 = exponentials.iter().zip(row).map(|(e, z)| e / sum * f64::from(*z)).sum();
    expected - f64::from(row[label])
}

#[cfg(test)]
mod tests {
    use super::super::fixture::assert_close;
    use super::*;

    const LOGITS: [[f32; 3]; 8] = [
        [4.0, 1.0, 0.0],
        [3.0, 2.5, 0.0],
        [0.0, 5.0, 1.0],
        [1.0, 0.0, 6.0],
        [5.0, 0.0, 1.0],
        [0.0, 3.0, 1.0],
        [2.0, 0.0, 1.0],
        [0.0, 1.0, 3.5],
    ];
    const LABELS: [usize; 8] = [0, 1, 1, 2, 2, 1, 0, 2];

    fn rows() -> Vec<Vec<f32>> {
        LOGITS.iter().map(|row| row.to_vec()).collect()
    }

    #[test]
    fn agrees_with_scipy() {
        // minimize_scalar(lambda T: mean(logsumexp(Z / T, axis=1) - Z[arange(8), y] / T),
        //                 bounds=(0.05, 20), method="bounded")
        let fit = fit_temperature(&rows(), &LABELS).unwrap();
        assert!((fit.temperature - 1.621_157).abs() < 1e-5, "{fit:?}");
        assert_close(fit.nll_before, 0.726_626_394_906_214_2);
        assert_close(fit.nll_after, 0.650_433_843_290_394_7);
        assert!(!fit.at_bound);
    }

    #[test]
    fn sharpened_logits_are_cooled_by_as_much() {
        let base = fit_temperature(&rows(), &LABELS).unwrap();
        let sharp: Vec<Vec<f32>> =
            LOGITS.iter().map(|row| row.iter().map(|z| z * 3.0).collect()).collect();
        let fit = fit_temperature(&sharp, &LABELS).unwrap();
        assert!((fit.temperature / base.temperature - 3.0).abs() < 1e-6);
        assert_close(fit.nll_after, base.nll_after);
    }

    #[test]
    fn the_order_of_the_classes_stays() {
        for row in LOGITS {
            let probabilities = softmax_with_temperature(&row, 7.0);
            assert!((probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-6);
            for (a, b) in [(0, 1), (1, 2), (0, 2)] {
                assert_eq!(row[a] > row[b], probabilities[a] > probabilities[b]);
            }
        }
    }

    #[test]
    fn large_logits_do_not_overflow() {
        let probabilities = softmax_with_temperature(&[3e38, -3e38, 0.0], 0.05);
        assert_eq!(probabilities, [1.0, 0.0, 0.0]);
    }

    #[test]
    fn a_set_without_mistakes_stops_at_the_bound() {
        let fit = fit_temperature(&[vec![2.0, 0.0], vec![0.0, 2.0]], &[0, 1]).unwrap();
        assert!(fit.at_bound);
        assert_close(fit.temperature, TEMPERATURE_RANGE.0);
        let fit = fit_temperature(&[vec![2.0, 0.0], vec![0.0, 2.0]], &[1, 0]).unwrap();
        assert!(fit.at_bound);
        assert_close(fit.temperature, TEMPERATURE_RANGE.1);
    }

    #[test]
    fn logits_without_information_are_left_alone() {
        let fit = fit_temperature(&[vec![1.0, 1.0], vec![2.0, 2.0]], &[0, 1]).unwrap();
        assert_eq!((fit.temperature, fit.at_bound), (1.0, false));
    }

    #[test]
    fn refusals() {
        assert_eq!(fit_temperature(&[], &[]), Err(EvaluationError::EmptySet));
        assert!(matches!(
            fit_temperature(&rows(), &[0]),
            Err(EvaluationError::LengthMismatch { expected: 8, actual: 1, .. })
        ));
        assert_eq!(
            fit_temperature(&[vec![0.0, f32::NAN]], &[0]),
            Err(EvaluationError::NotFinite { row: 0 })
        );
        assert!(matches!(
            fit_temperature(&[vec![0.0, 1.0]], &[2]),
            Err(EvaluationError::LabelOutOfRange { label: 2, classes: 2, .. })
        ));
    }
}
