//! The thesis's costs on logits.

use burn::tensor::{Tensor, TensorData};

use super::config::Loss;

/// What a batch is compared with.
#[derive(Clone, Debug)]
pub struct Targets {
    /// Target probability of every class, `[batch, classes]`.
    pub probabilities: Tensor<2>,
    /// Weight of every sample, `[batch]`.
    pub weights: Tensor<1>,
    /// Sum of the weights.
    pub total_weight: f32,
}

impl Targets {
    /// Targets of a batch: `1 - smoothing` on the label and `smoothing / classes` on every class.
    ///
    /// `class_weights` holds one weight per class; labels must be below its length.
    pub fn new(
        labels: &[usize],
        class_weights: &[f32],
        smoothing: f32,
        device: &burn::tensor::Device,
    ) -> Self {
        let weights = labels.iter().map(|&label| class_weights[label]).collect();
        Self::weighted(labels, class_weights.len(), weights, smoothing, device)
    }

    /// As [`Targets::new`], with a weight per sample.
    pub fn weighted(
        labels: &[usize],
        classes: usize,
        weights: Vec<f32>,
        smoothing: f32,
        device: &burn::tensor::Device,
    ) -> Self {
        let mut probabilities = vec![smoothing / classes as f32; labels.len() * classes];
        for (row, &label) in probabilities.chunks_exact_mut(classes).zip(labels) {
            row[label] += 1.0 - smoothing;
        }
        Self {
            total_weight: weights.iter().sum(),
            probabilities: Tensor::from_data(
                TensorData::new(probabilities, [labels.len(), classes]),
                device,
            ),
            weights: Tensor::from_data(TensorData::new(weights, [labels.len()]), device),
        }
    }
}

/// Weighted mean cost of a batch of logits `[batch, classes]`, with `a = softmax(logits)`:
/// [`Loss::PerClass`] is `-Σ_k (y_k ln a_k + (1 - y_k) ln(1 - a_k))`, [`Loss::LogLikelihood`]
/// `-Σ_k y_k ln a_k`. Each sample counts by its weight; the sum is divided by the total weight.
pub fn cost(loss: Loss, logits: Tensor<2>, targets: &Targets) -> Tensor<1> {
    let log_sum = log_sum_exp(logits.clone(), 1);
    let log_a = logits.clone() - log_sum.clone();
    let mut terms = targets.probabilities.clone() * log_a;
    if loss == Loss::PerClass {
        let log_not_a = log_sum_of_others(logits) - log_sum;
        let not_targets = targets.probabilities.clone().neg().add_scalar(1.0);
        terms = terms + not_targets * log_not_a;
    }
    let samples = terms.sum_dim(1).squeeze_dim::<1>(1);
    (samples * targets.weights.clone()).sum().mul_scalar(-1.0 / targets.total_weight)
}

/// `ln Σ exp` along `dim`, which stays with length 1.
fn log_sum_exp<const D: usize>(values: Tensor<D>, dim: usize) -> Tensor<D> {
    let max = values.clone().detach().max_dim(dim);
    (values - max.clone()).exp().sum_dim(dim).log() + max
}

/// For every class, `ln Σ exp` over the other classes' logits: `ln(1 - a_k)` without cancellation,
/// which `ln(1 - softmax)` suffers as soon as one class is certain.
fn log_sum_of_others(logits: Tensor<2>) -> Tensor<2> {
    let [batch, classes] = logits.dims();
    let device = logits.device();
    // Low enough to vanish in the sum, finite to keep the gradient free of NaN.
    let own: Vec<f32> = (0..classes * classes)
        .map(|at| if at / classes == at % classes { -1e30 } else { 0.0 })
        .collect();
    let own = Tensor::<3>::from_data(TensorData::new(own, [1, classes, classes]), &device);
    let others = logits.reshape([batch, 1, classes]).expand([batch, classes, classes]) + own;
    log_sum_exp(others, 2).squeeze_dim::<2>(2)
}

/// Mean cost of logits (row-major, `classes` a row) without weights or smoothing, in f64.
pub fn mean_cost(loss: Loss, logits: &[f32], classes: usize, labels: &[usize]) -> f64 {
    let total: f64 = logits
        .chunks_exact(classes)
        .zip(labels)
        .map(|(row, &label)| {
            let log_sum = |skip: Option<usize>| {
                let used = || row.iter().enumerate().filter(move |(k, _)| Some(*k) != skip);
                let max = used().fold(f64::NEG_INFINITY, |max, (_, &z)| max.max(f64::from(z)));
                max + used().map(|(_, &z)| (f64::from(z) - max).exp()).sum::<f64>().ln()
            };
            let all = log_sum(None);
            let own = f64::from(row[label]) - all;
            let others: f64 = match loss {
                Loss::PerClass => {
                    (0..classes).filter(|&k| k != label).map(|k| log_sum(Some(k)) - all).sum()
                }
                Loss::LogLikelihood => 0.0,
            };
            -(own + others)
        })
        .sum();
    total / labels.len() as f64
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    const ONES: [f32; 3] = [1.0; 3];

    fn logits(values: &[f32]) -> Tensor<2> {
        let device = Device::flex().autodiff();
        Tensor::from_data(TensorData::new(values.to_vec(), [values.len() / 3, 3]), &device)
    }

    fn value(loss: Loss, z: &[f32], labels: &[usize], weights: &[f32], smoothing: f32) -> f32 {
        let targets = Targets::new(labels, weights, smoothing, &Device::flex().autodiff());
        cost(loss, logits(z), &targets).into_scalar()
    }

    #[test]
    fn values_by_hand() {
        // softmax(ln 1, ln 2, ln 5) = 1/8, 2/8, 5/8; label 1.
        let z = [0.0, 2.0f32.ln(), 5.0f32.ln()];
        let likelihood = -(0.25f32.ln());
        let per_class = -(0.25f32.ln() + 0.875f32.ln() + 0.375f32.ln());
        assert!((value(Loss::LogLikelihood, &z, &[1], &ONES, 0.0) - likelihood).abs() < 1e-6);
        assert!((value(Loss::PerClass, &z, &[1], &ONES, 0.0) - per_class).abs() < 1e-6);
        assert!((mean_cost(Loss::PerClass, &z, 3, &[1]) - f64::from(per_class)).abs() < 1e-6);
        assert!((mean_cost(Loss::LogLikelihood, &z, 3, &[1]) - f64::from(likelihood)).abs() < 1e-6);
    }

    #[test]
    fn weights_average_and_smoothing_mixes() {
        let z = [0.0, 1.0, 2.0, 3.0, 0.0, -1.0];
        let first = value(Loss::PerClass, &z[..3], &[2], &ONES, 0.0);
        let second = value(Loss::PerClass, &z[3..], &[1], &ONES, 0.0);
        let both = value(Loss::PerClass, &z, &[2, 1], &[9.0, 3.0, 1.0], 0.0);
        assert!((both - (first + 3.0 * second) / 4.0).abs() < 1e-6);
        // The cost is linear in the targets.
        let classes: f32 =
            (0..3).map(|label| value(Loss::PerClass, &z[..3], &[label], &ONES, 0.0)).sum();
        let smooth = value(Loss::PerClass, &z[..3], &[2], &ONES, 0.3);
        assert!((smooth - (0.7 * first + 0.1 * classes)).abs() < 1e-5);
    }

    #[test]
    fn a_certain_prediction_keeps_a_finite_cost_and_gradient() {
        for z in [[200.0, 0.0, -50.0], [-200.0, 3.0, 1000.0]] {
            for loss in [Loss::PerClass, Loss::LogLikelihood] {
                let z = logits(&z).require_grad();
                let targets = Targets::new(&[0], &ONES, 0.0, &z.device());
                let cost = cost(loss, z.clone(), &targets);
                assert!(cost.clone().into_scalar::<f32>().is_finite());
                let gradient = z.grad(&cost.backward()).unwrap().into_data();
                assert!(gradient.iter::<f32>().all(f32::is_finite), "{gradient}");
            }
        }
        // Right and certain costs nothing; wrong and certain costs in proportion, not infinity.
        assert!(value(Loss::PerClass, &[200.0, 0.0, 0.0], &[0], &ONES, 0.0).abs() < 1e-6);
        let wrong = value(Loss::PerClass, &[200.0, 0.0, 0.0], &[1], &ONES, 0.0);
        assert!((wrong - (400.0 - 2.0f32.ln())).abs() < 1e-3, "{wrong}");
    }

    #[test]
    fn gradients_match_finite_differences() {
        let z = [0.3, -1.2, 0.8, 2.0, 0.1, -0.4];
        let (labels, weights, smoothing) = ([2, 1], [0.5, 2.0, 1.5], 0.1);
        for loss in [Loss::PerClass, Loss::LogLikelihood] {
            let tracked = logits(&z).require_grad();
            let targets = Targets::new(&labels, &weights, smoothing, &tracked.device());
            let gradients = cost(loss, tracked.clone(), &targets).backward();
            let got: Vec<f32> = tracked.grad(&gradients).unwrap().into_data().try_to_vec().unwrap();
            for (at, got) in got.iter().enumerate() {
                let moved = |step: f32| {
                    let mut z = z;
                    z[at] += step;
                    value(loss, &z, &labels, &weights, smoothing)
                };
                let want = (moved(1e-2) - moved(-1e-2)) / 2e-2;
                assert!((got - want).abs() < 1e-3, "{loss:?} {at}: {got} {want}");
            }
        }
    }
}
