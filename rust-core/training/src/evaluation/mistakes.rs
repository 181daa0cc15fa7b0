//! The mistakes that are most worth looking at.

use super::{EvaluationError, LabelSet, Prediction};

/// One picture that was classified wrongly.
#[derive(Debug, Clone, PartialEq)]
pub struct Mistake {
    /// The prediction's id.
    pub id: String,
    /// Name of the true class.
    pub truth: String,
    /// Name of the most probable class.
    pub predicted: String,
    /// Probability of the most probable class.
    pub confidence: f64,
    /// A personal picture that ends up as irrelevant.
    pub harmful: bool,
    /// Whether the classifier abstained.
    pub abstained: bool,
    /// The picture as a `data:image/…;base64,` URI, for the report.
    pub thumbnail: Option<String>,
}

/// The worst mistakes, without thumbnails: the harmful ones first, then those the classifier
/// answered, then those on which it abstained; the most confident first in each.
///
/// # Errors
/// If a prediction contradicts the labels.
pub fn worst_mistakes(
    labels: &LabelSet,
    predictions: &[Prediction],
    limit: usize,
) -> Result<Vec<Mistake>, EvaluationError> {
    labels.check(predictions)?;
    let harmful =
        |p: &Prediction| labels.is_fallback_class(p.truth) && p.group != labels.fallback_group;
    let mut mistakes: Vec<Mistake> = predictions
        .iter()
        .filter(|p| !p.is_correct() || harmful(p))
        .map(|p| Mistake {
            id: p.id.clone(),
            truth: labels.classes[p.truth].clone(),
            predicted: labels.classes[p.predicted].clone(),
            confidence: p.confidence(),
            harmful: harmful(p),
            abstained: p.abstained,
            thumbnail: None,
        })
        .collect();
    sort_by_harm(&mut mistakes);
    mistakes.truncate(limit);
    Ok(mistakes)
}

pub(super) fn sort_by_harm(mistakes: &mut [Mistake]) {
    mistakes.sort_by(|a, b| {
        (b.harmful, a.abstained)
            .cmp(&(a.harmful, b.abstained))
            .then(b.confidence.total_cmp(&a.confidence))
            .then_with(|| a.id.cmp(&b.id))
    });
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{labels, predictions};
    use super::*;

    #[test]
    fn the_harmful_come_first_and_the_abstained_last() {
        let mut all = predictions();
        all[10].probabilities = vec![0.0, 0.0, 0.0, 0.0, 1.0, 0.0];
        let mistakes = worst_mistakes(&labels(), &all, 10).unwrap();
        let ids: Vec<_> = mistakes.iter().map(|m| m.id.as_str()).collect();
        assert_eq!(ids, ["p02.jpg", "p10.jpg", "p08.jpg", "p01.jpg", "p05.jpg"]);
        assert!(mistakes[0].harmful && !mistakes[1].harmful);
        assert_eq!(mistakes[0].predicted, "ememes");
        assert!(mistakes[4].abstained);
        assert_eq!(worst_mistakes(&labels(), &all, 2).unwrap(), mistakes[..2]);
    }
}
