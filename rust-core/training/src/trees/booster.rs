//! The ensemble.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::bins::Binned;
use super::grow::{Gradient, Grower};
use super::params::BoosterParams;
use super::{TreeData, TreesError};
use crate::random::SplitMix64;

/// A decision tree; node 0 is its root.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tree {
    /// Nodes; children come after their parents.
    pub nodes: Vec<Node>,
}

/// A node of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Node {
    /// Goes left where the column's value is less than the threshold.
    Split {
        /// Column that is looked at.
        column: usize,
        /// Values below it go left.
        threshold: f32,
        /// Index of the left child.
        left: usize,
        /// Index of the right child.
        right: usize,
    },
    /// Ends the way.
    Leaf {
        /// Added to the class's margin.
        value: f32,
    },
}

impl Tree {
    /// The value of the leaf that a row of features ends in.
    pub fn value(&self, row: &[f32]) -> f32 {
        let mut at = 0;
        loop {
            match self.nodes[at] {
                Node::Leaf { value } => return value,
                Node::Split { column, threshold, left, right } => {
                    at = if row[column] < threshold { left } else { right };
                }
            }
        }
    }
}

/// One finished round.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Round<'a> {
    /// From 1.
    pub round: usize,
    /// Weighted mean cost of the training rows after it.
    pub train_loss: f64,
    /// Its trees, one per class.
    pub trees: &'a [Tree],
}

/// Trees of all rounds: that of class `k` in round `r` is `trees[r * classes + k]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Booster {
    /// Number of classes.
    pub classes: usize,
    /// Number of features of a row.
    pub columns: usize,
    /// The trees.
    pub trees: Vec<Tree>,
}

/// XGBoost's least Hessian.
const MIN_HESSIAN: f64 = 1e-16;

impl Booster {
    /// Grows trees on `data`, whose labels are below `classes`. The result depends on the data and the
    /// parameters only. `on_round` is told of every round, and ends the growing by returning false.
    ///
    /// # Errors
    /// [`TreesError`]; [`TreesError::Stopped`] if `on_round` ended it.
    pub fn fit(
        data: &TreeData<'_>,
        classes: usize,
        params: &BoosterParams,
        mut on_round: impl FnMut(Round<'_>) -> bool,
    ) -> Result<Self, TreesError> {
        params.validate()?;
        data.validate(classes)?;
        let binned = Binned::new(data, params.max_bin);
        let rows = data.len();
        let mut margins = vec![0.0f64; rows * classes];
        let mut booster = Self { classes, columns: data.columns, trees: Vec::new() };
        let weight = |row: usize| data.weights.map_or(1.0, |weights| f64::from(weights[row]));
        let total: f64 = (0..rows).map(weight).sum();
        if total <= 0.0 {
            return Err(TreesError::Data { reason: "all weights are 0".to_owned() });
        }
        for round in 0..params.rounds {
            let seen = sample(rows, params.subsample, params.seed, &[round as u64]);
            let seen: Vec<u32> = seen.into_iter().map(|row| row as u32).collect();
            let probabilities = softmax_rows(&margins, classes);
            let grow = |class: usize| {
                let gradients: Vec<Gradient> = (0..rows)
                    .map(|row| {
                        let p = probabilities[row * classes + class];
                        let y = f64::from(u8::from(data.labels[row] == class));
                        let h = (2.0 * p * (1.0 - p)).max(MIN_HESSIAN);
                        Gradient { g: (p - y) * weight(row), h: h * weight(row) }
                    })
                    .collect();
                let path = [round as u64, class as u64];
                let columns = sample(data.columns, params.colsample_bytree, params.seed, &path);
                Grower::new(&binned, params, &columns).grow(seen.clone(), &gradients)
            };
            // Trees of a round know nothing of each other.
            let trees: Vec<Tree> = (0..classes).into_par_iter().map(grow).collect();
            margins.par_chunks_mut(classes).zip(data.features.par_chunks(data.columns)).for_each(
                |(margins, row)| {
                    for (margin, tree) in margins.iter_mut().zip(&trees) {
                        *margin += f64::from(tree.value(row));
                    }
                },
            );
            let probabilities = softmax_rows(&margins, classes);
            let loss: f64 = (0..rows)
                .map(|row| {
                    let p = probabilities[row * classes + data.labels[row]];
                    -weight(row) * p.max(f64::MIN_POSITIVE).ln()
                })
                .sum();
            if !on_round(Round { round: round + 1, train_loss: loss / total, trees: &trees }) {
                return Err(TreesError::Stopped);
            }
            booster.trees.extend(trees);
        }
        Ok(booster)
    }

    /// Margins of one row, one per class: logits whose softmax are the probabilities.
    pub fn margins(&self, row: &[f32]) -> Vec<f32> {
        let mut margins = vec![0.0; self.classes];
        for (index, tree) in self.trees.iter().enumerate() {
            margins[index % self.classes] += tree.value(row);
        }
        margins
    }
}

fn softmax_rows(margins: &[f64], classes: usize) -> Vec<f64> {
    let mut probabilities = margins.to_vec();
    probabilities.par_chunks_mut(classes).for_each(|row| {
        let max = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        row.iter_mut().for_each(|value| *value = (*value - max).exp());
        let sum: f64 = row.iter().sum();
        row.iter_mut().for_each(|value| *value /= sum);
    });
    probabilities
}

/// A share of `0..count`, at least one, rising.
fn sample(count: usize, share: f64, seed: u64, path: &[u64]) -> Vec<usize> {
    let wanted = ((count as f64 * share).round() as usize).clamp(1, count);
    let mut all: Vec<usize> = (0..count).collect();
    if wanted == count {
        return all;
    }
    let start = path.iter().fold(seed ^ 0x7ee5, |state, &step| {
        crate::random::mix(state.wrapping_add(crate::random::GAMMA) ^ step)
    });
    SplitMix64::new(start).shuffle(&mut all);
    all.truncate(wanted);
    all.sort_unstable();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three classes in two columns, the third being noise; class 2 where both are large.
    fn rows(count: usize, seed: u64) -> (Vec<f32>, Vec<usize>) {
        let mut random = SplitMix64::new(seed);
        let mut unit = || (random.next() >> 40) as f32 / (1u64 << 24) as f32;
        let mut features = Vec::new();
        let mut labels = Vec::new();
        for _ in 0..count {
            let row = [unit(), unit(), unit()];
            labels.push(match (row[0] > 0.5, row[1] > 0.4) {
                (true, true) => 2,
                (true, false) => 1,
                _ => 0,
            });
            features.extend(row);
        }
        (features, labels)
    }

    fn data<'a>(features: &'a [f32], labels: &'a [usize]) -> TreeData<'a> {
        TreeData { features, columns: 3, labels, weights: None }
    }

    fn best(margins: &[f32]) -> usize {
        (0..margins.len()).fold(0, |best, k| if margins[k] > margins[best] { k } else { best })
    }

    #[test]
    fn interactions_are_learnt_and_hold_on_new_rows() {
        let (features, labels) = rows(600, 1);
        let params = BoosterParams { rounds: 20, ..BoosterParams::default() };
        let mut losses = Vec::new();
        let booster = Booster::fit(&data(&features, &labels), 3, &params, |round| {
            losses.push(round.train_loss);
            true
        });
        let booster = booster.unwrap();
        assert!(losses.windows(2).all(|pair| pair[1] < pair[0]), "{losses:?}");
        let (features, labels) = rows(300, 2);
        let right = features
            .chunks_exact(3)
            .zip(&labels)
            .filter(|(row, label)| best(&booster.margins(row)) == **label)
            .count();
        assert!(right >= 290, "{right}");
        assert_eq!(booster.trees.len(), 60);
    }

    #[test]
    fn the_first_leaf_is_newtons_step() {
        // One split of four rows: gradients of softmax at margin 0 are p - y with p = 1/2, h = 2 p (1 - p).
        let features = [0.0, 1.0, 2.0, 3.0];
        let labels = [0, 0, 1, 1];
        let data = TreeData { features: &features, columns: 1, labels: &labels, weights: None };
        let params = BoosterParams {
            rounds: 1,
            max_depth: 1,
            min_child_weight: 0.0,
            ..BoosterParams::default()
        };
        let booster = Booster::fit(&data, 2, &params, |_| true).unwrap();
        let leaf = 0.3f32 * (1.0 / (1.0 + 1.0));
        for (row, sign) in [(0.0, 1.0), (1.0, 1.0), (1.6, -1.0), (9.0, -1.0)] {
            let margins = booster.margins(&[row]);
            assert!((margins[0] - sign * leaf).abs() < 1e-6, "{row}: {margins:?}");
            assert!((margins[1] + sign * leaf).abs() < 1e-6, "{row}: {margins:?}");
        }
    }

    #[test]
    fn weights_count_as_copies() {
        let (features, labels) = rows(80, 3);
        let params = BoosterParams { rounds: 3, max_depth: 3, ..BoosterParams::default() };
        let weights: Vec<f32> = (0..80).map(|row| if row % 2 == 0 { 2.0 } else { 1.0 }).collect();
        let weighted = TreeData { weights: Some(&weights), ..data(&features, &labels) };
        let weighted = Booster::fit(&weighted, 3, &params, |_| true).unwrap();
        let copies = || (0..80usize).flat_map(|row| std::iter::repeat_n(row, 2 - row % 2));
        let more: Vec<f32> = copies().flat_map(|row| features[row * 3..][..3].to_vec()).collect();
        let labels: Vec<usize> = copies().map(|row| labels[row]).collect();
        let copied = Booster::fit(&data(&more, &labels), 3, &params, |_| true).unwrap();
        for row in features.chunks_exact(3) {
            for (a, b) in weighted.margins(row).iter().zip(copied.margins(row)) {
                assert!((a - b).abs() < 1e-5, "{a} {b}");
            }
        }
    }

    #[test]
    fn samples_depend_on_the_seed_alone() {
        let (features, labels) = rows(200, 4);
        let params = BoosterParams {
            rounds: 4,
            subsample: 0.5,
            colsample_bytree: 0.7,
            ..BoosterParams::default()
        };
        let fit = |seed| {
            let params = BoosterParams { seed, ..params };
            Booster::fit(&data(&features, &labels), 3, &params, |_| true).unwrap()
        };
        assert_eq!(fit(1), fit(1));
        assert_ne!(fit(1), fit(2));
        assert_eq!(sample(10, 0.25, 1, &[0]).len(), 3);
        assert_eq!(sample(3, 0.01, 1, &[0]).len(), 1);
    }

    #[test]
    fn what_cannot_be_fitted_is_refused() {
        let (features, labels) = rows(10, 5);
        let params = BoosterParams { rounds: 2, ..BoosterParams::default() };
        let fit = |data: &TreeData<'_>, params: &BoosterParams| {
            Booster::fit(data, 3, params, |_| true).unwrap_err()
        };
        let mut broken = features.clone();
        broken[4] = f32::NAN;
        let cases = [
            data(&broken, &labels),
            data(&features[..29], &labels),
            data(&[], &[]),
            data(&features[..3], &[3]),
            TreeData { weights: Some(&[0.0; 10]), ..data(&features, &labels) },
            TreeData { weights: Some(&[1.0; 9]), ..data(&features, &labels) },
        ];
        for case in cases {
            assert!(matches!(fit(&case, &params), TreesError::Data { .. }), "{case:?}");
        }
        let whole = data(&features, &labels);
        let wrong = BoosterParams { subsample: 0.0, ..params };
        assert!(matches!(fit(&whole, &wrong), TreesError::Parameter { field: "subsample", .. }));
        let stopped = Booster::fit(&whole, 3, &params, |_| false);
        assert_eq!(stopped, Err(TreesError::Stopped));
    }
}
