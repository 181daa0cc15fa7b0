//! Comma-separated text after RFC 4180: quotes, doubled quotes, line breaks inside quotes.

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// Line it begins on, from 1.
    pub line: usize,
    pub fields: Vec<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub line: usize,
    pub reason: String,
}

/// Splits text into records; blank lines are left out.
pub(super) fn records(text: &str) -> Result<Vec<Record>, Problem> {
    let mut records = Vec::new();
    let (mut fields, mut field) = (Vec::new(), String::new());
    let (mut quoted, mut start, mut line) = (false, 1, 1);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if field.is_empty() => quoted = true,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            '\r' if !quoted && characters.peek() == Some(&'\n') => {}
            '\n' if !quoted => {
                line += 1;
                fields.push(std::mem::take(&mut field));
                let record = std::mem::take(&mut fields);
                if record != [""] {
                    records.push(Record { line: start, fields: record });
                }
                start = line;
            }
            _ => {
                line += usize::from(c == '\n');
                field.push(c);
            }
        }
    }
    if quoted {
        return Err(Problem { line: start, reason: "a quote is not closed".to_owned() });
    }
    if !field.is_empty() || !fields.is_empty() {
        fields.push(field);
        records.push(Record { line: start, fields });
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_breaks_and_blank_lines() {
        let text = "a,\"b, \"\"c\"\"\"\r\n\n\"two\nlines\",\nlast,x";
        let found: Vec<(usize, Vec<String>)> =
            records(text).unwrap().into_iter().map(|r| (r.line, r.fields)).collect();
        let record = |line, a: &str, b: &str| (line, vec![a.to_owned(), b.to_owned()]);
        let expected =
            [record(1, "a", "b, \"c\""), record(3, "two\nlines", ""), record(5, "last", "x")];
        assert_eq!(found, expected);
        assert!(records("").unwrap().is_empty());
    }

    #[test]
    fn an_open_quote_names_its_line() {
        assert_eq!(records("a\n\"b\nc").unwrap_err().line, 2);
    }
}
