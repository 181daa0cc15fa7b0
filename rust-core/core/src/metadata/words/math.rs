//! Which characters are mathematical.

/// Digits and mathematical symbols of a text, each counted once.
///
/// - Digits: ASCII, Arabic-Indic (`٠`–`٩`), Persian (`۰`–`۹`), super- and subscript, fractions.
/// - Symbols: Unicode's category Sm (`+ < = > | ~ ± × ÷ √ ∑ ∫ ∞ ≤ ≈ → ∈` …), mathematical
///   letters (`ℝ`, `𝑥`, `π`) and `% ‰ ٪ ° ^`.
/// - `*` and `/` between digits; `-` before a digit where no letter or digit precedes it.
pub(super) fn math_symbol_count(text: &str) -> u32 {
    let mut count = 0_u32;
    let mut previous = ' ';
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let next = characters.peek().copied().unwrap_or(' ');
        let counts = match c {
            '*' | '/' => is_digit(previous) && is_digit(next),
            '-' => is_digit(next) && !previous.is_alphanumeric(),
            _ => is_digit(c) || is_symbol(c),
        };
        count = count.saturating_add(u32::from(counts));
        previous = c;
    }
    count
}

fn is_digit(c: char) -> bool {
    matches!(c,
        '0'..='9' | '٠'..='٩' | '۰'..='۹' | '²' | '³' | '¹' | '¼'..='¾'
        | '⁰' | '⁴'..='⁹' | '₀'..='₉' | '⅐'..='⅞')
}

fn is_symbol(c: char) -> bool {
    matches!(c,
        '+' | '<' | '=' | '>' | '|' | '~' | '¬' | '±' | '×' | '÷' | '϶' | '؆'..='؈'
        | '⁄' | '⁒' | '⁺'..='⁼' | '₊'..='₌' | '℘' | '⅀'..='⅄' | '⅋' | '←'..='↔' | '↚' | '↛' | '↠' | '↣'
        | '↦' | '↮' | '⇎' | '⇏' | '⇒' | '⇔' | '⇴'..='⋿' | '⌠' | '⌡'
        | '⟀'..='⟄' | '⟇'..='⟥' | '⟰'..='⟿' | '⤀'..='⦂' | '⦙'..='⧗' | '⧜'..='⧻' | '⧾'..='⫿'
        | '⍼' | '⎛'..='⎳' | '⏜'..='⏡' | '▷' | '◁' | '◸'..='◿' | '♯'
        | '⬰'..='⭄' | '⭇'..='⭌' | '｜' | '～' | '￢' | '￩'..='￬'
        | '﬩' | '﹢' | '﹤'..='﹦' | '＋' | '＜'..='＞'
        | '%' | '‰' | '٪' | '°' | '^' | 'π'
        | 'ℂ' | 'ℕ' | 'ℙ' | 'ℚ' | 'ℝ' | 'ℤ'
        | '\u{1d400}'..='\u{1d7ff}' | '\u{1ee00}'..='\u{1eef1}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_symbols_of_all_scripts_count_and_prose_does_not() {
        for (text, expected) in [
            ("", 0),
            ("Hello, world! (ok) – \"x\"", 0),
            ("2 + 2 = 4", 5),
            ("٢ × ٣ = ٦", 5),
            ("۵۰٪", 3),
            ("50%", 3),
            ("x² ≤ √2 ≈ 1.41", 8),
            ("∑ ∫ π ∞ ± ÷ ≠ ≥", 8),
            ("10^3", 4),
            ("3*4 1/2", 6),
            ("and/or *bold* well-known", 0),
            ("-5 e-mail 010-12", 7),
            ("37 °C ½ → 𝑥", 6),
            ("a ∈ ℝ", 2),
            ("⟦x⟧ ⦅y⦆ ﹪ ♩", 0),
        ] {
            assert_eq!(math_symbol_count(text), expected, "{text}");
        }
    }
}
