//! A recogniser of one script: picture of a line in, characters and their scores out.

use super::ctc::{self, Decoded};
use super::dictionary::Dictionary;
use super::ink::InkLine;
use super::pieces::pieces;
use crate::metadata::engine::ShapedNetwork;
use crate::metadata::error::MetadataError;
use crate::metadata::text::line_image::LineImage;
use crate::metadata::weights::{Weights, WeightsError};
use crate::picture::Picture;
use crate::preprocess::resize_to;

/// Of inputs in the order batch, channel, row, column.
const WIDTH_AXIS: usize = 3;

/// Where a network's files are and what it wants to see.
pub(super) struct Recipe {
    pub(super) onnx: &'static str,
    pub(super) dictionary: &'static str,
    pub(super) height: usize,
    /// Widths of inputs, ascending; lines are padded to the next one. Each costs a plan.
    pub(super) widths: &'static [usize],
    /// Columns of paper on both sides of a line.
    pub(super) side: usize,
}

/// PP-OCRv6 tiny: B, G, R in [−1, 1].
pub(super) const LATIN: Recipe = Recipe {
    onnx: "text_latin.onnx",
    dictionary: "text_latin.txt",
    height: 48,
    widths: &[64, 96, 144, 208, 304, 432, 624, 896, 1280],
    side: 0,
};

/// Our own (`models/metadata/make/arabic`): one channel, ink 1 on paper 0.
pub(super) const ARABIC: Recipe = Recipe {
    onnx: "text_arabic.onnx",
    dictionary: "text_arabic.txt",
    height: 48,
    widths: &[64, 96, 144, 208, 304, 432, 624, 896, 1280],
    side: 8,
};

impl Recipe {
    /// The smallest width that holds `columns`; the largest one for all that is wider.
    fn width(&self, columns: usize) -> usize {
        let fitting = self.widths.iter().find(|width| **width >= columns);
        fitting.or(self.widths.last()).copied().unwrap_or(columns)
    }

    /// Columns of a line of this size at the network's height, paper left out.
    fn columns(&self, width: usize, height: usize) -> usize {
        let columns = width as f64 * self.height as f64 / height.max(1) as f64;
        (columns.round() as usize).clamp(1, self.longest())
    }

    fn longest(&self) -> usize {
        self.widths.last().map_or(1, |widest| widest.saturating_sub(2 * self.side)).max(1)
    }

    /// The longest piece of a line of `height` rows, in its own columns.
    fn longest_piece(&self, height: usize) -> usize {
        (self.longest() * height / self.height).max(1)
    }
}

/// A network with its dictionary.
pub(super) struct ScriptNetwork {
    recipe: &'static Recipe,
    network: ShapedNetwork,
    dictionary: Dictionary,
}

impl ScriptNetwork {
    pub(super) fn load(weights: &Weights, recipe: &'static Recipe) -> Result<Self, MetadataError> {
        let dictionary = Dictionary::load(weights, recipe.dictionary)?;
        let network =
            ShapedNetwork::load(&weights.read(recipe.onnx)?, recipe.widths.len(), &[WIDTH_AXIS])?;
        Ok(Self { recipe, network, dictionary })
    }

    /// Reads a line as colours; `ink` is the same line and says where it may be cut.
    pub(super) fn read_colors(
        &self,
        line: &LineImage,
        ink: &InkLine,
    ) -> Result<Decoded, MetadataError> {
        let (stride, rows) = (line.width as usize * 3, line.height as usize);
        let parts = pieces(ink, self.recipe.longest_piece(rows)).into_iter().map(|columns| {
            let (width, columns) = (columns.len(), columns.start * 3..columns.end * 3);
            let lines = line.rgb.chunks_exact(stride.max(1));
            let rgb: Vec<&[u8]> = lines.filter_map(|row| row.get(columns.clone())).collect();
            let columns = self.recipe.columns(width, rows);
            let rgb = self.resample(rgb.concat(), width, rows, columns)?;
            let (blue_first, scale) = ([2, 1, 0], 2.0 / 255.0);
            self.run(&rgb, columns, &blue_first, |value| f32::from(value) * scale - 1.0)
        });
        Ok(ctc::join(&parts.collect::<Result<Vec<_>, _>>()?))
    }

    /// Reads a line as ink.
    pub(super) fn read_ink(&self, line: &InkLine) -> Result<Decoded, MetadataError> {
        let longest = self.recipe.longest_piece(line.height);
        let parts = pieces(line, longest).into_iter().map(|columns| {
            let part = line.part(columns, 0..line.height);
            let columns = self.recipe.columns(part.width, part.height);
            let rgb = part.ink.iter().flat_map(|value| [*value; 3]).collect();
            let rgb = self.resample(rgb, part.width, part.height, columns)?;
            self.run(&rgb, columns, &[0], |value| f32::from(value) / 255.0)
        });
        Ok(ctc::join(&parts.collect::<Result<Vec<_>, _>>()?))
    }

    fn resample(
        &self,
        rgb: Vec<u8>,
        width: usize,
        height: usize,
        columns: usize,
    ) -> Result<Vec<u8>, MetadataError> {
        let (width, height) = (width as u32, height as u32);
        let picture = Picture::new(width, height, rgb, (width, height))?;
        Ok(resize_to(&picture, columns as u32, self.recipe.height as u32)?)
    }

    /// `rgb` has the network's height and `columns` columns; `channels` of it go in.
    fn run(
        &self,
        rgb: &[u8],
        columns: usize,
        channels: &[usize],
        value: impl Fn(u8) -> f32,
    ) -> Result<Decoded, MetadataError> {
        let Recipe { height, side, .. } = *self.recipe;
        let width = self.recipe.width(columns + 2 * side);
        let mut tensor = vec![0.0; channels.len() * height * width];
        let rows = channels.iter().flat_map(|channel| {
            rgb.chunks_exact(columns.max(1) * 3).map(move |row| (*channel, row))
        });
        for (target, (channel, row)) in tensor.chunks_exact_mut(width).zip(rows) {
            let inner = target.iter_mut().skip(side);
            for (target, byte) in inner.zip(row.iter().skip(channel).step_by(3)) {
                *target = value(*byte);
            }
        }
        let outputs = self.network.run(&[1, channels.len(), height, width], &tensor)?;
        let probabilities = outputs
            .into_iter()
            .next()
            .filter(|array| array.shape.last() == Some(&self.dictionary.classes()));
        let Some(probabilities) = probabilities else {
            return Err(WeightsError::Content {
                file: self.recipe.dictionary.to_owned(),
                reason: "it has not as many lines as the network has classes".to_owned(),
            }
            .into());
        };
        Ok(ctc::decode(&probabilities.data, &self.dictionary))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_few_and_hold_every_line() {
        for recipe in [&LATIN, &ARABIC] {
            assert!(recipe.widths.is_sorted());
            for columns in [1, 5, 63, 64, 65, 300, recipe.longest()] {
                let width = recipe.width(columns + 2 * recipe.side);
                assert!(width >= columns + 2 * recipe.side);
                assert!(recipe.widths.contains(&width));
            }
            assert_eq!(recipe.width(100_000), *recipe.widths.last().unwrap());
        }
    }

    #[test]
    fn odd_sizes_have_columns_within_bounds() {
        assert_eq!(LATIN.columns(5, 5), 48);
        assert_eq!(LATIN.columns(1, 1), 48);
        assert_eq!(LATIN.columns(1, 500), 1);
        assert_eq!(LATIN.columns(3000, 20), LATIN.longest());
        assert_eq!(LATIN.columns(0, 0), 1);
        assert!(LATIN.longest_piece(1) >= 1);
        // All of a long line is read: its pieces fit.
        let piece = ARABIC.longest_piece(20);
        assert!(piece * ARABIC.height / 20 <= ARABIC.longest());
    }
}
