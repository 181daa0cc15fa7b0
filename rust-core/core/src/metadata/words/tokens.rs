//! Text into words and separators, in the spirit of UAX #29 but for what galleries
//! hold: hashtags, handles, links, prices and times.
//!
//! A *word* is a run of letters, digits, combining marks and `_`. These also belong to it:
//! an apostrophe between letters (`don't`); `.` `,` `٫` `٬` `،` `:` `/` between digits
//! (`1,000`, `10:30`, `3/4`); `.` between single letters (`U.S.A`) or before a known domain
//! (`example.com`); `#` or `@` in front. A link or an e-mail address is one word.
//! A hyphen parts (`well-known`: two words). A run of tatweel (`ـــ`) is no word.
//!
//! A *separator* is a run of anything else that is not white space: `...`, `%`, `?!`, `،`,
//! an emoji. White space ends both and counts as neither.

/// A part of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Word(&'a str),
    Separator(&'a str),
}

/// Last labels that make `a.b` a domain and not two sentences without a space.
const DOMAINS: [&str; 14] =
    ["com", "net", "org", "edu", "gov", "eg", "io", "info", "co", "uk", "me", "ly", "pdf", "jpg"];
/// Brackets and quotes that may stand before a link.
const OPENING_BYTES: usize = 4;
const TATWEEL: char = '\u{640}';

/// The tokens of a line, in order.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    text.split_whitespace().flat_map(chunk_tokens)
}

/// Whether the word is a link, an address or a handle: nothing to reduce.
pub(super) fn is_name_of_place(word: &str) -> bool {
    word.starts_with('@') || link_end(word).is_some()
}

fn chunk_tokens(chunk: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut rest = chunk;
    // Bytes before `rest` that are signs not yet given out.
    let mut separator = 0;
    while !rest.is_empty() {
        // Only near the start, so that a chunk of brackets is not searched again and again.
        let may_be_link = out.is_empty() && separator <= OPENING_BYTES;
        let link = may_be_link.then(|| link_end(rest)).flatten();
        let (length, is_word) = link.map_or_else(|| run(rest), |length| (length, true));
        let (part, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        if is_word {
            push_separator(&mut out, chunk, chunk.len() - rest.len(), separator);
            out.push(Token::Word(part));
            separator = 0;
        } else {
            separator += part.len();
        }
        rest = after;
    }
    push_separator(&mut out, chunk, chunk.len(), separator);
    out
}

fn push_separator<'a>(out: &mut Vec<Token<'a>>, chunk: &'a str, end: usize, length: usize) {
    if length > 0 {
        out.extend(chunk.get(end - length..end).map(Token::Separator));
    }
}

/// Bytes of the link or e-mail address that starts here, closing punctuation left out.
fn link_end(text: &str) -> Option<usize> {
    let lower_start: String = text.chars().take(8).flat_map(char::to_lowercase).collect();
    let is_link = ["http://", "https://", "www."].iter().any(|p| lower_start.starts_with(p));
    let is_address = text.split_once('@').is_some_and(|(user, host)| {
        let plain =
            |part: &str| part.chars().all(|c| c.is_ascii_alphanumeric() || ".-_+".contains(c));
        let host = host.trim_end_matches(is_closing);
        !user.is_empty() && plain(user) && plain(host) && host.contains('.')
    });
    let end = text.trim_end_matches(is_closing).len();
    ((is_link || is_address) && end > 0).then_some(end)
}

fn is_closing(c: char) -> bool {
    !c.is_alphanumeric() && c != '/'
}

/// Bytes of the run that starts here (at least one character), and whether it is a word.
fn run(text: &str) -> (usize, bool) {
    let mut chars = text.char_indices().peekable();
    let mut previous = ' ';
    let mut has_letter = false;
    let mut end = 0;
    if let Some((_, mark @ ('#' | '@'))) = chars.peek().copied() {
        chars.next();
        previous = mark;
    }
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map_or(' ', |(_, c)| *c);
        let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
        if !is_word_char(c) && !joins(previous, c, next, before, after) {
            break;
        }
        // A mark, `_` or tatweel alone is no word.
        has_letter |= c.is_alphanumeric() && c != TATWEEL;
        end = at + c.len_utf8();
        previous = c;
    }
    let first = text.chars().next().map_or(0, char::len_utf8);
    (end.max(first), has_letter)
}

fn is_word_char(c: char) -> bool {
    // Combining Latin accents and the sukun are not alphabetic in Unicode.
    c.is_alphanumeric()
        || matches!(c, '_' | '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// Whether `c` between two characters is part of the word; `after` starts with `c`.
fn joins(previous: char, c: char, next: char, before: &str, after: &str) -> bool {
    let between_digits = previous.is_numeric() && next.is_numeric();
    match c {
        '\'' | '’' => previous.is_alphabetic() && next.is_alphabetic(),
        '.' => between_digits || joins_letters(before, after.get(1..).unwrap_or_default()),
        ',' | '٫' | '٬' | '،' | ':' | '/' => between_digits,
        // Half-spaces that tie letters of one word.
        '\u{200c}' | '\u{200d}' => previous.is_alphabetic() && next.is_alphabetic(),
        _ => false,
    }
}

/// A full stop inside an abbreviation (`U.S.A`) or a domain (`example.com`).
fn joins_letters(before: &str, after: &str) -> bool {
    let starts_word = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    let mut back = before.chars().rev();
    let mut ahead = after.chars();
    let single = |first: Option<char>, second: Option<char>| {
        first.is_some_and(char::is_alphabetic) && starts_word(second)
    };
    if single(back.next(), back.next()) && single(ahead.next(), ahead.next()) {
        return true;
    }
    let alphabetic_before = before.chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric());
    // The longest label of the list bounds the look ahead.
    let labels: String = after.chars().take(10).collect();
    let mut labels = labels.split('.').map(|label| {
        let letters = label.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(label.len());
        let ends = label.get(letters..).unwrap_or_default();
        // `a.b.com`: the middle label is followed by the full stop itself.
        (label.get(..letters).unwrap_or_default().to_owned(), starts_word(ends.chars().next()))
    });
    alphabetic_before && labels.any(|(label, ends)| ends && DOMAINS.contains(&label.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> String {
        let shown = tokens(text).map(|token| match token {
            Token::Word(word) => word.to_owned(),
            Token::Separator(signs) => format!("<{signs}>"),
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_and_separators_are_told_apart() {
        for (text, expected) in [
            ("", ""),
            (" \t\n ", ""),
            ("Good morning", "Good morning"),
            ("Good morning!!! :)", "Good morning <!!!> <:)>"),
            ("don't can’t 'quoted'", "don't can’t <'> quoted <'>"),
            ("well-known e-mail", "well <-> known e <-> mail"),
            ("rock 'n' roll", "rock <'> n <'> roll"),
            ("50% off, now $5.99", "50 <%> off <,> now <$> 5.99"),
            ("10:30 PM 1,000 3/4 12/5/2024", "10:30 PM 1,000 3/4 12/5/2024"),
            ("Note:this end.Next", "Note <:> this end <.> Next"),
            ("U.S.A. e.g. a", "U.S.A <.> e.g <.> a"),
            (
                "see example.com. Or www.a-b.com/x?y=1, ok",
                "see example.com <.> Or www.a-b.com/x?y=1 <,> ok",
            ),
            ("(https://t.me/abc)", "<(> https://t.me/abc <)>"),
            ("https://t.me/abc/", "https://t.me/abc/"),
            ("mail me.too@cu.edu.eg!", "mail me.too@cu.edu.eg <!>"),
            ("@user_1 #GoodMorning # @", "@user_1 #GoodMorning <#> <@>"),
            ("C# a@b", "C <#> a @b"),
            ("nice 😂😂👨‍👩‍👧 day❤️", "nice <😂😂👨‍👩‍👧> day <❤️>"),
            ("صباح الخير، كيف حالك؟", "صباح الخير <،> كيف حالك <؟>"),
            ("#صباح_الخير ٣٫٥ ١٠:٣٠", "#صباح_الخير ٣٫٥ ١٠:٣٠"),
            ("جميـــل ــــ مُدَرِّسَة", "جميـــل <ــــ> مُدَرِّسَة"),
            ("«سلام»؛ ٥٠٪", "<«> سلام <»؛> ٥٠ <٪>"),
            ("x² + y = ½", "x² <+> y <=> ½"),
            ("iPhone15 COVID19 3D", "iPhone15 COVID19 3D"),
            ("cafe\u{301} naïve", "cafe\u{301} naïve"),
            ("___ _a", "<___> _a"),
        ] {
            assert_eq!(split(text), expected, "{text}");
        }
    }

    #[test]
    fn long_chunks_are_split_and_nothing_is_lost() {
        for text in
            ["a.".repeat(20_000), "#@".repeat(20_000), "ab1,".repeat(10_000), "ـ".repeat(20_000)]
        {
            let length: usize = tokens(&text)
                .map(|token| match token {
                    Token::Word(part) | Token::Separator(part) => part.len(),
                })
                .sum();
            assert_eq!(length, text.len());
        }
    }
}
