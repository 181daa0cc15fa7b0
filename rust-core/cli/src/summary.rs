//! Counts by group and class.

use std::collections::BTreeMap;
use std::fmt;

use epic_core::Verdict;
use epic_core::gallery::ScanError;

/// Counts of a scan.
pub(crate) struct Summary {
    groups: Vec<GroupCount>,
    failed: usize,
}

struct GroupCount {
    name: String,
    classes: BTreeMap<String, usize>,
    unsure: usize,
}

impl Summary {
    pub(crate) fn new(groups: &[String]) -> Self {
        let group =
            |name: &String| GroupCount { name: name.clone(), classes: BTreeMap::new(), unsure: 0 };
        Self { groups: groups.iter().map(group).collect(), failed: 0 }
    }

    pub(crate) fn add(&mut self, outcome: &Result<Verdict, ScanError>) {
        let Ok(verdict) = outcome else {
            self.failed += 1;
            return;
        };
        let Some(group) = self.groups.iter_mut().find(|g| g.name == verdict.group) else {
            return;
        };
        if verdict.abstained {
            group.unsure += 1;
        } else {
            *group.classes.entry(verdict.class.clone()).or_default() += 1;
        }
    }

    /// Place of a group in the order of the taxonomy.
    pub(crate) fn position(&self, group: &str) -> usize {
        self.groups.iter().position(|known| known.name == group).unwrap_or(self.groups.len())
    }

    /// One line on all groups, for titles.
    pub(crate) fn headline(&self) -> String {
        let mut parts: Vec<_> =
            self.groups.iter().map(|group| format!("{} {}", group.total(), group.name)).collect();
        if self.failed > 0 {
            parts.push(format!("{} failed", self.failed));
        }
        parts.join(", ")
    }
}

impl GroupCount {
    fn total(&self) -> usize {
        self.classes.values().sum::<usize>() + self.unsure
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for group in &self.groups {
            write!(f, "{:<11} {:>6}", group.name, group.total())?;
            let mut classes: Vec<_> = group.classes.iter().collect();
            classes.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
            let mut parts: Vec<_> =
                classes.into_iter().map(|(class, count)| format!("{count} {class}")).collect();
            if group.unsure > 0 {
                parts.push(format!("{} unsure (?)", group.unsure));
            }
            match parts.as_slice() {
                [] => writeln!(f)?,
                parts => writeln!(f, "   {}", parts.join(", "))?,
            }
        }
        if self.failed > 0 {
            writeln!(f, "{:<11} {:>6}", "failed", self.failed)?;
        }
        Ok(())
    }
}
