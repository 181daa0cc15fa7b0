//! How well rows lie in their clusters (Rousseeuw, "Silhouettes", 1987).

use rayon::prelude::*;

use super::matrix::{Matrix, distance};
use crate::random::SplitMix64;

/// The silhouette of each row, from -1 to 1: 0 for a row alone in its cluster, and for all where there is but one.
/// Distances are taken to `most` rows at most, drawn with the seed, so that the time grows no faster than the
/// number of rows.
pub(crate) fn silhouettes(data: &Matrix, assignment: &[usize], most: usize, seed: u64) -> Vec<f32> {
    let mut others: Vec<usize> = (0..data.rows()).collect();
    if others.len() > most {
        SplitMix64::new(seed).shuffle(&mut others);
        others.truncate(most);
        others.sort_unstable();
    }
    let clusters = assignment.iter().max().map_or(0, |&most| most + 1);
    let of = |row: usize| {
        let mut sums = vec![(0f64, 0usize); clusters];
        for &other in others.iter().filter(|&&other| other != row) {
            let sum = &mut sums[assignment[other]];
            *sum = (sum.0 + f64::from(distance(data.row(row), data.row(other))), sum.1 + 1);
        }
        let mean = |&(sum, count): &(f64, usize)| (count > 0).then(|| sum / count as f64);
        let own = mean(&sums[assignment[row]]);
        let elsewhere = sums.iter().enumerate().filter(|(cluster, _)| *cluster != assignment[row]);
        let nearest = elsewhere.filter_map(|(_, sum)| mean(sum)).min_by(f64::total_cmp);
        match (own, nearest) {
            (Some(own), Some(nearest)) if own.max(nearest) > 0.0 => {
                ((nearest - own) / own.max(nearest)) as f32
            }
            _ => 0.0,
        }
    };
    (0..data.rows()).into_par_iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::testing::blobs;

    #[test]
    fn the_definition_by_hand() {
        let data = Matrix::new(1, vec![0.0, 2.0, 10.0, 11.0]);
        let found = silhouettes(&data, &[0, 0, 1, 1], 100, 0);
        // Row 0: 2 to its own, (10 + 11) / 2 to the other.
        assert!((found[0] - (10.5 - 2.0) / 10.5).abs() < 1e-6);
        assert!((found[3] - (10.0 - 1.0) / 10.0).abs() < 1e-6);
    }

    #[test]
    fn a_row_alone_and_a_single_cluster_have_none() {
        let data = Matrix::new(1, vec![0.0, 2.0, 10.0]);
        assert_eq!(silhouettes(&data, &[0, 0, 1], 100, 0)[2], 0.0);
        assert_eq!(silhouettes(&data, &[0, 0, 0], 100, 0), [0.0; 3]);
        assert_eq!(silhouettes(&Matrix::new(1, vec![]), &[], 100, 0), [] as [f32; 0]);
    }

    #[test]
    fn a_sample_tells_much_the_same() {
        let (data, truth) = blobs(3, 200, 4, 1);
        let mean = |values: Vec<f32>| values.iter().sum::<f32>() / values.len() as f32;
        let (all, some) = (silhouettes(&data, &truth, 999, 0), silhouettes(&data, &truth, 90, 0));
        assert!(mean(all.clone()) > 0.8);
        assert!((mean(all) - mean(some)).abs() < 0.02);
    }
}
