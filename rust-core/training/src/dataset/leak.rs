//! Proof that a split does not leak, worked out from its parts alone.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::catalog::Dataset;
use super::error::SplitError;
use super::near_duplicates::NearDuplicates;
use super::partition::Relaxation;
use super::source::UNKNOWN_SOURCE;
use super::split::Split;

/// What stands in more than one part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeakReport {
    /// Near-duplicate clusters with members in two parts, by relative path. Always empty for a
    /// split made by this crate on this data set.
    pub clusters_in_two_parts: Vec<Vec<String>>,
    /// Sorted by name.
    pub sources_in_two_parts: Vec<SharedSource>,
}

/// A source with pictures in more than one part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SharedSource {
    /// Its name.
    pub source: String,
    /// Pictures per part and class.
    pub parts: BTreeMap<String, BTreeMap<String, usize>>,
    /// Why; empty when the split's own record does not explain it.
    pub reasons: Vec<SharedReason>,
}

/// Why a source is in two parts.
// The variants say what their fields are.
#[allow(missing_docs)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SharedReason {
    /// The class could not be divided by source.
    Divided { class: String },
    /// The class parts from the other classes of this source.
    Detached { class: String },
    /// Some of its pictures are near-duplicates of pictures of these sources, and stay with them.
    Bridged { with: Vec<String> },
    /// Nothing is known of where these pictures come from.
    UnknownSource,
}

impl LeakReport {
    /// True when no cluster is in two parts and every shared source has a recorded reason.
    pub fn is_clean(&self) -> bool {
        self.clusters_in_two_parts.is_empty()
            && self.sources_in_two_parts.iter().all(|shared| !shared.reasons.is_empty())
    }
}

impl Split {
    /// Looks for near-duplicates and sources in two parts; fails like [`Split::indices`].
    pub fn leak_report(
        &self,
        dataset: &Dataset,
        duplicates: &NearDuplicates,
    ) -> Result<LeakReport, SplitError> {
        let indices = self.indices(dataset)?;
        let mut part_of = vec![""; dataset.samples.len()];
        let parts = [
            ("train", &indices.train),
            ("validation", &indices.validation),
            ("test", &indices.test),
        ];
        for (name, indices) in parts {
            for &i in indices {
                part_of[i] = name;
            }
        }
        let path = |&i: &usize| dataset.samples[i].relative_path.clone();
        let clusters_in_two_parts = duplicates
            .groups()
            .iter()
            .filter(|group| group.iter().map(|&i| part_of[i]).collect::<BTreeSet<_>>().len() > 1)
            .map(|group| group.iter().map(path).collect())
            .collect();

        let mut sources: BTreeMap<&str, BTreeMap<String, BTreeMap<String, usize>>> =
            BTreeMap::new();
        for (sample, part) in dataset.samples.iter().zip(&part_of) {
            let parts = sources.entry(&sample.source).or_default();
            let classes = parts.entry((*part).to_owned()).or_default();
            *classes.entry(dataset.classes[sample.class].clone()).or_default() += 1;
        }
        let sources_in_two_parts = sources
            .into_iter()
            .filter(|(_, parts)| parts.len() > 1)
            .map(|(source, parts)| SharedSource {
                source: source.to_owned(),
                reasons: self.reasons(source),
                parts,
            })
            .collect();
        Ok(LeakReport { clusters_in_two_parts, sources_in_two_parts })
    }

    fn reasons(&self, source: &str) -> Vec<SharedReason> {
        if source == UNKNOWN_SOURCE {
            return vec![SharedReason::UnknownSource];
        }
        let mut bridged = BTreeSet::new();
        let mut reasons = Vec::new();
        for relaxation in &self.relaxations {
            match relaxation {
                Relaxation::SourceDivided { class, source: s } if s == source => {
                    reasons.push(SharedReason::Divided { class: class.clone() });
                }
                Relaxation::ClassDetached { class, source: s } if s == source => {
                    reasons.push(SharedReason::Detached { class: class.clone() });
                }
                Relaxation::BridgeCut { home, sources } if sources.iter().any(|s| s == source) => {
                    bridged.insert(home.clone());
                }
                _ => {}
            }
        }
        if !bridged.is_empty() {
            reasons.push(SharedReason::Bridged { with: bridged.into_iter().collect() });
        }
        reasons
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::testing::dataset;
    use crate::dataset::{NearDuplicateRule, SplitOptions};

    fn sample_set() -> Dataset {
        let mut samples = Vec::new();
        for i in 0..40 {
            // Pairs of the same picture.
            samples.push((format!("solo/{i:02}.jpg"), 0, "only".to_owned(), i / 2));
            let source = format!("source {}", i % 8);
            samples.push((format!("many/{i:02}.jpg"), 1, source, 100 + i));
        }
        dataset(&["solo", "many"], &samples)
    }

    #[test]
    fn a_split_of_ours_is_clean_and_explains_its_shared_source() {
        let data = sample_set();
        let duplicates = NearDuplicates::find(&data, &NearDuplicateRule::default());
        let split = Split::new(&data, &SplitOptions::default()).unwrap();
        let report = split.leak_report(&data, &duplicates).unwrap();
        assert!(report.is_clean());
        let [shared] = &report.sources_in_two_parts[..] else {
            panic!("{:?}", report.sources_in_two_parts);
        };
        assert_eq!(shared.source, "only");
        assert_eq!(shared.reasons, [SharedReason::Divided { class: "solo".into() }]);
        assert_eq!(shared.parts.len(), 3);
    }

    #[test]
    fn a_tampered_split_is_found_out() {
        let data = sample_set();
        let duplicates = NearDuplicates::find(&data, &NearDuplicateRule::default());
        let mut split = Split::new(&data, &SplitOptions::default()).unwrap();
        split.relaxations.clear();
        let moved = split.train.relative_paths.iter().position(|p| p.starts_with("solo")).unwrap();
        let path = split.train.relative_paths.remove(moved);
        split.test.relative_paths.push(path.clone());
        let report = split.leak_report(&data, &duplicates).unwrap();
        assert!(!report.is_clean());
        assert_eq!(report.clusters_in_two_parts.len(), 1);
        assert!(report.clusters_in_two_parts[0].contains(&path));
        assert!(report.sources_in_two_parts[0].reasons.is_empty());
    }
}
