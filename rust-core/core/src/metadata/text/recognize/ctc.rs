//! Connectionist temporal classification, decoded greedily (Graves et al. 2006).

use super::dictionary::Dictionary;

/// What a recogniser made of a line, left to right as it is displayed.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Decoded {
    pub(super) text: String,
    /// Mean probability of the characters, in [0, 1]; 0 without any.
    pub(super) score: f32,
}

/// The likeliest class of each frame; repeats and blanks fall away. `probabilities`
/// holds one row of `dictionary.classes()` values per frame. A character's probability
/// is that of its first frame.
pub(super) fn decode(probabilities: &[f32], dictionary: &Dictionary) -> Decoded {
    let (mut text, mut sum, mut count) = (String::new(), 0.0, 0u16);
    let mut previous = 0;
    for frame in probabilities.chunks_exact(dictionary.classes()) {
        let (class, probability) = likeliest(frame);
        if class != previous
            && let Some(character) = dictionary.character(class)
        {
            text.push_str(character);
            sum += probability;
            count = count.saturating_add(1);
        }
        previous = class;
    }
    let score = if count > 0 { (sum / f32::from(count)).clamp(0.0, 1.0) } else { 0.0 };
    Decoded { text, score: if score.is_finite() { score } else { 0.0 } }
}

/// The first of equals; values that are no numbers never win.
fn likeliest(frame: &[f32]) -> (usize, f32) {
    frame.iter().enumerate().fold((0, f32::MIN), |best, (class, &probability)| {
        if probability > best.1 { (class, probability) } else { best }
    })
}

/// One text from pieces of a line, left to right; the score is the mean by length.
pub(super) fn join(pieces: &[Decoded]) -> Decoded {
    let read: Vec<_> = pieces.iter().filter(|piece| !piece.text.is_empty()).collect();
    let weight = |piece: &Decoded| piece.text.chars().count() as f32;
    let total: f32 = read.iter().map(|piece| weight(piece)).sum();
    let sum: f32 = read.iter().map(|piece| weight(piece) * piece.score).sum();
    let texts: Vec<_> = read.iter().map(|piece| piece.text.trim()).collect();
    Decoded { text: texts.join(" "), score: if total > 0.0 { sum / total } else { 0.0 } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(classes: &[(usize, f32)], count: usize) -> Vec<f32> {
        let frame = |&(class, probability): &(usize, f32)| {
            let mut row = vec![0.0; count];
            row[class] = probability;
            row
        };
        classes.iter().flat_map(frame).collect()
    }

    #[test]
    fn repeats_collapse_unless_a_blank_parts_them() {
        let dictionary = Dictionary::of("ab ");
        let path = [(0, 1.0), (1, 0.8), (1, 1.0), (0, 1.0), (1, 1.0), (3, 0.6), (2, 1.0), (0, 1.0)];
        let decoded = decode(&frames(&path, 4), &dictionary);
        assert_eq!(decoded.text, "aa b");
        assert!((decoded.score - 0.85).abs() < 1e-6);
    }

    #[test]
    fn blanks_noise_and_no_frames_are_empty() {
        let dictionary = Dictionary::of("ab");
        assert_eq!(decode(&frames(&[(0, 1.0), (0, 0.4)], 3), &dictionary), Decoded::default());
        assert_eq!(decode(&[f32::NAN; 9], &dictionary), Decoded::default());
        assert_eq!(decode(&[], &dictionary), Decoded::default());
    }

    #[test]
    fn pieces_join_by_length() {
        let piece = |text: &str, score| Decoded { text: text.to_owned(), score };
        let joined = join(&[piece("abc ", 1.0), piece("", 0.1), piece("d", 0.5)]);
        assert_eq!(joined, Decoded { text: "abc d".to_owned(), score: 0.9 });
        assert_eq!(join(&[]), Decoded::default());
    }
}
