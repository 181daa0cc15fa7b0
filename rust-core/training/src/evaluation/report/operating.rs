//! Operating points: what each threshold of the irrelevant probability finds and what it costs.

use std::fmt::Write;

use super::super::{Evaluation, OperatingLimit, OperatingPoint};
use super::curves::{BOTTOM, DOT, HEIGHT, LINE};
use super::html::{decimal, percent};
use super::plot::{Axis, Plot, chart, legend};

const DIAMOND: &str = r#"<path class="f3" d="M13 0l6 6l-6 6l-6 -6z"/>"#;

pub(super) fn section(evaluation: &Evaluation) -> String {
    let Some(curve) = &evaluation.operating_curve else {
        return String::new();
    };
    let group = &evaluation.group;
    let actual = group.false_irrelevant_rate.zip(group.irrelevant_recall);
    let chosen = curve.chosen;
    let marked = [actual.map(|(x, _)| x), chosen.map(|point| point.false_irrelevant_rate)];
    let end = visible_rates(marked.into_iter().flatten().fold(0.0, f64::max));
    let line = clipped(&curve.points, end);
    let floor = visible_recall(
        line.iter()
            .filter(|(_, recall)| *recall > 0.0)
            .map(|(_, recall)| *recall)
            .chain(actual.map(|(_, recall)| recall))
            .chain(chosen.map(|point| point.irrelevant_recall)),
    );
    let mut plot = Plot::new(
        Axis::new("personal pictures called irrelevant", 0.0, end).percent(),
        Axis::new("irrelevant pictures found", floor, 1.0).percent(),
        10.0,
        BOTTOM,
    );
    plot.line("line s1", line);
    if let Some((x, y)) = actual {
        let title =
            format!("as classified: {} of personal, {} of irrelevant", percent(x), percent(y));
        plot.dot("f2", x, y, &title);
    }
    let mut entries = vec![(LINE, "every threshold".to_owned()), (DOT, "as classified".to_owned())];
    if let Some(point) = chosen {
        let (x, y) = (point.false_irrelevant_rate, point.irrelevant_recall);
        let threshold = point.threshold.map_or_else(|| "–".to_owned(), decimal);
        let title = format!(
            "threshold {threshold}: {} of personal, {} of irrelevant",
            percent(x),
            percent(y)
        );
        plot.diamond("f3", x, y, &title);
        entries.push((DIAMOND, format!("chosen threshold {threshold}")));
    }
    format!(
        r#"<section class="panel"><h2>Operating points</h2><p class="note">What each threshold of the irrelevant probability gives. Area under the whole curve {:.4}. The axes show only the part that matters.</p>{}{}{}</section>"#,
        curve.auc,
        legend(entries.iter().map(|(marks, text)| (*marks, text.as_str()))),
        chart(
            "Operating points: irrelevant recall against false irrelevant rate",
            HEIGHT,
            &plot.finish()
        ),
        table(&curve.limits),
    )
}

/// The best recall within some rates that one may want to keep to.
fn table(limits: &[OperatingLimit]) -> String {
    let mut rows = String::new();
    for OperatingLimit { limit, best } in limits {
        let threshold = best.threshold.map_or_else(|| "–".to_owned(), decimal);
        let _ = write!(
            rows,
            "<tr><th scope=\"row\">≤ {}</th><td>{threshold}</td><td>{}</td></tr>",
            percent(*limit),
            percent(best.irrelevant_recall)
        );
    }
    format!(
        r#"<div class="scroll"><table class="metrics compact"><thead><tr><th scope="col">False irrelevant</th><th scope="col">Threshold</th><th scope="col">Irrelevant found</th></tr></thead><tbody>{rows}</tbody></table></div>"#
    )
}

/// How far the axis of false irrelevant rates must go: what matters is near 0.
fn visible_rates(marked: f64) -> f64 {
    [0.05, 0.1, 0.2, 0.5].into_iter().find(|end| marked <= end * 0.7).unwrap_or(1.0)
}

/// Where the axis of recalls must start to show the lowest of them.
fn visible_recall(recalls: impl Iterator<Item = f64>) -> f64 {
    let lowest = recalls.fold(1.0, f64::min);
    [0.9, 0.8, 0.5].into_iter().find(|floor| lowest >= *floor).unwrap_or(0.0)
}

/// The curve up to x = `end`, cut there on the straight line.
fn clipped(points: &[OperatingPoint], end: f64) -> Vec<(f64, f64)> {
    let mut line: Vec<(f64, f64)> = Vec::new();
    for point in points {
        let (x, y) = (point.false_irrelevant_rate, point.irrelevant_recall);
        if x <= end {
            line.push((x, y));
            continue;
        }
        if let Some(&(x0, y0)) = line.last() {
            line.push((end, y0 + (y - y0) * (end - x0) / (x - x0)));
        }
        break;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points() -> Vec<OperatingPoint> {
        [(None, 0.0, 0.0), (Some(0.9), 0.0, 0.5), (Some(0.4), 0.5, 0.9), (Some(0.1), 1.0, 1.0)]
            .map(|(threshold, false_irrelevant_rate, irrelevant_recall)| OperatingPoint {
                threshold,
                false_irrelevant_rate,
                irrelevant_recall,
            })
            .to_vec()
    }

    #[test]
    fn the_curve_is_cut_on_its_line() {
        assert_eq!(clipped(&points(), 0.25), [(0.0, 0.0), (0.0, 0.5), (0.25, 0.7)]);
        assert_eq!(clipped(&points(), 1.0).len(), 4);
    }

    #[test]
    fn the_axis_reaches_past_the_marks() {
        assert_eq!(visible_rates(0.0), 0.05);
        assert_eq!(visible_rates(0.09), 0.2);
        assert_eq!(visible_rates(0.9), 1.0);
        assert_eq!(visible_recall([0.95, 0.85].into_iter()), 0.8);
        assert_eq!(visible_recall([0.3].into_iter()), 0.0);
    }
}
