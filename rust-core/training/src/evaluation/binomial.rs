//! Exact one-sided upper bound of a rate (Clopper and Pearson 1934).

/// The rate under which seeing at most `events` in `trials` has probability 1 - `confidence`;
/// the true rate is below it with at least `confidence`. 1 without trials.
#[must_use]
pub fn clopper_pearson_upper(events: u64, trials: u64, confidence: f64) -> f64 {
    if events >= trials {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if cumulative(events, trials, middle) > 1.0 - confidence {
            low = middle;
        } else {
            high = middle;
        }
    }
    // The upper end, so that rounding errs on the safe side.
    high
}

/// P(X <= events) of a binomial variable, summed in logarithms since the terms underflow.
fn cumulative(events: u64, trials: u64, rate: f64) -> f64 {
    let odds = (rate / (1.0 - rate)).ln();
    let mut term = trials as f64 * (-rate).ln_1p();
    let (mut largest, mut sum) = (term, 1.0);
    for event in 0..events {
        term += ((trials - event) as f64 / (event + 1) as f64).ln() + odds;
        if term > largest {
            sum = sum * (largest - term).exp() + 1.0;
            largest = term;
        } else {
            sum += (term - largest).exp();
        }
    }
    sum * largest.exp()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::assert_close;
    use super::*;

    #[test]
    fn agrees_with_scipy() {
        // scipy.stats.beta.ppf(confidence, events + 1, trials - events)
        for (events, trials, confidence, expected) in [
            (0, 50, 0.95, 0.058_155_079_116_972_25),
            (3, 100, 0.95, 0.075_710_793_749_830_04),
            (2, 1000, 0.99, 0.008_379_068_264_742_159),
            (10, 10, 0.95, 1.0),
            (0, 0, 0.95, 1.0),
        ] {
            assert_close(clopper_pearson_upper(events, trials, confidence), expected);
        }
    }

    #[test]
    fn large_samples_do_not_underflow() {
        let bound = clopper_pearson_upper(50_000, 100_000, 0.95);
        assert!((0.5026..0.5027).contains(&bound), "{bound}");
    }

    #[test]
    fn grows_with_the_events() {
        let bounds: Vec<_> = (0..40).map(|k| clopper_pearson_upper(k, 40, 0.9)).collect();
        assert!(bounds.is_sorted_by(|a, b| a < b));
    }
}
