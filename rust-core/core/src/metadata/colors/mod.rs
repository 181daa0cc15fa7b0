//! The dominant colours of a picture, and whether it has many or few.
//!
//! 1. The picture is reduced to about 20 000 pixels with the antialiased filter that networks use
//!    too: fine texture becomes the colour that the eye sees from afar, and the result hardly
//!    depends on the size of the file.
//! 2. Pixels are counted in 32 × 32 × 32 cells of sRGB. A cell stands for the mean of its pixels,
//!    so that nothing is rounded to the grid.
//! 3. Cells are clustered in OKLab (Ottosson, "A perceptual color space for image processing",
//!    2020), where distances are near to what is seen, by k-means with k = 5. It starts from
//!    principal-axis divisions (PCA-Part: Su and Dy, "In search of deterministic methods for
//!    initializing K-means and Gaussian mixture clustering", 2007): no random numbers, and a small
//!    change of the picture changes the start but little.
//! 4. Clusters that one just-noticeable difference does not part are one colour, and clusters under
//!    one percent, mostly blends at edges, count for the colour next to them.
//!
//! A colour is the mean of its cluster in OKLab, not a pixel of it: a medoid jumps between
//! neighbours when a file is compressed anew, a mean stays.

mod cluster;
mod histogram;
mod oklab;
mod variety;

pub use variety::ColorVariety;

use super::error::MetadataError;
use super::record::{ColorMetadata, DominantColor};
use crate::picture::Picture;
use crate::preprocess;

/// About 160 × 120: shares are good to a percent, and clustering costs less than reducing.
const REDUCED_PIXELS: u32 = 20_000;

/// The five dominant colours and their shares, largest first; fewer where the picture has fewer.
/// The shares' sum is at most 1. Deterministic.
///
/// # Errors
/// [`MetadataError::Preprocess`] if the picture cannot be resampled.
pub fn dominant_colors(picture: &Picture) -> Result<ColorMetadata, MetadataError> {
    let (width, height) = reduced_size(picture.width(), picture.height());
    let bins = if (width, height) == (picture.width(), picture.height()) {
        histogram::bins(picture.rgb())
    } else {
        histogram::bins(&preprocess::resize_to(picture, width, height)?)
    };
    let total: f64 = bins.iter().map(|bin| bin.weight).sum();
    let dominant = cluster::clusters(&bins)
        .into_iter()
        .map(|cluster| DominantColor {
            rgb: cluster.center.to_srgb(),
            ratio: rounded_down(cluster.weight / total),
        })
        .collect();
    Ok(ColorMetadata { dominant })
}

/// At most [`REDUCED_PIXELS`] of the same shape; a side of a sliver keeps one pixel.
fn reduced_size(width: u32, height: u32) -> (u32, u32) {
    let area = f64::from(width) * f64::from(height);
    let factor = (f64::from(REDUCED_PIXELS) / area).sqrt().min(1.0);
    let side = |full: u32| {
        let reduced = (f64::from(full) * factor).round() as u32;
        reduced.clamp(1, REDUCED_PIXELS.min(full.max(1)))
    };
    (side(width), side(height))
}

/// Towards zero, so that the sum of shares never exceeds 1.
fn rounded_down(share: f64) -> f32 {
    let rounded = share as f32;
    if f64::from(rounded) > share { rounded.next_down() } else { rounded }
}

#[cfg(test)]
mod tests;
