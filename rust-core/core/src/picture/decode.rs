//! One decode per picture, at the smallest scale that serves the request.

use std::borrow::Cow;
use std::fs::File;

use super::exif::ExifFacts;
use super::jpeg::{self, JpegError, Scale};
use super::raster::{self, Raster};
use super::source::read_file;
use super::{ImageFormat, ImageSource, Limits, Orientation, Picture, PictureError, Pixels, frames};

/// A scaled decode keeps this many times the pixels per side that are asked
/// for, so that the resampling filter, not the DCT, decides the result
/// (Pillow's `thumbnail` uses 2 as well).
const REDUCING_GAP: f64 = 2.0;

/// A thumbnail may be off by rounding (a 4000×3000 photo's is 160×120), not by
/// black bars or a later crop.
const THUMBNAIL_ASPECT_TOLERANCE: f64 = 0.01;

/// How many pixels the caller needs, in upright width and height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The picture will be fitted inside the box (letterboxed).
    Fit {
        /// Width of the box.
        width: u32,
        /// Height of the box.
        height: u32,
    },
    /// The picture will fill the box (squashed or cropped).
    Cover {
        /// Width of the box.
        width: u32,
        /// Height of the box.
        height: u32,
    },
}

impl Target {
    /// The factor from full size to what is asked for.
    fn factor(self, width: u32, height: u32) -> f64 {
        let ratio = |target: u32, full: u32| f64::from(target) / f64::from(full.max(1));
        match self {
            Self::Fit { width: w, height: h } => ratio(w, width).min(ratio(h, height)),
            Self::Cover { width: w, height: h } => ratio(w, width).max(ratio(h, height)),
        }
    }
}

/// How a picture is decoded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DecodeOptions {
    /// Bounds checked before anything is allocated.
    pub limits: Limits,
    /// Pixels needed; `None` decodes at full size.
    pub target: Option<Target>,
    /// Use an EXIF thumbnail that is large enough, has the picture's aspect ratio
    /// and shows no sign of a later edit. Thirty times faster on phone photos,
    /// with a small effect on scores.
    pub exif_thumbnail: bool,
    /// Accept a JPEG that ends early, its missing rows grey.
    pub allow_truncated: bool,
}

/// Decodes to an upright RGB picture that is at least as large as asked for
/// (or the full picture, if that is smaller).
///
/// # Errors
/// By stage: reading, format, header and limits, pixel data.
pub fn decode(source: &ImageSource<'_>, options: &DecodeOptions) -> Result<Picture, PictureError> {
    let limits = &options.limits;
    let bytes = match load(source, limits)? {
        Loaded::Encoded(bytes) => bytes,
        Loaded::Pixels(pixels) => {
            let Pixels { width, height, orientation, .. } = pixels;
            let rgb = orientation.apply(width, pixels.to_rgb(limits)?);
            let size = orientation.upright_size(width, height);
            return Picture::new(size.0, size.1, rgb, pixels.source_size.unwrap_or(size));
        }
    };
    let format = ImageFormat::sniff(&bytes).ok_or(PictureError::UnknownFormat)?;
    limits.check_frames(frames::count_frames(format, &bytes, limits.max_frames))?;
    match format {
        ImageFormat::Jpeg => decode_jpeg(&bytes, options),
        #[cfg(feature = "heic")]
        ImageFormat::Heic => upright(super::heic::decode(&bytes, limits)?),
        _ => upright(raster::decode(format, &bytes, limits)?),
    }
}

/// Upright width and height of the full picture, from its header alone.
///
/// # Errors
/// As [`decode`], but for pixel data.
pub fn dimensions(source: &ImageSource<'_>, limits: &Limits) -> Result<(u32, u32), PictureError> {
    let bytes = match load(source, limits)? {
        Loaded::Encoded(bytes) => bytes,
        Loaded::Pixels(pixels) => {
            let size = || pixels.orientation.upright_size(pixels.width, pixels.height);
            return Ok(pixels.source_size.unwrap_or_else(size));
        }
    };
    let format = ImageFormat::sniff(&bytes).ok_or(PictureError::UnknownFormat)?;
    match format {
        ImageFormat::Jpeg => {
            let header = jpeg::read_header(&bytes).map_err(jpeg_error)?;
            limits.check_pixels(header.width, header.height)?;
            let facts = ExifFacts::of_jpeg(&bytes, false);
            Ok(facts.orientation.upright_size(header.width, header.height))
        }
        #[cfg(feature = "heic")]
        ImageFormat::Heic => super::heic::dimensions(&bytes, limits),
        _ => raster::dimensions(format, &bytes, limits),
    }
}

enum Loaded<'a> {
    Encoded(Cow<'a, [u8]>),
    Pixels(Pixels<'a>),
}

fn load<'a>(source: &ImageSource<'a>, limits: &Limits) -> Result<Loaded<'a>, PictureError> {
    Ok(match source {
        ImageSource::Path(path) => Loaded::Encoded(read_file(&File::open(path)?, limits)?.into()),
        ImageSource::File(file) => Loaded::Encoded(read_file(file, limits)?.into()),
        ImageSource::Bytes(bytes) => {
            limits.check_bytes(bytes.len() as u64)?;
            Loaded::Encoded(Cow::Borrowed(bytes))
        }
        ImageSource::Pixels(pixels) => Loaded::Pixels(*pixels),
    })
}

fn upright(raster: Raster) -> Result<Picture, PictureError> {
    let (width, height) = raster.orientation.upright_size(raster.width, raster.height);
    let rgb = raster.orientation.apply(raster.width, raster.rgb);
    Picture::new(width, height, rgb, (width, height))
}

fn decode_jpeg(data: &[u8], options: &DecodeOptions) -> Result<Picture, PictureError> {
    let header = jpeg::read_header(data).map_err(jpeg_error)?;
    options.limits.check_pixels(header.width, header.height)?;
    let facts = ExifFacts::of_jpeg(data, options.exif_thumbnail);
    let source_size = facts.orientation.upright_size(header.width, header.height);

    if let Some(thumbnail) = facts.thumbnail.as_deref()
        && let Some(target) = options.target
        && let Some(decoded) = decode_thumbnail(thumbnail, source_size, facts.orientation, target)
    {
        return jpeg_picture(decoded, facts.orientation, source_size);
    }

    let factor = options.target.map_or(1.0, |target| target.factor(source_size.0, source_size.1));
    let scale = largest_reduction(factor);
    let side = |full: u32| u64::from(full.div_ceil(scale.denominator()));
    options.limits.check_memory(side(header.width) * side(header.height) * 3)?;
    let decoded = jpeg::decode(data, scale).map_err(jpeg_error)?;
    if decoded.truncated && !options.allow_truncated {
        return Err(PictureError::Truncated { format: ImageFormat::Jpeg });
    }
    jpeg_picture(decoded, facts.orientation, source_size)
}

fn jpeg_picture(
    decoded: jpeg::Decoded,
    orientation: Orientation,
    source_size: (u32, u32),
) -> Result<Picture, PictureError> {
    let (width, height) = orientation.upright_size(decoded.width, decoded.height);
    let rgb = orientation.apply(decoded.width, decoded.rgb);
    Picture::new(width, height, rgb, source_size)
}

/// The thumbnail's pixels if they are enough for the target and of the same shape.
fn decode_thumbnail(
    thumbnail: &[u8],
    source_size: (u32, u32),
    orientation: Orientation,
    target: Target,
) -> Option<jpeg::Decoded> {
    let header = jpeg::read_header(thumbnail).ok()?;
    // The tag turns the thumbnail as it turns the picture.
    let (width, height) = orientation.upright_size(header.width, header.height);
    let aspect = |(w, h): (u32, u32)| f64::from(w) / f64::from(h.max(1));
    let deviation = aspect((width, height)) / aspect(source_size) - 1.0;
    let large_enough = target.factor(width, height) <= 1.0;
    if !large_enough || deviation.abs() > THUMBNAIL_ASPECT_TOLERANCE {
        return None;
    }
    let decoded = jpeg::decode(thumbnail, Scale::Full).ok()?;
    (!decoded.truncated).then_some(decoded)
}

fn largest_reduction(factor: f64) -> Scale {
    [Scale::Eighth, Scale::Quarter, Scale::Half]
        .into_iter()
        .find(|scale| f64::from(scale.denominator()) * factor * REDUCING_GAP <= 1.0)
        .unwrap_or(Scale::Full)
}

fn jpeg_error(error: JpegError) -> PictureError {
    let format = ImageFormat::Jpeg;
    match error {
        JpegError::Unsupported { what } => {
            PictureError::UnsupportedVariant { format, reason: what.to_owned() }
        }
        JpegError::Truncated => PictureError::Truncated { format },
        other => PictureError::Decode { format, reason: other.to_string() },
    }
}
