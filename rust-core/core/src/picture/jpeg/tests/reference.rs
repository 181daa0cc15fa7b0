use super::*;

#[test]
fn fixtures_match_libjpeg_at_every_scale() {
    for (name, data, full, scaled) in FIXTURES {
        let mut rest = *scaled;
        for scale in SCALES {
            let decoded = decode(data, scale).unwrap();
            assert!(!decoded.truncated, "{name}");
            assert_eq!(decoded.width, 35_u32.div_ceil(scale.denominator()));
            assert_eq!(decoded.height, 17_u32.div_ceil(scale.denominator()));
            let expected = if scale == Scale::Full {
                full
            } else {
                let (head, tail) = rest.split_at(decoded.rgb.len());
                rest = tail;
                head
            };
            let (mean, max) = difference(&decoded.rgb, expected);
            assert!(mean < 0.3 && max <= 3, "{name} {scale:?}: mean {mean} max {max}");
        }
    }
}

#[test]
fn headers_tell_size_and_kind() {
    for (name, data, _, _) in FIXTURES {
        let header = read_header(data).unwrap();
        assert_eq!((header.width, header.height, header.precision), (35, 17, 8));
        assert_eq!(header.progressive, name.starts_with("progressive"));
        let components = match *name {
            "progressive_grey" => 1,
            "cmyk_adobe" | "ycck_adobe" => 4,
            _ => 3,
        };
        assert_eq!(header.components, components, "{name}");
    }
}

#[test]
fn full_size_matches_another_decoder() {
    for (width, height) in [(1, 1), (8, 8), (100, 75), (257, 64)] {
        let data = encoded(&drawn(width, height, 3), width, height, ExtendedColorType::Rgb8);
        let ours = decode(&data, Scale::Full).unwrap();
        let theirs = image::load_from_memory(&data).unwrap().to_rgb8();
        let (mean, max) = difference(&ours.rgb, theirs.as_raw());
        assert!(mean < 0.6 && max <= 4, "{width}x{height}: mean {mean} max {max}");
    }
}

#[test]
fn scaled_pictures_are_box_averages_of_the_full_one() {
    let (width, height) = (304, 208);
    for (channels, color) in [(3, ExtendedColorType::Rgb8), (1, ExtendedColorType::L8)] {
        let data = encoded(&drawn(width, height, channels), width, height, color);
        let full = decode(&data, Scale::Full).unwrap();
        for scale in [Scale::Half, Scale::Quarter, Scale::Eighth] {
            let scaled = decode(&data, scale).unwrap();
            let boxed = box_average(&full, scale.denominator());
            let (mean, max) = difference(&scaled.rgb, &boxed);
            // Clamping at black and white comes before averaging in one and after it in the other.
            assert!(mean < 0.5 && max <= 6, "{scale:?}: mean {mean} max {max}");
        }
    }
}

fn box_average(full: &Decoded, denominator: u32) -> Vec<u8> {
    let (width, d) = (full.width as usize, denominator as usize);
    let mut out = Vec::new();
    for y in 0..full.height as usize / d {
        for x in 0..width / d {
            for c in 0..3 {
                let inside = (0..d * d).map(|i| ((y * d + i / d) * width + x * d + i % d) * 3 + c);
                let sum: usize = inside.map(|i| usize::from(full.rgb[i])).sum();
                out.push(((sum + d * d / 2) / (d * d)) as u8);
            }
        }
    }
    out
}

#[test]
fn an_eighth_is_the_exact_mean_of_flat_blocks() {
    for level in [0_u8, 1, 77, 128, 200, 255] {
        let data = encoded(&[level; 64 * 16], 64, 16, ExtendedColorType::L8);
        let full = decode(&data, Scale::Full).unwrap();
        let eighth = decode(&data, Scale::Eighth).unwrap();
        assert_eq!((eighth.width, eighth.height), (8, 2));
        assert!(eighth.rgb.iter().all(|&value| value == full.rgb[0]));
        assert!(full.rgb[0].abs_diff(level) <= 1);
    }
}
