mod hostile;
mod reference;

use super::*;
use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;

const SCALES: [Scale; 4] = [Scale::Full, Scale::Half, Scale::Quarter, Scale::Eighth];

/// Name, file, pixels at full size, pixels at 1/2, 1/4 and 1/8 one behind the other.
type Fixture = (&'static str, &'static [u8], &'static [u8], &'static [u8]);

macro_rules! fixtures {
    ($($name:literal),* $(,)?) => {
        &[$((
            $name,
            include_bytes!(concat!("../../../../tests/fixtures/jpeg/", $name, ".jpg")),
            include_bytes!(concat!("../../../../tests/fixtures/jpeg/", $name, ".full.rgb")),
            include_bytes!(concat!("../../../../tests/fixtures/jpeg/", $name, ".scaled.rgb")),
        )),*]
    };
}

const FIXTURES: &[Fixture] = fixtures![
    "baseline_422_restarts",
    "cmyk_adobe",
    "progressive_420",
    "progressive_444_restarts",
    "progressive_grey",
    "rgb_by_ids",
    "sampling_411",
    "sampling_440",
    "scans_420_wide_steps",
    "ycck_adobe",
];

fn fixture(name: &str) -> &'static [u8] {
    FIXTURES.iter().find(|f| f.0 == name).unwrap().1
}

/// A smooth picture with some edges, `channels` bytes a pixel.
fn drawn(width: u32, height: u32, channels: u32) -> Vec<u8> {
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            for c in 0..channels {
                let wave = ((x + c * 9) as f32 / 6.0).sin() + ((y * 2 + x) as f32 / 11.0).cos();
                let edge = if (x / 13 + y / 9) % 2 == 0 { 40.0 } else { 0.0 };
                pixels.push((110.0 + 50.0 * wave + edge).clamp(0.0, 255.0) as u8);
            }
        }
    }
    pixels
}

fn encoded(pixels: &[u8], width: u32, height: u32, color: ExtendedColorType) -> Vec<u8> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, 92).encode(pixels, width, height, color).unwrap();
    out
}

/// Mean and largest difference.
fn difference(a: &[u8], b: &[u8]) -> (f64, u8) {
    assert_eq!(a.len(), b.len());
    let all = || a.iter().zip(b).map(|(a, b)| a.abs_diff(*b));
    let sum: f64 = all().map(f64::from).sum();
    (sum / a.len().max(1) as f64, all().max().unwrap_or(0))
}
