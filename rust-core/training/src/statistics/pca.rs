//! Principal components by randomised subspace iteration (Halko, Martinsson and Tropp, "Finding structure with
//! randomness", SIAM Review 2011): the leading ones of wide data without the whole covariance.

use super::eigen::symmetric_eigen;
use super::matrix::{Matrix, dot};
use crate::random::SplitMix64;

/// More directions than asked for make the last ones exact.
const OVERSAMPLING: usize = 10;
const ITERATIONS: usize = 4;

/// A projection onto the directions of greatest variance.
#[derive(Debug, Clone)]
pub(crate) struct Pca {
    mean: Vec<f32>,
    /// A direction a row, greatest variance first, of length 1.
    axes: Matrix,
    /// Share of all variance that the directions hold.
    explained: f32,
}

impl Pca {
    /// At most `components` directions: not more than there are columns, or rows less one (but one at least).
    pub(crate) fn fit(data: &Matrix, components: usize, seed: u64) -> Self {
        let rows = data.rows();
        let most = data.columns().min(rows.saturating_sub(1)).max(1);
        let wanted = components.clamp(1, most);
        let width = (wanted + OVERSAMPLING).min(most);
        let mean = mean(data);
        let centred = centred(data, &mean);
        let mut random = SplitMix64::new(seed);
        let values = (0..width * data.columns()).map(|_| random.unit() as f32 - 0.5).collect();
        let mut axes = Matrix::new(data.columns(), values);
        orthonormalize(&mut axes);
        for _ in 0..ITERATIONS {
            axes = centred.times_transposed(&axes).transposed_times(&centred);
            orthonormalize(&mut axes);
        }
        let projected = centred.times_transposed(&axes);
        let scatter = projected.transposed_times(&projected);
        let scatter = scatter.iter().flatten().map(|&value| f64::from(value)).collect();
        let (values, vectors) = symmetric_eigen(scatter, width);
        let kept = vectors.iter().take(wanted).flatten().map(|&value| value as f32).collect();
        let mut axes = Matrix::new(width, kept).times_transposed(&transposed(&axes));
        (0..axes.rows()).for_each(|row| turn(axes.row_mut(row)));
        let total: f64 = centred.iter().map(|row| f64::from(dot(row, row))).sum();
        let held: f64 = values.iter().take(wanted).sum();
        let explained = if total > 0.0 { (held / total) as f32 } else { 1.0 };
        Self { mean, axes, explained }
    }

    /// Rows in the new directions.
    pub(crate) fn project(&self, data: &Matrix) -> Matrix {
        centred(data, &self.mean).times_transposed(&self.axes)
    }

    pub(crate) fn explained(&self) -> f32 {
        self.explained
    }
}

fn mean(data: &Matrix) -> Vec<f32> {
    let mut sums = vec![0f64; data.columns()];
    for row in data.iter() {
        sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum += f64::from(value));
    }
    sums.iter().map(|sum| (sum / data.rows().max(1) as f64) as f32).collect()
}

fn centred(data: &Matrix, mean: &[f32]) -> Matrix {
    let values = data.iter().flat_map(|row| row.iter().zip(mean).map(|(value, mean)| value - mean));
    Matrix::new(data.columns(), values.collect())
}

fn transposed(matrix: &Matrix) -> Matrix {
    let column = |column: usize| matrix.iter().map(move |row| row[column]);
    Matrix::new(matrix.rows(), (0..matrix.columns()).flat_map(column).collect())
}

/// Gram-Schmidt, twice, as single precision needs; rows that depend on earlier ones become zero.
fn orthonormalize(rows: &mut Matrix) {
    for index in 0..rows.rows() {
        let before = dot(rows.row(index), rows.row(index)).sqrt();
        for _ in 0..2 {
            for earlier in 0..index {
                let known = rows.row(earlier).to_vec();
                let row = rows.row_mut(index);
                let shared = dot(&known, row);
                row.iter_mut().zip(&known).for_each(|(value, known)| *value -= shared * known);
            }
        }
        let row = rows.row_mut(index);
        let length = dot(row, row).sqrt();
        let scale = if length > before * 1e-5 { 1.0 / length } else { 0.0 };
        row.iter_mut().for_each(|value| *value *= scale);
    }
}

/// An axis has two directions: the one in which its greatest number is positive.
fn turn(axis: &mut [f32]) {
    let greatest = axis.iter().copied().fold(0f32, |a, b| if b.abs() > a.abs() { b } else { a });
    if greatest < 0.0 {
        axis.iter_mut().for_each(|value| *value = -*value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::distance;

    /// Points in a plane of a space of 40 dimensions, with a little noise.
    fn plane(rows: usize) -> Matrix {
        let mut random = SplitMix64::new(3);
        let mut unit = || random.unit() as f32 - 0.5;
        let axes: Vec<Vec<f32>> = (0..2).map(|_| (0..40).map(|_| unit()).collect()).collect();
        let mut values = Vec::new();
        for _ in 0..rows {
            let (a, b) = (10.0 * unit(), 3.0 * unit());
            values.extend((0..40).map(|i| 5.0 + a * axes[0][i] + b * axes[1][i] + 0.01 * unit()));
        }
        Matrix::new(40, values)
    }

    #[test]
    fn a_plane_needs_two_directions() {
        let data = plane(200);
        let pca = Pca::fit(&data, 2, 0);
        assert!(pca.explained() > 0.999, "{}", pca.explained());
        assert!(Pca::fit(&data, 1, 0).explained() < 0.99);
        let projected = pca.project(&data);
        for (a, b) in [(0, 1), (5, 80), (11, 150)] {
            let before = distance(data.row(a), data.row(b));
            let after = distance(projected.row(a), projected.row(b));
            assert!((before - after).abs() < 0.05, "{before} {after}");
        }
    }

    #[test]
    fn the_seed_does_not_matter_to_what_is_found() {
        let data = plane(200);
        let (one, other) =
            (Pca::fit(&data, 2, 1).project(&data), Pca::fit(&data, 2, 2).project(&data));
        for (one, other) in one.iter().zip(other.iter()) {
            assert!(distance(one, other) < 1e-2);
        }
    }

    #[test]
    fn few_and_equal_rows_are_no_trouble() {
        let pca = Pca::fit(&Matrix::new(3, vec![1.0, 2.0, 3.0]), 50, 0);
        assert_eq!(pca.project(&Matrix::new(3, vec![1.0, 2.0, 3.0])).row(0), [0.0]);
        let same = Matrix::new(3, [1.0, 2.0, 3.0].repeat(9));
        let projected = Pca::fit(&same, 2, 0).project(&same);
        assert!(projected.iter().flatten().all(|value| value.abs() < 1e-5));
        assert_eq!(Pca::fit(&plane(5), 50, 0).project(&plane(5)).columns(), 4);
    }
}
