//! Charts of the confidence: reliability, and risk against coverage.

use super::super::Evaluation;
use super::html::{count, percent};
use super::plot::{Axis, Plot, chart, legend, nice_end};

pub(super) const HEIGHT: f64 = 306.0;
pub(super) const BOTTOM: f64 = 258.0;
pub(super) const DOT: &str = r#"<circle class="f2" cx="13" cy="6" r="5.5"/>"#;
pub(super) const LINE: &str = r#"<path class="line s1" d="M1 6H25"/>"#;

pub(super) fn reliability(evaluation: &Evaluation) -> String {
    let calibration = &evaluation.calibration;
    let filled = || calibration.bins.iter().filter(|bin| bin.count > 0);
    let mut upper =
        Plot::new(Axis::new("", 0.0, 1.0), Axis::new("accuracy", 0.0, 1.0).percent(), 10.0, 200.0);
    for bin in filled() {
        let accuracy = bin.accuracy.unwrap_or(0.0);
        let title = format!(
            "confidence {} to {}: accuracy {}, {} pictures",
            percent(bin.lower),
            percent(bin.upper),
            percent(accuracy),
            count(bin.count)
        );
        upper.bar("f1 mid", (bin.lower, 0.0), (bin.upper, accuracy), &title);
    }
    upper.line("ideal", [(0.0, 0.0), (1.0, 1.0)]);
    let most = calibration.bins.iter().map(|bin| bin.count).max();
    let mut lower = Plot::new(
        Axis::new("confidence", 0.0, 1.0).percent(),
        Axis::new("pictures", 0.0, most.unwrap_or(1) as f64).few_ticks(),
        222.0,
        282.0,
    );
    for bin in filled() {
        let title = format!("{} pictures", count(bin.count));
        lower.bar("f1 soft", (bin.lower, 0.0), (bin.upper, bin.count as f64), &title);
    }
    let body = upper.finish() + &lower.finish();
    format!(
        r#"<section class="panel"><h2>Reliability</h2><p class="note">Of the pictures with a given confidence, how many are right. Expected calibration error {}, widest gap {}.</p>{}{}</section>"#,
        percent(calibration.expected_calibration_error),
        percent(calibration.maximum_calibration_error),
        legend([
            (r#"<rect class="f1 mid" y="1" width="26" height="10" rx="1.5"/>"#, "accuracy"),
            (r#"<path class="ideal" d="M1 6H25"/>"#, "honest confidence"),
            (
                r#"<rect class="f1 soft" y="1" width="26" height="10" rx="1.5"/>"#,
                "number of pictures"
            ),
        ]),
        chart("Reliability diagram with a histogram of confidence", 326.0, &body)
    )
}

pub(super) fn risk_coverage(evaluation: &Evaluation) -> String {
    let points = &evaluation.risk_coverage.points;
    let group = &evaluation.group;
    let answered =
        group.answered_accuracy.map(|accuracy| (1.0 - group.abstained_rate, 1.0 - accuracy));
    let highest = points
        .iter()
        .map(|point| point.risk)
        .chain(answered.map(|(_, risk)| risk))
        .fold(0.01, f64::max);
    let mut plot = Plot::new(
        Axis::new("share of pictures answered", 0.0, 1.0).percent(),
        Axis::new("wrong among answered", 0.0, nice_end(highest)).percent(),
        10.0,
        BOTTOM,
    );
    plot.line("line s1", points.iter().map(|p| (p.coverage, p.risk)));
    if let Some((coverage, risk)) = answered {
        let title = format!("answers {}, {} wrong", percent(coverage), percent(risk));
        plot.dot("f2", coverage, risk, &title);
    }
    format!(
        r#"<section class="panel"><h2>Risk and coverage</h2><p class="note">How often the class is wrong if only the most confident pictures are answered. Mean risk (AURC) {}.</p>{}{}</section>"#,
        percent(evaluation.risk_coverage.aurc),
        legend([(LINE, "by confidence"), (DOT, "this classifier's own abstaining")]),
        chart("Risk-coverage curve", HEIGHT, &plot.finish())
    )
}
