//! Thresholds and the confident joint.

/// Mean probability of each class over the pictures that carry it as their label; of a class without pictures
/// nobody is confident.
pub(super) fn thresholds(probabilities: &[Vec<f32>], labels: &[usize], classes: usize) -> Vec<f32> {
    let mut sums = vec![(0f64, 0usize); classes];
    for (row, &label) in probabilities.iter().zip(labels) {
        sums[label] = (sums[label].0 + f64::from(row[label]), sums[label].1 + 1);
    }
    let mean = |&(sum, count): &(f64, usize)| match count {
        0 => f32::INFINITY,
        count => (sum / count as f64) as f32,
    };
    sums.iter().map(mean).collect()
}

/// Counts by label and confident class, and the confident class of each picture: the most probable of those whose
/// threshold it reaches.
pub(super) fn confident_joint(
    probabilities: &[Vec<f32>],
    labels: &[usize],
    thresholds: &[f32],
) -> (Vec<Vec<usize>>, Vec<Option<usize>>) {
    let classes = thresholds.len();
    let mut joint = vec![vec![0; classes]; classes];
    let confident = |row: &Vec<f32>| {
        let reached = (0..classes).filter(|&class| row[class] >= thresholds[class]);
        reached.max_by(|&a, &b| row[a].total_cmp(&row[b]).then(b.cmp(&a)))
    };
    let found: Vec<Option<usize>> = probabilities.iter().map(confident).collect();
    for (&label, class) in labels.iter().zip(&found) {
        if let Some(class) = class {
            joint[label][*class] += 1;
        }
    }
    (joint, found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_joint_by_hand() {
        let probabilities = [[0.8, 0.2], [0.6, 0.4], [0.3, 0.7], [0.45, 0.55]].map(Vec::from);
        let labels = [0, 0, 0, 1];
        let limits = thresholds(&probabilities, &labels, 3);
        assert!((limits[0] - 0.5667).abs() < 1e-3 && (limits[1] - 0.55).abs() < 1e-6);
        assert_eq!(limits[2], f32::INFINITY);
        let probabilities: Vec<Vec<f32>> =
            probabilities.iter().map(|row| [row.as_slice(), &[0.0]].concat()).collect();
        let (joint, confident) = confident_joint(&probabilities, &labels, &limits);
        assert_eq!(joint, [[2, 1, 0], [0, 1, 0], [0, 0, 0]]);
        assert_eq!(confident, [Some(0), Some(0), Some(1), Some(1)]);
    }

    #[test]
    fn who_reaches_no_threshold_counts_nowhere() {
        let (joint, confident) = confident_joint(&[vec![0.5, 0.5]], &[0], &[0.6, 0.6]);
        assert_eq!((joint, confident), (vec![vec![0, 0], vec![0, 0]], vec![None]));
    }
}
