//! Percentile bootstrap (Efron 1979): how far the headline numbers may be off by the luck of the
//! draw. Pictures that belong together (a burst, a chat, a source page) must be drawn together, or
//! the intervals come out too narrow: that is what clusters are for.

use crate::random::SplitMix64;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::group::GroupCounts;
use super::metrics::averages;
use super::{ConfusionMatrix, LabelSet, Prediction};

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BootstrapOptions {
    /// How many sets are drawn, at least 1.
    pub resamples: usize,
    /// Share of them inside the interval, above 0 and below 1.
    pub confidence: f64,
    /// The same seed draws the same sets.
    pub seed: u64,
    /// Draw within each true class, so that every set has as many pictures of it as there are: a rare class is
    /// never missing by chance. A cluster counts to the class of its first picture.
    pub stratified: bool,
}

impl Default for BootstrapOptions {
    fn default() -> Self {
        Self { resamples: 1000, confidence: 0.95, seed: 0x45_50_49_43, stratified: false }
    }
}

/// A percentile interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Intervals of the headline numbers; `None` where no resample had a picture to count.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Intervals {
    /// Share of the resamples inside each interval.
    pub confidence: f64,
    /// How many sets were drawn.
    pub resamples: usize,
    /// How many clusters they were drawn from; `None` when single pictures were drawn.
    pub clusters: Option<usize>,
    /// Of the accuracy.
    pub accuracy: Option<Interval>,
    /// Of the macro F1.
    pub macro_f1: Option<Interval>,
    /// Of the false irrelevant rate.
    pub false_irrelevant_rate: Option<Interval>,
    /// Of the irrelevant recall.
    pub irrelevant_recall: Option<Interval>,
}

/// `predictions` must be checked and not empty, `clusters` of the same length.
pub(super) fn bootstrap(
    labels: &LabelSet,
    predictions: &[Prediction],
    clusters: Option<&[usize]>,
    options: &BootstrapOptions,
) -> Intervals {
    let strata = strata(predictions, clusters, options.stratified);
    let mut random = SplitMix64::new(options.seed);
    let mut draws: [Vec<f64>; 4] = Default::default();
    for _ in 0..options.resamples {
        let mut confusion = ConfusionMatrix::from_pairs(&labels.classes, []);
        let mut groups = GroupCounts::default();
        resample(&strata, &mut random, |index| {
            let prediction = &predictions[index];
            confusion.matrix[prediction.truth][prediction.predicted] += 1;
            let was = usize::from(!labels.is_fallback_class(prediction.truth));
            let is = usize::from(prediction.group != labels.fallback_group);
            groups.0[was][is] += 1;
        });
        let averages = averages(&confusion);
        let values = [
            Some(averages.accuracy),
            Some(averages.macro_f1),
            groups.false_irrelevant_rate(),
            groups.irrelevant_recall(),
        ];
        for (draws, value) in draws.iter_mut().zip(values) {
            draws.extend(value);
        }
    }
    let [accuracy, macro_f1, false_irrelevant_rate, irrelevant_recall] =
        draws.map(|draws| percentile_interval(draws, options.confidence));
    Intervals {
        confidence: options.confidence,
        resamples: options.resamples,
        clusters: clusters.map(|_| strata.iter().map(Vec::len).sum()),
        accuracy,
        macro_f1,
        false_irrelevant_rate,
        irrelevant_recall,
    }
}

/// Units by the stratum that they are drawn within; one stratum unless `stratified`.
pub(super) fn strata(
    predictions: &[Prediction],
    clusters: Option<&[usize]>,
    stratified: bool,
) -> Vec<Vec<Vec<usize>>> {
    let mut strata: BTreeMap<usize, Vec<Vec<usize>>> = BTreeMap::new();
    for unit in units(predictions.len(), clusters) {
        let class = unit.first().map_or(0, |&row| predictions[row].truth);
        strata.entry(if stratified { class } else { 0 }).or_default().push(unit);
    }
    strata.into_values().collect()
}

/// Draws as many units of each stratum as it has, with replacement, and visits their rows.
pub(super) fn resample(
    strata: &[Vec<Vec<usize>>],
    random: &mut SplitMix64,
    mut visit: impl FnMut(usize),
) {
    for units in strata {
        for _ in 0..units.len() {
            units[random.below(units.len())].iter().for_each(|&row| visit(row));
        }
    }
}

/// The rows that are drawn together.
fn units(rows: usize, clusters: Option<&[usize]>) -> Vec<Vec<usize>> {
    let Some(clusters) = clusters else {
        return (0..rows).map(|row| vec![row]).collect();
    };
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (row, cluster) in clusters.iter().enumerate() {
        members.entry(*cluster).or_default().push(row);
    }
    members.into_values().collect()
}

pub(super) fn percentile_interval(mut draws: Vec<f64>, confidence: f64) -> Option<Interval> {
    draws.sort_by(f64::total_cmp);
    let tail = (1.0 - confidence) / 2.0;
    Some(Interval { low: quantile(&draws, tail)?, high: quantile(&draws, 1.0 - tail)? })
}

/// Linear interpolation between order statistics, numpy's default.
fn quantile(sorted: &[f64], q: f64) -> Option<f64> {
    let place = q * sorted.len().checked_sub(1)? as f64;
    let low = sorted.get(place.floor() as usize)?;
    let high = sorted.get(place.ceil() as usize)?;
    Some(low + (high - low) * place.fract())
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{assert_close, labels, predictions};
    use super::*;

    fn options(seed: u64) -> BootstrapOptions {
        BootstrapOptions { seed, ..BootstrapOptions::default() }
    }

    fn width(interval: Option<Interval>) -> f64 {
        let interval = interval.unwrap();
        interval.high - interval.low
    }

    #[test]
    fn quantiles_are_numpys() {
        // np.quantile([1, 2, 4, 8], [0.025, 0.5, 0.9])
        let sorted = [1.0, 2.0, 4.0, 8.0];
        assert_close(quantile(&sorted, 0.025).unwrap(), 1.075);
        assert_close(quantile(&sorted, 0.5).unwrap(), 3.0);
        assert_close(quantile(&sorted, 0.9).unwrap(), 6.8);
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn both_tails_together_are_left_out() {
        let draws: Vec<f64> = (0..=1000).rev().map(f64::from).collect();
        let interval = percentile_interval(draws, 0.95).unwrap();
        assert_close(interval.low, 25.0);
        assert_close(interval.high, 975.0);
    }

    #[test]
    fn a_seed_fixes_the_draw() {
        let draw = |seed| bootstrap(&labels(), &predictions(), None, &options(seed));
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn width_is_that_of_the_binomial() {
        let all: Vec<_> = (0..40).flat_map(|_| predictions()).collect();
        let actual = bootstrap(&labels(), &all, None, &options(7));
        // ± 1.96 sqrt(p (1 - p) / n) for p = 7/12, n = 480: 0.0882 wide
        let width = width(actual.accuracy);
        assert!((0.078..0.098).contains(&width), "{width}");
        let accuracy = actual.accuracy.unwrap();
        assert!(accuracy.low < 7.0 / 12.0 && 7.0 / 12.0 < accuracy.high);
    }

    #[test]
    fn copies_drawn_together_do_not_narrow_the_interval() {
        let once = predictions();
        let copies: Vec<_> = (0..20).flat_map(|_| predictions()).collect();
        let clusters: Vec<_> = (0..copies.len()).map(|row| row % once.len()).collect();
        let single = bootstrap(&labels(), &once, None, &options(3));
        let naive = bootstrap(&labels(), &copies, None, &options(3));
        let grouped = bootstrap(&labels(), &copies, Some(&clusters), &options(3));
        assert_eq!(grouped.clusters, Some(12));
        assert!(width(naive.accuracy) < 0.4 * width(single.accuracy));
        assert_close(width(grouped.accuracy), width(single.accuracy));
    }

    #[test]
    fn stratified_sets_have_the_classes_of_the_original() {
        let predictions = predictions();
        let strata = strata(&predictions, None, true);
        assert_eq!(strata.iter().map(Vec::len).collect::<Vec<_>>(), [4, 2, 3, 3]);
        let mut random = SplitMix64::new(5);
        let mut drawn = [0; 4];
        resample(&strata, &mut random, |row| drawn[predictions[row].truth] += 1);
        assert_eq!(drawn, [4, 2, 3, 3]);
        // One class is always right and one never: only how many pictures of each there are could vary.
        let extreme: Vec<_> =
            predictions.into_iter().filter(|p| p.is_correct() == (p.truth == 0)).collect();
        let draw = |stratified| {
            let options = BootstrapOptions { stratified, ..options(3) };
            width(bootstrap(&labels(), &extreme, None, &options).accuracy)
        };
        assert_eq!(draw(true), 0.0);
        assert!(draw(false) > 0.0);
    }

    #[test]
    fn rates_without_pictures_have_no_interval() {
        let personal: Vec<_> = predictions().into_iter().filter(|p| p.truth < 2).collect();
        let actual = bootstrap(&labels(), &personal, None, &options(3));
        assert_eq!(actual.irrelevant_recall, None);
        assert!(actual.false_irrelevant_rate.is_some());
    }

    #[test]
    fn one_picture_is_always_itself() {
        let one = &predictions()[..1];
        let actual = bootstrap(&labels(), one, None, &options(3));
        assert_eq!(actual.macro_f1, Some(Interval { low: 1.0, high: 1.0 }));
    }
}
