//! One file.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use epic_core::ImageSource;
use epic_core::metadata::{MetadataExtractor, MetadataOptions, Parts};
use epic_core::picture::{
    self, DecodeOptions, ImageFormat, Limits, Picture, PictureError, Target, count_frames,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Thresholds;
use super::card::may_be_a_card;
use super::fault::{Evidence, Fault};
use super::placeholder::Placeholders;
use super::quality::{QUALITY_MIN_SIDE, Quality};
use crate::dataset::variants::variants;
use crate::dataset::{Fingerprint, RgbPixels, hex};

/// What files are held against.
pub struct Checker<'a> {
    /// When a picture is worth a look.
    pub thresholds: Thresholds,
    /// Known placeholders.
    pub placeholders: Placeholders,
    /// Reads the text of plain cards; without it placeholders are known by bytes and look alone.
    pub extractor: Option<&'a MetadataExtractor>,
}

impl Default for Checker<'_> {
    fn default() -> Self {
        Self {
            thresholds: Thresholds::default(),
            placeholders: Placeholders::built_in(),
            extractor: None,
        }
    }
}

/// What was found out about a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileReport {
    /// Path from the data set folder, with `/`.
    pub relative_path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Hash of the bytes, 64 lower-case hexadecimal digits; `None` where they cannot be read.
    pub sha256: Option<String>,
    /// Format of the content, as its name is written.
    pub format: Option<String>,
    /// Upright width in pixels, 0 where it is not known.
    pub width: u32,
    /// Upright height in pixels.
    pub height: u32,
    /// Frames, 1 for still pictures.
    pub frames: u32,
    /// Measures of the pixels, where it decodes.
    pub quality: Option<Quality>,
    /// Perceptual fingerprint, where it decodes.
    pub fingerprint: Option<Fingerprint>,
    /// Fingerprints that copies have which were cut a little at all sides, or framed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<Fingerprint>,
    /// What is wrong, worst first.
    pub faults: Vec<Fault>,
}

impl FileReport {
    /// Whether the file is of no use for training.
    pub fn is_unusable(&self) -> bool {
        self.faults.iter().any(Fault::is_unusable)
    }
}

/// Looks at one file. Never fails: what is wrong is in the report.
pub fn check_file(root: &Path, relative_path: &str, checker: &Checker<'_>) -> FileReport {
    let mut report = FileReport {
        relative_path: relative_path.to_owned(),
        bytes: 0,
        sha256: None,
        format: None,
        width: 0,
        height: 0,
        frames: 1,
        quality: None,
        fingerprint: None,
        variants: Vec::new(),
        faults: Vec::new(),
    };
    match read(&root.join(relative_path)) {
        Ok(bytes) => {
            // A decoder that panics on one odd file must not end a run over a hundred thousand.
            let looked = catch_unwind(AssertUnwindSafe(|| look(&mut report, &bytes, checker)));
            if looked.is_err() {
                report.faults.push(Fault::Corrupt { reason: "the decoder panicked".to_owned() });
            }
        }
        Err(reason) => report.faults.push(Fault::Unreadable { reason }),
    }
    report.faults.sort_by_key(|fault| !fault.is_unusable());
    report
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let limit = Limits::default().max_bytes;
    let size = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > limit {
        return Err(format!("{size} bytes, the limit is {limit}"));
    }
    fs::read(path).map_err(|error| error.to_string())
}

fn look(report: &mut FileReport, bytes: &[u8], checker: &Checker<'_>) {
    report.bytes = bytes.len() as u64;
    let sha256 = hex::encode(&Sha256::digest(bytes));
    let by_bytes = checker.placeholders.by_bytes(bytes, &sha256).map(str::to_owned);
    report.sha256 = Some(sha256);
    if let Some(name) = by_bytes {
        report.faults.push(Fault::Placeholder { name, evidence: Evidence::Bytes });
    }
    if bytes.is_empty() {
        report.faults.push(Fault::ZeroBytes);
        return;
    }
    let Some(format) = ImageFormat::sniff(bytes) else {
        report.faults.push(Fault::NotAPicture);
        return;
    };
    report.format = Some(format.to_string());
    report.frames = count_frames(format, bytes, MAX_COUNTED_FRAMES);
    if report.frames > 1 {
        report.faults.push(Fault::Animated { frames: report.frames });
    }
    if !extension_fits(&report.relative_path, format) {
        report.faults.push(Fault::WrongExtension { format: format.to_string() });
    }
    let source = ImageSource::Bytes(bytes);
    if let Ok((width, height)) = picture::dimensions(&source, &Limits::default()) {
        (report.width, report.height) = (width, height);
        report.faults.extend(shape_faults(width, height, &checker.thresholds));
    }
    let options = DecodeOptions {
        target: Some(Target::Cover { width: QUALITY_MIN_SIDE, height: QUALITY_MIN_SIDE }),
        ..DecodeOptions::default()
    };
    match picture::decode(&source, &options) {
        Ok(picture) => look_at_pixels(report, &picture, bytes, checker),
        Err(PictureError::Truncated { .. }) => report.faults.push(Fault::Truncated),
        Err(error) => report.faults.push(match error {
            PictureError::Header { .. } | PictureError::Decode { .. } | PictureError::Empty => {
                Fault::Corrupt { reason: error.to_string() }
            }
            // Not damaged: too big, or of a kind that is not decoded here.
            _ => Fault::Unreadable { reason: error.to_string() },
        }),
    }
}

/// More are told as this many.
const MAX_COUNTED_FRAMES: u32 = 9_999;

fn shape_faults(width: u32, height: u32, thresholds: &Thresholds) -> Vec<Fault> {
    let (short, long) = (width.min(height), width.max(height));
    let mut faults = Vec::new();
    if short < thresholds.min_side {
        faults.push(Fault::Tiny { side: short });
    }
    let ratio = long as f32 / short.max(1) as f32;
    if ratio > thresholds.max_aspect {
        faults.push(Fault::ExtremeAspect { ratio });
    }
    faults
}

fn look_at_pixels(report: &mut FileReport, picture: &Picture, bytes: &[u8], checker: &Checker<'_>) {
    let pixels = RgbPixels::from(picture);
    report.fingerprint = Fingerprint::of(&pixels);
    report.variants = variants(&pixels);
    let Some(quality) = Quality::of(&pixels) else {
        return;
    };
    report.quality = Some(quality);
    report.faults.extend(quality_fault(&quality, &checker.thresholds));
    let is_known = report.faults.iter().any(|fault| matches!(fault, Fault::Placeholder { .. }));
    if is_known {
        return;
    }
    let by_look = report.fingerprint.as_ref().and_then(|f| checker.placeholders.by_look(f));
    if let Some(name) = by_look {
        let (name, evidence) = (name.to_owned(), Evidence::Look);
        report.faults.push(Fault::Placeholder { name, evidence });
    } else if let Some(extractor) = checker.extractor
        && may_be_a_card(&pixels)
        && let Ok(metadata) = extractor.extract(&ImageSource::Bytes(bytes), TEXT_ONLY)
        && let Some(name) = checker.placeholders.by_text(&metadata)
    {
        let evidence = Evidence::Text;
        report.faults.push(Fault::Placeholder { name, evidence });
    }
}

/// Bounds of [`Checker::extractor`]: a card has few boxes of text, and what has more needs no reading to its end.
pub const CARD_TEXT: MetadataOptions = MetadataOptions { max_text_boxes: 12, text_time: None };

const TEXT_ONLY: Parts = Parts { colors: false, faces: false, text: true };

/// The first that holds: a blank picture is not also blurred.
fn quality_fault(quality: &Quality, thresholds: &Thresholds) -> Option<Fault> {
    if quality.contrast < thresholds.min_contrast {
        Some(Fault::Blank)
    } else if quality.brightness_p99 < thresholds.min_brightness_p99 {
        Some(Fault::Dark)
    } else if quality.brightness_p05 > thresholds.max_brightness_p05 {
        Some(Fault::Bright)
    } else if quality.sharpness < thresholds.min_sharpness {
        Some(Fault::Blurred)
    } else {
        None
    }
}

fn extension_fits(path: &str, format: ImageFormat) -> bool {
    let Some((_, extension)) = path.rsplit('/').next().unwrap_or(path).rsplit_once('.') else {
        return false;
    };
    let expected: &[&str] = match format {
        ImageFormat::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
        ImageFormat::Png => &["png", "apng"],
        ImageFormat::WebP => &["webp"],
        ImageFormat::Gif => &["gif"],
        ImageFormat::Bmp => &["bmp", "dib"],
        ImageFormat::Tiff => &["tif", "tiff"],
        ImageFormat::Heic => &["heic", "heif"],
        ImageFormat::Avif => &["avif"],
        _ => return true,
    };
    expected.contains(&extension.to_ascii_lowercase().as_str())
}
