//! The report as one HTML file that needs nothing else.

use std::fmt::Write;

use super::super::{Finding, Results, Verdict};
use super::SMOKE_WARNING;
use super::plots;
use super::tables::{
    CAVEATS, Table, claim, comparison, comparison_head, costs, finished, missing, provenance,
    scores, versions,
};
use crate::evaluation::report::headline::title;
use crate::evaluation::report::html::{count, decimal, escape, isolated};
use crate::evaluation::report::page;
use crate::evaluation::report::plot::legend;

/// The report.
pub(in super::super) fn html(results: &Results) -> String {
    let done = finished(results).count();
    let [_, _, test] = results.data.parts;
    let lead = format!(
        "{done} of {} variants of the EPIC thesis, trained on one split of one data set and tested on the same {} pictures; what the thesis found, and whether it holds here.",
        results.variants.len(),
        count(test as u64)
    );
    let holding = |verdict| {
        let of_thesis = results.findings.iter().filter(|finding| finding.number.is_some());
        of_thesis.filter(|finding| finding.verdict == verdict).count()
    };
    let all = [Verdict::Holds, Verdict::DoesNotHold, Verdict::Undecided, Verdict::NotMeasured];
    let verdicts: Vec<String> = all
        .into_iter()
        .filter(|verdict| holding(*verdict) > 0)
        .map(|verdict| format!("{} {}", holding(verdict), verdict.text()))
        .collect();
    let facts = [
        ("Findings", verdicts.join(", ")),
        ("Taxonomy", results.taxonomy.clone()),
        (
            "Pictures",
            results.data.versions.first().map_or_else(String::new, |version| {
                count(version.pictures.values().sum::<usize>() as u64)
            }),
        ),
        ("Machine", results.hardware.processor.clone()),
    ];
    let facts = facts.map(|(name, value)| (name.to_owned(), value));
    let mut head = title("Reproduction", "The thesis's table", &lead, &facts);
    if results.smoke_run {
        let _ = write!(head, r#"<p class="panel warning">{}</p>"#, escape(SMOKE_WARNING));
    }
    let sections = [
        findings(&results.findings),
        charts(results),
        panel(
            "Scores",
            "On the test part. The false irrelevant rate is the share of personal pictures that end up as irrelevant at the pack's threshold, the irrelevant recall what is found of the irrelevant ones.",
            &scores(results),
        ),
        heat(results),
        panel(
            "Size, speed, cost",
            "Energy is not measured: this program cannot read it.",
            &costs(results),
        ),
        panel("Without numbers", "", &missing(results)),
        panel("Versions of the data set", &notes(results), &versions(results)),
        panel("Where it comes from", "", &provenance(results)),
        caveats(),
    ];
    page("The thesis's table", &format!("{head}\n<main>\n{}\n</main>", sections.join("\n")))
}

fn findings(findings: &[Finding]) -> String {
    let mut rows = String::new();
    for finding in findings {
        let _ = write!(
            rows,
            r#"<tr class="group"><th scope="row" colspan="4">{}</th><td>{}</td></tr>"#,
            escape(&claim(finding)),
            tag(finding.verdict)
        );
        for one in &finding.comparisons {
            let cells = comparison(one);
            let (name, numbers) = (&cells[0], &cells[1..4]);
            let numbers: String =
                numbers.iter().map(|text| format!("<td>{}</td>", escape(text))).collect();
            let _ = write!(
                rows,
                r#"<tr><td class="text part">{}</td>{numbers}<td>{}</td></tr>"#,
                escape(name),
                tag(one.verdict)
            );
        }
    }
    format!(
        r#"<section class="panel wide"><h2>Findings</h2><p class="note">Differences are paired: both variants answer the same resample of the test pictures. A seed is one draw, see below.</p><div class="scroll"><table class="metrics compact"><thead><tr>{}</tr></thead><tbody>{rows}</tbody></table></div></section>"#,
        head_cells(&comparison_head())
    )
}

fn tag(verdict: Verdict) -> String {
    let class = match verdict {
        Verdict::Holds => "tag holds",
        Verdict::DoesNotHold => "tag refuted",
        _ => "tag",
    };
    format!(r#"<span class="{class}">{}</span>"#, verdict.text())
}

fn charts(results: &Results) -> String {
    if finished(results).next().is_none() {
        return String::new();
    }
    let scores = format!(
        r#"<section class="panel"><h2>Macro F1</h2><p class="note">With 95&nbsp;% intervals.</p>{}</section>"#,
        plots::scores(results)
    );
    let Some(differences) = plots::differences(results) else { return scores };
    let marks = ["3", "2", "1"].map(|color| {
        format!(
            r#"<path class="line s{color}" d="M1 6H25"/><circle class="f{color}" cx="13" cy="6" r="5"/>"#
        )
    });
    let names = ["above 0", "below 0", "undecided"];
    let key = legend(marks.iter().map(String::as_str).zip(names));
    format!(
        r#"{scores}<section class="panel"><h2>Differences</h2><p class="note">Right of the line the claim holds.</p>{key}{differences}</section>"#
    )
}

fn heat(results: &Results) -> String {
    if finished(results).next().is_none() {
        return String::new();
    }
    let names: String = results
        .classes
        .iter()
        .map(|name| {
            format!(r#"<th scope="col" title="{0}"><span><bdi>{0}</bdi></span></th>"#, escape(name))
        })
        .collect();
    let mut rows = String::new();
    for (variant, scores, _) in finished(results) {
        let _ = write!(rows, r#"<tr><th scope="row">{}</th>"#, isolated(&variant.id));
        for (name, metrics) in &scores.per_class {
            let strong = if metrics.f1 > 0.72 { " strong" } else { "" };
            let _ = write!(
                rows,
                r#"<td class="hit{strong}" style="--v:{:.3}" title="{}, {}: precision {}, recall {}, {} pictures">{}</td>"#,
                metrics.f1,
                escape(&variant.id),
                escape(name),
                decimal(metrics.precision),
                decimal(metrics.recall),
                count(metrics.support),
                decimal(metrics.f1)
            );
        }
        rows.push_str("</tr>");
    }
    format!(
        r#"<section class="panel wide"><h2>F1 by class</h2><p class="note">The stronger a cell's colour, the higher the F1.</p><div class="scroll"><table class="confusion heat"><thead><tr><td style="background:none"></td>{names}</tr></thead><tbody>{rows}</tbody></table></div></section>"#
    )
}

fn notes(results: &Results) -> String {
    let versions = results.data.versions.iter();
    versions
        .map(|version| format!("{}: {}.", version.name, version.note))
        .collect::<Vec<_>>()
        .join(" ")
}

fn head_cells(head: &[String]) -> String {
    let cell = |name: &String| format!(r#"<th scope="col">{}</th>"#, escape(name));
    head.iter().map(cell).collect()
}

/// Nothing for a table without rows.
fn panel(heading: &str, note: &str, table: &Table) -> String {
    if table.rows.is_empty() {
        return String::new();
    }
    let is_list = table.head.len() == 2;
    let mut rows = String::new();
    for row in &table.rows {
        rows.push_str("<tr>");
        for (place, text) in row.iter().enumerate() {
            let _ = match place {
                0 => write!(rows, r#"<th scope="row">{}</th>"#, isolated(text)),
                _ if is_list => write!(rows, r#"<td class="text prose">{}</td>"#, isolated(text)),
                _ => write!(rows, "<td>{}</td>", isolated(text)),
            };
        }
        rows.push_str("</tr>");
    }
    // Two columns are a list: what their heads would say is plain.
    let head = if is_list {
        String::new()
    } else {
        format!("<thead><tr>{}</tr></thead>", head_cells(&table.head))
    };
    format!(
        r#"<section class="panel wide"><h2>{}</h2><p class="note">{}</p><div class="scroll"><table class="metrics compact">{head}<tbody>{rows}</tbody></table></div></section>"#,
        escape(heading),
        escape(note)
    )
}

fn caveats() -> String {
    let items: String =
        CAVEATS.iter().map(|caveat| format!("<li>{}</li>", escape(caveat))).collect();
    format!(
        r#"<section class="panel wide"><h2>How to read it</h2><ul class="note">{items}</ul></section>"#
    )
}
