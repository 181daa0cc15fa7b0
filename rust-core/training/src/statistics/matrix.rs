//! Rows of numbers.

use rayon::prelude::*;

/// Sums in as many lanes, so that the compiler may use vector registers.
const LANES: usize = 16;

/// A dense matrix by rows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Matrix {
    columns: usize,
    values: Vec<f32>,
}

impl Matrix {
    /// `values` are whole rows of `columns` numbers, at least one.
    pub(crate) fn new(columns: usize, values: Vec<f32>) -> Self {
        assert!(columns > 0 && values.len().is_multiple_of(columns), "no whole rows");
        Self { columns, values }
    }

    pub(crate) fn zeros(rows: usize, columns: usize) -> Self {
        Self::new(columns, vec![0.0; rows * columns])
    }

    pub(crate) fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    pub(crate) fn row(&self, index: usize) -> &[f32] {
        &self.values[index * self.columns..][..self.columns]
    }

    pub(crate) fn row_mut(&mut self, index: usize) -> &mut [f32] {
        &mut self.values[index * self.columns..][..self.columns]
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.columns)
    }

    /// The rows of these numbers, in their order.
    pub(crate) fn select(&self, rows: &[usize]) -> Self {
        let values = rows.iter().flat_map(|&row| self.row(row)).copied().collect();
        Self { columns: self.columns, values }
    }

    /// Each row over its length; rows of zeros stay.
    pub(crate) fn normalized(mut self) -> Self {
        for row in self.values.chunks_exact_mut(self.columns) {
            let length = dot(row, row).sqrt();
            if length > 0.0 {
                row.iter_mut().for_each(|value| *value /= length);
            }
        }
        self
    }

    /// Every row's scalar products with the rows of `others`: `self · othersᵀ`.
    pub(crate) fn times_transposed(&self, others: &Self) -> Self {
        let mut product = Self::zeros(self.rows(), others.rows());
        let width = product.columns;
        product.values.par_chunks_exact_mut(width).enumerate().for_each(|(index, row)| {
            let own = self.row(index);
            for (value, other) in row.iter_mut().zip(others.iter()) {
                *value = dot(own, other);
            }
        });
        product
    }

    /// `selfᵀ · others`, for matrices with the same number of rows.
    pub(crate) fn transposed_times(&self, others: &Self) -> Self {
        /// As many rows of the product stay in the cache together.
        const BLOCK: usize = 16;
        let mut product = Self::zeros(self.columns, others.columns);
        let width = others.columns;
        product.values.par_chunks_mut(BLOCK * width).enumerate().for_each(|(block, rows)| {
            for (own, other) in self.iter().zip(others.iter()) {
                for (row, weight) in rows.chunks_exact_mut(width).zip(&own[block * BLOCK..]) {
                    row.iter_mut().zip(other).for_each(|(sum, value)| *sum += weight * value);
                }
            }
        });
        product
    }
}

/// Scalar product of two rows of one length.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    summed(a, b, |a, b| a * b)
}

/// Euclidean distance of two rows of one length.
pub(crate) fn distance(a: &[f32], b: &[f32]) -> f32 {
    squared_distance(a, b).sqrt()
}

pub(super) fn squared_distance(a: &[f32], b: &[f32]) -> f32 {
    summed(a, b, |a, b| (a - b) * (a - b))
}

fn summed(a: &[f32], b: &[f32], term: impl Fn(f32, f32) -> f32) -> f32 {
    let mut sums = [0f32; LANES];
    let (whole_a, rest_a) = a.as_chunks::<LANES>();
    let (whole_b, rest_b) = b.as_chunks::<LANES>();
    for (a, b) in whole_a.iter().zip(whole_b) {
        for lane in 0..LANES {
            sums[lane] += term(a[lane], b[lane]);
        }
    }
    let rest: f32 = rest_a.iter().zip(rest_b).map(|(&a, &b)| term(a, b)).sum();
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SplitMix64;

    fn random(rows: usize, columns: usize, seed: u64) -> Matrix {
        let mut random = SplitMix64::new(seed);
        Matrix::new(columns, (0..rows * columns).map(|_| random.unit() as f32 - 0.5).collect())
    }

    #[test]
    fn products_are_those_of_the_definition() {
        let (a, b) = (random(37, 21, 1), random(19, 21, 2));
        let product = a.times_transposed(&b);
        assert_eq!((product.rows(), product.columns()), (37, 19));
        let by_hand: f32 = (0..21).map(|i| a.row(36)[i] * b.row(18)[i]).sum();
        assert!((product.row(36)[18] - by_hand).abs() < 1e-5);
        let c = random(37, 5, 3);
        let product = a.transposed_times(&c);
        assert_eq!((product.rows(), product.columns()), (21, 5));
        let by_hand: f32 = (0..37).map(|i| a.row(i)[20] * c.row(i)[4]).sum();
        assert!((product.row(20)[4] - by_hand).abs() < 1e-5);
    }

    #[test]
    fn lengths_and_distances() {
        let rows = Matrix::new(2, vec![3.0, 4.0, 0.0, 0.0]).normalized();
        assert_eq!(rows.row(0), [0.6, 0.8]);
        assert_eq!(rows.row(1), [0.0, 0.0]);
        assert_eq!(distance(&[1.0; 40], &[3.0; 40]), 160f32.sqrt());
        assert_eq!(rows.select(&[1, 0]).row(1), [0.6, 0.8]);
    }
}
