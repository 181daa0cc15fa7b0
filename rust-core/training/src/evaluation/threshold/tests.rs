use super::super::fixture::{assert_close, labels, predictions};
use super::*;

fn scores(personal: &[f64], irrelevant: &[f64]) -> Vec<GroupScore> {
    let score =
        |personal| move |value: &f64| GroupScore { irrelevant_probability: *value, personal };
    personal.iter().map(score(true)).chain(irrelevant.iter().map(score(false))).collect()
}

fn observed(scores: &[GroupScore], target: f64) -> ThresholdChoice {
    choose_threshold(scores, target, RateEstimate::Observed).unwrap()
}

const BOUND: RateEstimate = RateEstimate::UpperBound { confidence: 0.95 };

#[test]
fn takes_all_that_the_target_allows() {
    let sample = scores(&[0.1, 0.2, 0.6, 0.8], &[0.3, 0.5, 0.7, 0.9]);
    let none = observed(&sample, 0.0);
    assert_eq!((none.threshold, none.false_irrelevant), (Some(0.9), 0));
    let one = observed(&sample, 0.25);
    assert_eq!((one.threshold, one.false_irrelevant), (Some(0.7), 1));
    assert_eq!(one.irrelevant_recall, Some(0.5));
    // Two of four allowed: 0.3 and 0.5 come in with them, and nothing below is worth it.
    let two = observed(&sample, 0.5);
    assert_eq!((two.threshold, two.false_irrelevant), (Some(0.3), 2));
    let all = observed(&sample, 1.0);
    assert_eq!((all.threshold, all.false_irrelevant), (Some(0.3), 2));
}

#[test]
fn a_tie_with_a_personal_picture_is_a_mistake() {
    let sample = scores(&[0.5, 0.1], &[0.5, 0.9]);
    let choice = observed(&sample, 0.0);
    assert_eq!((choice.threshold, choice.irrelevant_recall), (Some(0.9), Some(0.5)));
}

#[test]
fn nothing_is_irrelevant_when_the_groups_cannot_be_told_apart() {
    let choice = observed(&scores(&[0.9], &[0.9, 0.2]), 0.0);
    assert_eq!(choice.threshold, None);
    assert!(choice.meets_target);
    assert_eq!(choice.irrelevant_recall, Some(0.0));
    let without = observed(&scores(&[0.9], &[]), 0.0);
    assert_eq!((without.threshold, without.irrelevant_recall), (None, None));
}

#[test]
fn the_bound_is_stricter_than_the_rate() {
    let personal: Vec<f64> = (0..1000).map(|i| f64::from(i) / 1000.0).collect();
    let irrelevant: Vec<f64> = (0..1000).map(|i| f64::from(i) / 1000.0 + 0.0005).collect();
    let sample = scores(&personal, &irrelevant);
    let loose = observed(&sample, 0.01);
    let strict = choose_threshold(&sample, 0.01, BOUND).unwrap();
    // beta.ppf(0.95, 4 + 1, 1000 - 4) = 0.00913, beta.ppf(0.95, 5 + 1, 1000 - 5) = 0.01048
    assert_eq!((loose.false_irrelevant, strict.false_irrelevant), (10, 4));
    assert!(strict.threshold > loose.threshold && strict.estimated_rate <= 0.01);
}

#[test]
fn a_small_sample_gets_the_threshold_without_mistakes() {
    let sample = scores(&[0.1, 0.2, 0.6], &[0.3, 0.7, 0.9]);
    let choice = choose_threshold(&sample, 0.01, BOUND).unwrap();
    assert_eq!((choice.threshold, choice.false_irrelevant), (Some(0.7), 0));
    assert!(!choice.meets_target);
    assert_close(choice.estimated_rate, 1.0 - 0.05_f64.powf(1.0 / 3.0));
}

#[test]
fn refusals() {
    let sample = scores(&[0.1], &[0.9]);
    for target in [f64::NAN, -0.1, 1.1] {
        assert!(matches!(
            choose_threshold(&sample, target, RateEstimate::Observed),
            Err(EvaluationError::InvalidOption { option: "target", .. })
        ));
    }
    for confidence in [0.0, 1.0, f64::NAN] {
        assert!(matches!(
            choose_threshold(&sample, 0.1, RateEstimate::UpperBound { confidence }),
            Err(EvaluationError::InvalidOption { option: "confidence", .. })
        ));
    }
    assert_eq!(
        choose_threshold(&scores(&[], &[0.9]), 0.1, RateEstimate::Observed),
        Err(EvaluationError::NoFallbackPictures)
    );
    assert_eq!(
        choose_threshold(&scores(&[0.1, f64::NAN], &[]), 0.1, RateEstimate::Observed),
        Err(EvaluationError::NotFinite { row: 1 })
    );
    let mut all = predictions();
    all[0].truth = 99;
    assert!(group_scores(&labels(), &all).is_err());
}

/// On any sample the choice must keep its promise, and no other cut may beat it.
#[test]
fn no_cut_within_the_target_has_a_higher_recall() {
    let mut state = 1_u64;
    let mut random = |n: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    for _ in 0..500 {
        let size = 1 + random(40);
        // Few distinct values, so that ties are common.
        let mut sample: Vec<_> = (0..size)
            .map(|_| GroupScore {
                irrelevant_probability: random(12) as f64 / 12.0,
                personal: random(2) == 0,
            })
            .collect();
        sample[0].personal = true;
        let target = random(100) as f64 / 100.0;
        let choice = observed(&sample, target);
        let count = |cut: f64, personal: bool| {
            sample
                .iter()
                .filter(|s| s.personal == personal && s.irrelevant_probability >= cut)
                .count() as f64
        };
        let personal = count(0.0, true);
        let cut = choice.threshold.unwrap_or(2.0);
        assert_eq!(choice.false_irrelevant as f64, count(cut, true));
        assert!(count(cut, true) / personal <= target);
        for step in 0..=12 {
            let other = f64::from(step) / 12.0;
            let allowed = count(other, true) / personal <= target;
            assert!(!allowed || count(other, false) <= count(cut, false));
        }
    }
}
