//! Gradient-boosted decision trees for several classes: the thesis's XCNN learns them on the features of a
//! trained network.
//!
//! The algorithm is XGBoost's histogram method (Chen and Guestrin, "XGBoost: a scalable tree boosting system",
//! KDD 2016) for the objective `multi:softprob`: every round adds one tree per class, fitted to the gradients and
//! the diagonal of the Hessian of the cost `-Σ_k y_k ln a_k`. Parameters have XGBoost's names and defaults.

mod bins;
mod booster;
mod error;
mod grow;
mod params;

pub use booster::{Booster, Node, Round, Tree};
pub use error::TreesError;
pub use params::BoosterParams;

/// Rows of features with their labels.
#[derive(Debug, Clone, Copy)]
pub struct TreeData<'a> {
    /// Features, row by row; finite.
    pub features: &'a [f32],
    /// Features of a row.
    pub columns: usize,
    /// Class of each row.
    pub labels: &'a [usize],
    /// Weight of each row; none for 1 everywhere.
    pub weights: Option<&'a [f32]>,
}

impl TreeData<'_> {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    fn validate(&self, classes: usize) -> Result<(), TreesError> {
        let data = |reason: &str| Err(TreesError::Data { reason: reason.to_owned() });
        if self.is_empty() || self.columns == 0 {
            return data("no rows or no columns");
        }
        if self.features.len() != self.len() * self.columns {
            return data("the number of features is not rows times columns");
        }
        if self.weights.is_some_and(|weights| weights.len() != self.len()) {
            return data("there is not one weight per row");
        }
        if self.features.iter().any(|value| !value.is_finite()) {
            return data("a feature is not finite");
        }
        let weights = self.weights.unwrap_or_default();
        if weights.iter().any(|weight| !weight.is_finite() || *weight < 0.0) {
            return data("a weight is negative or not finite");
        }
        match self.labels.iter().find(|&&label| label >= classes) {
            Some(_) => data("a label is not a class"),
            None => Ok(()),
        }
    }
}
