//! Which settings to try next.

use super::gp::GaussianProcess;
use super::space::{Domain, Field, Space, Values};
use crate::random::{GAMMA, SplitMix64, mix};

/// Trials at random before the process is asked: two per field, within these.
const FIRST: std::ops::RangeInclusive<usize> = 5..=12;
/// Points that the expected improvement is looked at: drawn from the whole space, and around the best trials.
const ANYWHERE: usize = 1000;
const NEARBY: usize = 200;
const CENTRES: usize = 3;
/// Spread of points around a centre.
const SPREADS: [f64; 3] = [0.2, 0.05, 0.01];
/// Draws of unknown values before a space counts as used up.
const DRAWS: usize = 2000;

/// Settings for trial `number`, from 1, given those that were tried with their costs: lower is better, `None` where
/// a trial failed. It depends on the arguments alone, so that a search that was killed goes on as it would have.
/// Settings that were tried are not named again: `None` when no others are found.
pub fn suggest(
    space: &Space,
    seed: u64,
    number: usize,
    tried: &[(Values, Option<f64>)],
) -> Option<Values> {
    let mut random = SplitMix64::new(mix(seed.wrapping_add(GAMMA)) ^ mix(number as u64));
    let is_new = |values: &Values| tried.iter().all(|(known, _)| known != values);
    let known: Vec<(Vec<f64>, Option<f64>)> = tried
        .iter()
        .filter_map(|(values, cost)| Some((space.coordinates(values)?, *cost)))
        .collect();
    let costs = || known.iter().filter_map(|(_, cost)| *cost);
    let first = (2 * space.fields.len()).clamp(*FIRST.start(), *FIRST.end());
    if known.len() < first || costs().count() < 2 {
        return (0..DRAWS).map(|_| space.values(&anywhere(space, &mut random))).find(is_new);
    }
    // A failed trial is as bad as the worst, so that its neighbourhood is left.
    let worst = costs().fold(f64::NEG_INFINITY, f64::max);
    let values: Vec<f64> = known.iter().map(|(_, cost)| cost.unwrap_or(worst)).collect();
    let points = known.iter().map(|(point, _)| space.embedded(point)).collect();
    let process = GaussianProcess::fit(points, &values, &space.owners());
    // The best of what is believed, not of what was measured: measurements are noisy.
    let believed = |point: &[f64]| process.predict(&space.embedded(point)).0;
    let mut centres: Vec<(&[f64], f64)> =
        known.iter().map(|(point, _)| (point.as_slice(), believed(point))).collect();
    centres.sort_by(|a, b| a.1.total_cmp(&b.1));
    let best = centres[0].1;

    let mut candidates: Vec<Vec<f64>> =
        (0..ANYWHERE).map(|_| anywhere(space, &mut random)).collect();
    for (centre, _) in centres.iter().take(CENTRES) {
        candidates.extend((0..NEARBY).map(|_| nearby(space, centre, &mut random)));
    }
    let mut chosen: Option<(Values, f64)> = None;
    for candidate in candidates {
        let values = space.values(&candidate);
        // Where the integers and choices really are.
        let Some(point) = space.coordinates(&values) else { continue };
        let (mean, deviation) = process.predict(&space.embedded(&point));
        let improvement = expected_improvement(mean, deviation, best);
        if chosen.as_ref().is_none_or(|(_, most)| improvement > *most) && is_new(&values) {
            chosen = Some((values, improvement));
        }
    }
    chosen.map(|(values, _)| values)
}

fn anywhere(space: &Space, random: &mut SplitMix64) -> Vec<f64> {
    space.fields.iter().map(|_| random.unit()).collect()
}

/// At least one field moved a little; choices are drawn anew.
fn nearby(space: &Space, centre: &[f64], random: &mut SplitMix64) -> Vec<f64> {
    let spread = SPREADS[random.below(SPREADS.len())];
    let fields = space.fields.len();
    let certain = random.below(fields);
    let moved = |(at, (field, &value)): (usize, (&Field, &f64))| {
        if at != certain && random.unit() < 0.5 {
            return value;
        }
        let (a, b) = (random.unit(), random.unit());
        match field.domain {
            Domain::Choices(_) => a,
            // A triangle is near enough to a bell.
            _ => (value + spread * 2.0 * (a - b)).clamp(0.0, 1.0),
        }
    };
    space.fields.iter().zip(centre).enumerate().map(moved).collect()
}

/// How much lower than `best` the cost is expected to be, counting 0 where it is higher (Jones, Schonlau and Welch,
/// "Efficient global optimization of expensive black-box functions", 1998).
fn expected_improvement(mean: f64, deviation: f64, best: f64) -> f64 {
    if deviation <= 0.0 {
        return (best - mean).max(0.0);
    }
    let z = (best - mean) / deviation;
    let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
    (best - mean) * normal_distribution(z) + deviation * density
}

/// Φ to 1e-5 (Abramowitz and Stegun 26.2.16): only the order of candidates hangs on it.
fn normal_distribution(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.33267 * z.abs());
    let tail = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt()
        * t
        * (0.436_183_6 + t * (-0.120_167_6 + t * 0.937_298));
    if z < 0.0 { tail } else { 1.0 - tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(text: &str) -> Space {
        Space::from_toml(&toml::from_str(text).unwrap()).unwrap()
    }

    fn number(values: &Values, path: &str) -> f64 {
        values[path].as_f64().unwrap()
    }

    /// The lowest cost after so many trials.
    fn searched(
        space: &Space,
        seed: u64,
        trials: usize,
        cost: impl Fn(&Values) -> Option<f64>,
    ) -> f64 {
        let mut tried = Vec::new();
        for trial in 1..=trials {
            let values = suggest(space, seed, trial, &tried).unwrap();
            let cost = cost(&values);
            tried.push((values, cost));
        }
        tried.into_iter().filter_map(|(_, cost)| cost).fold(f64::INFINITY, f64::min)
    }

    fn drawn(
        space: &Space,
        seed: u64,
        trials: usize,
        cost: impl Fn(&Values) -> Option<f64>,
    ) -> f64 {
        let mut random = SplitMix64::new(seed);
        let draws = (0..trials).map(|_| space.values(&anywhere(space, &mut random)));
        draws.filter_map(|values| cost(&values)).fold(f64::INFINITY, f64::min)
    }

    /// Branin's function, whose least value is 0.397887.
    fn branin(values: &Values) -> Option<f64> {
        use std::f64::consts::PI;
        let (x, y) = (number(values, "x"), number(values, "y"));
        let square = (y - 5.1 / (4.0 * PI * PI) * x * x + 5.0 / PI * x - 6.0).powi(2);
        Some(square + 10.0 * (1.0 - 1.0 / (8.0 * PI)) * x.cos() + 10.0)
    }

    #[test]
    fn branins_least_value_is_found_and_chance_does_not_find_it() {
        let space = space("x = { low = -5.0, high = 10.0 }\ny = { low = 0.0, high = 15.0 }");
        let gap = |found: f64| found - 0.397_887;
        let (mut ours, mut chance) = (Vec::new(), Vec::new());
        for seed in 0..5 {
            ours.push(gap(searched(&space, seed, 30, branin)));
            chance.push(gap(drawn(&space, seed, 30, branin)));
        }
        assert!(ours.iter().all(|gap| *gap < 0.15), "{ours:?}");
        let wins = ours.iter().zip(&chance).filter(|(ours, chance)| ours < chance).count();
        assert!(wins >= 4, "{ours:?} {chance:?}");
    }

    #[test]
    fn integers_choices_and_failures_are_learnt() {
        let space = space(
            "depth = { low = 1, high = 16 }\nrate = { low = 1e-4, high = 1.0, log = true }\n\
             kind = { choices = [\"good\", \"bad\", \"broken\"] }",
        );
        let cost = |values: &Values| {
            let kind = match values["kind"].as_str()? {
                "good" => 0.0,
                "bad" => 1.0,
                _ => return None,
            };
            let depth = (number(values, "depth") - 6.0) / 5.0;
            let rate = (number(values, "rate") / 0.02).log10();
            Some(kind + depth * depth + rate * rate)
        };
        let ours: f64 = (0..5).map(|seed| searched(&space, seed, 35, cost)).sum();
        let chance: f64 = (0..5).map(|seed| drawn(&space, seed, 35, cost)).sum();
        assert!(ours < chance / 2.0 && ours / 5.0 < 0.1, "{ours} {chance}");
    }

    #[test]
    fn nothing_is_tried_twice_and_a_small_space_ends() {
        let space = space("a = { low = 1, high = 3 }\nb = { choices = [true, false] }");
        let mut tried: Vec<(Values, Option<f64>)> = Vec::new();
        while let Some(values) = suggest(&space, 3, tried.len() + 1, &tried) {
            let cost = number(&values, "a");
            tried.push((values, Some(cost)));
            assert!(tried.len() <= 6);
        }
        assert_eq!(tried.len(), 6);
    }

    #[test]
    fn suggestions_depend_on_their_arguments_alone() {
        let space = space("x = { low = 0.0, high = 1.0 }");
        let mut tried = Vec::new();
        for trial in 1..=8 {
            let values = suggest(&space, 5, trial, &tried).unwrap();
            assert_eq!(suggest(&space, 5, trial, &tried).unwrap(), values);
            // Later ones may well agree on an end of the range.
            if trial == 1 {
                assert_ne!(suggest(&space, 6, trial, &tried).unwrap(), values);
            }
            let cost = (number(&values, "x") - 0.3).abs();
            tried.push((values, Some(cost)));
        }
    }

    #[test]
    fn the_normal_distribution_is_near_enough() {
        for (z, wanted) in [(0.0, 0.5), (1.0, 0.841_345), (-1.0, 0.158_655), (2.5, 0.993_790)] {
            assert!((normal_distribution(z) - wanted).abs() < 1e-4, "{z}");
        }
    }
}
