use image::codecs::jpeg::JpegEncoder;

use super::oklab::Oklab;
use super::*;
use crate::picture::{DecodeOptions, ImageSource, decode};

/// Bands of the given colours, each as wide as its weight, side by side.
fn bands(width: u32, height: u32, colors: &[([u8; 3], u32)]) -> Picture {
    let total: u32 = colors.iter().map(|(_, weight)| weight).sum();
    let color_at = |x: u32| {
        let mut end = 0;
        let place = u64::from(x) * u64::from(total) / u64::from(width);
        let found = colors.iter().find(|(_, weight)| {
            end += u64::from(*weight);
            place < end
        });
        found.unwrap().0
    };
    let row: Vec<u8> = (0..width).flat_map(color_at).collect();
    Picture::new(width, height, row.repeat(height as usize), (width, height)).unwrap()
}

fn distance(a: [u8; 3], b: [u8; 3]) -> f64 {
    let [a, b] = [a, b].map(|rgb| Oklab::from_srgb(rgb.map(f64::from)));
    a.distance_squared(b).sqrt()
}

fn scene(width: u32, height: u32) -> Picture {
    let colors = [([214, 60, 48], 9), ([32, 92, 160], 5), ([240, 236, 220], 4), ([40, 44, 40], 2)];
    bands(width, height, &colors)
}

#[test]
fn a_flat_picture_has_one_colour_and_all_of_the_area() {
    for (width, height) in [(1, 1), (300, 200), (4000, 2), (2, 5000)] {
        let colors = dominant_colors(&bands(width, height, &[([18, 52, 86], 1)])).unwrap();
        assert_eq!(colors.dominant.len(), 1, "{width}×{height}");
        assert_eq!(colors.dominant[0].to_hex(), "#123456");
        assert_eq!(colors.dominant[0].ratio, 1.0);
        assert_eq!(colors.variety(), ColorVariety::Few);
    }
}

#[test]
fn bands_have_their_shares_in_order() {
    let colors = dominant_colors(&scene(1200, 300)).unwrap();
    let shares: Vec<f32> = colors.dominant.iter().map(|color| color.ratio).collect();
    for (share, expected) in shares.iter().zip([0.45, 0.25, 0.2, 0.1]) {
        assert!((share - expected).abs() < 0.015, "{shares:?}");
    }
    assert!(shares.is_sorted_by(|a, b| a >= b));
    assert!(shares.iter().map(|share| f64::from(*share)).sum::<f64>() <= 1.0);
}

#[test]
fn size_and_jpeg_quality_hardly_matter() {
    let expected = dominant_colors(&scene(1200, 300)).unwrap();
    let mut others = vec![scene(400, 100), scene(160, 40)];
    for quality in [60, 90] {
        let mut file = Vec::new();
        let picture = scene(1200, 300);
        JpegEncoder::new_with_quality(&mut file, quality)
            .encode(picture.rgb(), 1200, 300, image::ExtendedColorType::Rgb8)
            .unwrap();
        others.push(decode(&ImageSource::Bytes(&file), &DecodeOptions::default()).unwrap());
    }
    for other in &others {
        let found = dominant_colors(other).unwrap();
        for (a, b) in expected.dominant.iter().zip(&found.dominant) {
            assert!(distance(a.rgb, b.rgb) < 0.02, "{} {}", a.to_hex(), b.to_hex());
            assert!((a.ratio - b.ratio).abs() < 0.02, "{} {}", a.ratio, b.ratio);
        }
    }
}

#[test]
fn a_gradient_has_five_colours_and_no_more() {
    let rgb: Vec<u8> = (0..256 * 64u32).flat_map(|i| [(i % 256) as u8, 90, 160]).collect();
    let colors = dominant_colors(&Picture::new(256, 64, rgb, (256, 64)).unwrap()).unwrap();
    assert_eq!(colors.dominant.len(), 5);
    assert!(colors.effective_colors() > 4.0);
    assert_eq!(colors.variety(), ColorVariety::Many);
}

#[test]
fn effective_colours_count_shares_not_entries() {
    let of = |shares: &[f32]| ColorMetadata {
        dominant: shares.iter().map(|ratio| DominantColor { rgb: [0; 3], ratio: *ratio }).collect(),
    };
    assert_eq!(of(&[]).effective_colors(), 0.0);
    assert!((of(&[0.25; 4]).effective_colors() - 4.0).abs() < 1e-9);
    assert!((of(&[0.5, 0.5]).effective_colors() - 2.0).abs() < 1e-9);
    assert!(of(&[0.96, 0.01, 0.01, 0.01, 0.01]).effective_colors() < 1.3);
}
