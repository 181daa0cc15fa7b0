//! Where a picture has text.

mod boxes;
mod canvas;
mod components;
mod min_rect;

use boxes::{ProbabilityMap, boxes};
use canvas::Canvas;

use crate::metadata::engine::ShapedNetwork;
use crate::metadata::error::MetadataError;
use crate::metadata::geometry::Quad;
use crate::metadata::weights::Weights;
use crate::picture::Picture;

const WEIGHTS_FILE: &str = "text_detect.onnx";
/// Two passes of five canvases each.
const MAX_PLANS: usize = 10;
/// No readable page has more; it bounds what noise can cost.
pub(super) const MAX_BOXES: usize = 1000;
/// Long side of the input.
const FINE_SIDE: u32 = 960;

/// PP-OCRv6's tiny detector.
pub(crate) struct TextDetector {
    network: ShapedNetwork,
}

impl TextDetector {
    /// Parses the network.
    pub(crate) fn load(weights: &Weights) -> Result<Self, MetadataError> {
        let network = ShapedNetwork::load(&weights.read(WEIGHTS_FILE)?, MAX_PLANS)?;
        Ok(Self { network })
    }

    /// Boxes in pixels of the upright full picture, from top to bottom, at most
    /// [`MAX_BOXES`]. Corners are named for a line that is nearer to the horizontal than
    /// to the vertical; a line that runs up or down is a box taller than wide.
    pub(crate) fn detect(&self, picture: &Picture) -> Result<Vec<Quad>, MetadataError> {
        self.pass(picture, FINE_SIDE)
    }

    fn pass(&self, picture: &Picture, side: u32) -> Result<Vec<Quad>, MetadataError> {
        let canvas = Canvas::fit(picture.width(), picture.height(), side);
        let shape = [1, 3, canvas.height as usize, canvas.width as usize];
        let outputs = self.network.run(&shape, &canvas.tensor(picture)?)?;
        let values = outputs.first().map(|map| map.data.as_slice()).unwrap_or_default();
        let map = ProbabilityMap { values, width: canvas.width as usize };
        let found = boxes(map, MAX_BOXES);
        Ok(found.iter().map(|found| canvas.to_picture(found.rect.to_quad(), picture)).collect())
    }
}
