//! Eigenvectors of small symmetric matrices by Jacobi's rotations (Golub and Van Loan, "Matrix Computations",
//! section 8.5).

const MAX_SWEEPS: usize = 60;

/// Eigenvalues and eigenvectors (`vectors[i]` belongs to `values[i]`), greatest value first. `matrix` is
/// symmetric, `size` × `size`, by rows.
pub(super) fn symmetric_eigen(mut matrix: Vec<f64>, size: usize) -> (Vec<f64>, Vec<Vec<f64>>) {
    let mut vectors = vec![0.0; size * size];
    (0..size).for_each(|i| vectors[i * size + i] = 1.0);
    for _ in 0..MAX_SWEEPS {
        let (mut on, mut off) = (0.0, 0.0);
        for (index, value) in matrix.iter().enumerate() {
            *(if index / size == index % size { &mut on } else { &mut off }) += value * value;
        }
        if off <= 1e-24 * on {
            break;
        }
        for p in 0..size {
            for q in p + 1..size {
                rotate(&mut matrix, &mut vectors, size, p, q);
            }
        }
    }
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by(|&a, &b| matrix[b * size + b].total_cmp(&matrix[a * size + a]));
    let values = order.iter().map(|&i| matrix[i * size + i]).collect();
    let vector = |&i: &usize| (0..size).map(|row| vectors[row * size + i]).collect();
    (values, order.iter().map(vector).collect())
}

/// Makes the elements (p, q) and (q, p) zero.
fn rotate(matrix: &mut [f64], vectors: &mut [f64], size: usize, p: usize, q: usize) {
    let apq = matrix[p * size + q];
    if apq == 0.0 {
        return;
    }
    let tau = (matrix[q * size + q] - matrix[p * size + p]) / (2.0 * apq);
    let tangent = tau.signum() / (tau.abs() + (1.0 + tau * tau).sqrt());
    let cosine = 1.0 / (1.0 + tangent * tangent).sqrt();
    let sine = tangent * cosine;
    let turn = |values: &mut [f64], a: usize, b: usize| {
        let (x, y) = (values[a], values[b]);
        values[a] = cosine * x - sine * y;
        values[b] = sine * x + cosine * y;
    };
    for i in 0..size {
        turn(matrix, i * size + p, i * size + q);
    }
    for i in 0..size {
        turn(matrix, p * size + i, q * size + i);
        turn(vectors, i * size + p, i * size + q);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SplitMix64;

    #[test]
    fn a_matrix_times_its_vectors_is_its_values_times_them() {
        let size = 30;
        let mut random = SplitMix64::new(5);
        let mut matrix = vec![0.0; size * size];
        for i in 0..size {
            for j in 0..=i {
                let value = random.unit() - 0.5;
                (matrix[i * size + j], matrix[j * size + i]) = (value, value);
            }
        }
        let (values, vectors) = symmetric_eigen(matrix.clone(), size);
        assert!(values.is_sorted_by(|a, b| a >= b));
        for (value, vector) in values.iter().zip(&vectors) {
            for row in 0..size {
                let product: f64 = (0..size).map(|i| matrix[row * size + i] * vector[i]).sum();
                assert!((product - value * vector[row]).abs() < 1e-9);
            }
            assert!((vector.iter().map(|v| v * v).sum::<f64>() - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn equal_values_and_zeros_are_no_trouble() {
        let (values, _) = symmetric_eigen(vec![2.0, 0.0, 0.0, 2.0], 2);
        assert_eq!(values, [2.0, 2.0]);
        let (values, _) = symmetric_eigen(vec![0.0; 9], 3);
        assert_eq!(values, [0.0; 3]);
        let (values, _) = symmetric_eigen(vec![1.0, 1.0, 1.0, 1.0], 2);
        assert!((values[0] - 2.0).abs() < 1e-12 && values[1].abs() < 1e-12);
    }
}
