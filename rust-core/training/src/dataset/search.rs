//! Puts indivisible groups of samples into parts so that every class comes close to its fractions.
//!
//! The idea is that of scikit-learn's `StratifiedGroupKFold`: groups by descending spread of their
//! class counts, each into the part where the deviation stays least. Here parts may be unequal, the
//! deviation is a chi-square per class, and the greedy start is improved by moves and swaps from
//! several seeded starts.

use crate::random::SplitMix64;

/// Weight of a sample that a part lacks of its minimum: above any chi-square, so that filling every
/// part comes before exact fractions.
const SHORTFALL_WEIGHT: f64 = 100.0;
const RESTARTS: usize = 24;
/// With many small groups the greedy start is already exact.
const RESTARTS_WHEN_MANY: usize = 2;
const MANY_UNITS: usize = 4_000;
const MAX_PASSES: usize = 30;
/// Swaps are tried among the largest groups only; moves settle the small ones.
const SWAPPED_UNITS: usize = 60;

/// Samples that must stay together: (class, count) pairs.
pub(super) type Unit = Vec<(usize, usize)>;

/// What a good assignment is.
#[derive(Debug)]
pub(super) struct Goal {
    pub class_totals: Vec<usize>,
    /// One per part; 0 leaves the part empty.
    pub fractions: Vec<f64>,
    /// Every part should hold this share of what its fraction asks for.
    pub minimum_share: f64,
}

impl Goal {
    pub(super) fn expected(&self, class: usize, part: usize) -> f64 {
        self.class_totals[class] as f64 * self.fractions[part]
    }

    /// How much of its minimum the class lacks in this part, as a share of the class.
    pub(super) fn lack(&self, class: usize, part: usize, count: usize) -> f64 {
        let minimum = self.minimum_share * self.expected(class, part);
        (minimum - count as f64).max(0.0) / self.class_totals[class].max(1) as f64
    }

    fn cost(&self, class: usize, counts: &[usize]) -> f64 {
        let total = self.class_totals[class].max(1) as f64;
        counts
            .iter()
            .enumerate()
            .filter(|(part, _)| self.fractions[*part] > 0.0)
            .map(|(part, &count)| {
                let expected = self.expected(class, part);
                let deviation = (count as f64 - expected).powi(2) / expected.max(1e-9) / total;
                deviation + SHORTFALL_WEIGHT * self.lack(class, part, count)
            })
            .sum()
    }
}

/// The part of every unit.
pub(super) fn assign(units: &[Unit], goal: &Goal, seed: u64) -> Vec<usize> {
    let restarts = if units.len() > MANY_UNITS { RESTARTS_WHEN_MANY } else { RESTARTS };
    let mut rng = SplitMix64::new(seed);
    let mut best: Option<State> = None;
    for _ in 0..restarts {
        let mut state = State::start(units, goal, &mut rng);
        state.improve(&mut rng);
        if best.as_ref().is_none_or(|best| state.total() < best.total() - 1e-9) {
            best = Some(state);
        }
    }
    best.map(|state| state.part_of).unwrap_or_default()
}

struct State<'a> {
    units: &'a [Unit],
    goal: &'a Goal,
    /// Parts with a positive fraction.
    parts: Vec<usize>,
    part_of: Vec<usize>,
    /// `counts[class][part]`
    counts: Vec<Vec<usize>>,
    costs: Vec<f64>,
}

impl<'a> State<'a> {
    fn start(units: &'a [Unit], goal: &'a Goal, rng: &mut SplitMix64) -> Self {
        let classes = goal.class_totals.len();
        let counts = vec![vec![0; goal.fractions.len()]; classes];
        let costs = (0..classes).map(|class| goal.cost(class, &counts[class])).collect();
        let parts = (0..goal.fractions.len()).filter(|&p| goal.fractions[p] > 0.0).collect();
        let part_of = vec![usize::MAX; units.len()];
        let mut state = Self { units, goal, parts, part_of, counts, costs };
        let mut order: Vec<(f64, usize)> = (0..units.len())
            .map(|unit| (spread(&units[unit], classes) * (0.5 + rng.unit()), unit))
            .collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        for (_, unit) in order {
            let part = state.best_part(unit, rng);
            state.place(unit, part);
        }
        state
    }

    fn total(&self) -> f64 {
        self.costs.iter().sum()
    }

    /// Cheapest part for a unit that is in none.
    fn best_part(&mut self, unit: usize, rng: &mut SplitMix64) -> usize {
        let mut parts = self.parts.clone();
        rng.shuffle(&mut parts);
        let mut best = (f64::INFINITY, parts[0]);
        for part in parts {
            let mut change = 0.0;
            for &(class, count) in &self.units[unit] {
                self.counts[class][part] += count;
                change += self.goal.cost(class, &self.counts[class]) - self.costs[class];
                self.counts[class][part] -= count;
            }
            if change < best.0 {
                best = (change, part);
            }
        }
        best.1
    }

    fn place(&mut self, unit: usize, part: usize) {
        for &(class, count) in &self.units[unit] {
            self.counts[class][part] += count;
            self.costs[class] = self.goal.cost(class, &self.counts[class]);
        }
        self.part_of[unit] = part;
    }

    fn remove(&mut self, unit: usize) -> usize {
        let part = self.part_of[unit];
        for &(class, count) in &self.units[unit] {
            self.counts[class][part] -= count;
            self.costs[class] = self.goal.cost(class, &self.counts[class]);
        }
        part
    }

    fn improve(&mut self, rng: &mut SplitMix64) {
        let mut order: Vec<usize> = (0..self.units.len()).collect();
        let mut large = order.clone();
        large.sort_by_key(|&unit| {
            (usize::MAX - self.units[unit].iter().map(|(_, n)| n).sum::<usize>(), unit)
        });
        large.truncate(SWAPPED_UNITS);
        for _ in 0..MAX_PASSES {
            let before = self.total();
            rng.shuffle(&mut order);
            for &unit in &order {
                let cost = self.total();
                let old = self.remove(unit);
                let part = self.best_part(unit, rng);
                self.place(unit, part);
                if self.total() > cost - 1e-12 {
                    self.remove(unit);
                    self.place(unit, old);
                }
            }
            for (i, &a) in large.iter().enumerate() {
                for &b in &large[i + 1..] {
                    self.try_swap(a, b);
                }
            }
            if self.total() > before - 1e-9 {
                break;
            }
        }
    }

    fn try_swap(&mut self, a: usize, b: usize) {
        if self.part_of[a] == self.part_of[b] {
            return;
        }
        let cost = self.total();
        let (part_a, part_b) = (self.remove(a), self.remove(b));
        self.place(a, part_b);
        self.place(b, part_a);
        if self.total() > cost - 1e-12 {
            self.remove(a);
            self.remove(b);
            self.place(a, part_a);
            self.place(b, part_b);
        }
    }
}

/// Standard deviation of a unit's class counts: large ones of few classes are hard to place.
fn spread(unit: &Unit, classes: usize) -> f64 {
    let n = classes as f64;
    let sum: f64 = unit.iter().map(|&(_, count)| count as f64).sum();
    let squares: f64 = unit.iter().map(|&(_, count)| (count as f64).powi(2)).sum();
    (squares / n - (sum / n).powi(2)).max(0.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goal(class_totals: &[usize], fractions: &[f64]) -> Goal {
        let (class_totals, fractions) = (class_totals.to_vec(), fractions.to_vec());
        Goal { class_totals, fractions, minimum_share: 1.0 / 3.0 }
    }

    fn counts(units: &[Unit], parts: &[usize], classes: usize) -> Vec<Vec<usize>> {
        let mut counts = vec![vec![0; 1 + parts.iter().max().unwrap()]; classes];
        for (unit, &part) in units.iter().zip(parts) {
            for &(class, count) in unit {
                counts[class][part] += count;
            }
        }
        counts
    }

    #[test]
    fn an_exact_solution_is_found() {
        let units: Vec<Unit> = [30, 40, 10, 5, 15].iter().map(|&n| vec![(0, n), (1, n)]).collect();
        let parts = assign(&units, &goal(&[100, 100], &[0.7, 0.15, 0.15]), 1);
        assert_eq!(counts(&units, &parts, 2), [[70, 15, 15], [70, 15, 15]]);
    }

    #[test]
    fn single_samples_are_stratified_exactly() {
        let units: Vec<Unit> = (0..200).map(|i| vec![(i % 2, 1)]).collect();
        let parts = assign(&units, &goal(&[100, 100], &[0.2; 5]), 9);
        assert_eq!(counts(&units, &parts, 2), [[20; 5], [20; 5]]);
    }

    #[test]
    fn a_part_of_fraction_zero_stays_empty() {
        let units: Vec<Unit> = (0..10).map(|_| vec![(0, 1)]).collect();
        let parts = assign(&units, &goal(&[10], &[0.8, 0.2, 0.0]), 0);
        assert!(parts.iter().all(|&part| part < 2));
    }

    #[test]
    fn filling_every_part_beats_exact_fractions() {
        let units: Vec<Unit> = [48, 47, 5].iter().map(|&n| vec![(0, n)]).collect();
        let parts = assign(&units, &goal(&[100], &[0.7, 0.15, 0.15]), 0);
        let mut seen = parts.clone();
        seen.sort_unstable();
        assert_eq!(seen, [0, 1, 2]);
    }

    #[test]
    fn no_units_need_no_parts() {
        assert!(assign(&[], &goal(&[], &[1.0]), 0).is_empty());
    }
}
