//! Weighted k-means from a deterministic start.

use super::histogram::Bin;
use super::oklab::Oklab;
use crate::metadata::record::COLOR_COUNT;

/// A difference that is just noticed, as in the gamut mapping of CSS Color 4 (section 13.2).
pub(super) const JUST_NOTICEABLE: f64 = 0.02;

/// Less than this is no dominant colour.
const MIN_SHARE: f64 = 0.01;

/// Photos settle in 10 to 30 rounds; the bound keeps the worst case short.
const MAX_ROUNDS: usize = 40;

/// Centres that move less have settled: a tenth of what 8 bits can show.
const SETTLED: f64 = 1e-4;

/// Bins that are one colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cluster {
    /// Weighted mean.
    pub(super) center: Oklab,
    /// Sum of weights.
    pub(super) weight: f64,
}

/// At most [`COLOR_COUNT`] clusters, the heaviest first.
pub(super) fn clusters(bins: &[Bin]) -> Vec<Cluster> {
    let mut centers = divide(bins);
    for _ in 0..MAX_ROUNDS {
        let moved: Vec<Oklab> = assign(bins, &centers).iter().map(|one| one.center).collect();
        let shift = moved
            .iter()
            .zip(&centers)
            .map(|(new, old)| new.distance_squared(*old))
            .fold(0.0, f64::max);
        centers = moved;
        if shift < SETTLED * SETTLED {
            break;
        }
    }
    let mut found = merge_alike(assign(bins, &centers));
    absorb_small(&mut found);
    sort(&mut found);
    found
}

/// Each bin to its nearest centre, the first one of equals; the new means. A centre without bins
/// stays where it is, with weight 0.
fn assign(bins: &[Bin], centers: &[Oklab]) -> Vec<Cluster> {
    let mut moments = vec![Moments::default(); centers.len()];
    for bin in bins {
        if let Some(nearest) = nearest(bin.color, centers.iter().copied())
            && let Some(sums) = moments.get_mut(nearest)
        {
            sums.add(bin);
        }
    }
    moments
        .iter()
        .zip(centers)
        .map(|(sums, center)| Cluster {
            center: if sums.weight > 0.0 { sums.mean() } else { *center },
            weight: sums.weight,
        })
        .collect()
}

fn nearest(color: Oklab, centers: impl Iterator<Item = Oklab>) -> Option<usize> {
    let mut best = None;
    let mut best_distance = f64::INFINITY;
    for (index, center) in centers.enumerate() {
        let distance = color.distance_squared(center);
        if distance < best_distance {
            (best, best_distance) = (Some(index), distance);
        }
    }
    best
}

/// Weighted sums of a set of bins.
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    weight: f64,
    sums: [f64; 3],
}

impl Moments {
    fn add(&mut self, bin: &Bin) {
        self.weight += bin.weight;
        for (sum, value) in self.sums.iter_mut().zip(bin.color.0) {
            *sum += bin.weight * value;
        }
    }

    fn mean(&self) -> Oklab {
        Oklab(self.sums.map(|sum| sum / self.weight))
    }
}

/// PCA-Part: the group with the largest sum of squared errors is cut at its mean, across its
/// principal axis, until there are enough groups or no cut could be seen.
fn divide(bins: &[Bin]) -> Vec<Oklab> {
    let mut groups = vec![Group::new(bins.to_vec())];
    while groups.len() < COLOR_COUNT {
        let worst = groups
            .iter()
            .enumerate()
            .filter(|(_, group)| group.spread() > JUST_NOTICEABLE)
            .max_by(|(_, a), (_, b)| a.error.total_cmp(&b.error))
            .map(|(index, _)| index);
        let Some(worst) = worst else { break };
        let (low, high) = groups.remove(worst).cut();
        groups.insert(worst, low);
        groups.insert(worst + 1, high);
    }
    groups.iter().filter(|group| !group.bins.is_empty()).map(|group| group.mean).collect()
}

struct Group {
    bins: Vec<Bin>,
    mean: Oklab,
    weight: f64,
    /// Weighted sum of squared distances from the mean.
    error: f64,
}

impl Group {
    fn new(bins: Vec<Bin>) -> Self {
        let mut moments = Moments::default();
        bins.iter().for_each(|bin| moments.add(bin));
        let mean = if bins.is_empty() { Oklab::default() } else { moments.mean() };
        let error = bins.iter().map(|bin| bin.weight * bin.color.distance_squared(mean)).sum();
        Self { bins, mean, weight: moments.weight, error }
    }

    /// Root of the mean squared distance from the mean.
    fn spread(&self) -> f64 {
        if self.weight > 0.0 { (self.error / self.weight).sqrt() } else { 0.0 }
    }

    fn cut(self) -> (Self, Self) {
        let axis = self.principal_axis();
        let mean = self.mean;
        let side = |bin: &Bin| {
            let offset = bin.color.0.iter().zip(mean.0).zip(axis);
            offset.map(|((value, mean), axis)| (value - mean) * axis).sum::<f64>() <= 0.0
        };
        let (low, high) = self.bins.into_iter().partition(side);
        (Self::new(low), Self::new(high))
    }

    /// Direction of the largest variance, by power iteration.
    fn principal_axis(&self) -> [f64; 3] {
        let mut covariance = [[0.0; 3]; 3];
        for bin in &self.bins {
            let mut offset = bin.color.0;
            offset.iter_mut().zip(self.mean.0).for_each(|(value, mean)| *value -= mean);
            for (row, a) in covariance.iter_mut().zip(offset) {
                for (cell, b) in row.iter_mut().zip(offset) {
                    *cell += bin.weight * a * b;
                }
            }
        }
        // The longest column cannot be orthogonal to the principal axis.
        let norm = |vector: &[f64; 3]| vector.iter().map(|x| x * x).sum::<f64>().sqrt();
        let longest = covariance.iter().max_by(|a, b| norm(a).total_cmp(&norm(b)));
        let mut axis = longest.copied().unwrap_or([1.0, 0.0, 0.0]);
        for _ in 0..24 {
            let length = norm(&axis).max(f64::MIN_POSITIVE);
            let unit = axis.map(|value| value / length);
            axis = covariance.map(|row| row.iter().zip(unit).map(|(a, b)| a * b).sum());
        }
        axis
    }
}

/// Joins the nearest pair while it is closer than [`JUST_NOTICEABLE`].
fn merge_alike(mut clusters: Vec<Cluster>) -> Vec<Cluster> {
    clusters.retain(|cluster| cluster.weight > 0.0);
    while let Some((first, second)) = nearest_pair(&clusters) {
        // `second` comes after `first`, so that removing it moves nothing before it.
        let other = clusters.remove(second);
        if let Some(one) = clusters.get_mut(first) {
            let weight = one.weight + other.weight;
            let mean = |(a, b): (&f64, f64)| (a * one.weight + b * other.weight) / weight;
            let mut center = one.center;
            for (value, pair) in center.0.iter_mut().zip(one.center.0.iter().zip(other.center.0)) {
                *value = mean(pair);
            }
            *one = Cluster { center, weight };
        }
    }
    clusters
}

fn nearest_pair(clusters: &[Cluster]) -> Option<(usize, usize)> {
    let pairs = clusters.iter().enumerate().flat_map(|(first, a)| {
        let later = clusters.iter().enumerate().skip(first + 1);
        later.map(move |(second, b)| (first, second, a.center.distance_squared(b.center)))
    });
    pairs
        .filter(|(.., distance)| *distance < JUST_NOTICEABLE * JUST_NOTICEABLE)
        .min_by(|a, b| a.2.total_cmp(&b.2))
        .map(|(first, second, _)| (first, second))
}

/// Small clusters give their weight to the nearest large one, whose colour stays: it is purer
/// without blends.
fn absorb_small(clusters: &mut Vec<Cluster>) {
    let total: f64 = clusters.iter().map(|cluster| cluster.weight).sum();
    let (mut large, small): (Vec<_>, Vec<_>) =
        clusters.drain(..).partition(|cluster| cluster.weight >= MIN_SHARE * total);
    for cluster in small {
        let next = nearest(cluster.center, large.iter().map(|one| one.center));
        if let Some(one) = next.and_then(|index| large.get_mut(index)) {
            one.weight += cluster.weight;
        }
    }
    *clusters = large;
}

/// By weight, then by colour, so that equal shares have an order too.
fn sort(clusters: &mut [Cluster]) {
    clusters.sort_by(|a, b| {
        let by_color = || a.center.to_srgb().cmp(&b.center.to_srgb());
        b.weight.total_cmp(&a.weight).then_with(by_color)
    });
}
