//! The evaluation as one HTML file that needs nothing else, and as Markdown for a model card.

mod classes;
mod confusion;
mod curves;
#[cfg(test)]
mod demo;
mod gallery;
pub(crate) mod headline;
pub(crate) mod html;
mod learning;
pub(crate) mod markdown;
mod operating;
pub(crate) mod plot;
pub(crate) mod rows;
#[cfg(test)]
pub(crate) mod tests;

pub use html::escape;
pub use markdown::render_markdown_table;

use super::{EpochStats, Evaluation, Mistake};

/// What a report shows. All text may be anything: it is escaped.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Title of the page.
    pub model_name: String,
    /// A sentence on the pictures it was evaluated on.
    pub data_description: String,
    /// Further name and value pairs below the title, such as a date or a checksum.
    pub facts: Vec<(String, String)>,
    /// The metrics.
    pub evaluation: Evaluation,
    /// Epochs in order; may be empty.
    pub history: Vec<EpochStats>,
    /// What they are called: `epoch`, or `round` for trees.
    pub history_step: &'static str,
    /// The mistakes to show; may be empty. See [`super::worst_mistakes`].
    pub mistakes: Vec<Mistake>,
}

/// One HTML page with its style and pictures inside: no script, and nothing is loaded from elsewhere.
#[must_use]
pub fn render(report: &Report) -> String {
    let evaluation = &report.evaluation;
    let sections = [
        confusion::section(evaluation),
        classes::bars(evaluation),
        operating::section(evaluation),
        curves::reliability(evaluation),
        curves::risk_coverage(evaluation),
        learning::section(&report.history, report.history_step),
        gallery::section(&report.mistakes),
        classes::table(evaluation),
        GLOSSARY.to_owned(),
    ];
    let body = format!(
        "{}\n{}\n<main>\n{}\n</main>",
        headline::header(report),
        headline::cards(evaluation),
        sections.join("\n")
    );
    page(&format!("{} · evaluation", report.model_name), &body)
}

/// A page with the style of all reports around `body`, which is markup; the title is text.
pub(crate) fn page(title: &str, body: &str) -> String {
    format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>{}</title>
<style>
{}</style>
</head>
<body>
{body}
</body>
</html>
"#,
        html::escape(title),
        include_str!("style.css"),
    )
}

const GLOSSARY: &str = r#"<section class="panel wide"><details><summary>How to read the numbers</summary><dl>
<dt>Precision, recall, F1</dt><dd>Of the pictures called a class, the share that is of it; of the pictures of a class, the share that is found; the harmonic mean of both. A ratio of nothing is 0.</dd>
<dt>Specificity, NPV</dt><dd>Of the pictures that are not of a class, the share not called so; of the pictures not called a class, the share that is not of it.</dd>
<dt>Macro F1</dt><dd>The mean F1 over the classes, each counting the same however many pictures it has. Classes that are neither true nor predicted in the set are left out.</dd>
<dt>False irrelevant rate</dt><dd>The share of personal pictures that end up as irrelevant. An abstained picture counts as personal. This is the mistake that can cost somebody a picture.</dd>
<dt>Irrelevant recall</dt><dd>The share of irrelevant pictures that end up as irrelevant: what the cleaning finds.</dd>
<dt>Expected calibration error</dt><dd>The mean distance between confidence and accuracy over bins of confidence.</dd>
<dt>Log loss, Brier score</dt><dd>Errors of the probabilities themselves, lower is better; the Brier score sums over the classes and lies between 0 and 2.</dd>
</dl></details></section>"#;
