//! A class's pictures in components, and how far each is from the others.

use std::cmp::Ordering;

use serde::Serialize;

use crate::dataset::{Dataset, NearDuplicates};
use crate::embedding::Embedded;
use crate::statistics::{
    KMeansOptions, Matrix, Pca, distance, k_means, neighbour_distances, silhouettes,
};

/// Nearest pictures that a picture's outlier distance is the mean of.
const NEIGHBOURS: usize = 5;
/// Silhouettes and outlier distances are taken to as many pictures of the class at most.
const MOST_COMPARED: usize = 4_000;
const RESTARTS: usize = 10;
const MAX_ITERATIONS: usize = 100;

/// How to look for outliers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutlierOptions {
    /// Components per class; the thesis has 20. A class of fewer pictures has as many as it has.
    pub clusters: usize,
    /// Principal components that the vectors, each of length 1, are reduced to.
    pub dimensions: usize,
    /// Chooses the seeds of the clusters; the same seed gives the same components.
    pub seed: u64,
}

impl Default for OutlierOptions {
    fn default() -> Self {
        Self { clusters: 20, dimensions: 50, seed: 0 }
    }
}

/// What was found in a class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassOutliers {
    /// The class.
    pub class: String,
    /// Greatest mean distance first.
    pub components: Vec<Component>,
    /// Greatest outlier distance first.
    pub pictures: Vec<Outlier>,
    /// Mean of the pictures' silhouettes.
    pub silhouette: f32,
    /// Share of the variance that the principal components hold.
    pub explained: f32,
}

/// A row of the thesis's table, and how well the component is set apart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Component {
    /// Its number, from 0; the greatest component is 0.
    pub component: usize,
    /// Its pictures.
    pub num_images: usize,
    /// Mean distance of its pictures to its centroid.
    pub mean_distance: f32,
    /// Mean of its pictures' silhouettes.
    pub silhouette: f32,
}

/// Where a picture lies in its class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outlier {
    /// Path from the data set folder, with `/`.
    pub relative_path: String,
    /// Number of its component.
    pub component: usize,
    /// Distance to the component's centroid.
    pub component_distance: f32,
    /// Mean distance to the five nearest pictures of the class that are no copies of it. The distance to a
    /// centroid would not do: a picture like no other is a component of its own, at distance 0.
    pub outlier_distance: f32,
    /// How well it lies in its component, -1 to 1.
    pub silhouette: f32,
}

/// Looks at one class (an index into [`Dataset::classes`]); `None` if no picture of it has a vector.
pub fn class_outliers(
    dataset: &Dataset,
    embedded: &Embedded,
    duplicates: &NearDuplicates,
    class: usize,
    options: &OutlierOptions,
) -> Option<ClassOutliers> {
    let rows: Vec<usize> = (0..embedded.samples.len())
        .filter(|&row| dataset.samples[embedded.samples[row]].class == class)
        .collect();
    if rows.is_empty() {
        return None;
    }
    let vectors = embedded.vectors.select(&rows).normalized();
    let pca = Pca::fit(&vectors, options.dimensions, options.seed);
    let points = pca.project(&vectors);
    let clustered = k_means(
        &points,
        &KMeansOptions {
            clusters: options.clusters.max(1),
            restarts: RESTARTS,
            max_iterations: MAX_ITERATIONS,
            seed: options.seed,
        },
    );
    let assignment = by_size(&clustered.assignment, clustered.centroids.rows());
    let silhouettes = silhouettes(&points, &assignment, MOST_COMPARED, options.seed);
    let groups: Vec<usize> =
        rows.iter().map(|&row| duplicates.cluster_of()[embedded.samples[row]]).collect();
    let apart = neighbour_distances(&points, &groups, NEIGHBOURS, MOST_COMPARED, options.seed);
    let mut pictures: Vec<Outlier> = (0..rows.len())
        .map(|row| Outlier {
            relative_path: dataset.samples[embedded.samples[rows[row]]].relative_path.clone(),
            component: assignment[row],
            component_distance: distance_to(
                &points,
                row,
                &clustered.centroids,
                clustered.assignment[row],
            ),
            outlier_distance: apart[row],
            silhouette: silhouettes[row],
        })
        .collect();
    let components = components(&pictures);
    pictures.sort_by(|a, b| {
        b.outlier_distance
            .total_cmp(&a.outlier_distance)
            .then_with(|| a.relative_path.cmp(&b.relative_path))
    });
    Some(ClassOutliers {
        class: dataset.classes[class].clone(),
        components,
        silhouette: mean(silhouettes.iter().copied()),
        explained: pca.explained(),
        pictures,
    })
}

fn distance_to(points: &Matrix, row: usize, centroids: &Matrix, cluster: usize) -> f32 {
    distance(points.row(row), centroids.row(cluster))
}

/// Numbers that do not depend on the order in which clusters were found: the greatest first, of equal ones
/// that with the first picture. Clusters without pictures get none.
fn by_size(assignment: &[usize], clusters: usize) -> Vec<usize> {
    let mut found: Vec<(usize, usize, usize)> =
        (0..clusters).map(|cluster| (0, usize::MAX, cluster)).collect();
    for (row, &cluster) in assignment.iter().enumerate() {
        found[cluster].0 += 1;
        found[cluster].1 = found[cluster].1.min(row);
    }
    found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut number = vec![0; clusters];
    for (new, (_, _, old)) in found.into_iter().enumerate() {
        number[old] = new;
    }
    assignment.iter().map(|&cluster| number[cluster]).collect()
}

fn components(pictures: &[Outlier]) -> Vec<Component> {
    let count = pictures.iter().map(|picture| picture.component + 1).max().unwrap_or(0);
    let component = |number: usize| {
        let members: Vec<&Outlier> =
            pictures.iter().filter(|picture| picture.component == number).collect();
        Component {
            component: number,
            num_images: members.len(),
            mean_distance: mean(members.iter().map(|picture| picture.component_distance)),
            silhouette: mean(members.iter().map(|picture| picture.silhouette)),
        }
    };
    let mut components: Vec<Component> = (0..count).map(component).collect();
    components.sort_by(|a, b| match b.mean_distance.total_cmp(&a.mean_distance) {
        Ordering::Equal => a.component.cmp(&b.component),
        order => order,
    });
    components
}

fn mean(values: impl ExactSizeIterator<Item = f32>) -> f32 {
    let count = values.len().max(1) as f32;
    values.sum::<f32>() / count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::NearDuplicateRule;
    use crate::dataset::testing::{dataset, embedded};

    /// Class `a` lies in two heaps of 30 and 20 pictures, and one picture far from both; class `b` has two.
    fn look(options: &OutlierOptions) -> Vec<Option<ClassOutliers>> {
        let mut samples = Vec::new();
        let mut vectors = Vec::new();
        for number in 0..51u64 {
            samples.push((format!("a/{number:02}.jpg"), 0, "s".to_owned(), number));
            let noise = |salt: u64| ((number * salt) % 17) as f32 / 200.0;
            let heap = match number {
                0..30 => [1.0, 0.0, 0.0],
                30..50 => [0.0, 1.0, 0.0],
                _ => [0.0, 0.0, 1.0],
            };
            vectors.push(vec![heap[0] + noise(5), heap[1] + noise(7), heap[2] + noise(11)]);
        }
        for number in 0..2u64 {
            samples.push((format!("b/{number}.jpg"), 1, "s".to_owned(), 100 + number));
            vectors.push(vec![1.0, number as f32, 0.0]);
        }
        let data = dataset(&["a", "b", "empty"], &samples);
        let duplicates = NearDuplicates::find(&data, &NearDuplicateRule::default());
        let embedded = embedded(vectors);
        (0..3).map(|class| class_outliers(&data, &embedded, &duplicates, class, options)).collect()
    }

    #[test]
    fn heaps_become_components_and_the_odd_one_comes_first() {
        let options = OutlierOptions { clusters: 3, ..OutlierOptions::default() };
        let found = look(&options).remove(0).unwrap();
        let sizes: Vec<_> =
            found.components.iter().map(|one| (one.component, one.num_images)).collect();
        assert_eq!(sizes.len(), 3);
        assert!(sizes.contains(&(0, 30)) && sizes.contains(&(1, 20)) && sizes.contains(&(2, 1)));
        assert_eq!(found.pictures[0].relative_path, "a/50.jpg");
        assert_eq!(found.pictures[0].component_distance, 0.0);
        assert!(found.pictures[0].outlier_distance > 3.0 * found.pictures[1].outlier_distance);
        assert!(found.silhouette > 0.8, "{}", found.silhouette);
        assert!(found.components.is_sorted_by(|a, b| a.mean_distance >= b.mean_distance));
    }

    #[test]
    fn small_and_empty_classes() {
        let mut found = look(&OutlierOptions::default());
        assert!(found.remove(2).is_none());
        let small = found.remove(1).unwrap();
        assert_eq!(small.components.len(), 2);
        assert_eq!(small.pictures.len(), 2);
    }

    #[test]
    fn the_same_seed_gives_the_same_components() {
        let options = OutlierOptions { clusters: 7, seed: 4, ..OutlierOptions::default() };
        assert_eq!(look(&options), look(&options));
    }
}
