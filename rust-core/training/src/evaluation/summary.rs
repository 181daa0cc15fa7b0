//! All metrics of one set of predictions, in the shape of `epic evaluate --json`.

use serde::{Serialize, Serializer};

use super::bootstrap::bootstrap;
use super::calibration::calibration;
use super::coverage::risk_coverage;
use super::group::group_metrics;
use super::metrics::{averages, per_class};
use super::operating::operating_curve;
use super::{
    BootstrapOptions, Calibration, ClassMetrics, ConfusionMatrix, EvaluationError, GroupMetrics,
    Intervals, LabelSet, OperatingCurve, Prediction, RiskCoverage, group_scores,
};

/// How to evaluate.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluationOptions {
    /// Bins of the reliability diagram, 15 as in Guo et al. 2017.
    pub calibration_bins: usize,
    /// How to draw for the confidence intervals; `None` for no intervals.
    pub bootstrap: Option<BootstrapOptions>,
    /// For each prediction the id of the cluster that it is drawn with; `None` if pictures are independent.
    pub clusters: Option<Vec<usize>>,
    /// The irrelevant probability that the pack calls irrelevant from, to find among the operating
    /// points; chosen on other pictures than these.
    pub chosen_threshold: Option<f64>,
    /// Points that a curve is thinned out to. The areas are always those of the whole curve.
    pub max_curve_points: usize,
}

impl Default for EvaluationOptions {
    fn default() -> Self {
        Self {
            calibration_bins: 15,
            bootstrap: Some(BootstrapOptions::default()),
            clusters: None,
            chosen_threshold: None,
            max_curve_points: 200,
        }
    }
}

/// The result of an evaluation. Its JSON keys are a contract: add to them, never rename.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Number of pictures.
    pub n: usize,
    /// Share of pictures whose most probable class is the true one.
    pub accuracy: f64,
    /// Mean F1 over the classes that are true or predicted at least once.
    pub macro_f1: f64,
    /// Mean F1 weighted by support.
    pub weighted_f1: f64,
    /// Mean recall over the classes with support.
    pub balanced_accuracy: f64,
    /// Bootstrap confidence intervals, if asked for.
    pub intervals: Option<Intervals>,
    /// Metrics of each class, in the taxonomy's order.
    #[serde(serialize_with = "as_map")]
    pub per_class: Vec<(String, ClassMetrics)>,
    /// Classes without any picture in the set.
    pub classes_without_support: Vec<String>,
    /// Those of them that were not predicted either, which the macro F1 leaves out.
    pub classes_outside_macro_f1: Vec<String>,
    /// Most probable classes against true ones.
    pub confusion: ConfusionMatrix,
    /// Metrics of the groups, after abstaining.
    pub group: GroupMetrics,
    /// Log loss, Brier score and reliability.
    pub calibration: Calibration,
    /// Error rate by share of pictures answered.
    pub risk_coverage: RiskCoverage,
    /// Thresholds of the irrelevant probability; `None` unless both groups have pictures.
    pub operating_curve: Option<OperatingCurve>,
    /// The labels that it was computed with.
    #[serde(skip)]
    pub labels: LabelSet,
}

impl Evaluation {
    /// Computes all metrics.
    ///
    /// # Errors
    /// If there is no prediction, one contradicts the labels, or an option is out of range.
    pub fn compute(
        labels: &LabelSet,
        predictions: &[Prediction],
        options: &EvaluationOptions,
    ) -> Result<Self, EvaluationError> {
        let scores = group_scores(labels, predictions)?;
        if predictions.is_empty() {
            return Err(EvaluationError::EmptySet);
        }
        check_options(options, predictions.len())?;
        let confusion = ConfusionMatrix::from_pairs(
            &labels.classes,
            predictions.iter().map(|p| (p.truth, p.predicted)),
        );
        let averages = averages(&confusion);
        let (support, predicted) = (confusion.support(), confusion.predicted());
        let named = |keep: &dyn Fn(usize) -> bool| {
            (0..support.len())
                .filter(|class| keep(*class))
                .map(|class| labels.classes[class].clone())
                .collect()
        };
        Ok(Self {
            n: predictions.len(),
            accuracy: averages.accuracy,
            macro_f1: averages.macro_f1,
            weighted_f1: averages.weighted_f1,
            balanced_accuracy: averages.balanced_accuracy,
            intervals: options
                .bootstrap
                .as_ref()
                .map(|draw| bootstrap(labels, predictions, options.clusters.as_deref(), draw)),
            per_class: labels.classes.iter().cloned().zip(per_class(&confusion)).collect(),
            classes_without_support: named(&|class| support[class] == 0),
            classes_outside_macro_f1: named(&|class| support[class] + predicted[class] == 0),
            confusion,
            group: group_metrics(labels, predictions),
            calibration: calibration(predictions, options.calibration_bins),
            risk_coverage: risk_coverage(predictions, options.max_curve_points),
            operating_curve: operating_curve(
                &scores,
                options.chosen_threshold,
                options.max_curve_points,
            ),
            labels: labels.clone(),
        })
    }
}

fn check_options(options: &EvaluationOptions, n: usize) -> Result<(), EvaluationError> {
    let invalid =
        |option, value, expected| Err(EvaluationError::InvalidOption { option, value, expected });
    if options.calibration_bins == 0 {
        return invalid("calibration_bins", "0".to_owned(), "at least 1");
    }
    if let Some(draw) = &options.bootstrap {
        check_bootstrap(draw)?;
    }
    if let Some(threshold) = options.chosen_threshold.filter(|t| !t.is_finite()) {
        let value = threshold.to_string();
        return invalid("chosen_threshold", value, "a finite number");
    }
    match &options.clusters {
        Some(clusters) if clusters.len() != n => Err(EvaluationError::LengthMismatch {
            what: "cluster ids",
            expected: n,
            actual: clusters.len(),
        }),
        _ => Ok(()),
    }
}

pub(super) fn check_bootstrap(options: &BootstrapOptions) -> Result<(), EvaluationError> {
    let invalid =
        |option, value, expected| Err(EvaluationError::InvalidOption { option, value, expected });
    if options.resamples == 0 {
        return invalid("resamples", "0".to_owned(), "at least 1");
    }
    if !(options.confidence > 0.0 && options.confidence < 1.0) {
        let value = options.confidence.to_string();
        return invalid("confidence", value, "above 0 and below 1");
    }
    Ok(())
}

/// A map in the taxonomy's order, which a sorted map would lose.
fn as_map<S: Serializer>(
    entries: &[(String, ClassMetrics)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(entries.iter().map(|(name, metrics)| (name, metrics)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::super::fixture::{assert_close, labels, predictions};
    use super::*;

    fn evaluation() -> Evaluation {
        Evaluation::compute(&labels(), &predictions(), &EvaluationOptions::default()).unwrap()
    }

    fn keys(value: &Value) -> BTreeSet<&str> {
        value.as_object().unwrap().keys().map(String::as_str).collect()
    }

    #[test]
    fn json_keeps_its_keys() {
        let json = serde_json::to_value(evaluation()).unwrap();
        assert_eq!(
            keys(&json),
            BTreeSet::from([
                "n",
                "accuracy",
                "macro_f1",
                "weighted_f1",
                "balanced_accuracy",
                "intervals",
                "per_class",
                "classes_without_support",
                "classes_outside_macro_f1",
                "confusion",
                "group",
                "calibration",
                "risk_coverage",
                "operating_curve",
            ])
        );
        assert_eq!(
            keys(&json["per_class"]["selfies"]),
            BTreeSet::from(["precision", "recall", "specificity", "npv", "f1", "support"])
        );
        assert_eq!(keys(&json["confusion"]), BTreeSet::from(["labels", "matrix"]));
        assert_eq!(
            keys(&json["group"]),
            BTreeSet::from([
                "accuracy",
                "false_irrelevant_rate",
                "irrelevant_recall",
                "irrelevant_precision",
                "abstained_rate",
                "answered_accuracy",
                "personal_support",
                "irrelevant_support",
                "false_irrelevant",
                "fallback",
                "confusion",
            ])
        );
        assert_eq!(
            keys(&json["intervals"]),
            BTreeSet::from([
                "confidence",
                "resamples",
                "clusters",
                "accuracy",
                "macro_f1",
                "false_irrelevant_rate",
                "irrelevant_recall",
            ])
        );
        assert_eq!(keys(&json["intervals"]["macro_f1"]), BTreeSet::from(["low", "high"]));
        assert_eq!(json["n"], 12);
        assert_close(json["macro_f1"].as_f64().unwrap(), 0.48);
        assert_eq!(json["calibration"]["bins"].as_array().unwrap().len(), 15);
    }

    #[test]
    fn classes_come_in_the_taxonomys_order() {
        let text = serde_json::to_string(&evaluation()).unwrap();
        let places: Vec<_> = labels()
            .classes
            .iter()
            .map(|class| text.find(&format!("\"{class}\":{{")).unwrap())
            .collect();
        assert!(places.is_sorted());
    }

    #[test]
    fn absent_classes_are_flagged() {
        let actual = evaluation();
        assert_eq!(actual.classes_without_support, ["academicDigital", "fmemes"]);
        assert_eq!(actual.classes_outside_macro_f1, ["fmemes"]);
    }

    #[test]
    fn one_picture_and_one_group() {
        let one =
            Evaluation::compute(&labels(), &predictions()[..1], &EvaluationOptions::default())
                .unwrap();
        assert_eq!((one.n, one.macro_f1), (1, 1.0));
        assert_eq!(one.operating_curve, None);
        let json = serde_json::to_value(&one).unwrap();
        assert_eq!(json["group"]["irrelevant_recall"], Value::Null);
        assert_eq!(json["intervals"]["irrelevant_recall"], Value::Null);
    }

    #[test]
    fn refusals() {
        let compute = |change: fn(&mut EvaluationOptions)| {
            let mut options = EvaluationOptions::default();
            change(&mut options);
            Evaluation::compute(&labels(), &predictions(), &options)
        };
        assert!(compute(|o| o.calibration_bins = 0).is_err());
        assert!(compute(|o| o.clusters = Some(vec![0; 11])).is_err());
        assert!(compute(|o| o.clusters = Some(vec![0; 12])).is_ok());
        assert!(compute(|o| o.bootstrap.as_mut().unwrap().resamples = 0).is_err());
        assert!(compute(|o| o.bootstrap.as_mut().unwrap().confidence = 1.0).is_err());
        assert!(compute(|o| o.chosen_threshold = Some(f64::NAN)).is_err());
        assert!(compute(|o| o.bootstrap = None).unwrap().intervals.is_none());
        let empty = Evaluation::compute(&labels(), &[], &EvaluationOptions::default());
        assert_eq!(empty, Err(EvaluationError::EmptySet));
        let mut broken = predictions();
        broken[11].probabilities[0] = f32::NAN;
        let options = EvaluationOptions::default();
        assert!(matches!(
            Evaluation::compute(&labels(), &broken, &options),
            Err(EvaluationError::ProbabilityOutOfRange { .. })
        ));
    }
}
