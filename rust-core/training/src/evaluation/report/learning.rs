//! Learning curves.

use super::super::EpochStats;
use super::html::{decimal, percent};
use super::plot::{Axis, Plot, chart, legend, nice_end};

const HEIGHT: f64 = 286.0;
const BOTTOM: f64 = 238.0;

/// `step` is what a record stands for, as `epoch`.
pub(super) fn section(history: &[EpochStats], step: &str) -> String {
    let (Some(first), Some(last)) = (history.first(), history.last()) else {
        return String::new();
    };
    let epochs = || Axis::new(step, first.epoch as f64, last.epoch as f64).whole();
    let losses = history.iter().flat_map(|e| [Some(e.train_loss), e.val_loss]);
    let highest = finite(losses.flatten()).fold(0.01, f64::max);
    let mut loss = Plot::new(epochs(), Axis::new("loss", 0.0, nice_end(highest)), 10.0, BOTTOM);
    loss.line("line s1", series(history, |e| Some(e.train_loss)));
    loss.line("line s2 dash", series(history, |e| e.val_loss));

    let scores = history.iter().flat_map(|e| [e.val_accuracy, e.val_macro_f1]);
    let lowest = finite(scores.flatten()).fold(1.0, f64::min);
    let from = if lowest > 0.5 { 0.5 } else { 0.0 };
    let mut score = Plot::new(epochs(), Axis::new("score", from, 1.0), 10.0, BOTTOM);
    score.line("line s1", series(history, |e| e.val_macro_f1));
    score.line("line s2 dash", series(history, |e| e.val_accuracy));
    let best = history
        .iter()
        .filter_map(|e| Some((e.epoch, e.val_macro_f1.filter(|f1| f1.is_finite())?)))
        .max_by(|a, b| a.1.total_cmp(&b.1));
    let note = best.map_or_else(String::new, |(epoch, f1)| {
        let title = format!("best: {step} {epoch}, macro F1 {}", decimal(f1));
        score.dot("f1", epoch as f64, f1, &title);
        format!("Best macro F1 {} at {step} {epoch}.", decimal(f1))
    });
    let accuracy = last
        .val_accuracy
        .map_or_else(String::new, |a| format!(" Accuracy at the end {}.", percent(a)));

    let solid = r#"<path class="line s1" d="M1 6H25"/>"#;
    let dashed = r#"<path class="line s2 dash" d="M1 6H25"/>"#;
    format!(
        r#"<section class="panel"><h2>Loss by {step}</h2><p class="note">Validation rising while training falls is overfitting.</p>{}{}</section><section class="panel"><h2>Validation by {step}</h2><p class="note">{note}{accuracy}</p>{}{}</section>"#,
        legend([(solid, "training"), (dashed, "validation")]),
        chart(&format!("Training and validation loss by {step}"), HEIGHT, &loss.finish()),
        legend([(solid, "macro F1"), (dashed, "accuracy")]),
        chart(&format!("Validation macro F1 and accuracy by {step}"), HEIGHT, &score.finish()),
    )
}

fn finite(values: impl Iterator<Item = f64>) -> impl Iterator<Item = f64> {
    values.filter(|value| value.is_finite())
}

fn series(
    history: &[EpochStats],
    value: impl Fn(&EpochStats) -> Option<f64>,
) -> impl Iterator<Item = (f64, f64)> {
    history.iter().map(move |epoch| (epoch.epoch as f64, value(epoch).unwrap_or(f64::NAN)))
}
