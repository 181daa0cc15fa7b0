//! Choosing the irrelevant probability from which a picture is called irrelevant.

use serde::Serialize;

use super::binomial::clopper_pearson_upper;
use super::{EvaluationError, LabelSet, Prediction};

/// One picture as the threshold sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupScore {
    /// See [`LabelSet::irrelevant_probability`].
    pub irrelevant_probability: f64,
    /// Whether it truly belongs to the fallback group.
    pub personal: bool,
}

/// The scores of predictions.
///
/// # Errors
/// If a prediction contradicts the labels.
pub fn group_scores(
    labels: &LabelSet,
    predictions: &[Prediction],
) -> Result<Vec<GroupScore>, EvaluationError> {
    labels.check(predictions)?;
    Ok(predictions
        .iter()
        .map(|prediction| GroupScore {
            irrelevant_probability: labels.irrelevant_probability(&prediction.probabilities),
            personal: labels.is_fallback_class(prediction.truth),
        })
        .collect())
}

/// Which estimate of the false irrelevant rate must stay within the target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RateEstimate {
    /// The rate seen on the sample. New pictures will do worse about every other time.
    Observed,
    /// The one-sided Clopper-Pearson bound at this confidence. As calling more pictures irrelevant
    /// can only raise the rate, the bound holds although the threshold is chosen on the same
    /// sample (fixed-sequence testing, Angelopoulos et al. 2021).
    UpperBound {
        /// Above 0 and below 1.
        confidence: f64,
    },
}

/// A threshold and what it does on the sample that it was chosen on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ThresholdChoice {
    /// A picture is irrelevant when its irrelevant probability is at least this; `None` when no
    /// threshold tells any irrelevant picture from the personal ones: nothing may be called irrelevant.
    pub threshold: Option<f64>,
    /// The highest false irrelevant rate that was asked for.
    pub target: f64,
    /// Whether the estimate is within the target; only a small sample can make it false.
    pub meets_target: bool,
    /// Personal pictures in the sample.
    pub personal: u64,
    /// Those of them that are called irrelevant.
    pub false_irrelevant: u64,
    /// Their share.
    pub false_irrelevant_rate: f64,
    /// What the estimate makes of that share.
    pub estimated_rate: f64,
    /// Share of irrelevant pictures called irrelevant; `None` without any.
    pub irrelevant_recall: Option<f64>,
}

/// Chooses the threshold of the highest irrelevant recall whose estimated false irrelevant rate is
/// within `target`, and among those the highest one, which is always the score of an irrelevant
/// picture. Equal scores fall on the same side.
///
/// A sample can be so small that the upper bound of even no mistake is above the target. Then the
/// threshold is the one without any mistake on the sample, and `meets_target` is false.
///
/// # Errors
/// If there is no personal picture, a score is not finite, or an option is out of range.
pub fn choose_threshold(
    scores: &[GroupScore],
    target: f64,
    estimate: RateEstimate,
) -> Result<ThresholdChoice, EvaluationError> {
    check_options(target, estimate)?;
    if let Some(row) = scores.iter().position(|score| !score.irrelevant_probability.is_finite()) {
        return Err(EvaluationError::NotFinite { row });
    }
    let personal = scores.iter().filter(|score| score.personal).count() as u64;
    if personal == 0 {
        return Err(EvaluationError::NoFallbackPictures);
    }
    let irrelevant = scores.len() as u64 - personal;
    let estimated = |mistakes: u64| match estimate {
        RateEstimate::Observed => mistakes as f64 / personal as f64,
        RateEstimate::UpperBound { confidence } => {
            clopper_pearson_upper(mistakes, personal, confidence)
        }
    };
    let allowed = most_mistakes_within(target, personal, estimated);
    let (threshold, mistakes, hits) = lowest_threshold(scores, allowed.unwrap_or(0));
    Ok(ThresholdChoice {
        threshold,
        target,
        // Calling nothing irrelevant is safe whatever the sample can show.
        meets_target: threshold.is_none() || allowed.is_some(),
        personal,
        false_irrelevant: mistakes,
        false_irrelevant_rate: mistakes as f64 / personal as f64,
        estimated_rate: estimated(mistakes),
        irrelevant_recall: super::group::share(hits, irrelevant),
    })
}

fn check_options(target: f64, estimate: RateEstimate) -> Result<(), EvaluationError> {
    if !(0.0..=1.0).contains(&target) {
        return Err(EvaluationError::InvalidOption {
            option: "target",
            value: target.to_string(),
            expected: "from 0 to 1",
        });
    }
    match estimate {
        RateEstimate::UpperBound { confidence } if !(confidence > 0.0 && confidence < 1.0) => {
            Err(EvaluationError::InvalidOption {
                option: "confidence",
                value: confidence.to_string(),
                expected: "above 0 and below 1",
            })
        }
        _ => Ok(()),
    }
}

/// `None` when not even 0 mistakes are within the target. Bisects, as the estimate only grows.
fn most_mistakes_within(target: f64, personal: u64, estimated: impl Fn(u64) -> f64) -> Option<u64> {
    if estimated(0) > target {
        return None;
    }
    let (mut within, mut beyond) = (0, personal + 1);
    while beyond - within > 1 {
        let middle = within + (beyond - within) / 2;
        if estimated(middle) <= target {
            within = middle;
        } else {
            beyond = middle;
        }
    }
    Some(within)
}

/// The threshold, and how many personal and irrelevant pictures are at or above it.
fn lowest_threshold(scores: &[GroupScore], allowed: u64) -> (Option<f64>, u64, u64) {
    let mut ranked = scores.to_vec();
    ranked.sort_by(|a, b| b.irrelevant_probability.total_cmp(&a.irrelevant_probability));
    let mut best = (None, 0, 0);
    let (mut mistakes, mut hits) = (0, 0);
    for tied in ranked.chunk_by(|a, b| a.irrelevant_probability == b.irrelevant_probability) {
        let more_mistakes = tied.iter().filter(|score| score.personal).count();
        mistakes += more_mistakes as u64;
        hits += (tied.len() - more_mistakes) as u64;
        if mistakes > allowed {
            break;
        }
        if more_mistakes < tied.len() {
            best = (Some(tied[0].irrelevant_probability), mistakes, hits);
        }
    }
    best
}

#[cfg(test)]
mod tests;
