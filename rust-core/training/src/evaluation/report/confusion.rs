//! The confusion matrix as a table whose cells are shaded by their share of the row.

use std::fmt::Write;

use super::super::Evaluation;
use super::html::{count, escape, isolated, percent};

pub(super) fn section(evaluation: &Evaluation) -> String {
    let confusion = &evaluation.confusion;
    let (support, columns) = (confusion.support(), confusion.labels.len());
    let heads: String = confusion
        .labels
        .iter()
        .map(|label| {
            format!(
                r#"<th scope="col" title="{0}"><span><bdi>{0}</bdi></span></th>"#,
                escape(label)
            )
        })
        .collect();
    let mut rows = String::new();
    for (truth, cells) in confusion.matrix.iter().enumerate() {
        let label = &confusion.labels[truth];
        let _ = write!(
            rows,
            r#"<tr><th scope="row" title="{}">{}</th>"#,
            escape(label),
            isolated(label)
        );
        for (predicted, cell) in cells.iter().enumerate() {
            rows.push_str(&self::cell(evaluation, truth, predicted, *cell, support[truth]));
        }
        let _ = write!(rows, r#"<td class="total">{}</td></tr>"#, count(support[truth]));
    }
    let fallback = isolated(&evaluation.group.fallback);
    format!(
        r#"<section class="panel wide"><h2>Confusion matrix</h2><p class="note">Each row is a true class, each column the most probable one, abstained or not. The stronger a cell's colour, the larger its share of the row (by square root, so that rare mistakes show).</p><p class="legend"><span><i class="cell" style="background:var(--hit)"></i><span>right</span></span><span><i class="cell" style="background:var(--miss)"></i><span>wrong</span></span><span><i class="cell" style="box-shadow:inset 0 0 0 2px var(--ink)"></i><span>a class of group {fallback} taken for one of another group</span></span></p><div class="scroll"><table class="confusion"><thead><tr><td style="background:none"></td><th class="axis" colspan="{columns}">predicted</th><td style="background:none"></td></tr><tr><th class="axis" style="text-align:end;padding-inline-end:.5rem">true</th>{heads}<th style="text-align:end;padding-inline-start:.6rem;color:var(--muted)">n</th></tr></thead><tbody>{rows}</tbody></table></div></section>"#
    )
}

fn cell(evaluation: &Evaluation, truth: usize, predicted: usize, n: u64, support: u64) -> String {
    let share = n as f64 / support.max(1) as f64;
    let shade = share.sqrt();
    let labels = &evaluation.labels;
    let mut class = String::new();
    if truth == predicted {
        class.push_str("hit ");
    }
    if n == 0 {
        class.push_str("zero ");
    }
    if shade > 0.72 {
        class.push_str("strong ");
    }
    if n > 0 && labels.is_fallback_class(truth) && !labels.is_fallback_class(predicted) {
        class.push_str("harm ");
    }
    let names = &evaluation.confusion.labels;
    format!(
        r#"<td class="{}" style="--v:{shade:.3}" title="{} → {}: {} ({})">{}</td>"#,
        class.trim_end(),
        escape(&names[truth]),
        escape(&names[predicted]),
        count(n),
        percent(share),
        count(n)
    )
}
