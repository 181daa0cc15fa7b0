//! Gaussian process regression (Rasmussen and Williams, "Gaussian processes for machine learning", 2006, algorithm
//! 2.1) with a Matérn 5/2 kernel and a length scale per field.

/// Length scales that are tried, in units of a field's range, and noise variances, in units of the values'.
const LENGTHS: [f64; 6] = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2];
const NOISES: [f64; 4] = [1e-6, 1e-4, 1e-2, 1e-1];
const ROUNDS: usize = 2;

/// A process that has seen values at points.
pub(super) struct GaussianProcess {
    points: Vec<Vec<f64>>,
    kernel: Kernel,
    factor: Cholesky,
    /// `K⁻¹ y`.
    alpha: Vec<f64>,
    mean: f64,
    deviation: f64,
}

#[derive(Clone)]
struct Kernel {
    lengths: Vec<f64>,
    noise: f64,
}

impl GaussianProcess {
    /// Fits length scales and noise by the marginal likelihood, one after the other. `owners` says which entries of a
    /// point share a length scale, numbered from 0. There is at least one point; all are finite.
    pub(super) fn fit(points: Vec<Vec<f64>>, values: &[f64], owners: &[usize]) -> Self {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
        let deviation = if variance > 0.0 { variance.sqrt() } else { 1.0 };
        let standard: Vec<f64> = values.iter().map(|value| (value - mean) / deviation).collect();

        let fields = owners.iter().max().map_or(0, |last| last + 1);
        let lengths = |lengths: &[f64]| owners.iter().map(|&owner| lengths[owner]).collect();
        let kernel = |scales: &[f64], noise| Kernel { lengths: lengths(scales), noise };
        let quality = |scales: &[f64], noise| {
            let fitted = kernel(scales, noise).solve(&points, &standard);
            fitted.map_or(f64::NEG_INFINITY, |(factor, alpha)| {
                evidence(&factor, &alpha, &standard) + prior(scales)
            })
        };
        let mut scales = vec![0.4; fields];
        let mut noise = 1e-2;
        for _ in 0..ROUNDS {
            noise = argmax(NOISES, |noise| quality(&scales, noise));
            for field in 0..fields {
                scales[field] = argmax(LENGTHS, |length| {
                    let mut tried = scales.clone();
                    tried[field] = length;
                    quality(&tried, noise)
                });
            }
        }
        let kernel = kernel(&scales, noise);
        // The noise on the diagonal keeps the matrix positive definite.
        let (factor, alpha) = kernel
            .solve(&points, &standard)
            .unwrap_or_else(|| (Cholesky::identity(points.len()), standard.clone()));
        Self { points, kernel, factor, alpha, mean, deviation }
    }

    /// Mean and standard deviation of the value, without noise, that is believed to be at a point.
    pub(super) fn predict(&self, point: &[f64]) -> (f64, f64) {
        let near: Vec<f64> = self.points.iter().map(|other| self.kernel.of(point, other)).collect();
        let mean: f64 = near.iter().zip(&self.alpha).map(|(k, a)| k * a).sum();
        let explained: f64 = self.factor.forward(&near).iter().map(|v| v * v).sum();
        let deviation = (1.0 - explained).max(0.0).sqrt();
        (self.mean + mean * self.deviation, deviation * self.deviation)
    }
}

impl Kernel {
    fn of(&self, a: &[f64], b: &[f64]) -> f64 {
        let scaled = a.iter().zip(b).zip(&self.lengths).map(|((a, b), l)| ((a - b) / l).powi(2));
        let distance = (5.0 * scaled.sum::<f64>()).sqrt();
        (1.0 + distance + distance * distance / 3.0) * (-distance).exp()
    }

    fn solve(&self, points: &[Vec<f64>], values: &[f64]) -> Option<(Cholesky, Vec<f64>)> {
        let entry = |row: usize, column: usize| {
            let noise = if row == column { self.noise } else { 0.0 };
            self.of(&points[row], &points[column]) + noise
        };
        let factor = Cholesky::new(points.len(), entry)?;
        let alpha = factor.backward(&factor.forward(values));
        Some((factor, alpha))
    }
}

/// Logarithm of the marginal likelihood, without its constant.
fn evidence(factor: &Cholesky, alpha: &[f64], values: &[f64]) -> f64 {
    let fit: f64 = values.iter().zip(alpha).map(|(y, a)| y * a).sum();
    -0.5 * fit - factor.log_diagonal()
}

/// Few points say little about a length scale; middling ones are the likelier (a log-normal prior).
fn prior(scales: &[f64]) -> f64 {
    scales.iter().map(|scale| -0.5 * (scale / 0.5).ln().powi(2)).sum()
}

fn argmax<const N: usize>(values: [f64; N], quality: impl Fn(f64) -> f64) -> f64 {
    let rated = values.map(|value| (value, quality(value)));
    rated.into_iter().fold(rated[0], |best, next| if next.1 > best.1 { next } else { best }).0
}

/// The lower triangle `L` of `L Lᵀ`, row by row.
struct Cholesky {
    rows: Vec<Vec<f64>>,
}

impl Cholesky {
    /// `None` if the matrix is not positive definite.
    fn new(size: usize, entry: impl Fn(usize, usize) -> f64) -> Option<Self> {
        let mut rows: Vec<Vec<f64>> = Vec::with_capacity(size);
        for i in 0..size {
            let mut row: Vec<f64> = Vec::with_capacity(i + 1);
            for j in 0..=i {
                let other = if i == j { &row } else { &rows[j] };
                let known: f64 = row[..j].iter().zip(other).map(|(a, b)| a * b).sum();
                let rest = entry(i, j) - known;
                let value = if i == j { rest.sqrt() } else { rest / rows[j][j] };
                if !value.is_finite() || (i == j && value <= 0.0) {
                    return None;
                }
                row.push(value);
            }
            rows.push(row);
        }
        Some(Self { rows })
    }

    fn identity(size: usize) -> Self {
        let row = |i: usize| (0..=i).map(|j| f64::from(u8::from(i == j))).collect();
        Self { rows: (0..size).map(row).collect() }
    }

    /// `L⁻¹ b`.
    fn forward(&self, b: &[f64]) -> Vec<f64> {
        let mut x: Vec<f64> = Vec::with_capacity(b.len());
        for (i, row) in self.rows.iter().enumerate() {
            let known: f64 = row[..i].iter().zip(&x).map(|(a, b)| a * b).sum();
            x.push((b[i] - known) / row[i]);
        }
        x
    }

    /// `L⁻ᵀ b`.
    fn backward(&self, b: &[f64]) -> Vec<f64> {
        let mut x = b.to_vec();
        for i in (0..x.len()).rev() {
            x[i] /= self.rows[i][i];
            let value = x[i];
            for (j, entry) in self.rows[i][..i].iter().enumerate() {
                x[j] -= entry * value;
            }
        }
        x
    }

    fn log_diagonal(&self) -> f64 {
        self.rows.iter().enumerate().map(|(i, row)| row[i].ln()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_solves_its_equations() {
        let matrix = [[4.0, 2.0, 0.6], [2.0, 5.0, 1.0], [0.6, 1.0, 3.0]];
        let factor = Cholesky::new(3, |i, j| matrix[i][j]).unwrap();
        let x = factor.backward(&factor.forward(&[1.0, -2.0, 0.5]));
        for (row, wanted) in matrix.iter().zip([1.0, -2.0, 0.5]) {
            let got: f64 = row.iter().zip(&x).map(|(a, b)| a * b).sum();
            assert!((got - wanted).abs() < 1e-12, "{got}");
        }
        // det = 4 (15 - 1) - 2 (6 - 0.6) + 0.6 (2 - 3) = 44.6
        assert!((2.0 * factor.log_diagonal() - 44.6f64.ln()).abs() < 1e-12);
        assert!(Cholesky::new(2, |i, j| if i == j { 1.0 } else { 2.0 }).is_none());
    }

    #[test]
    fn it_knows_what_it_saw_and_doubts_what_it_did_not() {
        let points: Vec<Vec<f64>> = (0..12).map(|i| vec![f64::from(i) / 22.0, 0.3]).collect();
        let values: Vec<f64> = points.iter().map(|p| 10.0 + 3.0 * (6.0 * p[0]).sin()).collect();
        let process = GaussianProcess::fit(points, &values, &[0, 1]);
        let (mean, near) = process.predict(&[0.25, 0.3]);
        assert!((mean - (10.0 + 3.0 * 1.5f64.sin())).abs() < 0.2, "{mean}");
        let (_, far) = process.predict(&[1.0, 0.3]);
        assert!(far > 5.0 * near, "{near} {far}");
    }

    #[test]
    fn equal_values_and_single_points_are_no_trouble() {
        let process = GaussianProcess::fit(vec![vec![0.5]; 4], &[2.0; 4], &[0]);
        let (mean, deviation) = process.predict(&[0.1]);
        assert!((mean - 2.0).abs() < 1e-9 && deviation.is_finite());
    }
}
