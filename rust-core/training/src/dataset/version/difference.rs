//! What one version has and another has not.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::Version;

/// What tells two versions apart: content hashes by class, sorted. A picture that changed its class is in both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Only the second has them.
    pub added: BTreeMap<String, Vec<String>>,
    /// Only the first has them.
    pub removed: BTreeMap<String, Vec<String>>,
}

/// What `one` lacks of `other`; a picture that lies there more often counts for the rest.
pub(super) fn lacking(one: &Version, other: &Version) -> BTreeMap<String, Vec<String>> {
    let mut lacking = BTreeMap::new();
    for (class, sums) in &other.pictures {
        let mut left: HashMap<&str, usize> = HashMap::new();
        for sum in one.pictures.get(class).into_iter().flatten() {
            *left.entry(sum).or_default() += 1;
        }
        let mut new = sums.clone();
        new.retain(|sum| match left.get_mut(sum.as_str()) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        });
        if !new.is_empty() {
            lacking.insert(class.clone(), new);
        }
    }
    lacking
}
