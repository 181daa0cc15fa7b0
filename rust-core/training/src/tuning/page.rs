//! A search as one HTML file that needs nothing else.

use serde_json::Value;

use super::trials::{Metric, Trial, best};
use super::{Domain, Field, Space, Values};
use crate::evaluation::report::html::{decimal, escape, isolated};
use crate::evaluation::report::page;
use crate::evaluation::report::plot::{Axis, Plot, chart, legend};

const HEIGHT: f64 = 286.0;
const BOTTOM: f64 = 238.0;

/// The trials by number with the best so far, against each field, and as a table. `title` is the recipe's name,
/// `about` a sentence on what was searched.
#[must_use]
pub fn render(title: &str, about: &str, space: &Space, metric: Metric, trials: &[Trial]) -> String {
    let best = best(trials, metric);
    let fields: String = space.fields.iter().map(|field| by_field(field, metric, trials)).collect();
    let body = format!(
        r#"<header><p class="eyebrow">Tuning</p><h1 dir="auto">{}</h1><p class="lead" dir="auto">{}</p>{}</header>
<main>
{}{fields}{}
</main>"#,
        isolated(title),
        isolated(about),
        facts(best, metric),
        by_number(metric, trials),
        table(space, metric, trials, best),
    );
    page(&format!("{title} · tuning"), &body)
}

/// A value as people write it in a recipe, numbers to four digits.
#[must_use]
pub fn value_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_f64() => {
            let number = number.as_f64().unwrap_or(f64::NAN);
            let digits = if number == 0.0 { 0 } else { 3 - number.abs().log10().floor() as i32 };
            let unit = 10f64.powi(digits);
            format!("{}", (number * unit).round() / unit)
        }
        other => other.to_string(),
    }
}

fn settings(values: &Values) -> String {
    let settings = values.iter().map(|(path, value)| format!("{path} = {}", value_text(value)));
    settings.collect::<Vec<_>>().join(", ")
}

fn facts(best: Option<&Trial>, metric: Metric) -> String {
    let Some((trial, score)) = best.and_then(|best| Some((best, best.score(metric)?))) else {
        return r#"<p class="lead">No trial has a score.</p>"#.to_owned();
    };
    let first = (format!("Best {}", metric.name()), format!("{score:.4}, trial {}", trial.trial));
    let values = trial.values.iter().map(|(path, value)| (path.clone(), value_text(value)));
    let facts: String = std::iter::once(first)
        .chain(values)
        .map(|(name, value)| {
            format!("<div><dt>{}</dt><dd>{}</dd></div>", escape(&name), escape(&value))
        })
        .collect();
    format!(r#"<dl class="facts">{facts}</dl>"#)
}

/// An axis that holds all scores, with a little room.
fn scores_axis(metric: Metric, trials: &[Trial]) -> Axis {
    let scores = || trials.iter().filter_map(|trial| trial.score(metric));
    let low = scores().fold(f64::INFINITY, f64::min);
    let high = scores().fold(f64::NEG_INFINITY, f64::max);
    if low > high {
        return Axis::new(metric.name(), 0.0, 1.0);
    }
    let room = ((high - low) * 0.08).max(1e-3);
    Axis::new(metric.name(), low - room, high + room)
}

fn tooltip(trial: &Trial, score: f64) -> String {
    format!("trial {}: {} — {}", trial.trial, decimal(score), settings(&trial.values))
}

fn by_number(metric: Metric, trials: &[Trial]) -> String {
    let x = Axis::new("trial", 0.0, trials.len() as f64 + 1.0).whole();
    let mut plot = Plot::new(x, scores_axis(metric, trials), 10.0, BOTTOM);
    let so_far = trials.iter().enumerate().filter_map(|(at, trial)| {
        let best = best(&trials[..=at], metric)?.score(metric)?;
        Some((trial.trial as f64, best))
    });
    plot.line("line s2", so_far);
    for trial in trials {
        if let Some(score) = trial.score(metric) {
            plot.dot("f1", trial.trial as f64, score, &tooltip(trial, score));
        }
    }
    let failed = trials.iter().filter(|trial| trial.score(metric).is_none()).count();
    let note = match failed {
        0 => format!("{} trials.", trials.len()),
        failed => format!("{} trials, {failed} of which failed.", trials.len()),
    };
    let dot = r#"<circle class="f1" cx="13" cy="6" r="4.5"/>"#;
    let line = r#"<path class="line s2" d="M1 6H25"/>"#;
    format!(
        r#"<section class="panel"><h2>Score by trial</h2><p class="note">{note}</p>{}{}</section>"#,
        legend([(dot, "trial"), (line, "best so far")]),
        chart("Score by trial, and the best so far", HEIGHT, &plot.finish()),
    )
}

fn by_field(field: &Field, metric: Metric, trials: &[Trial]) -> String {
    let label = field.path.as_str();
    let x = match &field.domain {
        Domain::Float { low, high, log: false } => Axis::new(label, *low, *high),
        Domain::Float { low, high, log: true } => Axis::new(label, *low, *high).log(),
        Domain::Integer { low, high, .. } => Axis::new(label, *low as f64, *high as f64).whole(),
        Domain::Choices(choices) => Axis::named(label, choices.iter().map(value_text).collect()),
    };
    let mut plot = Plot::new(x, scores_axis(metric, trials), 10.0, BOTTOM);
    let place = |value: &Value| match &field.domain {
        Domain::Choices(choices) => {
            choices.iter().position(|choice| choice == value).map(|place| place as f64)
        }
        _ => value.as_f64(),
    };
    for trial in trials {
        let at = trial.values.get(&field.path).and_then(place);
        if let (Some(at), Some(score)) = (at, trial.score(metric)) {
            plot.dot("f1", at, score, &tooltip(trial, score));
        }
    }
    let body = chart(&format!("Score by {label}"), HEIGHT, &plot.finish());
    format!(r#"<section class="panel"><h2>{}</h2>{body}</section>"#, escape(label))
}

fn table(space: &Space, metric: Metric, trials: &[Trial], best: Option<&Trial>) -> String {
    let heads: String =
        space.fields.iter().map(|field| format!("<th>{}</th>", escape(&field.path))).collect();
    let mut order: Vec<&Trial> = trials.iter().collect();
    // Those without a score come last.
    let cost = |trial: &Trial| trial.cost(metric).unwrap_or(f64::INFINITY);
    order.sort_by(|a, b| cost(a).total_cmp(&cost(b)));
    let row = |trial: &&Trial| {
        let result = match (&trial.mean, &trial.error) {
            (Some(mean), _) => {
                format!("<td>{:.4}</td><td>{:.4}</td>", mean.macro_f1, mean.log_loss)
            }
            (None, error) => {
                let reason = error.as_deref().unwrap_or_default();
                format!(r#"<td class="text" colspan="2">{}</td>"#, isolated(reason))
            }
        };
        let cell = |field: &Field| {
            let value = trial.values.get(&field.path).map(value_text).unwrap_or_default();
            format!("<td>{}</td>", escape(&value))
        };
        let cells: String = space.fields.iter().map(cell).collect();
        let mark = if best.is_some_and(|best| best.trial == trial.trial) { " ★" } else { "" };
        format!(
            "<tr><th>{}{mark}</th>{result}{cells}<td>{:.1}</td></tr>",
            trial.trial, trial.seconds
        )
    };
    let rows: String = order.iter().map(row).collect();
    format!(
        r#"<section class="panel wide"><h2>Trials, the best first</h2><div class="scroll"><table class="metrics compact"><thead><tr><th>trial</th><th>macro_f1</th><th>log_loss</th>{heads}<th>seconds</th></tr></thead><tbody>{rows}</tbody></table></div></section>"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tuning::FoldScores;

    #[test]
    fn numbers_are_short() {
        for (value, wanted) in [
            (serde_json::json!(0.012_345_678), "0.01235"),
            (serde_json::json!(7), "7"),
            (serde_json::json!(123.456), "123.5"),
            (serde_json::json!("per_class"), "per_class"),
            (serde_json::json!(0.0), "0"),
        ] {
            assert_eq!(value_text(&value), wanted);
        }
    }

    #[test]
    fn the_page_shows_each_trial_and_each_field_and_loads_nothing() {
        let text =
            "rate = { low = 1e-3, high = 1.0, log = true }\nkind = { choices = [\"<b>\", \"c\"] }";
        let space = Space::from_toml(&toml::from_str(text).unwrap()).unwrap();
        let trial = |number: usize, score: Option<f64>| Trial {
            trial: number,
            values: space.values(&[0.1 * number as f64, 0.2]),
            mean: score.map(|macro_f1| FoldScores { macro_f1, log_loss: 1.0 }),
            folds: Vec::new(),
            seconds: 1.0,
            error: score.is_none().then(|| "failed & told".to_owned()),
        };
        let trials = [trial(1, Some(0.5)), trial(2, None), trial(3, Some(0.75))];
        let page = render("m04.2", "5 folds", &space, Metric::MacroF1, &trials);
        assert_eq!(page.matches("<svg class=\"chart\"").count(), 3);
        // Two scored trials in three charts, and three rows.
        assert_eq!(page.matches("<circle class=\"f1 halo\"").count(), 6);
        assert_eq!(page.matches("</td></tr>").count(), 3);
        assert!(page.contains("0.7500, trial 3") && page.contains("failed &amp; told"));
        assert!(page.contains("&lt;b&gt;") && !page.contains("<b>") && !page.contains("<script"));
        assert!(!page.contains("http://") && !page.contains("https://"));
        assert!(!page.contains("NaN") && !page.contains("inf\""));
        let empty = render("m04.2", "5 folds", &space, Metric::MacroF1, &[]);
        assert!(empty.contains("No trial has a score"));
    }
}
