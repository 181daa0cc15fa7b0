//! Batch normalization followed by ReLU on `[channels, samples]` values, with its gradients.

use rayon::prelude::*;

/// Output and the batch's statistics (variance biased, as burn's and as used to normalize).
pub(super) struct Normalized {
    pub(super) output: Vec<f32>,
    pub(super) mean: Vec<f32>,
    pub(super) variance: Vec<f32>,
}

/// Gradients of the input, gamma and beta.
pub(super) struct Gradients {
    pub(super) x: Vec<f32>,
    pub(super) gamma: Vec<f32>,
    pub(super) beta: Vec<f32>,
}

/// The four per-channel values of a batch normalization.
#[derive(Clone, Copy)]
pub(super) struct Channel {
    pub(super) gamma: f32,
    pub(super) beta: f32,
    pub(super) mean: f32,
    pub(super) variance: f32,
}

impl Channel {
    fn inverse_deviation(&self, epsilon: f32) -> f32 {
        (self.variance + epsilon).sqrt().recip()
    }
}

/// Sums `term` over pairs of values: in f32 lanes over blocks, in f64 over the blocks' sums.
fn sum<const TERMS: usize>(
    left: &[f32],
    right: &[f32],
    term: impl Fn(f32, f32) -> [f32; TERMS],
) -> [f64; TERMS] {
    const LANES: usize = 8;
    const BLOCK: usize = 256 * LANES;
    let mut total = [0.0f64; TERMS];
    for (left, right) in left.chunks(BLOCK).zip(right.chunks(BLOCK)) {
        let mut lanes = [[0.0f32; LANES]; TERMS];
        for (left, right) in left.chunks(LANES).zip(right.chunks(LANES)) {
            for (lane, (&left, &right)) in left.iter().zip(right).enumerate() {
                for (sums, value) in lanes.iter_mut().zip(term(left, right)) {
                    sums[lane] += value;
                }
            }
        }
        for (sum, lanes) in total.iter_mut().zip(lanes) {
            *sum += f64::from(lanes.iter().sum::<f32>());
        }
    }
    total
}

/// `relu(gamma * (x - mean) / sqrt(variance + epsilon) + beta)` with the batch's own statistics.
pub(super) fn forward(x: &[f32], gamma: &[f32], beta: &[f32], epsilon: f32) -> Normalized {
    let samples = x.len() / gamma.len();
    let mut output = vec![0.0; x.len()];
    let (mean, variance) = x
        .par_chunks_exact(samples)
        .zip(output.par_chunks_exact_mut(samples))
        .zip(gamma.par_iter().zip(beta))
        .map(|((x, output), (&gamma, &beta))| {
            let [sum_x] = sum(x, x, |x, _| [x]);
            let mean = (sum_x / samples as f64) as f32;
            let [squares] = sum(x, x, |x, _| [(x - mean) * (x - mean)]);
            let variance = (squares / samples as f64) as f32;
            let channel = Channel { gamma, beta, mean, variance };
            let scale = gamma * channel.inverse_deviation(epsilon);
            let shift = beta - mean * scale;
            for (output, x) in output.iter_mut().zip(x) {
                *output = (x * scale + shift).max(0.0);
            }
            (mean, variance)
        })
        .unzip();
    Normalized { output, mean, variance }
}

/// Gradients of [`forward`], given the gradient of its output.
pub(super) fn backward(
    x: &[f32],
    channels: &[Channel],
    epsilon: f32,
    output_gradient: &[f32],
) -> Gradients {
    let samples = x.len() / channels.len();
    let mut x_gradient = vec![0.0; x.len()];
    let (gamma, beta) = x
        .par_chunks_exact(samples)
        .zip(output_gradient.par_chunks_exact(samples))
        .zip(x_gradient.par_chunks_exact_mut(samples).zip(channels))
        .map(|((x, output_gradient), (x_gradient, channel))| {
            let inverse = channel.inverse_deviation(epsilon);
            let scale = channel.gamma * inverse;
            let shift = channel.beta - channel.mean * scale;
            // The forward pass's own arithmetic, so that the sign agrees with its ReLU.
            let passed = |x: f32, g: f32| if x * scale + shift > 0.0 { g } else { 0.0 };
            let [beta_gradient, centered] = sum(x, output_gradient, |x, g| {
                let g = passed(x, g);
                [g, g * (x - channel.mean)]
            });
            let gamma_gradient = centered * f64::from(inverse);
            let mean_g = (beta_gradient / samples as f64) as f32;
            let slope = (gamma_gradient / samples as f64) as f32 * inverse;
            for ((out, &x), &g) in x_gradient.iter_mut().zip(x).zip(output_gradient) {
                *out = scale * (passed(x, g) - mean_g - (x - channel.mean) * slope);
            }
            (gamma_gradient as f32, beta_gradient as f32)
        })
        .unzip();
    Gradients { x: x_gradient, gamma, beta }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EPSILON: f32 = 1e-5;

    fn channels(gamma: &[f32], beta: &[f32], normalized: &Normalized) -> Vec<Channel> {
        (0..gamma.len())
            .map(|c| Channel {
                gamma: gamma[c],
                beta: beta[c],
                mean: normalized.mean[c],
                variance: normalized.variance[c],
            })
            .collect()
    }

    #[test]
    fn statistics_and_output_match_values_by_hand() {
        // Channel 0: mean 2, variance 1. Channel 1: constant.
        let result = forward(&[1.0, 3.0, 5.0, 5.0], &[2.0, 1.0], &[0.5, -1.0], 0.0 + EPSILON);
        assert_eq!(result.mean, [2.0, 5.0]);
        assert_eq!(result.variance, [1.0, 0.0]);
        assert_eq!(result.output[0], 0.0);
        assert!((result.output[1] - 2.5).abs() < 1e-4);
        assert_eq!(result.output[2..], [0.0, 0.0]);
    }

    #[test]
    fn gradients_match_finite_differences() {
        let x: Vec<f32> = (0..60).map(|i| ((i * 37 % 23) as f32 - 11.0) / 7.0).collect();
        let upstream: Vec<f32> = (0..60).map(|i| ((i * 17 % 13) as f32 - 6.0) / 5.0).collect();
        let (gamma, beta) = (vec![1.5, 0.7], vec![0.2, 0.9]);
        let objective = |x: &[f32], gamma: &[f32], beta: &[f32]| -> f64 {
            let output = forward(x, gamma, beta, EPSILON).output;
            output.iter().zip(&upstream).map(|(y, g)| f64::from(y * g)).sum()
        };
        let normalized = forward(&x, &gamma, &beta, EPSILON);
        let got = backward(&x, &channels(&gamma, &beta, &normalized), EPSILON, &upstream);
        let step = 1e-2f32;
        let difference = |mut values: Vec<f32>, at: usize, f: &dyn Fn(&[f32]) -> f64| {
            let middle = values[at];
            values[at] = middle + step;
            let above = f(&values);
            values[at] = middle - step;
            (above - f(&values)) / f64::from(2.0 * step)
        };
        let close =
            |got: f32, want: f64| (f64::from(got) - want).abs() < 0.05 * want.abs().max(1.0);
        let wrong = (0..x.len())
            .filter(|&i| {
                !close(got.x[i], difference(x.clone(), i, &|x| objective(x, &gamma, &beta)))
            })
            .count();
        // A step may cross the ReLU's kink at a few values.
        assert!(wrong <= 3, "{wrong} of {} differ", x.len());
        for c in 0..2 {
            assert!(close(
                got.gamma[c],
                difference(gamma.clone(), c, &|g| objective(&x, g, &beta))
            ));
            assert!(close(got.beta[c], difference(beta.clone(), c, &|b| objective(&x, &gamma, b))));
        }
    }
}
