//! The numbers that a reader looks for first, with their confidence intervals.

use super::super::{Evaluation, Interval};
use super::Report;
use super::html::{count, decimal, escape, isolated, percent};

pub(super) fn header(report: &Report) -> String {
    let n = ("Pictures".to_owned(), count(report.evaluation.n as u64));
    let facts: Vec<_> = [n].into_iter().chain(report.facts.iter().cloned()).collect();
    title("Evaluation", &report.model_name, &report.data_description, &facts)
}

/// The head of a page: what it is, of what, a sentence, and facts by name.
pub(crate) fn title(eyebrow: &str, name: &str, lead: &str, facts: &[(String, String)]) -> String {
    let facts: String = facts
        .iter()
        .map(|(name, value)| {
            format!("<div><dt>{}</dt><dd>{}</dd></div>", isolated(name), isolated(value))
        })
        .collect();
    format!(
        r#"<header><p class="eyebrow">{}</p><h1 dir="auto">{}</h1><p class="lead" dir="auto">{}</p><dl class="facts">{facts}</dl></header>"#,
        escape(eyebrow),
        isolated(name),
        isolated(lead),
    )
}

pub(super) fn cards(evaluation: &Evaluation) -> String {
    let intervals = evaluation.intervals.as_ref();
    let group = &evaluation.group;
    let harmed = format!(
        "{} of {} {} pictures called irrelevant",
        count(group.false_irrelevant),
        count(group.personal_support),
        isolated(&group.fallback),
    );
    let found = format!("of {} irrelevant pictures", count(group.irrelevant_support));
    let cards = [
        card(
            "Macro F1",
            Some(evaluation.macro_f1),
            decimal,
            intervals.map(|i| i.macro_f1),
            "mean over the classes",
            true,
        ),
        card(
            "Accuracy",
            Some(evaluation.accuracy),
            percent,
            intervals.map(|i| i.accuracy),
            "of the most probable class",
            false,
        ),
        card(
            "False irrelevant rate",
            group.false_irrelevant_rate,
            percent,
            intervals.map(|i| i.false_irrelevant_rate),
            &harmed,
            false,
        ),
        card(
            "Irrelevant recall",
            group.irrelevant_recall,
            percent,
            intervals.map(|i| i.irrelevant_recall),
            &found,
            false,
        ),
        card("Abstained", Some(group.abstained_rate), percent, None, "too unsure to answer", false),
        card(
            "Calibration error",
            Some(evaluation.calibration.expected_calibration_error),
            percent,
            None,
            "mean gap of confidence to accuracy",
            false,
        ),
    ];
    format!(
        r#"<section class="cards" aria-label="Headline numbers">{}</section>{}"#,
        cards.concat(),
        interval_note(evaluation)
    )
}

fn card(
    name: &str,
    value: Option<f64>,
    format: fn(f64) -> String,
    interval: Option<Option<Interval>>,
    note: &str,
    main: bool,
) -> String {
    let shown = value.map_or_else(|| "–".to_owned(), format);
    let range = match (value, interval.flatten()) {
        (Some(value), Some(interval)) => range(value, interval, format),
        _ => String::new(),
    };
    let class = if main { "panel card main" } else { "panel card" };
    format!(
        r#"<div class="{class}"><span class="name">{name}</span><span class="value">{shown}</span>{range}<span class="note">{note}</span></div>"#
    )
}

fn range(value: f64, interval: Interval, format: fn(f64) -> String) -> String {
    let Interval { low, high } = interval;
    format!(
        r#"<span class="range" aria-hidden="true"><i style="left:{:.2}%;width:{:.2}%"></i><b style="left:{:.2}%"></b></span><span class="note">{} to {}</span>"#,
        low * 100.0,
        (high - low) * 100.0,
        value * 100.0,
        format(low),
        format(high),
    )
}

fn interval_note(evaluation: &Evaluation) -> String {
    let Some(intervals) = &evaluation.intervals else {
        return String::new();
    };
    let unit = intervals.clusters.map_or_else(
        || "pictures".to_owned(),
        |n| format!("{} clusters of pictures", count(n as u64)),
    );
    format!(
        r#"<p class="note" style="margin-top:.6rem">Ranges are {:.0}&nbsp;% confidence intervals, percentile bootstrap over {unit}, {} resamples.</p>"#,
        intervals.confidence * 100.0,
        count(intervals.resamples as u64),
    )
}
