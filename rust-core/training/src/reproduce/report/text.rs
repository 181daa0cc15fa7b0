//! The report as Markdown.

use std::fmt::Write;

use super::super::Results;
use super::SMOKE_WARNING;
use super::tables::{
    CAVEATS, Table, claim, classes, comparison, comparison_head, costs, missing, provenance,
    scores, versions,
};
use crate::evaluation::report::markdown::cell;

/// The report.
pub(in super::super) fn markdown(results: &Results) -> String {
    let mut text = "# The thesis's table\n\n".to_owned();
    if results.smoke_run {
        let _ = writeln!(text, "**{SMOKE_WARNING}**\n");
    }
    text.push_str("## Findings\n\n");
    let mut findings = Table { head: comparison_head(), rows: Vec::new() };
    findings.head.insert(0, "finding".to_owned());
    for finding in &results.findings {
        let [claim, verdict] = [claim(finding), finding.verdict.text().to_owned()];
        let mut row = vec![claim];
        row.resize(findings.head.len() - 1, String::new());
        row.push(verdict);
        findings.rows.push(row);
        for one in &finding.comparisons {
            let mut row = vec![String::new()];
            row.extend(comparison(one));
            findings.rows.push(row);
        }
    }
    table(&mut text, &findings);
    let sections = [
        ("Scores on the test part", scores(results)),
        ("Size, speed, cost", costs(results)),
        ("F1 by class", classes(results)),
        ("Without numbers", missing(results)),
        ("Versions of the data set", versions(results)),
        ("Where it comes from", provenance(results)),
    ];
    for (title, content) in sections {
        if !content.rows.is_empty() {
            let _ = writeln!(text, "\n## {title}\n");
            table(&mut text, &content);
        }
    }
    text.push_str("\n## How to read it\n\n");
    for caveat in CAVEATS {
        let _ = writeln!(text, "- {caveat}");
    }
    text
}

fn table(text: &mut String, table: &Table) {
    let mut line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    };
    line(&table.head);
    let right = vec!["---:".to_owned(); table.head.len().saturating_sub(1)];
    line(&[vec![":---".to_owned()], right].concat());
    table.rows.iter().for_each(|row| line(row));
}
