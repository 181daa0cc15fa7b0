//! Small JPEGs of pictures, for pages.

use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use epic_core::picture::{self, DecodeOptions, ImageSource, Target};
use epic_core::preprocess;
use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;

const QUALITY: u8 = 78;

/// A JPEG data URI that fits in a square of `side` pixels; `None` if the file
/// cannot be decoded.
pub fn data_uri(path: &Path, side: u32) -> Option<String> {
    let jpeg = jpeg(&ImageSource::Path(path), side).ok()?;
    Some(format!("data:image/jpeg;base64,{}", BASE64_STANDARD.encode(jpeg)))
}

/// A JPEG that fits in a square of `side` pixels; a smaller picture keeps its size.
///
/// # Errors
/// Why the picture cannot be decoded, resized or encoded.
pub fn jpeg(source: &ImageSource<'_>, side: u32) -> Result<Vec<u8>, String> {
    let options = DecodeOptions {
        target: Some(Target::Fit { width: side, height: side }),
        ..DecodeOptions::default()
    };
    let picture = picture::decode(source, &options).map_err(|error| error.to_string())?;
    let longest = picture.width().max(picture.height()).max(side);
    let scaled = |full: u32| (u64::from(full) * u64::from(side) / u64::from(longest)).max(1) as u32;
    let (width, height) = (scaled(picture.width()), scaled(picture.height()));
    let rgb = preprocess::resize_to(&picture, width, height).map_err(|error| error.to_string())?;
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .encode(&rgb, width, height, ExtendedColorType::Rgb8)
        .map_err(|error| error.to_string())?;
    Ok(jpeg)
}
