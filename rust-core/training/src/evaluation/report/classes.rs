//! Each class's metrics, as bars and as a table.

use std::fmt::Write;

use super::super::Evaluation;
use super::html::{count, decimal, escape, isolated, shorten};
use super::plot::{WIDTH, chart, legend};

const LABEL: f64 = 128.0;
const VALUE: f64 = 44.0;
const ROW: f64 = 43.0;
const BAR: f64 = 9.5;

pub(super) fn bars(evaluation: &Evaluation) -> String {
    let scale = WIDTH - LABEL - VALUE;
    let bottom = ROW * evaluation.per_class.len() as f64 + 4.0;
    let mut body = String::new();
    for step in 0..=4 {
        let value = f64::from(step) / 4.0;
        let x = LABEL + value * scale;
        let _ = write!(
            body,
            r#"<line class="grid" x1="{x:.1}" x2="{x:.1}" y1="0" y2="{bottom}"/><text x="{x:.1}" y="{:.1}" text-anchor="middle">{value}</text>"#,
            bottom + 16.0
        );
    }
    for (row, (name, metrics)) in evaluation.per_class.iter().enumerate() {
        let top = ROW * row as f64 + 5.0;
        let middle = top + 1.5 * BAR + 1.0;
        let _ = write!(
            body,
            r#"<text class="strong" x="{:.1}" y="{:.1}" text-anchor="end">{}<title>{}</title></text>"#,
            LABEL - 9.0,
            middle + 4.0,
            escape(&shorten(name, 17)),
            escape(name)
        );
        if evaluation.classes_outside_macro_f1.contains(name) {
            let _ = write!(
                body,
                r#"<text x="{:.1}" y="{:.1}">neither true nor predicted in this set</text>"#,
                LABEL + 6.0,
                middle + 4.0
            );
            continue;
        }
        let values = [metrics.precision, metrics.recall, metrics.f1];
        for (bar, (value, kind)) in values.iter().zip(["precision", "recall", "F1"]).enumerate() {
            let _ = write!(
                body,
                r#"<rect class="f{}" x="{LABEL}" y="{:.1}" width="{:.1}" height="{BAR}" rx="1.5"><title>{}: {kind} {}</title></rect>"#,
                bar + 1,
                top + bar as f64 * (BAR + 1.0),
                (value * scale).max(1.0),
                escape(name),
                decimal(*value)
            );
        }
        let _ = write!(
            body,
            r#"<text class="strong" x="{WIDTH}" y="{:.1}" text-anchor="end">{}</text>"#,
            middle + 4.0,
            decimal(metrics.f1)
        );
    }
    let swatches = ["f1", "f2", "f3"]
        .map(|class| format!(r#"<rect class="{class}" y="2" width="26" height="8" rx="1.5"/>"#));
    format!(
        r#"<section class="panel"><h2>Classes</h2><p class="note">The number at the right is the F1.</p>{}{}</section>"#,
        legend(swatches.iter().map(String::as_str).zip(["precision", "recall", "F1"])),
        chart("Precision, recall and F1 of each class", bottom + 24.0, &body)
    )
}

pub(super) fn table(evaluation: &Evaluation) -> String {
    let mut rows = String::new();
    for (class, (name, metrics)) in evaluation.per_class.iter().enumerate() {
        let absent = evaluation.classes_outside_macro_f1.contains(name);
        let group = &evaluation.labels.groups[evaluation.labels.class_to_group[class]];
        let _ = write!(
            rows,
            r#"<tr{}><th scope="row" class="name-cell" title="{}">{}</th><td class="text">{}</td>"#,
            if absent { r#" class="absent""# } else { "" },
            escape(name),
            isolated(name),
            isolated(group)
        );
        for value in
            [metrics.precision, metrics.recall, metrics.specificity, metrics.npv, metrics.f1]
        {
            let text = if absent { "–".to_owned() } else { decimal(value) };
            let _ = write!(rows, "<td>{text}</td>");
        }
        let _ = write!(rows, "<td>{}</td></tr>", count(metrics.support));
    }
    let flagged = if evaluation.classes_without_support.is_empty() {
        String::new()
    } else {
        let names: Vec<_> =
            evaluation.classes_without_support.iter().map(|name| isolated(name)).collect();
        format!(
            " No picture of this set is of class {}: a class that is not predicted either does not count in the macro F1, one that is counts with F1 0.",
            names.join(", ")
        )
    };
    format!(
        r#"<section class="panel wide"><h2>All metrics by class</h2><p class="note">Macro F1 {} · weighted F1 {} · balanced accuracy {} · log loss {} · Brier score {}.{flagged}</p><div class="scroll"><table class="metrics"><thead><tr><th scope="col">Class</th><th scope="col" class="text">Group</th><th scope="col">Precision</th><th scope="col">Recall</th><th scope="col">Specificity</th><th scope="col">NPV</th><th scope="col">F1</th><th scope="col">Support</th></tr></thead><tbody>{rows}</tbody></table></div></section>"#,
        decimal(evaluation.macro_f1),
        decimal(evaluation.weighted_f1),
        decimal(evaluation.balanced_accuracy),
        decimal(evaluation.calibration.log_loss),
        decimal(evaluation.calibration.brier_score),
    )
}
