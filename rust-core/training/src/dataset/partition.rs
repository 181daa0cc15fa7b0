//! Which samples may not be separated, and what gives way when a class cannot be divided so.
//!
//! The rule: pictures of one source stay together, whatever their classes, and so do the members of
//! a near-duplicate cluster; the connected components of both are the groups. Where a class would
//! then lack more than the allowed share of what a part should hold, the least harmful of these
//! steps that helps is taken, and recorded as a [`Relaxation`]:
//!
//! 1. clusters that tie several sources together follow the source most of their members come from;
//! 2. the class parts from the other classes of one of its sources, and still stays whole there;
//! 3. its largest source is divided into near-duplicate clusters: scores on this class are then
//!    scores on known sources.
//!
//! No step ever separates the members of a near-duplicate cluster. Pictures of an unknown source
//! are grouped by cluster only.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::search::{Goal, Unit, assign};
use super::source::UNKNOWN_SOURCE;
use super::union_find::UnionFind;

/// Every trial is a search of its own; a class's smaller shared sources hardly ever decide.
const MAX_DETACH_TRIALS: usize = 8;

/// A step away from "no source in two parts", taken because a class could not be divided otherwise.
// The variants say what their fields are.
#[allow(missing_docs)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Relaxation {
    /// A near-duplicate cluster of several sources went with `home`; `sources` lost those pictures.
    BridgeCut { home: String, sources: Vec<String> },
    /// The class's pictures of this source stay together, and may part from its other classes.
    ClassDetached { class: String, source: String },
    /// The class's pictures of this source were divided into near-duplicate clusters.
    SourceDivided { class: String, source: String },
}

/// A part that holds less of a class than the allowed share, and nothing is left to relax.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shortage {
    /// The class that lacks pictures.
    pub class: String,
    /// Number of the part: train 0, validation 1, test 2, or the fold.
    pub part: usize,
    /// Pictures the part holds.
    pub count: usize,
    /// Pictures its fraction asks for.
    pub expected: f64,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Item<'a> {
    pub class: usize,
    pub source: &'a str,
    pub cluster: usize,
}

#[derive(Debug)]
pub(super) struct Settings<'a> {
    pub classes: &'a [String],
    pub fractions: &'a [f64],
    pub minimum_share: f64,
    pub seed: u64,
}

#[derive(Debug)]
pub(super) struct Partition {
    pub part_of: Vec<usize>,
    pub relaxations: Vec<Relaxation>,
    pub shortages: Vec<Shortage>,
}

/// Puts every item into a part; the result depends on the order of the items and the seed only.
pub(super) fn partition(items: &[Item], settings: &Settings) -> Partition {
    let mut totals = vec![0; settings.classes.len()];
    for item in items {
        totals[item.class] += 1;
    }
    let goal = Goal {
        class_totals: totals,
        fractions: settings.fractions.to_vec(),
        minimum_share: settings.minimum_share,
    };
    let solver = Solver { items, goal, seed: settings.seed };
    let mut attempt = solver.attempt(Relaxed::default());
    let mut exhausted = BTreeSet::new();
    while let Some(class) = solver.shortest_class(&attempt, &exhausted) {
        match solver.relax(&attempt, class) {
            Some(next) => attempt = next,
            None => {
                exhausted.insert(class);
            }
        }
    }
    Partition {
        relaxations: attempt.relaxed.describe(settings.classes),
        shortages: solver.shortages(&attempt, settings.classes),
        part_of: attempt.part_of,
    }
}

/// What holds an item to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Tie<'a> {
    Source(&'a str),
    ClassSource(&'a str, usize),
    Cluster(usize),
}

impl Tie<'_> {
    fn source(&self) -> Option<&str> {
        match self {
            Tie::Source(source) | Tie::ClassSource(source, _) => Some(source),
            Tie::Cluster(_) => None,
        }
    }
}

#[derive(Debug, Clone, Default)]
struct Relaxed<'a> {
    /// Cut clusters with their home and the other sources.
    cut: BTreeMap<usize, (&'a str, BTreeSet<&'a str>)>,
    detached: BTreeSet<(usize, &'a str)>,
    divided: BTreeSet<(usize, &'a str)>,
}

impl<'a> Relaxed<'a> {
    fn tie(&self, item: &Item<'a>) -> Tie<'a> {
        let key = (item.class, item.source);
        if item.source == UNKNOWN_SOURCE || self.divided.contains(&key) {
            Tie::Cluster(item.cluster)
        } else if self.detached.contains(&key) {
            Tie::ClassSource(item.source, item.class)
        } else {
            Tie::Source(item.source)
        }
    }

    fn describe(&self, classes: &[String]) -> Vec<Relaxation> {
        let cut = self.cut.values().map(|(home, sources)| Relaxation::BridgeCut {
            home: (*home).to_owned(),
            sources: sources.iter().map(|s| (*s).to_owned()).collect(),
        });
        let name = |&(class, source): &(usize, &str)| (classes[class].clone(), source.to_owned());
        let detached = self.detached.difference(&self.divided).map(name);
        let divided = self.divided.iter().map(name);
        cut.chain(detached.map(|(class, source)| Relaxation::ClassDetached { class, source }))
            .chain(divided.map(|(class, source)| Relaxation::SourceDivided { class, source }))
            .collect()
    }
}

struct Attempt<'a> {
    relaxed: Relaxed<'a>,
    /// Group and part of every item.
    group_of: Vec<usize>,
    part_of: Vec<usize>,
    /// `counts[class][part]`
    counts: Vec<Vec<usize>>,
}

struct Solver<'a> {
    items: &'a [Item<'a>],
    goal: Goal,
    seed: u64,
}

impl<'a> Solver<'a> {
    fn attempt(&self, relaxed: Relaxed<'a>) -> Attempt<'a> {
        let group_of = self.groups(&relaxed);
        let mut units: Vec<BTreeMap<usize, usize>> = Vec::new();
        for (item, &group) in self.items.iter().zip(&group_of) {
            units.resize_with(units.len().max(group + 1), BTreeMap::new);
            *units[group].entry(item.class).or_default() += 1;
        }
        let units: Vec<Unit> = units.into_iter().map(|unit| unit.into_iter().collect()).collect();
        let part_of_group = assign(&units, &self.goal, self.seed);
        let part_of: Vec<usize> = group_of.iter().map(|&group| part_of_group[group]).collect();
        let mut counts = vec![vec![0; self.goal.fractions.len()]; self.goal.class_totals.len()];
        for (item, &part) in self.items.iter().zip(&part_of) {
            counts[item.class][part] += 1;
        }
        Attempt { relaxed, group_of, part_of, counts }
    }

    /// Connected components, numbered by first appearance.
    fn groups(&self, relaxed: &Relaxed<'a>) -> Vec<usize> {
        let mut sets = UnionFind::new(self.items.len());
        let (mut by_tie, mut by_cluster) = (HashMap::new(), HashMap::new());
        for (i, item) in self.items.iter().enumerate() {
            let follows_home =
                relaxed.cut.get(&item.cluster).is_some_and(|(home, _)| *home != item.source);
            if !follows_home {
                sets.union(i, *by_tie.entry(relaxed.tie(item)).or_insert(i));
            }
            sets.union(i, *by_cluster.entry(item.cluster).or_insert(i));
        }
        sets.labels()
    }

    fn lack(&self, attempt: &Attempt, class: usize) -> f64 {
        attempt.counts[class]
            .iter()
            .enumerate()
            .map(|(part, &count)| self.goal.lack(class, part, count))
            .sum()
    }

    fn shortest_class(&self, attempt: &Attempt, exhausted: &BTreeSet<usize>) -> Option<usize> {
        (0..self.goal.class_totals.len())
            .filter(|class| !exhausted.contains(class))
            .map(|class| (class, self.lack(attempt, class)))
            .filter(|(_, lack)| *lack > 0.0)
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
            .map(|(class, _)| class)
    }

    /// The next attempt for a class that lacks samples somewhere; `None` when nothing is left.
    fn relax(&self, attempt: &Attempt<'a>, class: usize) -> Option<Attempt<'a>> {
        let cut = self.with_cuts(attempt, self.largest_group(attempt, class)?);
        let bases = [Some(&attempt.relaxed), cut.as_ref()];
        let shared = self.shared_sources(&attempt.relaxed, class);
        let detached = bases.into_iter().flatten().flat_map(|base| {
            shared.iter().map(|source| {
                let mut relaxed = base.clone();
                relaxed.detached.insert((class, *source));
                relaxed
            })
        });
        for relaxed in cut.clone().into_iter().chain(detached) {
            let next = self.attempt(relaxed);
            if self.lack(&next, class) == 0.0 {
                return Some(next);
            }
        }
        self.with_divided(attempt, class).map(|relaxed| self.attempt(relaxed))
    }

    fn largest_group(&self, attempt: &Attempt, class: usize) -> Option<usize> {
        largest(self.members(class).map(|i| attempt.group_of[i]))
    }

    fn members(&self, class: usize) -> impl Iterator<Item = usize> {
        (0..self.items.len()).filter(move |&i| self.items[i].class == class)
    }

    /// Cuts every cluster of the group that ties different sources together.
    fn with_cuts(&self, attempt: &Attempt<'a>, group: usize) -> Option<Relaxed<'a>> {
        let mut relaxed = attempt.relaxed.clone();
        let mut members: BTreeMap<usize, Vec<&Item<'a>>> = BTreeMap::new();
        for (item, _) in self.items.iter().zip(&attempt.group_of).filter(|(_, g)| **g == group) {
            members.entry(item.cluster).or_default().push(item);
        }
        for (cluster, members) in members {
            let tied = members.iter().filter(|m| relaxed.tie(m).source().is_some());
            let mut sources: BTreeSet<&str> = tied.clone().map(|m| m.source).collect();
            if sources.len() > 1
                && !relaxed.cut.contains_key(&cluster)
                && let Some(home) = largest(tied.map(|m| m.source))
            {
                sources.remove(home);
                relaxed.cut.insert(cluster, (home, sources));
            }
        }
        (relaxed.cut.len() > attempt.relaxed.cut.len()).then_some(relaxed)
    }

    /// The class's largest sources that still tie it to other classes, largest first.
    fn shared_sources(&self, relaxed: &Relaxed<'a>, class: usize) -> Vec<&'a str> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for item in self.members(class).map(|i| &self.items[i]) {
            if let Tie::Source(source) = relaxed.tie(item) {
                *counts.entry(source).or_default() += 1;
            }
        }
        let other = |item: &Item<'a>| item.class != class;
        let elsewhere: BTreeSet<&str> =
            self.items.iter().filter(|i| other(i)).map(|i| i.source).collect();
        let mut shared: Vec<(usize, &str)> = counts
            .into_iter()
            .filter(|(source, _)| elsewhere.contains(source))
            .map(|(source, count)| (count, source))
            .collect();
        shared.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        shared.truncate(MAX_DETACH_TRIALS);
        shared.into_iter().map(|(_, source)| source).collect()
    }

    /// Divides the class's largest source that still holds two clusters together.
    fn with_divided(&self, attempt: &Attempt<'a>, class: usize) -> Option<Relaxed<'a>> {
        let mut relaxed = attempt.relaxed.clone();
        let mut clusters: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for item in self.members(class).map(|i| &self.items[i]) {
            if relaxed.tie(item).source().is_some() {
                clusters.entry(item.source).or_default().insert(item.cluster);
            }
        }
        let (source, _) = clusters
            .into_iter()
            .filter(|(_, clusters)| clusters.len() > 1)
            .max_by(|a, b| a.1.len().cmp(&b.1.len()).then(b.0.cmp(a.0)))?;
        relaxed.divided.insert((class, source));
        Some(relaxed)
    }

    fn shortages(&self, attempt: &Attempt, classes: &[String]) -> Vec<Shortage> {
        let mut shortages = Vec::new();
        for (class, counts) in attempt.counts.iter().enumerate() {
            for (part, &count) in counts.iter().enumerate() {
                if self.goal.lack(class, part, count) > 0.0 {
                    let expected = self.goal.expected(class, part);
                    let class = classes[class].clone();
                    shortages.push(Shortage { class, part, count, expected });
                }
            }
        }
        shortages
    }
}

/// The most frequent value; the smallest of several.
fn largest<T: Ord>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    let most = counts.values().copied().max()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SplitMix64;

    const FRACTIONS: [f64; 3] = [0.7, 0.15, 0.15];

    fn divide(items: &[Item], classes: &[&str], fractions: &[f64], seed: u64) -> Partition {
        let classes: Vec<String> = classes.iter().map(|c| (*c).to_owned()).collect();
        let settings = Settings { classes: &classes, fractions, minimum_share: 1.0 / 3.0, seed };
        partition(items, &settings)
    }

    /// `(class, source, pictures)`, every picture its own cluster.
    fn items<'a>(groups: &[(usize, &'a str, usize)]) -> Vec<Item<'a>> {
        groups
            .iter()
            .flat_map(|&(class, source, n)| (0..n).map(move |_| (class, source)))
            .enumerate()
            .map(|(cluster, (class, source))| Item { class, source, cluster })
            .collect()
    }

    fn parts_of(items: &[Item], partition: &Partition, keep: impl Fn(&Item) -> bool) -> Vec<usize> {
        let kept = items.iter().zip(&partition.part_of).filter(|(item, _)| keep(item));
        kept.map(|(_, &part)| part).collect::<BTreeSet<_>>().into_iter().collect()
    }

    #[test]
    fn sources_stay_whole_when_that_is_possible() {
        let items = items(&[
            (0, "a", 60),
            (0, "b", 20),
            (0, "c", 20),
            (1, "a", 10),
            (1, "d", 3),
            (1, "e", 3),
        ]);
        let result = divide(&items, &["x", "y"], &FRACTIONS, 4);
        assert!(result.relaxations.is_empty() && result.shortages.is_empty());
        for source in ["a", "b", "c", "d", "e"] {
            assert_eq!(parts_of(&items, &result, |i| i.source == source).len(), 1, "{source}");
        }
    }

    #[test]
    fn a_class_of_one_source_is_divided_and_recorded() {
        let items = items(&[(0, "a", 60), (1, "b", 60), (1, "c", 20), (1, "d", 20)]);
        let result = divide(&items, &["x", "y"], &FRACTIONS, 0);
        let expected = Relaxation::SourceDivided { class: "x".into(), source: "a".into() };
        assert_eq!(result.relaxations, [expected]);
        let count = |part| result.part_of[..60].iter().filter(|&&p| p == part).count();
        assert_eq!([count(0), count(1), count(2)], [42, 9, 9]);
    }

    #[test]
    fn a_divided_source_stays_whole_for_its_other_classes() {
        let items = items(&[(0, "a", 40), (1, "a", 60), (1, "c", 20), (1, "d", 20)]);
        let result = divide(&items, &["x", "y"], &FRACTIONS, 0);
        assert_eq!(result.relaxations.len(), 1);
        assert_eq!(parts_of(&items, &result, |i| i.class == 0).len(), 3);
        assert_eq!(parts_of(&items, &result, |i| i.class == 1 && i.source == "a").len(), 1);
    }

    #[test]
    fn a_bridge_is_cut_before_a_source_is_divided() {
        let mut items = items(&[(0, "a", 70), (0, "b", 15), (0, "c", 15)]);
        items[70].cluster = items[0].cluster;
        items[71].cluster = items[0].cluster;
        items[85].cluster = items[0].cluster;
        let result = divide(&items, &["x"], &FRACTIONS, 0);
        let cut = Relaxation::BridgeCut { home: "b".into(), sources: vec!["a".into(), "c".into()] };
        assert_eq!(result.relaxations, [cut]);
        assert_eq!(parts_of(&items, &result, |i| i.cluster == 0).len(), 1);
        assert_eq!(parts_of(&items, &result, |i| i.source == "b").len(), 1);
        assert!(result.shortages.is_empty());
    }

    #[test]
    fn a_class_leaves_a_shared_source_before_it_is_divided() {
        // y needs p for training, and x can fill three parts only with p somewhere else.
        let items = items(&[
            (0, "p", 10),
            (0, "q", 10),
            (0, "r", 80),
            (1, "p", 300),
            (1, "s", 30),
            (1, "t", 30),
        ]);
        let result = divide(&items, &["x", "y"], &FRACTIONS, 0);
        let expected = Relaxation::ClassDetached { class: "x".into(), source: "p".into() };
        assert_eq!(result.relaxations, [expected]);
        for (class, source) in [(0, "p"), (0, "q"), (0, "r"), (1, "p")] {
            let whole = |i: &Item| i.source == source && i.class == class;
            assert_eq!(parts_of(&items, &result, whole).len(), 1);
        }
        assert!(result.shortages.is_empty());
    }

    #[test]
    fn tiny_classes_fill_what_they_can_and_say_what_they_lack() {
        for n in 1..=3 {
            let items = items(&[(0, "a", n), (1, "b", 70), (1, "c", 15), (1, "d", 15)]);
            let result = divide(&items, &["tiny", "y"], &FRACTIONS, 0);
            assert_eq!(result.part_of.len(), items.len());
            assert_eq!(parts_of(&items, &result, |i| i.class == 0).len(), n);
            assert!(result.part_of[..n].contains(&0), "training comes first");
            assert_eq!(result.shortages.len(), 3 - n);
            assert!(result.shortages.iter().all(|s| s.class == "tiny" && s.count == 0));
        }
    }

    #[test]
    fn pictures_of_unknown_source_are_grouped_by_cluster_only() {
        let mut items = items(&[(0, UNKNOWN_SOURCE, 40), (1, UNKNOWN_SOURCE, 40)]);
        items[1].cluster = 0;
        let result = divide(&items, &["x", "y"], &FRACTIONS, 0);
        assert!(result.relaxations.is_empty() && result.shortages.is_empty());
        assert_eq!(result.part_of[0], result.part_of[1]);
        assert_eq!(parts_of(&items, &result, |i| i.class == 0).len(), 3);
    }

    #[test]
    fn no_random_data_set_leaks() {
        let names: Vec<String> = (0..12).map(|i| format!("source {i}")).collect();
        for seed in 0..60 {
            let mut rng = SplitMix64::new(seed);
            let classes = 1 + rng.below(4);
            let items: Vec<Item> = (0..1 + rng.below(150))
                .map(|_| {
                    let source = match rng.below(13) {
                        12 => UNKNOWN_SOURCE,
                        i => names[i * rng.below(2)].as_str(),
                    };
                    Item { class: rng.below(classes), source, cluster: rng.below(100) }
                })
                .collect();
            let names = &["a", "b", "c", "d"][..classes];
            let fractions = if seed % 2 == 0 { &FRACTIONS[..] } else { &[0.25; 4] };
            let result = divide(&items, names, fractions, seed);
            assert_eq!(result.part_of.len(), items.len());
            assert!(result.part_of.iter().all(|&part| part < fractions.len()));
            assert_eq!(divide(&items, names, fractions, seed).part_of, result.part_of);
            for cluster in 0..100 {
                let parts = parts_of(&items, &result, |i| i.cluster == cluster);
                assert!(parts.len() <= 1, "seed {seed}, cluster {cluster}");
            }
            if result.relaxations.is_empty() {
                for source in items.iter().map(|i| i.source).filter(|s| *s != UNKNOWN_SOURCE) {
                    assert_eq!(parts_of(&items, &result, |i| i.source == source).len(), 1);
                }
            }
        }
    }
}
