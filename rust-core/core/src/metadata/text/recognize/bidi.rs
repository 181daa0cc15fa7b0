//! From the order on the screen to the order in which a line is read and stored.

use unicode_bidi::{BidiInfo, Level};

/// The logical order of a line that was read from left to right: the order that the
/// Unicode bidirectional algorithm (UAX #9) displays as `visual`. Several orders can look
/// the same; numbers and Latin words are then kept whole. Brackets are swapped where the
/// display mirrors them.
pub(super) fn logical_order(visual: &str) -> String {
    let characters: Vec<char> = visual.chars().collect();
    if !characters.iter().any(|&c| is_arabic_letter(c) || is_arabic_digit(c)) {
        return visual.to_owned();
    }
    if runs_left_to_right(visual) {
        return in_left_to_right_line(&characters);
    }
    let candidates = [Signs::WithNumbers, Signs::Alone].map(|signs| candidate(&characters, signs));
    let shown = candidates.iter().find(|candidate| display(candidate) == characters);
    shown.or(candidates.first()).cloned().unwrap_or_default()
}

/// A line that starts with a Latin letter runs from left to right, and one that starts with
/// an Arabic letter from right to left (UAX #9, P2). Where both ends could be the start,
/// it takes more than two Latin words for each Arabic one.
fn runs_left_to_right(visual: &str) -> bool {
    let mut letters = visual.chars().filter(|&c| is_arabic_letter(c) || is_left_to_right_letter(c));
    let leftmost = letters.next();
    let rightmost = letters.next_back().or(leftmost);
    if leftmost.is_none_or(is_arabic_letter) {
        return false;
    }
    let words_with =
        |of: fn(char) -> bool| visual.split_whitespace().filter(|w| w.chars().any(of)).count();
    rightmost.is_some_and(is_left_to_right_letter)
        || words_with(is_left_to_right_letter) > 2 * words_with(is_arabic_letter)
}

/// Whether `%`, `-` and the like beside a digit are displayed with the number: they are
/// unless an Arabic letter came before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Signs {
    WithNumbers,
    Alone,
}

/// The line from its right end, runs of Latin letters and numbers kept as they are.
fn candidate(visual: &[char], signs: Signs) -> String {
    let mut logical = String::with_capacity(visual.len() * 2);
    let mut end = visual.len();
    while let Some(&last) = end.checked_sub(1).and_then(|last| visual.get(last)) {
        let start = run_start(visual, end, signs);
        match visual.get(start..end) {
            Some(run) if start < end => logical.extend(run),
            _ => logical.push(mirrored(last)),
        }
        end = start.min(end - 1);
    }
    logical
}

/// Start of the left-to-right run that ends before `end`; `end` itself if none does. Latin
/// words go on over all that lies between them, numbers stand alone.
fn run_start(visual: &[char], end: usize, signs: Signs) -> usize {
    let number = number_start(visual, end, signs);
    let before = visual.get(..end).unwrap_or_default();
    if number == end && !before.last().copied().is_some_and(is_left_to_right_letter) {
        return end;
    }
    let wall = before.iter().rposition(|&c| is_arabic_letter(c) || is_mark(c));
    let from = wall.map_or(0, |wall| wall + 1);
    let free = before.get(from..).unwrap_or_default();
    let Some(letter) = free.iter().position(|&c| is_left_to_right_letter(c)) else {
        return number;
    };
    let digits = free.iter().take(letter).rev().take_while(|&&c| is_digit(c)).count();
    number.min(from + letter - digits)
}

fn number_start(visual: &[char], end: usize, signs: Signs) -> usize {
    let at = |index: usize| visual.get(index).copied();
    let digit = |index: Option<usize>| index.and_then(at).is_some_and(is_digit);
    let mut start = end;
    while let Some(previous) = start.checked_sub(1) {
        let Some(character) = at(previous) else { break };
        let before = digit(previous.checked_sub(1));
        let after = start < end && digit(Some(previous + 1));
        let inside = is_digit(character)
            || is_separator(character) && before && after
            || is_sign(character) && (before || after) && signs == Signs::WithNumbers;
        if !inside {
            break;
        }
        start = previous;
    }
    start
}

/// Arabic runs turned round in place.
fn in_left_to_right_line(visual: &[char]) -> String {
    let mut logical = String::with_capacity(visual.len() * 2);
    let mut rest = visual;
    while let Some(first) = rest.iter().position(|&c| is_arabic_letter(c)) {
        let (before, run) = rest.split_at(first);
        let stop = run.iter().position(|&c| is_left_to_right_letter(c)).unwrap_or(run.len());
        let (run, _) = run.split_at(stop);
        let length = run.iter().rposition(|&c| is_arabic_letter(c)).map_or(0, |last| last + 1);
        let (run, _) = run.split_at(length);
        logical.extend(before);
        logical.push_str(&candidate(run, Signs::WithNumbers));
        rest = rest.split_at(first + length).1;
    }
    logical.extend(rest);
    logical
}

/// What a screen shows of a right-to-left line, from left to right.
fn display(logical: &str) -> Vec<char> {
    let info = BidiInfo::new(logical, Some(Level::rtl()));
    let Some(paragraph) = info.paragraphs.first() else { return Vec::new() };
    let levels = info.reordered_levels_per_char(paragraph, paragraph.range.clone());
    let characters: Vec<char> = logical.chars().collect();
    let order = BidiInfo::reorder_visual(&levels);
    let shown = order.iter().filter_map(|&index| {
        let character = *characters.get(index)?;
        Some(if levels.get(index)?.is_rtl() { mirrored(character) } else { character })
    });
    shown.collect()
}

fn mirrored(character: char) -> char {
    match character {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        '<' => '>',
        '>' => '<',
        '«' => '»',
        '»' => '«',
        other => other,
    }
}

pub(super) fn is_arabic_letter(character: char) -> bool {
    matches!(character, '\u{620}'..='\u{64a}' | '\u{66e}'..='\u{6d3}' | 'ە') && character != 'ـ'
}

fn is_left_to_right_letter(character: char) -> bool {
    character.is_alphabetic() && !is_arabic_letter(character) && !is_mark(character)
}

fn is_mark(character: char) -> bool {
    matches!(character, '\u{64b}'..='\u{65f}' | '\u{670}' | 'ـ' | '\u{200c}')
}

fn is_digit(character: char) -> bool {
    character.is_ascii_digit() || is_arabic_digit(character)
}

fn is_arabic_digit(character: char) -> bool {
    matches!(character, '٠'..='٩' | '۰'..='۹')
}

/// Stays inside a number between two digits in any context (UAX #9: CS).
fn is_separator(character: char) -> bool {
    matches!(character, '.' | ',' | ':' | '/' | '٫' | '٬')
}

/// Goes with the number beside it unless an Arabic letter came before (ES and ET).
fn is_sign(character: char) -> bool {
    matches!(character, '+' | '-' | '%' | '٪' | '#' | '$' | '£' | '€' | '°' | '±')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines in logical order, shown by the algorithm itself and read back.
    #[test]
    fn what_is_displayed_is_read_back() {
        for line in [
            "مرحبا بالعالم",
            "الساعة 10:30 صباحا",
            "iPhone 15 جديد",
            "اشتريت iPhone 15 Pro أمس",
            "خصم 50% اليوم",
            "خصم %50",
            "50% خصم",
            "عام (2023) كان [جيدا]",
            "قال «نعم» ثم ذهب.",
            "من 5-10 أيام",
            "يوم ٢٤/٩/٢٠٢٤ الساعة ١٠:٣٠",
            "السعر 12.50$ فقط!",
            "اتصل على +20 100 123",
            "هل تستخدم WhatsApp؟",
            "1500",
            "٢٥٪ من الطلاب",
            "رقم 3",
            "Google Drive",
        ] {
            let visual: String = display(line).into_iter().collect();
            let read = logical_order(&visual);
            let shown: String = display(&read).into_iter().collect();
            assert_eq!(shown, visual, "{line} was read back as {read}");
        }
    }

    #[test]
    fn natural_orders_are_preferred() {
        for (visual, logical) in [
            ("ملاعلاب ابحرم", "مرحبا بالعالم"),
            ("احابص 10:30 ةعاسلا", "الساعة 10:30 صباحا"),
            ("ديدج iPhone 15", "iPhone 15 جديد"),
            ("%50 مصخ", "خصم 50%"),
            ("مصخ 50%", "50% خصم"),
            ("10-5 نم", "من 5-10"),
            ("ناك (2023) ماع", "عام (2023) كان"),
            ("؟WhatsApp مدختست", "تستخدم WhatsApp؟"),
            ("٢٠٢٤/٩/٢٤ موي", "يوم ٢٠٢٤/٩/٢٤"),
            ("١٩٩٨-٣-١٥", "١٥-٣-١٩٩٨"),
            ("(٧) ٪٥٠", "٥٠٪ (٧)"),
            ("Google Drive ىلع", "على Google Drive"),
        ] {
            assert_eq!(logical_order(visual), logical, "{visual}");
        }
    }

    #[test]
    fn latin_lines_turn_only_their_arabic_words() {
        assert_eq!(logical_order("Say ابحرم to 3 friends"), "Say مرحبا to 3 friends");
        assert_eq!(logical_order("Total: 50% (net)"), "Total: 50% (net)");
        assert_eq!(logical_order("now ملاعلاب ابحرم"), "مرحبا بالعالم now");
        assert_eq!(logical_order(""), "");
    }
}
