//! Faces: BlazeFace looks for them twice, over the whole picture for near ones and at
//! twice that size for far ones; a second network of the family looks at each place again
//! from near, and both have to be sure together.

mod blazeface;
mod suppress;
mod view;

use super::error::MetadataError;
use super::geometry::{Rect, union_area};
use super::record::{Face, FaceMetadata};
use super::weights::Weights;
use crate::picture::Picture;
use blazeface::BlazeFace;
use suppress::{Candidate, keep_best, probability};
use view::View;

/// MediaPipe's back-camera network, whose finer map has a cell per 16 pixels.
const DETECT: (&str, usize) = ("faces_detect.onnx", 16);
/// MediaPipe's short-range network, a cell per 8 pixels.
const VERIFY: (&str, usize) = ("faces_verify.onnx", 8);

/// Side of the detector's input for faces from about a twentieth of the picture's longer side up.
const NEAR_SIDE: u32 = 256;
/// And from about a fortieth up.
const FAR_SIDE: u32 = 512;
/// Side of the verifier's input.
const VERIFY_SIDE: u32 = 128;
/// The verifier sees a square this many times the size of the box.
const VERIFY_SCALE: f64 = 2.5;
/// Intersection over union that makes the verifier's box a box of the same face.
const VERIFY_OVERLAP: f32 = 0.3;

/// Logit (probability 0.3) below which a place is not looked at again.
const MIN_LOGIT: f32 = -0.85;
/// The same for the verifier (probability 0.05).
const MIN_VERIFY_LOGIT: f32 = -2.94;
/// Least sum of both logits. Chosen on half of a set of selfies and pages, reported on the
/// other half.
const NEAR_SUM: f32 = 0.75;
/// Far faces are few and far-sized ornaments many.
const FAR_SUM: f32 = 2.0;
/// Places verified at most in one pass; a page full of round letters has a few, a crowd dozens.
const MAX_PLACES: usize = 64;

/// Finds faces.
pub struct FaceDetector {
    detect: BlazeFace,
    verify: BlazeFace,
}

impl FaceDetector {
    /// Reads both networks; plans are made when the first picture comes.
    ///
    /// # Errors
    /// [`MetadataError::Weights`].
    pub fn load(weights: &Weights) -> Result<Self, MetadataError> {
        Ok(Self {
            detect: BlazeFace::load(weights, DETECT.0, DETECT.1, 2)?,
            verify: BlazeFace::load(weights, VERIFY.0, VERIFY.1, 1)?,
        })
    }

    /// All faces of a picture, the surest first. A box reaches from the hairline to the
    /// chin, as RetinaFace's (see `to_face_box`), and is cut at the borders; the score is
    /// the mean of both networks' logits as a probability.
    ///
    /// # Errors
    /// [`MetadataError::Network`].
    pub fn detect(&self, picture: &Picture) -> Result<FaceMetadata, MetadataError> {
        let mut verified = Vec::new();
        for (side, min_sum) in [(NEAR_SIDE, NEAR_SUM), (FAR_SIDE, FAR_SUM)] {
            let places = self.detect.look(picture, View::whole(picture), side, MIN_LOGIT)?;
            // Where the small input shows no place at all, the large one, four times as
            // slow, almost never adds a face.
            if places.is_empty() {
                break;
            }
            for place in places.into_iter().take(MAX_PLACES) {
                if let Some(near) = self.look_again(picture, &place)? {
                    let sum = place.logit + near.logit;
                    if sum >= min_sum {
                        verified.push(Candidate { rect: near.rect, logit: sum / 2.0 });
                    }
                }
            }
        }
        Ok(record(&keep_best(verified), picture))
    }

    /// The verifier's surest box for a place, `None` where it sees no face.
    fn look_again(
        &self,
        picture: &Picture,
        place: &Candidate,
    ) -> Result<Option<Candidate>, MetadataError> {
        let view = View::around(&place.rect, VERIFY_SCALE);
        let boxes = self.verify.look(picture, view, VERIFY_SIDE, MIN_VERIFY_LOGIT)?;
        let same =
            |found: &Candidate| found.rect.intersection_over_union(&place.rect) > VERIFY_OVERLAP;
        Ok(boxes.into_iter().find(same))
    }
}

/// Faces in pixels of the full picture, and the share that they cover.
fn record(found: &[Candidate], picture: &Picture) -> FaceMetadata {
    let (width, height) = picture.source_size();
    let scale_x = width as f32 / picture.width().max(1) as f32;
    let scale_y = height as f32 / picture.height().max(1) as f32;
    let faces: Vec<Face> = found
        .iter()
        .filter_map(|candidate| {
            let rect = to_face_box(&candidate.rect);
            let rect = Rect {
                x: rect.x * scale_x,
                y: rect.y * scale_y,
                width: rect.width * scale_x,
                height: rect.height * scale_y,
            };
            let rect = clip(&rect, width as f32, height as f32)?;
            Some(Face { rect, score: probability(candidate.logit) })
        })
        .collect();
    let quads: Vec<_> = faces.iter().map(|face| face.rect.to_quad()).collect();
    let area = (f64::from(width) * f64::from(height)).max(1.0);
    let area_ratio = (union_area(&quads, width, height) / area).min(1.0) as f32;
    FaceMetadata { faces, area_ratio }
}

/// BlazeFace's square from the brows to the chin as the box of WIDER FACE's annotations,
/// which RetinaFace, CenterFace and YuNet are trained on: a fifth higher, a little
/// narrower. Medians over 450 selfies against YuNet: left and right 0.03 in, top 0.20 out,
/// bottom 0.00.
fn to_face_box(rect: &Rect) -> Rect {
    const SIDE: f32 = 0.03;
    const TOP: f32 = 0.2;
    Rect {
        x: rect.x + SIDE * rect.width,
        y: rect.y - TOP * rect.height,
        width: rect.width * (1.0 - 2.0 * SIDE),
        height: rect.height * (1.0 + TOP),
    }
}

/// The part inside the picture, `None` when there is none.
fn clip(rect: &Rect, width: f32, height: f32) -> Option<Rect> {
    let (left, top) = (rect.x.max(0.0), rect.y.max(0.0));
    let (right, bottom) = ((rect.x + rect.width).min(width), (rect.y + rect.height).min(height));
    let inside = Rect { x: left, y: top, width: right - left, height: bottom - top };
    (inside.width > 0.0 && inside.height > 0.0).then_some(inside)
}

#[cfg(test)]
mod tests;
