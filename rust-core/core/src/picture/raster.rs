//! Formats that the `image` crate decodes whole: PNG, WebP, GIF, BMP, TIFF.

use std::io::Cursor;

use image::codecs::{bmp, gif, png, tiff, webp};
use image::{DynamicImage, ImageDecoder, ImageError, metadata::Orientation as Stored};

use super::source::blend_on_white;
use super::{ImageFormat, Limits, Orientation, PictureError};

/// Stored size, orientation and RGB pixels (not yet upright).
pub(super) struct Raster {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) orientation: Orientation,
    pub(super) rgb: Vec<u8>,
}

/// Upright size by the header.
pub(super) fn dimensions(
    format: ImageFormat,
    data: &[u8],
    limits: &Limits,
) -> Result<(u32, u32), PictureError> {
    let mut decoder = open(format, data, limits)?;
    let (width, height) = decoder.dimensions();
    let orientation = decoder.orientation().map_or(Orientation::Normal, from_stored);
    Ok(orientation.upright_size(width, height))
}

pub(super) fn decode(
    format: ImageFormat,
    data: &[u8],
    limits: &Limits,
) -> Result<Raster, PictureError> {
    let mut decoder = open(format, data, limits)?;
    let (width, height) = decoder.dimensions();
    limits.check_memory(decoder.total_bytes())?;
    decoder.set_limits(image_limits(limits)).map_err(|error| header_error(format, &error))?;
    let orientation = decoder.orientation().map_or(Orientation::Normal, from_stored);
    let decoded = DynamicImage::from_decoder(decoder).map_err(|e| decode_error(format, &e))?;
    Ok(Raster { width, height, orientation, rgb: flatten(decoded) })
}

/// Reads the header and refuses more pixels than allowed.
fn open<'a>(
    format: ImageFormat,
    data: &'a [u8],
    limits: &Limits,
) -> Result<Box<dyn ImageDecoder + 'a>, PictureError> {
    let cursor = Cursor::new(data);
    let header = |error| header_error(format, &error);
    let decoder: Box<dyn ImageDecoder + 'a> = match format {
        ImageFormat::Png => {
            Box::new(png::PngDecoder::with_limits(cursor, image_limits(limits)).map_err(header)?)
        }
        ImageFormat::WebP => Box::new(webp::WebPDecoder::new(cursor).map_err(header)?),
        ImageFormat::Gif => Box::new(gif::GifDecoder::new(cursor).map_err(header)?),
        ImageFormat::Bmp => Box::new(bmp::BmpDecoder::new(cursor).map_err(header)?),
        ImageFormat::Tiff => Box::new(tiff::TiffDecoder::new(cursor).map_err(header)?),
        _ => return Err(PictureError::UnsupportedFormat { format }),
    };
    let (width, height) = decoder.dimensions();
    limits.check_pixels(width, height)?;
    Ok(decoder)
}

fn image_limits(limits: &Limits) -> image::Limits {
    let mut bounds = image::Limits::default();
    bounds.max_alloc = Some(limits.max_decoded_bytes);
    bounds
}

/// 8-bit RGB; transparent pixels fall on white, as gallery apps show them.
fn flatten(decoded: DynamicImage) -> Vec<u8> {
    match decoded {
        DynamicImage::ImageRgb8(pixels) => pixels.into_raw(),
        opaque if !opaque.color().has_alpha() => opaque.into_rgb8().into_raw(),
        translucent => {
            let rgba = translucent.into_rgba8().into_raw();
            let mut rgb = Vec::with_capacity(rgba.len() / 4 * 3);
            for [r, g, b, a] in rgba.as_chunks::<4>().0 {
                rgb.extend_from_slice(&blend_on_white([*r, *g, *b], *a));
            }
            rgb
        }
    }
}

fn from_stored(stored: Stored) -> Orientation {
    Orientation::from_exif(u32::from(stored.to_exif()))
}

fn header_error(format: ImageFormat, error: &ImageError) -> PictureError {
    match error {
        ImageError::Unsupported(unsupported) => {
            PictureError::UnsupportedVariant { format, reason: unsupported.to_string() }
        }
        other => PictureError::Header { format, reason: other.to_string() },
    }
}

fn decode_error(format: ImageFormat, error: &ImageError) -> PictureError {
    match error {
        ImageError::IoError(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => {
            PictureError::Truncated { format }
        }
        ImageError::Unsupported(unsupported) => {
            PictureError::UnsupportedVariant { format, reason: unsupported.to_string() }
        }
        other => PictureError::Decode { format, reason: other.to_string() },
    }
}
