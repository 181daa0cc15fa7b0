//! The few methods of statistics that looking at a data set needs, seeded and deterministic: principal
//! components, k-means, silhouettes, nearest neighbours, logistic regression. Why they are our own is decided
//! in `docs/adr`.

mod eigen;
mod k_means;
mod lbfgs;
mod logistic;
mod matrix;
mod neighbours;
mod pca;
mod silhouette;
#[cfg(test)]
mod testing;

pub(crate) use k_means::{KMeansOptions, k_means};
pub(crate) use logistic::Logistic;
pub(crate) use matrix::{Matrix, distance};
pub(crate) use neighbours::neighbour_distances;
pub(crate) use pca::Pca;
pub(crate) use silhouette::silhouettes;

/// The middle value, or the mean of the two middle ones; `None` of nothing.
pub(crate) fn median(values: &[f32]) -> Option<f32> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        length if length % 2 == 1 => Some(sorted[middle]),
        _ => Some((sorted[middle - 1] + sorted[middle]) / 2.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 9.0]), Some(3.0));
        assert_eq!(median(&[4.0, 1.0, 9.0, 2.0]), Some(3.0));
    }
}
