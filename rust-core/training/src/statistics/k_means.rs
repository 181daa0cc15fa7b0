//! k-means: Lloyd's iterations from seeds chosen by k-means++ (Arthur and Vassilvitskii, SODA 2007).

use rayon::prelude::*;

use super::matrix::{Matrix, squared_distance};
use crate::random::{SplitMix64, mix};

/// How to cluster.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KMeansOptions {
    pub(crate) clusters: usize,
    /// Of as many starts the one with the least sum of squared distances counts.
    pub(crate) restarts: usize,
    pub(crate) max_iterations: usize,
    pub(crate) seed: u64,
}

/// Clusters of rows.
#[derive(Debug, Clone)]
pub(crate) struct KMeans {
    pub(crate) centroids: Matrix,
    /// Cluster of each row.
    pub(crate) assignment: Vec<usize>,
    /// Sum of the squared distances to the centroids.
    pub(crate) inertia: f64,
}

/// Clusters the rows, of which there is at least one; with fewer different rows than clusters there are as
/// many clusters. The same data and options give the same clusters on any number of threads.
pub(crate) fn k_means(data: &Matrix, options: &KMeansOptions) -> KMeans {
    let best = (0..options.restarts.max(1) as u64)
        .into_par_iter()
        .map(|start| lloyd(data, options, mix(options.seed ^ mix(start))))
        .collect::<Vec<_>>()
        .into_iter()
        .min_by(|a, b| a.inertia.total_cmp(&b.inertia));
    // There is at least one start.
    best.unwrap_or_else(|| lloyd(data, options, options.seed))
}

fn lloyd(data: &Matrix, options: &KMeansOptions, seed: u64) -> KMeans {
    let mut centroids = plus_plus(data, options.clusters, &mut SplitMix64::new(seed));
    let (mut assignment, mut distances) = assign(data, &centroids);
    for _ in 0..options.max_iterations {
        centroids = means(data, &assignment, &distances, centroids.rows());
        let (next, nearer) = assign(data, &centroids);
        distances = nearer;
        if next == assignment {
            break;
        }
        assignment = next;
    }
    let inertia = distances.iter().map(|&distance| f64::from(distance)).sum();
    KMeans { centroids, assignment, inertia }
}

/// Each seed is drawn with a probability that grows with the squared distance to those before it.
fn plus_plus(data: &Matrix, clusters: usize, random: &mut SplitMix64) -> Matrix {
    let mut seeds = vec![random.below(data.rows())];
    let mut nearest: Vec<f32> =
        data.iter().map(|row| squared_distance(row, data.row(seeds[0]))).collect();
    while seeds.len() < clusters.min(data.rows()) {
        let total: f64 = nearest.iter().map(|&distance| f64::from(distance)).sum();
        if total <= 0.0 {
            break;
        }
        let mut left = random.unit() * total;
        let drawn = nearest.iter().position(|&distance| {
            left -= f64::from(distance);
            left < 0.0
        });
        // Rounding may leave nothing: the last row that is no seed yet.
        let last = || nearest.iter().rposition(|&distance| distance > 0.0);
        let Some(seed) = drawn.or_else(last) else { break };
        for (nearest, row) in nearest.iter_mut().zip(data.iter()) {
            *nearest = nearest.min(squared_distance(row, data.row(seed)));
        }
        seeds.push(seed);
    }
    data.select(&seeds)
}

/// The nearest centroid of each row, the first of equal ones, and the squared distance to it.
fn assign(data: &Matrix, centroids: &Matrix) -> (Vec<usize>, Vec<f32>) {
    let nearest = |row: &[f32]| {
        let distances = centroids.iter().map(|centroid| squared_distance(row, centroid));
        distances.enumerate().fold((0, f32::INFINITY), |best, (index, distance)| {
            if distance < best.1 { (index, distance) } else { best }
        })
    };
    data.iter().map(nearest).unzip()
}

/// A cluster that lost all its rows takes the row that is farthest from its centroid.
fn means(data: &Matrix, assignment: &[usize], distances: &[f32], clusters: usize) -> Matrix {
    let mut sums = vec![0f64; clusters * data.columns()];
    let mut counts = vec![0usize; clusters];
    for (row, &cluster) in data.iter().zip(assignment) {
        counts[cluster] += 1;
        let sum = &mut sums[cluster * data.columns()..][..data.columns()];
        sum.iter_mut().zip(row).for_each(|(sum, &value)| *sum += f64::from(value));
    }
    let mut centroids = Matrix::zeros(clusters, data.columns());
    let mut far: Vec<usize> = (0..data.rows()).collect();
    if counts.contains(&0) {
        far.sort_by(|&a, &b| distances[a].total_cmp(&distances[b]).then(b.cmp(&a)));
    }
    for cluster in 0..clusters {
        let centroid = centroids.row_mut(cluster);
        if counts[cluster] == 0 {
            centroid.copy_from_slice(data.row(far.pop().unwrap_or(0)));
            continue;
        }
        let sum = &sums[cluster * data.columns()..][..data.columns()];
        for (value, sum) in centroid.iter_mut().zip(sum) {
            *value = (sum / counts[cluster] as f64) as f32;
        }
    }
    centroids
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::testing::blobs;

    fn options(clusters: usize) -> KMeansOptions {
        KMeansOptions { clusters, restarts: 8, max_iterations: 100, seed: 1 }
    }

    #[test]
    fn heaps_of_points_are_found() {
        let (data, truth) = blobs(5, 60, 10, 4);
        let found = k_means(&data, &options(5));
        for (index, &cluster) in found.assignment.iter().enumerate() {
            let first = truth.iter().position(|&heap| heap == truth[index]).unwrap();
            assert_eq!(cluster, found.assignment[first]);
        }
        let centroid = found.centroids.row(found.assignment[0]);
        assert!(super::super::distance(centroid, data.row(0)) < 1.0);
        assert!(found.inertia < k_means(&data, &options(4)).inertia);
    }

    #[test]
    fn the_same_seed_gives_the_same_clusters_on_any_number_of_threads() {
        let (data, _) = blobs(7, 40, 6, 9);
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let alone = one.install(|| k_means(&data, &options(20)));
        let together = k_means(&data, &options(20));
        assert_eq!(alone.assignment, together.assignment);
        assert_eq!(alone.centroids, together.centroids);
    }

    #[test]
    fn there_are_not_more_clusters_than_different_rows() {
        let data = Matrix::new(2, [0.0, 0.0, 1.0, 1.0].repeat(5));
        let found = k_means(&data, &options(20));
        assert_eq!((found.centroids.rows(), found.inertia), (2, 0.0));
        let one = k_means(&Matrix::new(2, vec![4.0, 5.0]), &options(20));
        assert_eq!(one.assignment, [0]);
    }

    #[test]
    fn a_cluster_without_rows_takes_the_farthest_one() {
        let data = Matrix::new(1, vec![0.0, 1.0, 9.0]);
        let centroids = means(&data, &[0, 0, 0], &[0.0, 1.0, 81.0], 2);
        assert_eq!(centroids.row(1), [9.0]);
    }
}
