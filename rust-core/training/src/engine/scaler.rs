//! Metadata features brought to one scale.

use serde::{Deserialize, Serialize};

/// How metadata features are scaled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetadataScaling {
    /// As they were measured.
    #[default]
    None,
    /// Minimum and maximum of the training set to 0 and 1, clipped there: scikit-learn's
    /// `MinMaxScaler(clip=True)`.
    MinMax,
}

/// A fitted min-max scaler: `clip((x - min) * factor, 0, 1)` for every feature.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaler {
    /// Minimum of each feature.
    pub min: Vec<f32>,
    /// 1 ÷ (maximum - minimum); 0 for a feature that is the same everywhere.
    pub factor: Vec<f32>,
}

impl Scaler {
    /// Fits `features` features to rows of them, one after the other.
    pub fn fit(rows: &[f32], features: usize) -> Self {
        let bound = |start: f32, choose: fn(f32, f32) -> f32| -> Vec<f32> {
            let mut bounds = vec![start; features];
            for row in rows.chunks_exact(features) {
                for (bound, &value) in bounds.iter_mut().zip(row) {
                    *bound = choose(*bound, value);
                }
            }
            bounds
        };
        let min = bound(f32::INFINITY, f32::min);
        let max = bound(f32::NEG_INFINITY, f32::max);
        let factor = min.iter().zip(&max).map(|(min, max)| match max - min {
            range if range > 0.0 && range.is_finite() => range.recip(),
            _ => 0.0,
        });
        let factor = factor.collect();
        // Without rows there is nothing to subtract.
        let min = min.into_iter().map(|min| if min.is_finite() { min } else { 0.0 }).collect();
        Self { min, factor }
    }

    /// Scales one row in place.
    pub fn apply(&self, row: &mut [f32]) {
        for ((value, min), factor) in row.iter_mut().zip(&self.min).zip(&self.factor) {
            *value = ((*value - min) * factor).clamp(0.0, 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_scikit_learns() {
        // MinMaxScaler(clip=True).fit([[1, 5], [3, 5], [2, 5]]).transform([[2.5, 5], [9, 7]])
        let scaler = Scaler::fit(&[1.0, 5.0, 3.0, 5.0, 2.0, 5.0], 2);
        let (mut inside, mut outside) = ([2.5, 5.0], [9.0, 7.0]);
        scaler.apply(&mut inside);
        assert_eq!(inside, [0.75, 0.0]);
        scaler.apply(&mut outside);
        assert_eq!(outside, [1.0, 0.0]);
        assert_eq!(Scaler::fit(&[], 2).min, [0.0, 0.0]);
    }
}
