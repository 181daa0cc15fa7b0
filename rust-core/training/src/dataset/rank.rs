//! Sort-and-prune: a class ordered by a number, for a person to remove the unwanted run (thesis, phase 1).

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::transaction::{Destination, Plan};

/// Which end comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The least value.
    #[default]
    Ascending,
    /// The greatest value.
    Descending,
}

/// A file and its value; `None` where the value is not defined for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// Path from the data set folder, with `/`.
    pub relative_path: String,
    /// What it is ordered by.
    pub value: Option<f64>,
}

/// Puts files in order; those without a value come last, equal ones by their path.
pub fn rank(files: &mut [Ranked], order: Order) {
    files.sort_by(|a, b| {
        let by_value = compare(a.value, b.value, order);
        by_value.then_with(|| a.relative_path.cmp(&b.relative_path))
    });
}

/// How two values stand to each other; missing ones come last in either order.
pub(crate) fn compare(a: Option<f64>, b: Option<f64>, order: Order) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if order == Order::Descending => b.total_cmp(&a),
        (Some(a), Some(b)) => a.total_cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

/// Renames ranked files so that a file manager shows them in order: `0000_img29.jpg`, as the thesis does. With
/// more than ten thousand files the numbers have more digits.
pub fn rank_plan(files: &[Ranked], by: &str) -> Plan {
    let digits = files.len().saturating_sub(1).max(1).ilog10() as usize + 1;
    let digits = digits.max(4);
    let moves = files.iter().enumerate().map(|(index, file)| {
        let path = &file.relative_path;
        let to = match path.rsplit_once('/') {
            Some((folder, name)) => format!("{folder}/{index:0digits$}_{name}"),
            None => format!("{index:0digits$}_{path}"),
        };
        (path.clone(), Destination::Path(to))
    });
    Plan { title: format!("rank: {} files by {by}", files.len()), moves: moves.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(values: &[(&str, Option<f64>)]) -> Vec<Ranked> {
        let file = |(path, value): &(&str, Option<f64>)| Ranked {
            relative_path: (*path).to_owned(),
            value: *value,
        };
        values.iter().map(file).collect()
    }

    fn paths(files: &[Ranked]) -> Vec<&str> {
        files.iter().map(|file| file.relative_path.as_str()).collect()
    }

    #[test]
    fn files_without_a_value_come_last_in_either_order() {
        let mut all = files(&[("c", None), ("b", Some(2.0)), ("a", Some(2.0)), ("d", Some(-1.0))]);
        rank(&mut all, Order::Ascending);
        assert_eq!(paths(&all), ["d", "a", "b", "c"]);
        rank(&mut all, Order::Descending);
        assert_eq!(paths(&all), ["a", "b", "d", "c"]);
    }

    #[test]
    fn names_are_those_of_the_thesis() {
        let plan = rank_plan(&files(&[("m/img29.jpg", None), ("m/x/صورة.png", None)]), "text");
        let to: Vec<_> = plan.moves.iter().map(|(_, to)| to.clone()).collect();
        let path = |path: &str| Destination::Path(path.to_owned());
        assert_eq!(to, [path("m/0000_img29.jpg"), path("m/x/0001_صورة.png")]);
        let many: Vec<_> = (0..10_001).map(|n| (format!("{n}.jpg"), None)).collect();
        let many: Vec<_> = many.iter().map(|(path, value)| (path.as_str(), *value)).collect();
        let plan = rank_plan(&files(&many), "text");
        assert_eq!(plan.moves[0].1, path("00000_0.jpg"));
    }
}
