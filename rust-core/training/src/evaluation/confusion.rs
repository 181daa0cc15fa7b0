//! Confusion matrices, by class or by group.

use serde::Serialize;

/// Counts of (truth, prediction) pairs; rows are the truth, as in scikit-learn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfusionMatrix {
    /// Names of the rows and of the columns.
    pub labels: Vec<String>,
    /// `matrix[truth][predicted]`.
    pub matrix: Vec<Vec<u64>>,
}

impl ConfusionMatrix {
    /// Counts pairs of (truth, predicted) indices, all of them below `labels.len()`.
    pub(super) fn from_pairs(
        labels: &[String],
        pairs: impl IntoIterator<Item = (usize, usize)>,
    ) -> Self {
        let mut matrix = vec![vec![0; labels.len()]; labels.len()];
        for (truth, predicted) in pairs {
            matrix[truth][predicted] += 1;
        }
        Self { labels: labels.to_vec(), matrix }
    }

    /// How many pictures truly are of each label.
    #[must_use]
    pub fn support(&self) -> Vec<u64> {
        self.matrix.iter().map(|row| row.iter().sum()).collect()
    }

    /// How many pictures were predicted to be of each label.
    #[must_use]
    pub fn predicted(&self) -> Vec<u64> {
        (0..self.labels.len())
            .map(|column| self.matrix.iter().map(|row| row[column]).sum())
            .collect()
    }

    /// How many pictures there are.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.matrix.iter().flatten().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{labels, predictions};
    use super::*;

    #[test]
    fn counts_like_scikit_learn() {
        let pairs = predictions().iter().map(|p| (p.truth, p.predicted)).collect::<Vec<_>>();
        let confusion = ConfusionMatrix::from_pairs(&labels().classes, pairs);
        // sklearn.metrics.confusion_matrix(y, p, labels=range(6))
        assert_eq!(
            confusion.matrix,
            [
                [2, 1, 1, 0, 0, 0],
                [0, 1, 0, 1, 0, 0],
                [0, 1, 2, 0, 0, 0],
                [0, 0, 0, 2, 1, 0],
                [0, 0, 0, 0, 0, 0],
                [0, 0, 0, 0, 0, 0],
            ]
        );
        assert_eq!(confusion.support(), [4, 2, 3, 3, 0, 0]);
        assert_eq!(confusion.predicted(), [2, 3, 3, 3, 1, 0]);
        assert_eq!(confusion.total(), 12);
    }
}
