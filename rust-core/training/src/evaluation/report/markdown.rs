//! The metrics as Markdown tables, for model cards.

use std::fmt::Write;

use super::super::{Evaluation, Interval};

/// Two tables: the headline numbers with their confidence intervals, and the metrics of each class.
#[must_use]
pub fn render_markdown_table(evaluation: &Evaluation) -> String {
    let intervals = evaluation.intervals.as_ref();
    let group = &evaluation.group;
    let heading = intervals.map_or_else(
        || "interval".to_owned(),
        |i| format!("{:.0} % interval", i.confidence * 100.0),
    );
    let mut text =
        format!("| metric ({} pictures) | value | {heading} |\n|---|---:|---:|\n", evaluation.n);
    for (name, value, interval) in [
        ("macro F1", Some(evaluation.macro_f1), intervals.and_then(|i| i.macro_f1)),
        ("accuracy", Some(evaluation.accuracy), intervals.and_then(|i| i.accuracy)),
        (
            "false irrelevant rate",
            group.false_irrelevant_rate,
            intervals.and_then(|i| i.false_irrelevant_rate),
        ),
        ("irrelevant recall", group.irrelevant_recall, intervals.and_then(|i| i.irrelevant_recall)),
        ("abstained", Some(group.abstained_rate), None),
        (
            "expected calibration error",
            Some(evaluation.calibration.expected_calibration_error),
            None,
        ),
    ] {
        let _ = writeln!(text, "| {name} | {} | {} |", number(value), range(interval));
    }
    text.push_str(
        "\n| class | precision | recall | specificity | NPV | F1 | support |\n|---|---:|---:|---:|---:|---:|---:|\n",
    );
    for (name, metrics) in &evaluation.per_class {
        let absent = evaluation.classes_outside_macro_f1.contains(name);
        let values =
            [metrics.precision, metrics.recall, metrics.specificity, metrics.npv, metrics.f1]
                .map(|value| number((!absent).then_some(value)));
        let _ = writeln!(text, "| {} | {} | {} |", cell(name), values.join(" | "), metrics.support);
    }
    text
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}

fn range(interval: Option<Interval>) -> String {
    interval.map_or_else(
        || "–".to_owned(),
        |interval| format!("{:.3}–{:.3}", interval.low, interval.high),
    )
}

/// A name as it is, whatever it means in Markdown or HTML.
pub(crate) fn cell(name: &str) -> String {
    let mut escaped = String::new();
    for character in name.chars() {
        match character {
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '~' => escaped.extend(['\\', character]),
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::{labels, predictions};
    use super::super::super::{Evaluation, EvaluationOptions};
    use super::*;

    #[test]
    fn a_row_for_each_class() {
        let options = EvaluationOptions::default();
        let evaluation = Evaluation::compute(&labels(), &predictions(), &options).unwrap();
        let text = render_markdown_table(&evaluation);
        assert!(text.contains("| metric (12 pictures) | value | 95 % interval |"));
        assert!(text.contains("| macro F1 | 0.480 | 0."));
        assert!(text.contains("| selfies | 1.000 | 0.500 | 1.000 | 0.800 | 0.667 | 4 |"));
        assert!(text.contains("| fmemes | – | – | – | – | – | 0 |"));
    }

    #[test]
    fn names_cannot_break_the_table() {
        assert_eq!(cell("a|b<i>_c_\n"), "a\\|b&lt;i>\\_c\\_ ");
    }
}
