//! Points for the tests of this module.

use super::Matrix;
use crate::random::SplitMix64;

/// `heaps` heaps of `size` points each, far from one another, and the heap of each point.
pub(super) fn blobs(heaps: usize, size: usize, columns: usize, seed: u64) -> (Matrix, Vec<usize>) {
    let mut random = SplitMix64::new(seed);
    let centres: Vec<Vec<f32>> =
        (0..heaps).map(|_| (0..columns).map(|_| 20.0 * random.unit() as f32).collect()).collect();
    let truth: Vec<usize> = (0..heaps * size).map(|index| index % heaps).collect();
    let mut values = Vec::new();
    for &heap in &truth {
        values.extend(centres[heap].iter().map(|value| value + 0.3 * random.unit() as f32));
    }
    (Matrix::new(columns, values), truth)
}
