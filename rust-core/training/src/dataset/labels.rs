//! Pictures that show the same thing and carry different labels.

use std::collections::BTreeSet;

use serde::Serialize;

use super::catalog::Dataset;
use super::near_duplicates::NearDuplicates;

/// A near-duplicate cluster with more than one class: at least one of its labels is wrong or the
/// classes overlap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConflictingLabels {
    /// Two or more, in the order of the data set's classes.
    pub classes: Vec<String>,
    /// All members of the cluster.
    pub relative_paths: Vec<String>,
    /// True when the very same bytes lie in two classes.
    pub identical: bool,
}

/// The clusters of `dataset` whose members disagree, in the order of their first picture.
pub fn conflicting_labels(
    dataset: &Dataset,
    duplicates: &NearDuplicates,
) -> Vec<ConflictingLabels> {
    let describe = |members: &Vec<usize>| {
        let samples: Vec<_> = members.iter().map(|&i| &dataset.samples[i]).collect();
        let classes: BTreeSet<usize> = samples.iter().map(|s| s.class).collect();
        if classes.len() < 2 {
            return None;
        }
        let contents: BTreeSet<&str> = samples.iter().map(|s| s.sha256.as_str()).collect();
        let labelled: BTreeSet<(&str, usize)> =
            samples.iter().map(|s| (s.sha256.as_str(), s.class)).collect();
        Some(ConflictingLabels {
            classes: classes.iter().map(|&c| dataset.classes[c].clone()).collect(),
            relative_paths: samples.iter().map(|s| s.relative_path.clone()).collect(),
            identical: labelled.len() > contents.len(),
        })
    };
    duplicates.groups().iter().filter_map(describe).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::NearDuplicateRule;
    use crate::dataset::testing::dataset;

    #[test]
    fn the_same_picture_in_two_classes_is_reported() {
        let entry = |path: &str, class, seed| (path.to_owned(), class, "s".to_owned(), seed);
        let mut data = dataset(
            &["a", "b"],
            &[
                entry("a/1.jpg", 0, 1),
                entry("a/2.jpg", 0, 2),
                entry("a/3.jpg", 0, 2),
                entry("a/5.jpg", 0, 5),
                entry("b/1.jpg", 1, 1),
                entry("b/5.jpg", 1, 5),
            ],
        );
        // The same look from other bytes.
        data.samples[5].sha256 = "f".repeat(64);
        let duplicates = NearDuplicates::find(&data, &NearDuplicateRule::default());
        let conflicts = conflicting_labels(&data, &duplicates);
        let conflict = |paths: [&str; 2], identical| ConflictingLabels {
            classes: vec!["a".into(), "b".into()],
            relative_paths: paths.map(String::from).to_vec(),
            identical,
        };
        let expected =
            [conflict(["a/1.jpg", "b/1.jpg"], true), conflict(["a/5.jpg", "b/5.jpg"], false)];
        assert_eq!(conflicts, expected);
    }
}
