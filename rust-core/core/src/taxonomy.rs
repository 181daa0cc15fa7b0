//! Classes and the groups that they belong to, as data.

use std::collections::BTreeMap;

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
    /// Coarser levels by name: their parents, and the classes of each. The groups are a level too, called
    /// [`GROUP_LEVEL`], and are not listed here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub levels: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// Name of the level whose parents are the groups.
pub const GROUP_LEVEL: &str = "group";

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
    /// A level leaves a class out, has it twice, or names one that there is not.
    #[error("level {level} does not give class {class} exactly one parent")]
    Level {
        /// The level.
        level: String,
        /// The class.
        class: String,
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
        self.levels.iter().try_for_each(|(level, parents)| self.check_level(level, parents))
    }

    fn check_level(
        &self,
        level: &str,
        parents: &BTreeMap<String, Vec<String>>,
    ) -> Result<(), TaxonomyError> {
        let broken = |class: &str| {
            Err(TaxonomyError::Level { level: level.to_owned(), class: class.to_owned() })
        };
        if level == GROUP_LEVEL {
            return Err(TaxonomyError::Duplicate { what: level.to_owned() });
        }
        check_names(parents.keys())?;
        let listed = || parents.values().flatten();
        if let Some(class) = listed().find(|class| self.class_index(class).is_none()) {
            return broken(class);
        }
        match self.classes.iter().find(|class| listed().filter(|c| **c == class.name).count() != 1)
        {
            Some(class) => broken(&class.name),
            None => Ok(()),
        }
    }

    /// The parents of a level and the position of each class's own among them; `None` if there is no such
    /// level.
    pub fn parents(&self, level: &str) -> Option<(Vec<String>, Vec<usize>)> {
        if level == GROUP_LEVEL {
            return Some((self.groups.clone(), self.class_to_group()));
        }
        let parents = self.levels.get(level)?;
        let of_class = self.classes.iter().map(|class| {
            let own = |(_, classes): &(&String, &Vec<String>)| classes.contains(&class.name);
            parents.iter().position(|parent| own(&parent)).unwrap_or(0)
        });
        Some((parents.keys().cloned().collect(), of_class.collect()))
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
            levels: [("legs".to_owned(), legs(&["cat", "dog"]))].into(),
        }
    }

    fn legs(four: &[&str]) -> BTreeMap<String, Vec<String>> {
        let four = four.iter().map(|&name| name.to_owned()).collect();
        [("six".to_owned(), vec!["fly".to_owned()]), ("four".to_owned(), four)].into()
    }

    #[test]
    fn levels_give_every_class_one_parent() {
        let parents = |level| animals().parents(level);
        let names = |names: [&str; 2]| names.map(str::to_owned).to_vec();
        assert_eq!(parents("legs"), Some((names(["four", "six"]), vec![0, 0, 1])));
        assert_eq!(parents("group"), Some((names(["keep", "toss"]), vec![0, 0, 1])));
        assert_eq!(parents("wings"), None);
        for four in [&["cat"][..], &["cat", "dog", "fly"], &["cat", "dog", "cow"]] {
            let mut taxonomy = animals();
            taxonomy.levels.insert("legs".to_owned(), legs(four));
            assert!(matches!(taxonomy.validate(), Err(TaxonomyError::Level { .. })), "{four:?}");
        }
        let mut taxonomy = animals();
        taxonomy.levels.insert("group".to_owned(), legs(&["cat", "dog"]));
        assert!(matches!(taxonomy.validate(), Err(TaxonomyError::Duplicate { .. })));
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
