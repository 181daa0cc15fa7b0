//! Contact sheets of rows: components of a class, or pictures whose label may be wrong. One self-contained page,
//! nothing loaded from elsewhere.

use std::fmt::Write as _;
use std::path::Path;

use epic_training::evaluation::report::escape;
use epic_training::thumbnail;
use indicatif::ProgressBar;

use crate::contact_sheet::STYLE;

const THUMBNAIL_SIDE: u32 = 160;
const ROW_STYLE: &str = include_str!("component_sheet.css");

/// A row of pictures under a line of text.
pub(super) struct Row {
    pub(super) title: String,
    /// Paths from the data set's folder, and what stands below each.
    pub(super) pictures: Vec<(String, String)>,
}

/// Renders the page; thumbnails are decoded here, one at a time.
pub(super) fn render(root: &Path, title: &str, rows: &[Row], progress: &ProgressBar) -> String {
    let title = escape(title);
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; \
         style-src 'unsafe-inline'\">\n\
         <title>EPIC: {title}</title>\n<style>{STYLE}{ROW_STYLE}</style>\n\
         <header><h1>{title}</h1></header>\n<main>\n"
    );
    for row in rows {
        let _ = writeln!(html, "<section><h3>{}</h3><div class=\"row\">", escape(&row.title));
        for (path, caption) in &row.pictures {
            progress.inc(1);
            html.push_str(&figure(root, path, caption));
        }
        html.push_str("</div></section>\n");
    }
    html.push_str("</main>\n</html>\n");
    html
}

fn figure(root: &Path, path: &str, caption: &str) -> String {
    let image = thumbnail::data_uri(&root.join(path), THUMBNAIL_SIDE).map_or_else(
        || "<span class=\"none\">no preview</span>".to_owned(),
        |uri| format!("<img src=\"{uri}\" alt=\"\" loading=\"lazy\">"),
    );
    let name = escape(path.rsplit('/').next().unwrap_or(path));
    let (path, caption) = (escape(path), escape(caption));
    format!(
        "<figure title=\"{path}\"><div class=\"frame\">{image}</div><figcaption><b>{caption}</b>\
         <bdi>{name}</bdi></figcaption></figure>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_inject_markup() {
        let picture = ("a/<script>alert(1)</script>.jpg".to_owned(), "<b>0.5</b>".to_owned());
        let rows = [Row { title: "<i>".to_owned(), pictures: vec![picture] }];
        let page = render(Path::new("/none"), "<u>", &rows, &ProgressBar::hidden());
        assert!(!page.contains("<script") && !page.contains("<i>") && !page.contains("<u>"));
        assert!(page.contains("&lt;b&gt;0.5"));
    }
}
