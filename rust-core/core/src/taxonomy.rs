//! Classes and the groups that they belong to, as data.

use serde::{Deserialize, Serialize};

/// The classes that a pack tells apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Taxonomy {
    /// Name, for instance `epic10`.
    pub name: String,
    /// Groups, for instance `personal` and `irrelevant`.
    pub groups: Vec<String>,
    /// The group that a picture is treated as when the classifier abstains: the
    /// one whose pictures must not be lost.
    pub fallback_group: String,
    /// Classes in the order of the network's outputs.
    pub classes: Vec<Class>,
}

/// One label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// Stable identifier; the folder name of a data set.
    pub name: String,
    /// One of [`Taxonomy::groups`].
    pub group: String,
    /// What people read, in English.
    pub title: String,
    /// What people read, in Arabic.
    pub title_ar: String,
    /// What the class holds.
    pub description: String,
}

/// Why a taxonomy is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TaxonomyError {
    /// Fewer than two classes, or no group.
    #[error("taxonomy {name} needs at least two classes and one group")]
    TooSmall {
        /// Name of the taxonomy.
        name: String,
    },
    /// A class or group appears twice.
    #[error("{what} appears twice in the taxonomy")]
    Duplicate {
        /// The class or group.
        what: String,
    },
    /// A class or the fallback names a group that the taxonomy has not.
    #[error("the taxonomy has no group {group}")]
    UnknownGroup {
        /// The group.
        group: String,
    },
    /// A name is empty or would not do as a folder name.
    #[error("{name:?} cannot be a class or group name: use letters, digits, - and _")]
    InvalidName {
        /// The name.
        name: String,
    },
}

impl Taxonomy {
    /// Checks that names are unique and usable and that groups exist.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn validate(&self) -> Result<(), TaxonomyError> {
        if self.classes.len() < 2 || self.groups.is_empty() {
            return Err(TaxonomyError::TooSmall { name: self.name.clone() });
        }
        let classes = self.classes.iter().map(|class| &class.name);
        check_names(classes)?;
        check_names(self.groups.iter())?;
        let used = self.classes.iter().map(|class| &class.group);
        for group in used.chain([&self.fallback_group]) {
            if !self.groups.contains(group) {
                return Err(TaxonomyError::UnknownGroup { group: group.clone() });
            }
        }
        Ok(())
    }

    /// Position of a class among the outputs.
    pub fn class_index(&self, name: &str) -> Option<usize> {
        self.classes.iter().position(|class| class.name == name)
    }

    /// Position of a group.
    pub fn group_index(&self, name: &str) -> Option<usize> {
        self.groups.iter().position(|group| group == name)
    }

    /// For each class, the position of its group.
    pub fn class_to_group(&self) -> Vec<usize> {
        let index = |class: &Class| self.group_index(&class.group).unwrap_or(0);
        self.classes.iter().map(index).collect()
    }

    /// Class names in the order of the network's outputs.
    pub fn class_names(&self) -> Vec<String> {
        self.classes.iter().map(|class| class.name.clone()).collect()
    }
}

fn check_names<'a>(names: impl Iterator<Item = &'a String>) -> Result<(), TaxonomyError> {
    let mut seen = std::collections::HashSet::new();
    for name in names {
        let usable = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if name.is_empty() || !name.chars().all(usable) {
            return Err(TaxonomyError::InvalidName { name: name.clone() });
        }
        if !seen.insert(name) {
            return Err(TaxonomyError::Duplicate { what: name.clone() });
        }
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn animals() -> Taxonomy {
        let class = |name: &str, group: &str| Class {
            name: name.into(),
            group: group.into(),
            title: name.into(),
            title_ar: name.into(),
            description: String::new(),
        };
        Taxonomy {
            name: "animals".into(),
            groups: vec!["keep".into(), "toss".into()],
            fallback_group: "keep".into(),
            classes: vec![class("cat", "keep"), class("dog", "keep"), class("fly", "toss")],
        }
    }

    #[test]
    fn a_sound_taxonomy_passes() {
        assert_eq!(animals().validate(), Ok(()));
        assert_eq!(animals().class_to_group(), [0, 0, 1]);
    }

    #[test]
    fn each_rule_is_checked() {
        let broken = |change: fn(&mut Taxonomy)| {
            let mut taxonomy = animals();
            change(&mut taxonomy);
            taxonomy.validate().unwrap_err()
        };
        assert!(matches!(broken(|t| t.classes.truncate(1)), TaxonomyError::TooSmall { .. }));
        assert!(matches!(
            broken(|t| t.classes[0].name = "dog".into()),
            TaxonomyError::Duplicate { .. }
        ));
        assert!(matches!(
            broken(|t| t.fallback_group = "x".into()),
            TaxonomyError::UnknownGroup { .. }
        ));
        assert!(matches!(
            broken(|t| t.classes[0].name = "../up".into()),
            TaxonomyError::InvalidName { .. }
        ));
    }
}
