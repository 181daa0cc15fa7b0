//! Text: found, read and counted.

mod crop;
mod detect;
mod layout;
mod line_image;
mod recognize;
mod turn;
mod union_find;

use std::time::Instant;

use super::error::MetadataError;
use super::extractor::MetadataOptions;
use super::geometry::{Quad, union_area};
use super::record::{Script, TextLine, TextMetadata};
use super::weights::Weights;
use super::words::WordAnalyzer;
use crate::picture::Picture;
use detect::{MAX_BOXES, TextDetector};
use layout::{LayoutBox, arrange};
use recognize::{LineRecognizer, Reading};

/// Boxes whose crops are held at one time: it bounds memory, and recognisers can still
/// sort them by width.
const CHUNK: usize = 32;

/// Finds and reads text.
pub struct TextReader {
    detector: TextDetector,
    recognizer: LineRecognizer,
    words: WordAnalyzer,
}

impl TextReader {
    /// Reads what detection needs; recognisers and word lists follow when first needed.
    ///
    /// # Errors
    /// [`MetadataError::Weights`] or [`MetadataError::Network`].
    pub fn load(weights: &Weights) -> Result<Self, MetadataError> {
        Ok(Self {
            detector: TextDetector::load(weights)?,
            recognizer: LineRecognizer::load(weights)?,
            words: WordAnalyzer::new(weights),
        })
    }

    /// All text of a picture, within the bounds of `options`: boxes are read from top to
    /// bottom until the budget ends.
    ///
    /// # Errors
    /// [`MetadataError::Preprocess`], [`MetadataError::Network`] or
    /// [`MetadataError::Weights`].
    pub fn read(
        &self,
        picture: &Picture,
        options: &MetadataOptions,
    ) -> Result<TextMetadata, MetadataError> {
        let deadline = options.text_time.and_then(|time| Instant::now().checked_add(time));
        let found = self.detector.detect(picture)?;
        let mut partial = found.len() >= MAX_BOXES || found.len() > options.max_text_boxes;
        let mut lines = Vec::with_capacity(found.len());
        let (readable, rest) = found.split_at(found.len().min(options.max_text_boxes));
        for chunk in readable.chunks(CHUNK) {
            let in_time = deadline.is_none_or(|deadline| Instant::now() < deadline);
            let read = if in_time { self.read_chunk(picture, chunk, deadline)? } else { None };
            partial |= read.as_ref().is_none_or(|read| !read.complete);
            lines.extend(read.map_or_else(|| unread(chunk), |read| read.lines));
        }
        lines.extend(unread(rest));
        self.summarize(picture, lines, partial)
    }

    fn read_chunk(
        &self,
        picture: &Picture,
        quads: &[Quad],
        deadline: Option<Instant>,
    ) -> Result<Option<ReadChunk>, MetadataError> {
        let turns: Vec<(usize, Quad)> = quads
            .iter()
            .enumerate()
            .flat_map(|(index, quad)| turn::turns(quad).into_iter().map(move |turn| (index, turn)))
            .collect();
        let crops = turns.iter().map(|(_, quad)| crop::cut_line(picture, quad));
        let crops = crops.collect::<Result<Vec<_>, _>>()?;
        let readings = self.recognizer.read(&crops, deadline)?;
        let complete = readings.len() == turns.len() && readings.iter().all(Option::is_some);
        let mut lines = unread(quads);
        for ((index, quad), reading) in turns.into_iter().zip(readings) {
            let (Some(line), Some(reading)) = (lines.get_mut(index), reading) else { continue };
            // Of the turns of a box the one that is read best counts; the first one wins ties.
            if reading.script != Script::Unread && reading.score > line.score {
                *line = TextLine::new(quad, reading);
            }
        }
        Ok(Some(ReadChunk { lines, complete }))
    }

    fn summarize(
        &self,
        picture: &Picture,
        lines: Vec<TextLine>,
        partial: bool,
    ) -> Result<TextMetadata, MetadataError> {
        let quads: Vec<Quad> = lines.iter().map(|line| line.quad).collect();
        let (width, height) = picture.source_size();
        let area = f64::from(width) * f64::from(height);
        let lines = in_reading_order(lines);
        let last = |number: fn(&TextLine) -> u32| lines.last().map_or(0, |line| number(line) + 1);
        let words = self.words.analyze(&lines)?;
        Ok(TextMetadata {
            area_ratio: (union_area(&quads, width, height) / area.max(1.0)).min(1.0) as f32,
            line_count: last(|line| line.line),
            block_count: last(|line| line.block),
            unread_boxes: lines.iter().filter(|line| line.script == Script::Unread).count() as u32,
            english: words.english,
            arabic: words.arabic,
            math_symbol_count: words.math_symbol_count,
            partial,
            lines,
        })
    }
}

struct ReadChunk {
    lines: Vec<TextLine>,
    /// Whether the deadline left none out.
    complete: bool,
}

impl TextLine {
    /// Its place in the layout is given later.
    fn new(quad: Quad, reading: Reading) -> Self {
        let Reading { script, text, score } = reading;
        Self { quad, script, text, score, block: 0, line: 0 }
    }
}

fn unread(quads: &[Quad]) -> Vec<TextLine> {
    let reading = || Reading { script: Script::Unread, text: String::new(), score: 0.0 };
    quads.iter().map(|quad| TextLine::new(*quad, reading())).collect()
}

fn in_reading_order(lines: Vec<TextLine>) -> Vec<TextLine> {
    let boxes = lines
        .iter()
        .map(|line| LayoutBox { quad: line.quad, right_to_left: line.script == Script::Arabic });
    let places = arrange(&boxes.collect::<Vec<_>>());
    let mut lines: Vec<Option<TextLine>> = lines.into_iter().map(Some).collect();
    let place = |place: layout::Place| {
        let line = lines.get_mut(place.index)?.take()?;
        Some(TextLine { block: place.block, line: place.line, ..line })
    };
    places.into_iter().filter_map(place).collect()
}
