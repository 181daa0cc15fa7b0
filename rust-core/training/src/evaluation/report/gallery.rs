//! The worst mistakes as thumbnails.

use super::super::Mistake;
use super::super::mistakes::sort_by_harm;
use super::html::{escape, isolated, percent, picture_uri};

pub(super) fn section(mistakes: &[Mistake]) -> String {
    if mistakes.is_empty() {
        return String::new();
    }
    let mut sorted = mistakes.to_vec();
    sort_by_harm(&mut sorted);
    let items: String = sorted.iter().map(item).collect();
    format!(
        r#"<section class="panel wide"><h2>Worst mistakes</h2><p class="note">Harmful ones, personal pictures that end up as irrelevant, come first; then the most confident.</p><ul class="mistakes">{items}</ul></section>"#
    )
}

fn item(mistake: &Mistake) -> String {
    let picture = match mistake.thumbnail.as_deref().and_then(picture_uri) {
        Some(uri) => format!(r#"<img src="{uri}" alt="" loading="lazy">"#),
        None => "<span>no preview</span>".to_owned(),
    };
    let (class, tag) = if mistake.harmful {
        (r#" class="harm""#, "<span class=\"tag\">harmful</span>")
    } else if mistake.abstained {
        ("", "<span class=\"tag\">abstained</span>")
    } else {
        ("", "")
    };
    format!(
        r#"<li{class}><div class="picture">{picture}</div><div class="body">{tag}<dl><dt>is</dt><dd>{}</dd><dt>called</dt><dd>{}</dd></dl><span>{} confident</span><span class="file" dir="auto" title="{}">{}</span></div></li>"#,
        isolated(&mistake.truth),
        isolated(&mistake.predicted),
        percent(mistake.confidence),
        escape(&mistake.id),
        isolated(&mistake.id),
    )
}
