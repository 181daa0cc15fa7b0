//! Whether the probabilities mean what they say.

use serde::Serialize;

use super::Prediction;

/// Proper scores and calibration of the predicted class's confidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// Mean of -ln p(truth), with p clipped to `f32`'s epsilon as scikit-learn does.
    pub log_loss: f64,
    /// Mean over pictures of the squared error summed over classes, from 0 to 2.
    pub brier_score: f64,
    /// Mean gap between confidence and accuracy over the bins, weighted by count (Guo et al. 2017).
    pub expected_calibration_error: f64,
    /// The widest gap of any bin.
    pub maximum_calibration_error: f64,
    /// Bins of equal width over (0, 1], each with its upper edge.
    pub bins: Vec<ReliabilityBin>,
}

/// One bin of a reliability diagram.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReliabilityBin {
    /// Lower edge, outside the bin.
    pub lower: f64,
    /// Upper edge, inside the bin.
    pub upper: f64,
    /// Pictures whose confidence is in the bin.
    pub count: u64,
    /// Their mean confidence; `None` without pictures.
    pub mean_confidence: Option<f64>,
    /// Their accuracy; `None` without pictures.
    pub accuracy: Option<f64>,
}

impl ReliabilityBin {
    fn gap(&self) -> f64 {
        match (self.accuracy, self.mean_confidence) {
            (Some(accuracy), Some(confidence)) => (accuracy - confidence).abs(),
            _ => 0.0,
        }
    }
}

/// `predictions` must be checked and not empty, `bins` above 0.
pub(super) fn calibration(predictions: &[Prediction], bins: usize) -> Calibration {
    let n = predictions.len() as f64;
    let (mut log_loss, mut brier) = (0.0, 0.0);
    for prediction in predictions {
        let truth = f64::from(prediction.probabilities[prediction.truth]);
        let epsilon = f64::from(f32::EPSILON);
        log_loss -= truth.clamp(epsilon, 1.0 - epsilon).ln();
        brier += prediction
            .probabilities
            .iter()
            .enumerate()
            .map(|(class, p)| {
                let target = f64::from(u8::from(class == prediction.truth));
                (f64::from(*p) - target).powi(2)
            })
            .sum::<f64>();
    }
    let bins = reliability(predictions, bins);
    Calibration {
        log_loss: log_loss / n,
        brier_score: brier / n,
        expected_calibration_error: bins.iter().map(|b| b.gap() * b.count as f64 / n).sum(),
        maximum_calibration_error: bins.iter().map(ReliabilityBin::gap).fold(0.0, f64::max),
        bins,
    }
}

fn reliability(predictions: &[Prediction], bins: usize) -> Vec<ReliabilityBin> {
    let mut sums = vec![(0_u64, 0.0, 0_u64); bins];
    for prediction in predictions {
        let confidence = prediction.confidence();
        let bin = (confidence * bins as f64).ceil() as usize;
        let (count, confidence_sum, hits) = &mut sums[bin.clamp(1, bins) - 1];
        *count += 1;
        *confidence_sum += confidence;
        *hits += u64::from(prediction.is_correct());
    }
    sums.into_iter()
        .enumerate()
        .map(|(index, (count, confidence, hits))| ReliabilityBin {
            lower: index as f64 / bins as f64,
            upper: (index + 1) as f64 / bins as f64,
            count,
            mean_confidence: (count > 0).then(|| confidence / count as f64),
            accuracy: (count > 0).then(|| hits as f64 / count as f64),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{assert_close, predictions};
    use super::*;

    #[test]
    fn agrees_with_scikit_learn() {
        let actual = calibration(&predictions(), 15);
        assert_close(actual.log_loss, 0.741_775_672_531_830_7); // log_loss(y, P, labels=range(6))
        // brier_score_loss(y, P, labels=range(6))
        assert_close(actual.brier_score, 0.406_983_333_333_333_3);
    }

    #[test]
    fn expected_calibration_error_agrees_with_numpy() {
        // c = P.max(1); ok = p == y; b = clip(ceil(c * 15) - 1, 0, 14), for P rounded to float32;
        // sum of (b == k).mean() * abs(ok[b == k].mean() - c[b == k].mean()) over k
        let actual = calibration(&predictions(), 15);
        assert_close(actual.expected_calibration_error, 0.357_499_999_304_612_46);
        assert_close(actual.maximum_calibration_error, 0.659_999_996_423_721_3);
        assert_eq!(actual.bins.iter().map(|b| b.count).sum::<u64>(), 12);
    }

    #[test]
    fn an_upper_edge_is_inside_its_bin() {
        let bins = calibration(&predictions(), 4).bins;
        let counts: Vec<_> = bins.iter().map(|bin| bin.count).collect();
        // 0.5 is in (0.25, 0.5] and 0.75 in (0.5, 0.75].
        assert_eq!(counts, [0, 4, 4, 4]);
    }

    #[test]
    fn certain_and_wrong_stays_finite() {
        let mut all = predictions();
        all.truncate(1);
        all[0].probabilities = vec![0.0, 1.0, 0.0, 0.0, 0.0, 0.0];
        all[0].predicted = 1;
        let actual = calibration(&all, 15);
        assert_close(actual.log_loss, -f64::from(f32::EPSILON).ln());
        assert_eq!(actual.brier_score, 2.0);
        assert_eq!(actual.expected_calibration_error, 1.0);
        assert_eq!(actual.bins[14].count, 1);
        assert_eq!(actual.bins[0].accuracy, None);
    }
}
