use super::*;

const SMALL: [&str; 5] = [
    "baseline_422_restarts",
    "progressive_444_restarts",
    "progressive_420",
    "scans_420_wide_steps",
    "cmyk_adobe",
];

fn position_of(data: &[u8], marker: u8) -> usize {
    data.windows(2).position(|w| w == [0xFF, marker]).unwrap()
}

#[test]
fn every_prefix_is_decoded_or_refused() {
    for name in SMALL {
        let data = fixture(name);
        let mut partial = 0;
        for length in 0..data.len() {
            for scale in SCALES {
                match decode(&data[..length], scale) {
                    Ok(decoded) => {
                        let pixels = decoded.width * decoded.height;
                        assert_eq!(decoded.rgb.len(), pixels as usize * 3);
                        partial += usize::from(decoded.truncated);
                    }
                    Err(JpegError::NotJpeg) => assert!(length < 2),
                    Err(JpegError::Truncated | JpegError::Corrupt { .. }) => {}
                    Err(other) => panic!("{name} cut at {length}: {other}"),
                }
            }
        }
        assert!(partial > 50, "{name}: only {partial} partial pictures");
    }
}

#[test]
fn random_damage_never_panics() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize
    };
    let mut decoded = 0;
    for round in 0..10_000 {
        let mut data = fixture(SMALL[round % SMALL.len()]).to_vec();
        for _ in 0..1 + random() % 4 {
            let index = random() % data.len();
            data[index] ^= 1 << (random() % 8);
        }
        // A flipped size would only make the test slow.
        if read_header(&data).is_ok_and(|h| h.width * h.height < 300_000) {
            decoded += usize::from(decode(&data, SCALES[random() % 4]).is_ok());
        }
    }
    assert!(decoded > 1000, "only {decoded} damaged files decoded");
}

#[test]
fn truncated_rows_are_grey_and_reported() {
    let data = encoded(&drawn(160, 160, 3), 160, 160, ExtendedColorType::Rgb8);
    let whole = decode(&data, Scale::Full).unwrap();
    let cut = decode(&data[..data.len() / 2], Scale::Full).unwrap();
    assert!(cut.truncated && !whole.truncated);
    assert_eq!(cut.rgb[..160 * 3 * 32], whole.rgb[..160 * 3 * 32]);
    assert!(cut.rgb[160 * 3 * 152..].iter().all(|&value| value == 128));
    let scan = position_of(&data, marker::SOS);
    assert_eq!(decode(&data[..scan + 20], Scale::Half), Err(JpegError::Truncated));
    assert_eq!(decode(&data[..scan], Scale::Half), Err(JpegError::Truncated));
}

#[test]
fn a_missing_end_marker_alone_loses_nothing() {
    let data = encoded(&drawn(40, 40, 3), 40, 40, ExtendedColorType::Rgb8);
    let whole = decode(&data, Scale::Full).unwrap();
    assert_eq!(decode(&data[..data.len() - 2], Scale::Full), Ok(whole));
}

#[test]
fn restart_markers_confine_damage() {
    let mut data = fixture("baseline_422_restarts").to_vec();
    let whole = decode(&data, Scale::Full).unwrap();
    let first = position_of(&data, 0xD0);
    // All ones is no valid code; the first MCU is 16x8.
    for byte in &mut data[first - 6..first] {
        *byte = 0xFE;
    }
    let damaged = decode(&data, Scale::Full).unwrap();
    let row =
        |decoded: &Decoded, y: usize| decoded.rgb[(y * 35 + 20) * 3..(y * 35 + 35) * 3].to_vec();
    assert_eq!(row(&damaged, 3), row(&whole, 3));
    assert_eq!(damaged.rgb[35 * 3 * 9..], whole.rgb[35 * 3 * 9..]);
}

#[test]
fn lying_sizes_are_refused_without_decoding() {
    let mut data = encoded(&drawn(16, 16, 3), 16, 16, ExtendedColorType::Rgb8);
    let frame = position_of(&data, 0xC0);
    let mut with = |height: [u8; 2], width: [u8; 2]| {
        data[frame + 5..frame + 7].copy_from_slice(&height);
        data[frame + 7..frame + 9].copy_from_slice(&width);
        decode(&data, Scale::Full)
    };
    let too_large = Err(JpegError::TooLarge { width: 65535, height: 65535 });
    assert_eq!(with([255, 255], [255, 255]), too_large);
    assert_eq!(with([0x1D, 0], [255, 255]), Err(JpegError::Truncated));
    assert!(matches!(with([0, 0], [0, 16]), Err(JpegError::Unsupported { .. })));
    assert!(matches!(with([0, 16], [0, 0]), Err(JpegError::Corrupt { .. })));
}

#[test]
fn out_of_order_and_missing_segments_are_refused() {
    let data = encoded(&drawn(16, 16, 3), 16, 16, ExtendedColorType::Rgb8);
    let frame = position_of(&data, 0xC0);
    let frame_length = usize::from(data[frame + 3]) + 2;
    let mut without_frame = data.clone();
    without_frame.drain(frame..frame + frame_length);
    let corrupt = |data: &[u8]| matches!(decode(data, Scale::Full), Err(JpegError::Corrupt { .. }));
    assert!(corrupt(&without_frame));
    assert!(read_header(&without_frame).is_err());

    for table in [marker::DQT, marker::DHT] {
        let mut bare = data.clone();
        // COM instead of the table segment.
        for index in 0..bare.len() - 1 {
            if bare[index] == 0xFF && bare[index + 1] == table {
                bare[index + 1] = 0xFE;
            }
        }
        assert!(corrupt(&bare), "marker {table:x}");
    }
    let mut zero_table = data.clone();
    let huffman = position_of(&data, marker::DHT);
    zero_table[huffman + 5..huffman + 21].fill(0);
    assert!(corrupt(&zero_table));
    let mut twice = data[..frame + frame_length].to_vec();
    twice.extend(&data[frame..]);
    assert!(corrupt(&twice));
}

#[test]
fn foreign_processes_are_named() {
    let data = encoded(&drawn(16, 16, 3), 16, 16, ExtendedColorType::Rgb8);
    let frame = position_of(&data, 0xC0);
    for code in [0xC3, 0xC5, 0xC9, 0xCA] {
        let mut other = data.clone();
        other[frame + 1] = code;
        assert!(matches!(decode(&other, Scale::Full), Err(JpegError::Unsupported { .. })));
        assert!(matches!(read_header(&other), Err(JpegError::Unsupported { .. })));
    }
    let mut deep = data;
    deep[frame + 4] = 12;
    assert_eq!(read_header(&deep).unwrap().precision, 12);
    assert!(matches!(decode(&deep, Scale::Full), Err(JpegError::Unsupported { .. })));
    assert_eq!(decode(b"GIF89a", Scale::Full), Err(JpegError::NotJpeg));
}

#[test]
fn every_sampling_factor_is_decoded_or_refused() {
    for name in ["rgb_by_ids", "progressive_420"] {
        let mut data = fixture(name).to_vec();
        let frame = position_of(&data, if name == "rgb_by_ids" { 0xC0 } else { 0xC2 });
        let factors = || (0..16_u8).map(|i| ((i / 4 + 1) << 4) | (i % 4 + 1));
        for first in factors() {
            for second in factors() {
                data[frame + 11] = first;
                data[frame + 14] = second;
                for scale in SCALES {
                    if let Ok(decoded) = decode(&data, scale) {
                        let size = (35_u32.div_ceil(scale.denominator()), decoded.width);
                        assert_eq!(size.0, size.1);
                        assert_eq!(decoded.rgb.len() as u32, size.0 * decoded.height * 3);
                    }
                }
            }
        }
    }
}

#[test]
fn thousands_of_scans_end_early() {
    let data = fixture("progressive_grey");
    let end = data.len() - 2;
    let mut flood = data[..end].to_vec();
    for _ in 0..20_000 {
        // A refinement of the DC coefficient by bit 0.
        flood.extend([
            0xFF,
            marker::SOS,
            0,
            8,
            1,
            data[position_of(data, 0xC2) + 10],
            0,
            0,
            0,
            0x10,
        ]);
        flood.extend([0x55; 2]);
    }
    let decoded = decode(&flood, Scale::Full).unwrap();
    assert!(decoded.truncated);
}

#[test]
fn error_messages_are_stable() {
    let table = [
        (JpegError::NotJpeg, "not a jpeg file"),
        (JpegError::Truncated, "jpeg ends before any picture data"),
        (JpegError::Corrupt { what: "scan header" }, "corrupt jpeg: scan header"),
        (JpegError::Unsupported { what: "lossless coding" }, "unsupported jpeg: lossless coding"),
        (JpegError::TooLarge { width: 3, height: 4 }, "jpeg of 3x4 pixels is too large"),
    ];
    for (error, message) in table {
        assert_eq!(error.to_string(), message);
    }
}
