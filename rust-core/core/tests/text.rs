//! The shipped detector on drawn pictures (`fixtures/text/make_fixtures.py`): where text
//! is, how it is laid out, and what the budget leaves out. Lines are not read here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use epic_core::metadata::geometry::Quad;
use epic_core::metadata::text::TextReader;
use epic_core::metadata::{
    MetadataError, MetadataOptions, Script, TextMetadata, WEIGHTS_MANIFEST, WEIGHTS_SCHEMA,
    Weights, WeightsEntry, WeightsError, WeightsManifest,
};
use epic_core::picture::{self, DecodeOptions, ImageSource, Picture};
use sha2::{Digest, Sha256};

const DETECTOR: &str = "text_detect.onnx";
/// Finds boxes and reads none, so that no recogniser is needed.
const FIND_ONLY: MetadataOptions = MetadataOptions { max_text_boxes: 0, text_time: None };

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Weights with `detector` for the detector and nothing else.
fn weights(detector: &[u8]) -> (tempfile::TempDir, Weights) {
    let folder = tempfile::tempdir().unwrap();
    let hash = Sha256::digest(detector);
    let sha256 = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let entry = WeightsEntry { size: detector.len() as u64, sha256 };
    let manifest = WeightsManifest {
        schema: WEIGHTS_SCHEMA,
        files: BTreeMap::from([(DETECTOR.to_owned(), entry)]),
    };
    std::fs::write(folder.path().join(DETECTOR), detector).unwrap();
    let json = serde_json::to_vec(&manifest).unwrap();
    std::fs::write(folder.path().join(WEIGHTS_MANIFEST), json).unwrap();
    let weights = Weights::open(folder.path()).unwrap();
    (folder, weights)
}

fn reader() -> TextReader {
    let detector = std::fs::read(root().join("models/metadata").join(DETECTOR)).unwrap();
    let (_folder, weights) = weights(&detector);
    TextReader::load(&weights).unwrap()
}

fn fixtures() -> PathBuf {
    root().join("rust-core/core/tests/fixtures/text")
}

fn fixture(name: &str) -> Picture {
    let path = fixtures().join(format!("{name}.png"));
    picture::decode(&ImageSource::Path(&path), &DecodeOptions::default()).unwrap()
}

/// Extents [x, y, width, height] of the lines drawn.
fn drawn(name: &str) -> Vec<[f32; 4]> {
    let json = std::fs::read(fixtures().join("boxes.json")).unwrap();
    let mut all: BTreeMap<String, Vec<[f32; 4]>> = serde_json::from_slice(&json).unwrap();
    all.remove(name).unwrap()
}

fn find(name: &str) -> TextMetadata {
    reader().read(&fixture(name), &FIND_ONLY).unwrap()
}

fn center(quad: &Quad) -> (f32, f32) {
    let [a, _, c, _] = quad.corners;
    ((a.x + c.x) / 2.0, (a.y + c.y) / 2.0)
}

/// Every line drawn has one box around it, and there are no others.
fn assert_boxes_match(name: &str, text: &TextMetadata) {
    let lines = drawn(name);
    assert_eq!(text.lines.len(), lines.len(), "{name}");
    for [x, y, width, height] in lines {
        let near = text.lines.iter().filter(|line| {
            let (cx, cy) = center(&line.quad);
            (cx - x - width / 2.0).abs() < 12.0 && (cy - y - height / 2.0).abs() < 0.4 * height
        });
        let [found] = near.collect::<Vec<_>>()[..] else { panic!("{name}: no box at {x}, {y}") };
        let [a, b, _, d] = found.quad.corners;
        assert!((b.x - a.x) > 0.95 * width && (b.x - a.x) < width + 3.0 * height, "{name}");
        assert!((d.y - a.y) > 0.9 * height && (d.y - a.y) < 2.0 * height, "{name}");
    }
}

#[test]
fn chat_bubbles_are_blocks_with_their_lines() {
    let text = find("chat");
    assert_boxes_match("chat", &text);
    assert_eq!((text.line_count, text.block_count), (7, 4));
    let blocks: Vec<u32> = text.lines.iter().map(|line| line.block).collect();
    assert_eq!(blocks, [0, 1, 1, 2, 2, 2, 3]);
}

#[test]
fn columns_are_read_one_after_the_other() {
    let text = find("columns");
    assert_boxes_match("columns", &text);
    assert_eq!((text.line_count, text.block_count), (17, 3));
    let left = text.lines.iter().map(|line| center(&line.quad).0 < 450.0).skip(1);
    let expected: Vec<bool> = [true; 8].into_iter().chain([false; 8]).collect();
    assert_eq!(left.collect::<Vec<_>>(), expected);
}

#[test]
fn turned_lines_have_turned_boxes() {
    let text = find("turned");
    assert_eq!((text.lines.len(), text.line_count, text.block_count), (3, 3, 1));
    for line in &text.lines {
        let [a, b, ..] = line.quad.corners;
        let degrees = (b.y - a.y).atan2(b.x - a.x).to_degrees();
        assert!((degrees + 20.0).abs() < 1.5, "counter-clockwise: {degrees}");
    }
}

#[test]
fn a_line_that_runs_upwards_is_one_tall_box() {
    let text = find("upwards");
    let [line] = &text.lines[..] else { panic!("{}", text.lines.len()) };
    let [a, b, _, d] = line.quad.corners;
    assert!(d.y - a.y > 8.0 * (b.x - a.x));
}

#[test]
fn pictures_without_text_have_none() {
    let text = find("hills");
    assert!(text.lines.is_empty() && !text.partial);
    assert_eq!((text.line_count, text.block_count, text.unread_boxes), (0, 0, 0));
    assert_eq!(text.area_ratio, 0.0);
}

#[test]
fn long_screenshots_are_looked_at_in_tiles() {
    let text = find("scroll");
    assert_boxes_match("scroll", &text);
    let tops: Vec<f32> = text.lines.iter().map(|line| center(&line.quad).1).collect();
    assert!(tops.is_sorted());
}

#[test]
fn two_hundred_lines_are_found_and_the_budget_marks_what_is_left() {
    let reader = reader();
    let picture = fixture("small_print");
    let text = reader.read(&picture, &FIND_ONLY).unwrap();
    assert_boxes_match("small_print", &text);
    assert_eq!((text.unread_boxes, text.partial), (200, true));
    assert!(text.lines.iter().all(|line| line.script == Script::Unread && line.text.is_empty()));
    assert!(text.area_ratio > 0.2 && text.area_ratio < 1.0);
    let no_time = MetadataOptions { max_text_boxes: 500, text_time: Some(Duration::ZERO) };
    let late = reader.read(&picture, &no_time).unwrap();
    assert_eq!(late, text, "out of time is as out of boxes: nothing is read, nothing is lost");
}

#[test]
fn boxes_follow_a_scaled_decode() {
    let full = fixture("chat");
    let half = epic_core::preprocess::resize_to(&full, 270, 600).unwrap();
    let half = Picture::new(270, 600, half, (540, 1200)).unwrap();
    let text = reader().read(&half, &FIND_ONLY).unwrap();
    assert_boxes_match("chat", &text);
}

#[test]
fn odd_sizes_are_no_errors() {
    let reader = reader();
    for (width, height) in [(1, 1), (3000, 1), (1, 3000), (31, 33)] {
        let pixels = vec![255; width as usize * height as usize * 3];
        let picture = Picture::new(width, height, pixels, (width, height)).unwrap();
        let text = reader.read(&picture, &MetadataOptions::default()).unwrap();
        assert!(text.lines.is_empty() && !text.partial, "{width} × {height}");
    }
}

#[test]
fn damaged_detectors_are_refused() {
    let (folder, broken) = weights(b"no network");
    let error = TextReader::load(&broken).err().unwrap();
    assert!(matches!(error, MetadataError::Network(_)), "{error}");
    std::fs::write(folder.path().join(DETECTOR), b"other").unwrap();
    let error = TextReader::load(&broken).err().unwrap();
    assert!(matches!(error, MetadataError::Weights(WeightsError::Damaged { .. })), "{error}");
}
