//! The contact sheet of `epic scan --html`: one self-contained page, thumbnails
//! grouped by class, nothing loaded from elsewhere.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use epic_core::Verdict;
use epic_core::gallery::ScanError;
use epic_training::evaluation::report::escape;
use epic_training::thumbnail;
use indicatif::ProgressBar;

use crate::summary::Summary;

const THUMBNAIL_SIDE: u32 = 220;
pub(crate) const STYLE: &str = include_str!("contact_sheet.css");

/// Position of the group in the taxonomy, group, class.
type Key = (usize, String, String);
type Sections = BTreeMap<Key, Section>;
type Scanned = (PathBuf, Result<Verdict, ScanError>);

/// The pictures of one class.
#[derive(Default)]
struct Section {
    figures: String,
    count: usize,
}

/// Renders the page; thumbnails are decoded here, one at a time.
pub(crate) fn render(results: &[Scanned], summary: &Summary, progress: &ProgressBar) -> String {
    let mut sections = Sections::new();
    let mut failures = String::new();
    for (path, outcome) in results {
        progress.inc(1);
        let shown = escape(&path.to_string_lossy());
        let file_name = path.file_name().unwrap_or(path.as_os_str());
        let name = escape(&file_name.to_string_lossy());
        match outcome {
            Ok(verdict) => {
                let class =
                    if verdict.abstained { "unsure".to_owned() } else { verdict.class.clone() };
                let key = (summary.position(&verdict.group), verdict.group.clone(), class);
                let section = sections.entry(key).or_default();
                section.count += 1;
                section.figures.push_str(&figure(path, &shown, &name, verdict));
            }
            Err(error) => {
                let reason = escape(&error.to_string());
                let _ =
                    writeln!(failures, "<li><bdi title=\"{shown}\">{name}</bdi>: {reason}</li>");
            }
        }
    }
    page(&sections, &failures, summary)
}

fn figure(path: &std::path::Path, shown: &str, name: &str, verdict: &Verdict) -> String {
    let image = thumbnail::data_uri(path, THUMBNAIL_SIDE).map_or_else(
        || "<span class=\"none\">no preview</span>".to_owned(),
        |uri| format!("<img src=\"{uri}\" alt=\"\" loading=\"lazy\">"),
    );
    let percent = (verdict.confidence * 100.0).round();
    let class = escape(&verdict.class);
    format!(
        "<figure title=\"{shown}\"><div class=\"frame\">{image}</div><figcaption><b>{class} \
         {percent} %</b><bdi>{name}</bdi></figcaption></figure>\n"
    )
}

fn page(sections: &Sections, failures: &str, summary: &Summary) -> String {
    let headline = escape(&summary.headline());
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; \
         style-src 'unsafe-inline'\">\n\
         <title>EPIC: {headline}</title>\n<style>{STYLE}</style>\n\
         <header><h1>{headline}</h1><nav>"
    );
    for (index, ((_, _, class), Section { count, .. })) in sections.iter().enumerate() {
        let class = escape(class);
        let _ = write!(html, "<a href=\"#s{index}\">{class} <b>{count}</b></a>");
    }
    html.push_str("</nav></header>\n<main>\n");
    let mut group_shown = "";
    for (index, ((_, group, class), Section { figures, .. })) in sections.iter().enumerate() {
        if group_shown != group {
            let _ = writeln!(html, "<h2>{}</h2>", escape(group));
            group_shown = group;
        }
        let class = escape(class);
        let _ = writeln!(
            html,
            "<section id=\"s{index}\"><h3>{class}</h3><div class=\"grid\">{figures}</div></section>"
        );
    }
    if !failures.is_empty() {
        let _ = writeln!(html, "<h2>Not classified</h2><ul>{failures}</ul>");
    }
    html.push_str("</main>\n</html>\n");
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_cannot_inject_markup() {
        let path = PathBuf::from("/x/<script>alert(1)</script>.jpg");
        let error = ScanError::Quarantined { failure: None };
        let mut summary = Summary::new(&["personal".to_owned()]);
        summary.add(&Err(error.clone()));
        let page = render(&[(path, Err(error))], &summary, &ProgressBar::hidden());
        assert!(!page.contains("<script"));
        assert!(page.contains("&lt;script&gt;"));
        assert!(page.contains("1 failed"));
    }
}
