//! The phone core's decoder as the data set's picture reader.

use std::path::Path;

use epic_core::ImageSource;
use epic_core::picture::{self, DecodeOptions, Limits, Target};

use crate::dataset::{PictureReader, RgbPixels};

/// Reads pictures with the decoder that phones use, scaled decoding included, so that a picture
/// that trains is a picture that scans.
#[derive(Debug, Clone, Copy, Default)]
pub struct CoreReader;

impl PictureReader for CoreReader {
    fn dimensions(&self, path: &Path) -> Result<(u32, u32), String> {
        picture::dimensions(&ImageSource::Path(path), &Limits::default())
            .map_err(|error| error.to_string())
    }

    fn read(&self, path: &Path, min_side: u32) -> Result<RgbPixels, String> {
        let options = DecodeOptions {
            target: Some(Target::Cover { width: min_side, height: min_side }),
            ..DecodeOptions::default()
        };
        let picture = picture::decode(&ImageSource::Path(path), &options)
            .map_err(|error| error.to_string())?;
        Ok(RgbPixels::from(&picture))
    }
}
