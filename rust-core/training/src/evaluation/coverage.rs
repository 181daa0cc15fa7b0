//! Risk-coverage curve: how wrong the classifier is if it answers only when confident enough
//! (El-Yaniv and Wiener 2010; the area as in Geifman and El-Yaniv 2017).

use serde::Serialize;

use super::Prediction;

/// Risk is the error rate of the class; coverage is the share of pictures answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RiskCoverage {
    /// Mean risk over the coverages 1/n, 2/n, … 1. Ties count as if in random order.
    pub aurc: f64,
    /// From the most confident pictures to all of them, thinned out to the number asked for.
    pub points: Vec<CoveragePoint>,
}

/// What happens if pictures of at least this confidence are answered.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CoveragePoint {
    /// The lowest confidence that is answered.
    pub confidence: f64,
    /// Share of pictures answered.
    pub coverage: f64,
    /// Share of the answered ones whose class is wrong.
    pub risk: f64,
}

/// `predictions` must be checked and not empty.
pub(super) fn risk_coverage(predictions: &[Prediction], max_points: usize) -> RiskCoverage {
    let mut ranked: Vec<(f64, bool)> =
        predictions.iter().map(|p| (p.confidence(), p.is_correct())).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let n = ranked.len() as f64;
    let (mut answered, mut errors, mut area) = (0_usize, 0.0, 0.0);
    let mut points = Vec::new();
    for tied in ranked.chunk_by(|a, b| a.0 == b.0) {
        let wrong = tied.iter().filter(|(_, correct)| !correct).count() as f64;
        for place in 1..=tied.len() {
            let expected = errors + wrong * place as f64 / tied.len() as f64;
            area += expected / (answered + place) as f64;
        }
        answered += tied.len();
        errors += wrong;
        points.push(CoveragePoint {
            confidence: tied[0].0,
            coverage: answered as f64 / n,
            risk: errors / answered as f64,
        });
    }
    RiskCoverage { aurc: area / n, points: thin(points, max_points) }
}

/// Keeps at most `max` items, evenly spread, the first and the last among them.
pub(super) fn thin<T: Clone>(items: Vec<T>, max: usize) -> Vec<T> {
    let max = max.max(2);
    if items.len() <= max {
        return items;
    }
    let last = items.len() - 1;
    (0..max).map(|place| items[place * last / (max - 1)].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{assert_close, predictions};
    use super::*;

    #[test]
    fn area_agrees_with_numpy() {
        // mean(cumsum((p != y)[argsort(-c)]) / arange(1, n + 1)); ties are equally right here
        let actual = risk_coverage(&predictions(), 100);
        assert_close(actual.aurc, 0.166_450_216_450_216_46);
        assert_eq!(actual.points.len(), 9);
        let last = actual.points[8];
        assert_close(last.coverage, 1.0);
        assert_close(last.risk, 5.0 / 12.0);
        assert_close(last.confidence, 0.34);
    }

    #[test]
    fn order_of_ties_does_not_matter() {
        let mut all = predictions();
        for prediction in &mut all {
            let mut flat = vec![0.1; 6];
            flat[prediction.predicted] = 0.5;
            prediction.probabilities = flat;
        }
        let forward = risk_coverage(&all, 100);
        all.reverse();
        assert_eq!(risk_coverage(&all, 100), forward);
        assert_eq!(forward.points.len(), 1);
        assert_close(forward.aurc, 5.0 / 12.0);
    }

    #[test]
    fn thinning_keeps_both_ends() {
        assert_eq!(thin((0..1000).collect(), 5), [0, 249, 499, 749, 999]);
        assert_eq!(thin(vec![1, 2], 5), [1, 2]);
        assert_eq!(thin((0..9).collect(), 0), [0, 8]);
    }
}
