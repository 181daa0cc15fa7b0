//! Scaled JPEG decoding: Huffman sequential and progressive, 8 bits, in pure safe Rust.
//!
//! Scaling happens in the transform, so that an eighth of a 100-megapixel photo costs neither its pixels nor its
//! coefficients. Sizes, filters and rounding follow libjpeg-turbo (and thereby Pillow's `draft`) to within one level.

mod bits;
mod block;
mod color;
mod error;
mod frame;
mod huffman;
mod idct;
mod marker;
mod output;
mod plane;
mod progressive;
mod scaling;
mod scans;
mod sequential;
mod store;
mod tables;
#[cfg(test)]
mod tests;
mod upsample;

pub use error::JpegError;
pub use frame::JpegHeader;

use bits::BitReader;
use color::ColorModel;
use frame::Frame;
use marker::Segments;
use output::Output;
use plane::Geometry;
use scaling::BlockSize;
use scans::Gatherer;
use tables::{Scan, Tables};

/// Pixels of the full picture beyond which nothing is decoded, whatever the scale.
const MAX_PIXELS: u64 = 500_000_000;

/// Output size relative to the picture, rounded up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// 1/1.
    Full,
    /// 1/2.
    Half,
    /// 1/4.
    Quarter,
    /// 1/8: the mean of each block.
    Eighth,
}

impl Scale {
    /// Output sides are `ceil(side / denominator)`.
    pub fn denominator(self) -> u32 {
        match self {
            Self::Full => 1,
            Self::Half => 2,
            Self::Quarter => 4,
            Self::Eighth => 8,
        }
    }

    fn block_size(self) -> BlockSize {
        match self {
            Self::Full => BlockSize::Eight,
            Self::Half => BlockSize::Four,
            Self::Quarter => BlockSize::Two,
            Self::Eighth => BlockSize::One,
        }
    }
}

/// A decoded picture: rows of RGB, 3 bytes a pixel, as stored (EXIF orientation is not applied).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// Pixels across after scaling.
    pub width: u32,
    /// Pixels down after scaling.
    pub height: u32,
    /// `3 * width * height` bytes, top row first.
    pub rgb: Vec<u8>,
    /// Data was missing or damaged: at least one MCU row is there, lost areas are mid-grey or lack detail.
    pub truncated: bool,
}

/// Reads the frame header. 12-bit pictures are reported, coding processes that `decode` lacks are `Unsupported`.
pub fn read_header(data: &[u8]) -> Result<JpegHeader, JpegError> {
    let mut segments = Segments::new(data)?;
    while let Some(segment) = segments.next_segment() {
        if frame::is_frame(segment.code) {
            return Ok(frame::parse_frame(segment.code, segment.body)?.header);
        }
        refuse_out_of_place(segment.code)?;
    }
    Err(JpegError::Truncated)
}

/// Decodes to RGB at a scale. Grey is replicated; CMYK and YCCK are taken as Adobe stores them (inverted).
///
/// Data that ends early or is damaged gives a picture with `truncated` set, or `Truncated` / `Corrupt` if less
/// than one MCU row (or no complete first scan row of a progressive picture) could be decoded.
/// Sequential pictures need memory for the output and one MCU row. Progressive pictures also need, for each block,
/// two bytes per coefficient of the scaled block plus, where AC coefficients are used, 16 bytes of history.
pub fn decode(data: &[u8], scale: Scale) -> Result<Decoded, JpegError> {
    let mut segments = Segments::new(data)?;
    let mut tables = Tables::default();
    while let Some(segment) = segments.next_segment() {
        if frame::is_frame(segment.code) {
            let frame = frame::parse_frame(segment.code, segment.body)?;
            check(&frame, data.len())?;
            return decode_frame(&frame, segments, tables, data, scale);
        }
        refuse_out_of_place(segment.code)?;
        tables.apply(&segment)?;
    }
    Err(JpegError::Truncated)
}

/// Errors for markers that can't come before the frame header.
fn refuse_out_of_place(code: u8) -> Result<(), JpegError> {
    match code {
        marker::SOS => Err(JpegError::Corrupt { what: "scan before frame header" }),
        marker::EOI => Err(JpegError::Truncated),
        marker::DHP => Err(JpegError::Unsupported { what: "hierarchical coding" }),
        marker::DAC => Err(JpegError::Unsupported { what: "arithmetic coding" }),
        _ => Ok(()),
    }
}

fn check(frame: &Frame, bytes: usize) -> Result<(), JpegError> {
    let header = frame.header;
    if header.precision != 8 {
        return Err(JpegError::Unsupported { what: "sample precision other than 8 bits" });
    }
    let (width, height) = (header.width, header.height);
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(JpegError::TooLarge { width, height });
    }
    // A block takes one bit at least, so a few bytes that claim a huge picture are refused before allocating.
    let (mcus_wide, mcu_rows) = frame.mcus();
    if mcus_wide * mcu_rows / 64 > bytes {
        return Err(JpegError::Truncated);
    }
    Ok(())
}

fn decode_frame(
    frame: &Frame,
    mut segments: Segments,
    mut tables: Tables,
    data: &[u8],
    scale: Scale,
) -> Result<Decoded, JpegError> {
    let base = scale.block_size();
    let geometries: Vec<Geometry> =
        frame.components.iter().map(|component| Geometry::new(frame, component, base)).collect();
    let mut gatherer = None;
    let mut ended = false;
    while let Some(segment) = segments.next_segment() {
        let step = match segment.code {
            marker::EOI => {
                ended = true;
                break;
            }
            marker::SOS => Scan::parse(frame, segment.body).and_then(|scan| {
                let mut reader = BitReader::new(data, segments.position());
                if !frame.header.progressive && scan.is_whole(frame) {
                    let color = ColorModel::new(frame, tables.jfif, tables.adobe);
                    let mut output = Output::new(frame, &geometries, base, color)?;
                    let truncated =
                        sequential::decode_rows(&mut reader, frame, &scan, &tables, &mut output)?;
                    return Ok(Some(finish(output, truncated)));
                }
                if gatherer.is_none() {
                    gatherer = Some(Gatherer::new(frame, &geometries)?);
                }
                if let Some(gatherer) = &mut gatherer {
                    gatherer.scan(&mut reader, &scan, &tables)?;
                }
                segments.seek(reader.source_position());
                Ok(None)
            }),
            code if frame::is_frame(code) => {
                Err(JpegError::Corrupt { what: "second frame header" })
            }
            _ => tables.apply(&segment).map(|()| None),
        };
        match step {
            Ok(None) => {}
            Ok(Some(decoded)) => return Ok(decoded),
            // What has been decoded so far is worth more than an error.
            Err(_) if gatherer.as_ref().is_some_and(Gatherer::is_started) => break,
            Err(error) => return Err(error),
        }
    }
    let gatherer = gatherer.filter(Gatherer::is_started).ok_or(JpegError::Truncated)?;
    let color = ColorModel::new(frame, tables.jfif, tables.adobe);
    let mut output = Output::new(frame, &geometries, base, color)?;
    gatherer.render(&mut output);
    Ok(finish(output, gatherer.is_damaged() || !ended))
}

fn finish(output: Output, truncated: bool) -> Decoded {
    Decoded {
        width: output.width as u32,
        height: output.height as u32,
        rgb: output.into_rgb(),
        truncated,
    }
}
