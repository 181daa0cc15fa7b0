use std::fs;
use std::io::Cursor;

use image::{DynamicImage, Frame, ImageFormat, Rgb, RgbImage};

use super::*;
use crate::dataset::testing::TempFolder;

fn encode(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture.clone()).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A picture with edges and colours.
fn photo(seed: u32, width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let tile = (x / 9 + y / 7 * 31 + seed).wrapping_mul(2_654_435_761);
        Rgb([(tile >> 8) as u8, (tile >> 16) as u8, (tile >> 24) as u8])
    })
}

fn kinds(report: &FileReport) -> Vec<&'static str> {
    report.faults.iter().map(Fault::kind).collect()
}

#[test]
fn every_fault_is_found_and_a_sound_picture_has_none() {
    let folder = TempFolder::new("check");
    let sound = photo(1, 320, 240);
    let jpeg = encode(&sound, ImageFormat::Jpeg);
    let png = encode(&sound, ImageFormat::Png);
    let flat = |value: u8| RgbImage::from_pixel(300, 200, Rgb([value; 3]));
    let mut dark = sound.clone();
    dark.pixels_mut().for_each(|pixel| pixel.0 = pixel.0.map(|value| value / 5));
    let mut bright = sound.clone();
    bright.pixels_mut().for_each(|pixel| pixel.0 = [if pixel.0[0] > 127 { 255 } else { 238 }; 3]);
    let blurred = RgbImage::from_fn(300, 200, |x, y| Rgb([(x * 255 / 300) as u8, y as u8, 90]));
    let mut gif = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut gif);
    for seed in 0..3 {
        let frame = DynamicImage::ImageRgb8(photo(seed, 200, 200)).to_rgba8();
        encoder.encode_frame(Frame::new(frame)).unwrap();
    }
    drop(encoder);
    let mut damaged = png.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0x55;

    let cases: Vec<(&str, Vec<u8>, &[&str])> = vec![
        ("sound.jpg", jpeg.clone(), &[]),
        ("sound.PNG", png.clone(), &[]),
        ("empty.jpg", Vec::new(), &["zero_bytes"]),
        ("page.jpg", b"<html>not found</html>".to_vec(), &["not_a_picture"]),
        ("cut.jpg", jpeg[..jpeg.len() * 2 / 3].to_vec(), &["truncated"]),
        ("cut.png", png[..png.len() / 2].to_vec(), &["truncated"]),
        ("damaged.png", damaged, &["corrupt"]),
        ("named.png", jpeg.clone(), &["wrong_extension"]),
        ("nameless", jpeg, &["wrong_extension"]),
        ("moving.gif", gif, &["animated"]),
        ("icon.png", encode(&photo(2, 60, 40), ImageFormat::Png), &["tiny"]),
        ("strip.png", encode(&photo(3, 900, 90), ImageFormat::Png), &["extreme_aspect"]),
        ("blank.png", encode(&flat(120), ImageFormat::Png), &["blank"]),
        ("dark.png", encode(&dark, ImageFormat::Png), &["dark"]),
        ("bright.png", encode(&bright, ImageFormat::Png), &["bright"]),
        ("blurred.png", encode(&blurred, ImageFormat::Png), &["blurred"]),
    ];
    for (name, bytes, _) in &cases {
        folder.write(&format!("a/{name}"), bytes);
    }
    folder.write("a/.hidden.jpg", b"");
    folder.write("sources.csv", b"class,file,source\n");
    let paths = list_files(folder.path()).unwrap();
    assert_eq!(paths.len(), cases.len());
    let mut checker = Checker::default();
    checker.thresholds.max_copies = 9;
    let reports = check(folder.path(), &paths, &checker, &|_, _| {});
    for (name, bytes, expected) in &cases {
        let path = format!("a/{name}");
        let report = reports.iter().find(|report| report.relative_path == path).unwrap();
        assert_eq!(kinds(report), *expected, "{name}: {report:?}");
        assert_eq!(report.bytes, bytes.len() as u64);
        let is_unusable = ["zero_bytes", "not_a_picture", "truncated", "corrupt"];
        assert_eq!(report.is_unusable(), expected.iter().any(|kind| is_unusable.contains(kind)));
        // What is written to a file comes back.
        let text = serde_json::to_string(report).unwrap();
        assert_eq!(serde_json::from_str::<FileReport>(&text).unwrap(), *report);
    }
}

#[test]
fn placeholders_are_known_by_bytes_by_look_and_by_number() {
    let folder = TempFolder::new("check-placeholders");
    let card = photo(9, 161, 81);
    let bytes = encode(&card, ImageFormat::Png);
    folder.write("a/card.png", &bytes);
    let again = image::imageops::resize(&card, 320, 161, image::imageops::FilterType::Triangle);
    folder.write("a/scaled.jpg", &encode(&again, ImageFormat::Jpeg));
    folder.write("a/other.jpg", &encode(&photo(10, 161, 81), ImageFormat::Jpeg));
    for number in 0..5 {
        folder.write(&format!("b/{number}.png"), &encode(&photo(11, 200, 200), ImageFormat::Png));
    }
    let known = check_file(folder.path(), "a/card.png", &Checker::default());
    let hash = serde_json::to_string(&known.fingerprint.unwrap().hash).unwrap();
    let list = format!(
        r#"{{"schema":1,"signatures":[{{"name":"bytes","sha256":"{}"}},{{"name":"look","perceptual_hash":{hash}}}]}}"#,
        known.sha256.unwrap(),
    );
    let path = folder.path().join("signatures.json");
    fs::write(&path, list).unwrap();
    let mut checker = Checker::default();
    checker.placeholders.add_file(&path).unwrap();
    fs::remove_file(&path).unwrap();

    let paths = list_files(folder.path()).unwrap();
    let reports = check(folder.path(), &paths, &checker, &|_, _| {});
    let fault = |path: &str| {
        let report = reports.iter().find(|report| report.relative_path == path).unwrap();
        report.faults.first().cloned()
    };
    let placeholder =
        |name: &str, evidence| Some(Fault::Placeholder { name: name.to_owned(), evidence });
    assert_eq!(fault("a/card.png"), placeholder("bytes", Evidence::Bytes));
    assert_eq!(fault("a/scaled.jpg"), placeholder("look", Evidence::Look));
    assert_eq!(fault("a/other.jpg"), None);
    assert_eq!(fault("b/3.png"), Some(Fault::Repeated { copies: 5 }));
}

#[test]
fn a_file_that_cannot_be_read_is_a_finding() {
    let folder = TempFolder::new("check-unreadable");
    let report = check_file(folder.path(), "gone.jpg", &Checker::default());
    assert_eq!(kinds(&report), ["unreadable"]);
    assert!(report.is_unusable());
    assert!(matches!(list_files(&folder.path().join("gone")), Err(CheckError::Read { .. })));
    let nowhere = folder.path().join("none.json");
    assert!(Placeholders::default().add_file(&nowhere).is_err());
}
