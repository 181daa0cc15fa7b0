//! BlazeFace (Bazarevsky et al. 2019, "BlazeFace: Sub-millisecond Neural Face Detection on
//! Mobile GPUs"): two maps of anchors, each a square cell with a fixed number of boxes.

use super::suppress::{Candidate, merge};
use super::view::View;
use crate::metadata::engine::{Array, ShapedNetwork};
use crate::metadata::error::MetadataError;
use crate::metadata::geometry::Rect;
use crate::metadata::weights::{Weights, WeightsError};
use crate::network::NetworkError;
use crate::picture::Picture;

/// Box and six key points of an anchor: x, y, width, height, then twelve unused numbers.
const NUMBERS_PER_ANCHOR: usize = 16;
/// Logits beyond it say nothing more, and the sum of two must stay comparable.
const MAX_LOGIT: f32 = 7.0;

/// One of the two networks of the family that are shipped.
pub(super) struct BlazeFace {
    network: ShapedNetwork,
    /// Pixels of the input per cell of the finer map; the coarser one has twice as many.
    stride: usize,
}

impl BlazeFace {
    /// Parses `file`; `sides` inputs of different sides are planned at most.
    pub(super) fn load(
        weights: &Weights,
        file: &str,
        stride: usize,
        sides: usize,
    ) -> Result<Self, MetadataError> {
        let network = ShapedNetwork::load(&weights.read(file)?, sides, &[]).map_err(|error| {
            WeightsError::Content { file: file.to_owned(), reason: error.to_string() }
        })?;
        Ok(Self { network, stride })
    }

    /// Boxes with at least `min_logit` that the network sees in a view, in pixels of the
    /// decoded picture, overlapping ones merged, the surest first.
    pub(super) fn look(
        &self,
        picture: &Picture,
        view: View,
        pixels: u32,
        min_logit: f32,
    ) -> Result<Vec<Candidate>, MetadataError> {
        let side = pixels as usize;
        let maps = self.network.run(&[1, 3, side, side], &view.tensor(picture, pixels))?;
        let [fine_scores, coarse_scores, fine_boxes, coarse_boxes] = maps.as_slice() else {
            return Err(mismatch("its number of outputs"));
        };
        let mut found = Vec::new();
        decode(fine_scores, fine_boxes, side, self.stride, min_logit, &mut found)?;
        decode(coarse_scores, coarse_boxes, side, self.stride * 2, min_logit, &mut found)?;
        let mut merged = merge(found);
        for candidate in &mut merged {
            candidate.rect = view.to_picture(&candidate.rect, pixels);
        }
        Ok(merged)
    }
}

/// Reads one map. `scores` is 1 × anchors × rows × columns, `boxes` has 16 channels per
/// anchor; a box is its centre relative to the cell's centre and its size, in pixels.
fn decode(
    scores: &Array,
    boxes: &Array,
    side: usize,
    stride: usize,
    min_logit: f32,
    found: &mut Vec<Candidate>,
) -> Result<(), MetadataError> {
    let cells = side / stride.max(1);
    let plane = cells * cells;
    let anchors = scores.data.len().checked_div(plane).unwrap_or(0);
    if scores.data.len() != anchors * plane
        || boxes.data.len() != scores.data.len() * NUMBERS_PER_ANCHOR
    {
        return Err(mismatch("the size of a map"));
    }
    for (index, logit) in scores.data.iter().enumerate() {
        // A NaN is not at least `min_logit`.
        if *logit >= min_logit {
            let (anchor, cell) = (index / plane, index % plane);
            let number = |which: usize| {
                let channel = anchor * NUMBERS_PER_ANCHOR + which;
                boxes.data.get(channel * plane + cell).copied().unwrap_or(f32::NAN)
            };
            let centre = |cell: usize| (cell as f32 + 0.5) * stride as f32;
            let (width, height) = (number(2), number(3));
            let x = centre(cell % cells) + number(0) - width / 2.0;
            let y = centre(cell / cells) + number(1) - height / 2.0;
            let rect = Rect { x, y, width, height };
            if width > 0.0 && height > 0.0 && [x, y, width, height].iter().all(|v| v.is_finite()) {
                found.push(Candidate { rect, logit: logit.min(MAX_LOGIT) });
            }
        }
    }
    Ok(())
}

fn mismatch(what: &str) -> MetadataError {
    NetworkError::Mismatch { reason: format!("{what} is not that of BlazeFace") }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One anchor per cell on a map of 2 × 2 cells, stride 8.
    fn maps(logits: [f32; 4], rect: [f32; 4], cell: usize) -> (Array, Array) {
        let mut boxes = vec![0.0; 64];
        for (channel, value) in rect.iter().enumerate() {
            boxes[channel * 4 + cell] = *value;
        }
        (
            Array { shape: vec![1, 1, 2, 2], data: logits.to_vec() },
            Array { shape: vec![1, 16, 2, 2], data: boxes },
        )
    }

    #[test]
    fn a_box_is_relative_to_the_centre_of_its_cell() {
        let (scores, boxes) = maps([-9.0, 2.0, -9.0, f32::NAN], [1.0, -2.0, 6.0, 4.0], 1);
        let mut found = Vec::new();
        decode(&scores, &boxes, 16, 8, 0.0, &mut found).unwrap();
        let rect = Rect { x: 10.0, y: 0.0, width: 6.0, height: 4.0 };
        assert_eq!(found, [Candidate { rect, logit: 2.0 }]);
    }

    #[test]
    fn boxes_without_extent_are_dropped() {
        for rect in [[0.0; 4], [0.0, 0.0, -3.0, 4.0], [f32::INFINITY, 0.0, 4.0, 4.0]] {
            let (scores, boxes) = maps([-9.0, 2.0, -9.0, -9.0], rect, 1);
            let mut found = Vec::new();
            decode(&scores, &boxes, 16, 8, 0.0, &mut found).unwrap();
            assert_eq!(found, []);
        }
    }

    #[test]
    fn maps_of_another_network_are_refused() {
        let (scores, boxes) = maps([0.0; 4], [0.0; 4], 0);
        let mut found = Vec::new();
        assert!(decode(&scores, &boxes, 32, 8, 0.0, &mut found).is_err());
        assert!(decode(&boxes, &scores, 16, 8, 0.0, &mut found).is_err());
    }
}
