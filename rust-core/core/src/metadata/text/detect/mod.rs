//! Where a picture has text.
//!
//! A coarse pass over the whole picture decides whether there is any, and at which size
//! a fine pass has to look for it. Inputs have one of few sizes: a plan per size is kept.

mod boxes;
mod canvas;
mod components;
mod min_rect;
mod plausible;
mod tiles;

use boxes::{ProbabilityMap, boxes, mean_inside, thinnest_region};
use canvas::Canvas;
use plausible::is_plausible;

use crate::metadata::engine::{Array, ShapedNetwork};
use crate::metadata::error::MetadataError;
use crate::metadata::geometry::Quad;
use crate::metadata::weights::Weights;
use crate::picture::Picture;

const WEIGHTS_FILE: &str = "text_detect.onnx";
/// Four sizes of five canvases each.
const MAX_PLANS: usize = 20;
/// No readable page has more; it bounds what noise can cost.
pub(super) const MAX_BOXES: usize = 1000;

/// Long sides of the inputs: for the question whether there is text in a small picture or
/// a large one, whose print may be smaller...
const COARSE_SIDE: u32 = 320;
const LARGE_COARSE_SIDE: u32 = 416;
/// ... for text that the coarse pass sees well or a small picture, and for the rest.
const MEDIUM_SIDE: u32 = 640;
const FINE_SIDE: u32 = 960;
/// Regions at least this thick in the coarse map are whole lines there, and twelve pixels
/// thick or more in the medium one.
const CLEAR_THICKNESS: f32 = 6.0;
/// Long side of the largest small picture: it gains nothing from [`FINE_SIDE`].
const MAX_SMALL_PICTURE: u32 = 720;
/// A box of at least this thickness in the coarse map is text only if that map says so
/// too, on average: large shapes that look like strokes at one size only are not letters.
const MIN_CHECKED_THICKNESS: f32 = 32.0;
const MIN_COARSE_SCORE: f32 = 0.1;

/// PP-OCRv6's tiny detector.
pub(super) struct TextDetector {
    network: ShapedNetwork,
}

impl TextDetector {
    /// Parses the network.
    pub(super) fn load(weights: &Weights) -> Result<Self, MetadataError> {
        let network = ShapedNetwork::load(&weights.read(WEIGHTS_FILE)?, MAX_PLANS, &[])?;
        Ok(Self { network })
    }

    /// Boxes in pixels of the upright full picture, from top to bottom, at most
    /// [`MAX_BOXES`]. Corners are named for a line that is nearer to the horizontal than
    /// to the vertical; a line that runs up or down is a box taller than wide.
    pub(super) fn detect(&self, picture: &Picture) -> Result<Vec<Quad>, MetadataError> {
        let mut found = Vec::new();
        let tiles = tiles::tiles(picture.width(), picture.height());
        if tiles.len() == 1 {
            return self.detect_whole(picture);
        }
        for tile in tiles {
            let quads = self.detect_whole(&tile.cut(picture)?)?;
            found.extend(quads.into_iter().filter_map(|quad| tile.own(quad, picture)));
        }
        found.truncate(MAX_BOXES);
        Ok(found)
    }

    fn detect_whole(&self, picture: &Picture) -> Result<Vec<Quad>, MetadataError> {
        let small = picture.width().max(picture.height()) <= MAX_SMALL_PICTURE;
        let coarse_side = if small { COARSE_SIDE } else { LARGE_COARSE_SIDE };
        let (coarse_canvas, coarse) = self.pass(picture, coarse_side)?;
        let coarse = probabilities(&coarse_canvas, &coarse);
        let Some(thickness) = thinnest_region(coarse) else { return Ok(Vec::new()) };
        let medium = small || thickness >= CLEAR_THICKNESS;
        let side = if medium { MEDIUM_SIDE } else { FINE_SIDE };
        let (canvas, fine) = self.pass(picture, side)?;
        let mut found = boxes(probabilities(&canvas, &fine), MAX_BOXES);
        found.retain(|found| {
            let seen = found.rect.scaled(coarse_side as f32 / side as f32);
            seen.short_side() < MIN_CHECKED_THICKNESS
                || mean_inside(coarse, &seen) >= MIN_COARSE_SCORE
        });
        let quads = found.iter().map(|found| canvas.to_picture(found.rect.to_quad(), picture));
        Ok(quads.filter(|quad| is_plausible(quad, picture.source_size())).collect())
    }

    fn pass(&self, picture: &Picture, side: u32) -> Result<(Canvas, Vec<Array>), MetadataError> {
        let canvas = Canvas::fit(picture.width(), picture.height(), side);
        let shape = [1, 3, canvas.height as usize, canvas.width as usize];
        Ok((canvas, self.network.run(&shape, &canvas.tensor(picture)?)?))
    }
}

fn probabilities<'a>(canvas: &Canvas, outputs: &'a [Array]) -> ProbabilityMap<'a> {
    let values = outputs.first().map(|map| map.data.as_slice()).unwrap_or_default();
    ProbabilityMap { values, width: canvas.width as usize }
}
