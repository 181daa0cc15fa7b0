//! Generated pictures, sound and broken.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use image::{ImageFormat, Rgb, RgbImage};

/// A picture with some structure; another one for every `seed`.
pub(crate) fn drawn(width: u32, height: u32, seed: u32) -> RgbImage {
    let channel = |value: u32| (value % 256) as u8;
    RgbImage::from_fn(width, height, |x, y| {
        let stripe = (x / (4 + seed % 5) + y / 7) * 37;
        Rgb([channel(x * 3 + seed * 29), channel(y * 2 + stripe), channel(stripe + seed * 61)])
    })
}

pub(crate) fn encoded(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub(crate) fn png(seed: u32) -> Vec<u8> {
    encoded(&drawn(60, 40, seed), ImageFormat::Png)
}

pub(crate) fn jpeg(seed: u32) -> Vec<u8> {
    encoded(&drawn(160, 120, seed), ImageFormat::Jpeg)
}

/// `count` sound pictures `00.png`, `01.jpg`, `02.png`, …
pub(crate) fn write_sound(folder: &Path, count: u32) {
    for seed in 0..count {
        if seed % 2 == 0 {
            fs::write(folder.join(format!("{seed:02}.png")), png(seed)).unwrap();
        } else {
            fs::write(folder.join(format!("{seed:02}.jpg")), jpeg(seed)).unwrap();
        }
    }
}

/// A PNG of a few bytes whose header claims that size.
pub(crate) fn png_bomb(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = Vec::new();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    // A zlib stream of one empty block.
    let data = [0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01];
    for (kind, content) in [(b"IHDR", &header[..]), (b"IDAT", &data), (b"IEND", &[])] {
        bytes.extend((content.len() as u32).to_be_bytes());
        let start = bytes.len();
        bytes.extend(kind);
        bytes.extend(content);
        let checksum = crc32(&bytes[start..]);
        bytes.extend(checksum.to_be_bytes());
    }
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

/// Bytes that repeat from run to run (Knuth's MMIX generator).
pub(crate) struct Noise(pub(crate) u64);

impl Noise {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }
}
