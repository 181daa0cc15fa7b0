//! How far a row is from its nearest ones (Ramaswamy, Rastogi and Shim, "Efficient algorithms for mining outliers
//! from large data sets", SIGMOD 2000).

use rayon::prelude::*;

use super::matrix::{Matrix, distance};
use crate::random::SplitMix64;

/// Mean distance of each row to the `count` nearest ones outside its own group (copies of one picture would
/// vouch for each other); 0 where there is no other group. Distances are taken to `most` rows at most, drawn with the seed.
pub(crate) fn neighbour_distances(
    data: &Matrix,
    groups: &[usize],
    count: usize,
    most: usize,
    seed: u64,
) -> Vec<f32> {
    let mut others: Vec<usize> = (0..data.rows()).collect();
    if others.len() > most {
        SplitMix64::new(seed).shuffle(&mut others);
        others.truncate(most);
    }
    let of = |row: usize| {
        let others = others.iter().filter(|&&other| groups[other] != groups[row]);
        let mut distances: Vec<f32> =
            others.map(|&other| distance(data.row(row), data.row(other))).collect();
        let count = count.min(distances.len());
        if count == 0 {
            return 0.0;
        }
        distances.select_nth_unstable_by(count - 1, f32::total_cmp);
        let nearest = &mut distances[..count];
        // In order, so that the sum does not depend on how they were found.
        nearest.sort_by(f32::total_cmp);
        nearest.iter().sum::<f32>() / count as f32
    };
    (0..data.rows()).into_par_iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_do_not_vouch_for_each_other() {
        let data = Matrix::new(1, vec![0.0, 1.0, 2.0, 50.0, 50.0]);
        let found = neighbour_distances(&data, &[0, 1, 2, 3, 3], 2, 100, 0);
        assert_eq!(found, [1.5, 1.0, 1.5, 48.5, 48.5]);
        let apart = neighbour_distances(&data, &[0, 1, 2, 3, 4], 1, 100, 0);
        assert_eq!(apart[3], 0.0);
    }

    #[test]
    fn one_row_and_few_rows() {
        assert_eq!(neighbour_distances(&Matrix::new(1, vec![7.0]), &[0], 5, 100, 0), [0.0]);
        let few = neighbour_distances(&Matrix::new(1, vec![7.0, 9.0]), &[0, 1], 5, 100, 0);
        assert_eq!(few, [2.0, 2.0]);
    }
}
