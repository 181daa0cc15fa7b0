//! A line as ink on paper: what the Arabic network was trained on.

use std::ops::Range;

use crate::metadata::text::line_image::LineImage;

/// Luma that spans less is low contrast: a colour channel may span more.
const LOW_CONTRAST: u8 = 48;
/// Shares of the pixels below the values that become 0 and 255...
const PAPER_SHARE: f32 = 0.10;
const INK_SHARE: f32 = 0.995;
/// ... unless these lie so close that stretching would only show noise.
const MIN_SPAN: f32 = 24.0;
/// From here on a pixel is ink.
pub(super) const IS_INK: u8 = 110;

/// One byte per pixel, 0 paper and 255 ink, whatever the colours of the line.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct InkLine {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) ink: Vec<u8>,
}

impl InkLine {
    /// Takes the side of the threshold that holds most of the border and of the line for
    /// the paper, and stretches the contrast.
    pub(super) fn of(line: &LineImage) -> Self {
        let (width, height) = (line.width as usize, line.height as usize);
        let mut ink = grey(&line.rgb);
        ink.resize(width * height, 0);
        let mut histogram = histogram(&ink);
        if is_light_paper(&ink, width, &histogram) {
            ink.iter_mut().for_each(|value| *value = 255 - *value);
            histogram.reverse();
        }
        let low = f32::from(quantile(&histogram, PAPER_SHARE));
        let high = f32::from(quantile(&histogram, INK_SHARE)).max(low + MIN_SPAN);
        for value in &mut ink {
            *value = ((f32::from(*value) - low) * 255.0 / (high - low) + 0.5) as u8;
        }
        Self { width, height, ink }
    }

    /// The smallest part that holds all ink; `None` without any.
    pub(super) fn trimmed(&self) -> Option<Self> {
        let is_ink = |value: &u8| *value >= IS_INK;
        let rows = || self.ink.chunks_exact(self.width.max(1));
        let top = rows().position(|row| row.iter().any(is_ink))?;
        let bottom = rows().rposition(|row| row.iter().any(is_ink))?;
        let left = rows().filter_map(|row| row.iter().position(is_ink)).min()?;
        let right = rows().filter_map(|row| row.iter().rposition(is_ink)).max()?;
        Some(self.part(left..right + 1, top..bottom + 1))
    }

    /// A rectangle of it; what lies outside is left out.
    pub(super) fn part(&self, columns: Range<usize>, rows: Range<usize>) -> Self {
        let columns = columns.start..columns.end.min(self.width);
        let lines = self.ink.chunks_exact(self.width.max(1)).take(rows.end).skip(rows.start);
        let cut: Vec<&[u8]> = lines.filter_map(|line| line.get(columns.clone())).collect();
        Self { width: columns.len(), height: cut.len(), ink: cut.concat() }
    }

    /// With `rows` of paper above and below.
    pub(super) fn with_paper(mut self, rows: usize) -> Self {
        let paper = vec![0; self.width * rows];
        self.ink = [paper.as_slice(), &self.ink, &paper].concat();
        self.height += 2 * rows;
        self
    }
}

/// Luma (BT.601), or the channel of the widest span where luma hardly differs.
fn grey(rgb: &[u8]) -> Vec<u8> {
    let pixels = rgb.as_chunks::<3>().0;
    let luma = |[r, g, b]: &[u8; 3]| {
        ((u32::from(*r) * 299 + u32::from(*g) * 587 + u32::from(*b) * 114 + 500) / 1000) as u8
    };
    let red = |[r, ..]: &[u8; 3]| *r;
    let green = |[_, g, _]: &[u8; 3]| *g;
    let blue = |[.., b]: &[u8; 3]| *b;
    let greys = |of: &dyn Fn(&[u8; 3]) -> u8| -> Vec<u8> { pixels.iter().map(of).collect() };
    let span = |values: &[u8]| {
        let histogram = histogram(values);
        quantile(&histogram, INK_SHARE).saturating_sub(quantile(&histogram, 1.0 - INK_SHARE))
    };
    let mut best = greys(&luma);
    let mut widest = span(&best);
    if widest >= LOW_CONTRAST {
        return best;
    }
    for channel in [greys(&red), greys(&green), greys(&blue)] {
        let span = span(&channel);
        if span > widest {
            (best, widest) = (channel, span);
        }
    }
    best
}

fn histogram(values: &[u8]) -> [u32; 256] {
    let mut histogram = [0; 256];
    for value in values {
        if let Some(count) = histogram.get_mut(usize::from(*value)) {
            *count += 1;
        }
    }
    histogram
}

/// The smallest value with at least `share` of all values at or below it.
fn quantile(histogram: &[u32; 256], share: f32) -> u8 {
    let total: u32 = histogram.iter().sum();
    let wanted = share * total as f32;
    let mut below = 0;
    let value = histogram.iter().position(|count| {
        below += count;
        below as f32 >= wanted
    });
    value.unwrap_or(0) as u8
}

fn is_light_paper(grey: &[u8], width: usize, histogram: &[u32; 256]) -> bool {
    let threshold = otsu(histogram);
    let is_light = |value: &&u8| **value > threshold;
    let share = |light: usize, all: usize| light as f32 / all.max(1) as f32;
    let rows = || grey.chunks_exact(width.max(1));
    let ends = rows().flat_map(|row| [row.first(), row.last()]).flatten();
    let edges = rows().next().into_iter().chain(rows().next_back()).flatten();
    let border: Vec<&u8> = ends.chain(edges).collect();
    let light_border = border.iter().copied().filter(is_light).count();
    let light = grey.iter().filter(is_light).count();
    share(light_border, border.len()) + share(light, grey.len()) >= 1.0
}

/// The threshold that parts the values into two classes with the largest variance between
/// them (Otsu 1979).
fn otsu(histogram: &[u32; 256]) -> u8 {
    let total: f64 = histogram.iter().copied().map(f64::from).sum();
    let weighted = histogram.iter().enumerate().map(|(value, n)| value as f64 * f64::from(*n));
    let sum: f64 = weighted.sum();
    let (mut count, mut part, mut best, mut threshold) = (0.0, 0.0, -1.0, 0);
    for (value, n) in histogram.iter().enumerate() {
        count += f64::from(*n);
        part += value as f64 * f64::from(*n);
        let rest = total - count;
        if count == 0.0 || rest <= 0.0 {
            continue;
        }
        let between = count * rest * (part / count - (sum - part) / rest).powi(2);
        if between > best {
            (best, threshold) = (between, value as u8);
        }
    }
    threshold
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two bars across the middle of `width` × 20 pixels.
    fn bars(width: u32, ink: [u8; 3], paper: [u8; 3]) -> LineImage {
        let color = |index: u32| {
            let (x, y) = (index % width, index / width);
            if (6..14).contains(&y) && (x % 10) < 4 && x > 5 && x < width - 6 { ink } else { paper }
        };
        LineImage { width, height: 20, rgb: (0..width * 20).flat_map(color).collect() }
    }

    #[test]
    fn ink_is_white_whatever_the_colours() {
        let reference = InkLine::of(&bars(60, [0; 3], [255; 3]));
        assert_eq!(reference.ink[0], 0);
        assert_eq!(reference.ink[10 * 60 + 11], 255);
        for (ink, paper) in [
            ([255; 3], [0; 3]),
            ([200, 190, 180], [20, 60, 120]),
            ([90; 3], [160; 3]),
            // Equal luma, different colours.
            ([255, 0, 0], [0, 130, 0]),
        ] {
            assert!(InkLine::of(&bars(60, ink, paper)) == reference, "{ink:?} on {paper:?}");
        }
    }

    #[test]
    fn heavy_letters_on_a_tight_crop_keep_their_polarity() {
        // Ink on three fifths of the line, but not on its border.
        let color = |index: u32| {
            let (x, y) = (index % 50, index / 50);
            if (1..19).contains(&y) && (1..49).contains(&x) && x % 6 < 4 {
                [250; 3]
            } else {
                [5; 3]
            }
        };
        let rgb = (0..50 * 20).flat_map(color).collect();
        let ink = InkLine::of(&LineImage { width: 50, height: 20, rgb });
        assert_eq!((ink.ink[0], ink.ink[5 * 50 + 7]), (0, 255));
    }

    #[test]
    fn trimming_keeps_all_ink() {
        let trimmed = InkLine::of(&bars(60, [0; 3], [255; 3])).trimmed().unwrap();
        assert_eq!((trimmed.width, trimmed.height), (44, 8));
        assert!(trimmed.ink.chunks(44).all(|row| row[0] == 255 && row[43] == 255));
        assert_eq!(trimmed.with_paper(3).height, 14);
    }

    #[test]
    fn flat_noisy_and_tiny_lines_have_no_ink() {
        for (width, height) in [(1, 1), (5, 5), (40, 1), (1, 40)] {
            let rgb = [77, 80, 90].repeat(width * height);
            let line = LineImage { width: width as u32, height: height as u32, rgb };
            assert!(InkLine::of(&line).trimmed().is_none());
        }
        let rgb = (0..300u32).flat_map(|index| [100 + (index * 7 % 5) as u8; 3]).collect();
        assert!(InkLine::of(&LineImage { width: 30, height: 10, rgb }).trimmed().is_none());
    }
}
