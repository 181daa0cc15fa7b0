//! Which pictures a version without the outliers of the minority classes leaves out.

use std::collections::BTreeMap;

use serde::Serialize;

use super::clusters::ClassOutliers;
use crate::dataset::label_errors::LabelError;
use crate::statistics::median;

/// When a class is a minority, and when a picture of it goes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RemovalRule {
    /// Classes with fewer pictures than this share of the mean class are minorities.
    pub minority_share: f64,
    /// Pictures whose outlier distance is above the class's median by more than so many median absolute
    /// deviations are outliers.
    pub deviations: f32,
    /// At most this share of a class goes as outliers, and as much as label errors; the worst first.
    pub max_share: f64,
}

impl Default for RemovalRule {
    fn default() -> Self {
        Self { minority_share: 0.5, deviations: 3.0, max_share: 0.05 }
    }
}

/// Indices of the classes that are minorities, by their numbers of pictures. Empty classes are none, nor do they count.
pub fn minority_classes(counts: &[usize], rule: &RemovalRule) -> Vec<usize> {
    let filled = counts.iter().filter(|&&count| count > 0).count().max(1);
    let mean = counts.iter().sum::<usize>() as f64 / filled as f64;
    let is_minority =
        |&class: &usize| counts[class] > 0 && (counts[class] as f64) < rule.minority_share * mean;
    (0..counts.len()).filter(is_minority).collect()
}

/// Pictures of minority classes to leave out, by path, with the reason: outliers, and likely label errors.
pub fn minority_removals(
    minorities: &[ClassOutliers],
    label_errors: &[LabelError],
    rule: &RemovalRule,
) -> Vec<(String, String)> {
    let mut removed = BTreeMap::new();
    for class in minorities {
        let most = (class.pictures.len() as f64 * rule.max_share).floor() as usize;
        let distances: Vec<f32> =
            class.pictures.iter().map(|picture| picture.outlier_distance).collect();
        let limit = limit(&distances, rule.deviations);
        let outliers = class.pictures.iter().filter(|picture| picture.outlier_distance > limit);
        for picture in outliers.take(most) {
            let distance = picture.outlier_distance;
            let reason = format!("outlier: distance {distance:.3}, the limit is {limit:.3}");
            removed.insert(picture.relative_path.clone(), reason);
        }
        let errors =
            label_errors.iter().filter(|error| error.label == class.class && error.is_likely);
        for error in errors.take(most) {
            let reason =
                format!("label error: looks like {}, score {:.3}", error.suggested, error.score);
            removed.entry(error.relative_path.clone()).or_insert(reason);
        }
    }
    removed.into_iter().collect()
}

/// Median and deviations above it; infinite where nothing deviates.
fn limit(distances: &[f32], deviations: f32) -> f32 {
    let Some(middle) = median(distances) else { return f32::INFINITY };
    let off: Vec<f32> = distances.iter().map(|distance| (distance - middle).abs()).collect();
    match median(&off) {
        Some(deviation) if deviation > 0.0 => middle + deviations * deviation,
        _ => f32::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::outliers::Outlier;

    fn class(distances: &[f32]) -> ClassOutliers {
        let mut pictures: Vec<Outlier> = distances
            .iter()
            .enumerate()
            .map(|(number, &distance)| Outlier {
                relative_path: format!("a/{number}.jpg"),
                component: 0,
                component_distance: 0.0,
                outlier_distance: distance,
                silhouette: 0.0,
            })
            .collect();
        pictures.sort_by(|a, b| b.outlier_distance.total_cmp(&a.outlier_distance));
        let class = "a".to_owned();
        ClassOutliers { class, components: vec![], pictures, silhouette: 0.0, explained: 1.0 }
    }

    fn error(path: &str, label: &str, is_likely: bool) -> LabelError {
        LabelError {
            relative_path: path.to_owned(),
            label: label.to_owned(),
            suggested: "b".to_owned(),
            score: 0.9,
            self_confidence: 0.1,
            is_likely,
        }
    }

    #[test]
    fn classes_far_below_the_mean_are_minorities() {
        let rule = RemovalRule::default();
        assert_eq!(minority_classes(&[600, 64, 38, 700, 0, 350], &rule), [1, 2]);
        assert!(minority_classes(&[], &rule).is_empty());
        assert!(minority_classes(&[10, 10], &rule).is_empty());
    }

    #[test]
    fn outliers_go_up_to_a_share_of_the_class() {
        let mut distances: Vec<f32> = (0..37).map(|number| 1.0 + number as f32 / 100.0).collect();
        distances.extend([9.0, 8.0, 7.0]);
        let removed = minority_removals(&[class(&distances)], &[], &RemovalRule::default());
        // 5 % of 40 pictures.
        let paths: Vec<_> = removed.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["a/37.jpg", "a/38.jpg"]);
        assert!(removed[0].1.starts_with("outlier: distance 9.000"), "{}", removed[0].1);
        let more = RemovalRule { max_share: 0.5, ..RemovalRule::default() };
        assert_eq!(minority_removals(&[class(&distances)], &[], &more).len(), 3);
    }

    #[test]
    fn likely_label_errors_of_the_class_go_too() {
        let distances = [1.0; 40];
        let errors = [
            error("a/1.jpg", "a", true),
            error("a/2.jpg", "a", false),
            error("c/3.jpg", "c", true),
            error("a/4.jpg", "a", true),
            error("a/5.jpg", "a", true),
        ];
        let removed = minority_removals(&[class(&distances)], &errors, &RemovalRule::default());
        let paths: Vec<_> = removed.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["a/1.jpg", "a/4.jpg"]);
        assert!(removed[0].1.contains("looks like b"));
    }
}
