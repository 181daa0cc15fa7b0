//! Text that is safe inside HTML, and numbers as people read them.

/// Escapes text for element content and quoted attributes. Control characters, which HTML does not
/// allow, become U+FFFD.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(' '),
            control if control.is_control() => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Text whose direction is its own: Arabic reads right to left and cannot upset what is around it.
pub(crate) fn isolated(text: &str) -> String {
    format!("<bdi>{}</bdi>", escape(text))
}

/// Shortens a name to `max` characters, for axes.
pub(crate) fn shorten(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    text.chars().take(max.saturating_sub(1)).chain(['…']).collect()
}

/// The URI if it is a picture inside the page; anything else could load from elsewhere.
pub(crate) fn picture_uri(uri: &str) -> Option<&str> {
    let (kind, data) = uri.strip_prefix("data:image/")?.split_once(";base64,")?;
    let known = ["png", "jpeg", "webp", "gif"].contains(&kind);
    let base64 = data.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
    (known && base64 && !data.is_empty()).then_some(uri)
}

/// Three decimals, as in `0.912`.
pub(crate) fn decimal(value: f64) -> String {
    format!("{value:.3}")
}

/// A share as a percentage, as in `1.3 %`.
pub(crate) fn percent(value: f64) -> String {
    format!("{:.1}\u{202f}%", value * 100.0)
}

/// With spaces between the thousands, as in `12 345`.
pub(crate) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped() {
        assert_eq!(
            escape("<img src=x onerror='a()'> & \"b\"\0\n"),
            "&lt;img src=x onerror=&#39;a()&#39;&gt; &amp; &quot;b&quot;\u{fffd} "
        );
        assert_eq!(isolated("صورة.jpg"), "<bdi>صورة.jpg</bdi>");
    }

    #[test]
    fn only_pictures_inside_the_page_are_shown() {
        let good = "data:image/png;base64,iVBORw0KGgo=";
        assert_eq!(picture_uri(good), Some(good));
        for bad in [
            "https://example.org/a.png",
            "javascript:alert(1)",
            "data:text/html;base64,PGI+",
            "data:image/svg+xml;base64,PHN2Zz4=",
            "data:image/png;base64,AA\" onerror=\"x",
            "data:image/png;base64,",
            "data:image/png,AA",
        ] {
            assert_eq!(picture_uri(bad), None, "{bad}");
        }
    }

    #[test]
    fn numbers_are_readable() {
        assert_eq!(percent(0.0126), "1.3\u{202f}%");
        assert_eq!(count(7), "7");
        assert_eq!(count(123), "123");
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(shorten("eGreetingAndMisc", 8), "eGreeti…");
        assert_eq!(shorten("رسائل", 5), "رسائل");
    }
}
