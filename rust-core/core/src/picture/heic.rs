//! HEIC by a pure-Rust decoder, for desktops.

use heic_rs::{DecodeOptions, PixelLayout};

use super::raster::Raster;
use super::{ImageFormat, Limits, Orientation, PictureError};

/// Decodes the primary item. The container's own `irot` and `imir` transforms
/// are applied by the decoder, and EXIF orientation is ignored, as the HEIF
/// standard has it (ISO/IEC 23008-12): applying both would turn twice.
pub(super) fn decode(data: &[u8], limits: &Limits) -> Result<Raster, PictureError> {
    let format = ImageFormat::Heic;
    let info = probe(data, limits)?;
    // Three planes while decoding, then the interleaved copy.
    let pixels = u64::from(info.coded_width) * u64::from(info.coded_height);
    limits.check_memory(pixels.saturating_mul(6))?;
    let options = DecodeOptions {
        layout: PixelLayout::Rgb8,
        max_pixels: Some(limits.max_pixels),
        ..DecodeOptions::default()
    };
    let decoded = heic_rs::decode(data, &options)
        .map_err(|error| PictureError::Decode { format, reason: error.to_string() })?;
    Ok(Raster {
        width: decoded.width,
        height: decoded.height,
        orientation: Orientation::Normal,
        rgb: decoded.data,
    })
}

/// Upright size by the header.
pub(super) fn dimensions(data: &[u8], limits: &Limits) -> Result<(u32, u32), PictureError> {
    probe(data, limits).map(|info| (info.width, info.height))
}

fn probe(data: &[u8], limits: &Limits) -> Result<heic_rs::ImageInfo, PictureError> {
    let info = heic_rs::probe(data).map_err(|error| PictureError::Header {
        format: ImageFormat::Heic,
        reason: error.to_string(),
    })?;
    limits.check_pixels(info.width, info.height)?;
    Ok(info)
}
