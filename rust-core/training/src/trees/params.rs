//! What decides how trees are grown.

use serde::{Deserialize, Serialize};

use super::TreesError;

/// Parameters by XGBoost's names, with its defaults; `rounds` is its `num_boost_round`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BoosterParams {
    /// Rounds, each of one tree per class.
    pub rounds: usize,
    /// Factor on every leaf (`eta`), in (0, 1].
    pub learning_rate: f64,
    /// Splits on the longest way from the root to a leaf, 1 to 16.
    pub max_depth: usize,
    /// Least sum of Hessians in a child.
    pub min_child_weight: f64,
    /// L2 regularization of leaves (`lambda`).
    pub reg_lambda: f64,
    /// Least gain of a split (`min_split_loss`).
    pub gamma: f64,
    /// Share of the rows that each round sees, in (0, 1].
    pub subsample: f64,
    /// Share of the columns that each tree sees, in (0, 1].
    pub colsample_bytree: f64,
    /// Bins of a column's histogram, 2 to 256.
    pub max_bin: usize,
    /// Chooses rows and columns.
    pub seed: u64,
}

impl Default for BoosterParams {
    fn default() -> Self {
        Self {
            rounds: 100,
            learning_rate: 0.3,
            max_depth: 6,
            min_child_weight: 1.0,
            reg_lambda: 1.0,
            gamma: 0.0,
            subsample: 1.0,
            colsample_bytree: 1.0,
            max_bin: 256,
            seed: 0,
        }
    }
}

impl BoosterParams {
    /// Checks every parameter.
    ///
    /// # Errors
    /// [`TreesError::Parameter`] names the first that is out of range.
    pub fn validate(&self) -> Result<(), TreesError> {
        let share = |value: f64| value > 0.0 && value <= 1.0;
        let not_negative = |value: f64| value.is_finite() && value >= 0.0;
        let checks = [
            ("rounds", self.rounds > 0, "must be positive"),
            ("learning_rate", share(self.learning_rate), "must be in (0, 1]"),
            ("max_depth", (1..=16).contains(&self.max_depth), "must be in 1..=16"),
            ("min_child_weight", not_negative(self.min_child_weight), "must not be negative"),
            ("reg_lambda", not_negative(self.reg_lambda), "must not be negative"),
            ("gamma", not_negative(self.gamma), "must not be negative"),
            ("subsample", share(self.subsample), "must be in (0, 1]"),
            ("colsample_bytree", share(self.colsample_bytree), "must be in (0, 1]"),
            ("max_bin", (2..=256).contains(&self.max_bin), "must be in 2..=256"),
        ];
        match checks.into_iter().find(|(_, holds, _)| !holds) {
            Some((field, _, reason)) => Err(TreesError::Parameter { field, reason }),
            None => Ok(()),
        }
    }
}
