//! The two numbers that training itself watches.

/// Results of a classifier on labelled pictures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scores {
    /// Share of right predictions.
    pub accuracy: f64,
    /// Mean of the classes' F1 as scikit-learn's `f1_score(average="macro", zero_division=0)`:
    /// classes that occur neither as label nor as prediction are left out.
    pub macro_f1: f64,
}

/// Scores of logits (row-major, `classes` a row; the first of equal logits wins).
pub fn scores(logits: &[f32], classes: usize, labels: &[usize]) -> Scores {
    let mut right = vec![0usize; classes];
    let mut predicted = vec![0usize; classes];
    let mut actual = vec![0usize; classes];
    for (row, &label) in logits.chunks_exact(classes).zip(labels) {
        let best = (1..classes).fold(0, |best, k| if row[k] > row[best] { k } else { best });
        predicted[best] += 1;
        actual[label] += 1;
        right[label] += usize::from(best == label);
    }
    let f1: Vec<f64> = (0..classes)
        .filter(|&k| predicted[k] + actual[k] > 0)
        .map(|k| 2.0 * right[k] as f64 / (predicted[k] + actual[k]) as f64)
        .collect();
    Scores {
        accuracy: right.iter().sum::<usize>() as f64 / labels.len().max(1) as f64,
        macro_f1: f1.iter().sum::<f64>() / f1.len().max(1) as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_scikit_learns() {
        // y_true = [0, 0, 1, 1, 2], y_pred = [0, 1, 1, 1, 0]; class 3 never occurs.
        let one_hot = |k: usize| std::array::from_fn::<f32, 4, _>(|i| f32::from(u8::from(i == k)));
        let logits: Vec<f32> = [0, 1, 1, 1, 0].into_iter().flat_map(one_hot).collect();
        let got = scores(&logits, 4, &[0, 0, 1, 1, 2]);
        assert!((got.accuracy - 0.6).abs() < 1e-12);
        // F1 = 0.5, 0.8, 0
        assert!((got.macro_f1 - 1.3 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn ties_go_to_the_first_class() {
        assert_eq!(scores(&[1.0, 1.0], 2, &[0]).accuracy, 1.0);
    }
}
