use std::path::{Path, PathBuf};

use super::*;
use crate::metadata::{MetadataError, WeightsError};
use crate::picture::{DecodeOptions, ImageSource, decode};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn detector() -> FaceDetector {
    FaceDetector::load(&Weights::open(&repository().join("models/metadata")).unwrap()).unwrap()
}

fn gallery(name: &str) -> Picture {
    let path = repository().join("tests/gallery").join(name);
    decode(&ImageSource::Path(&path), &DecodeOptions::default()).unwrap()
}

/// `inner` reduced and pasted onto grey at (x, y).
fn paste(inner: &Picture, side: u32, x: usize, y: usize, width: u32, height: u32) -> Picture {
    let small = crate::preprocess::resize_to(inner, side, side).unwrap();
    let mut rgb = vec![96; (width * height * 3) as usize];
    for (row, line) in small.chunks_exact(side as usize * 3).enumerate() {
        let start = ((y + row) * width as usize + x) * 3;
        rgb[start..start + line.len()].copy_from_slice(line);
    }
    Picture::new(width, height, rgb, (width, height)).unwrap()
}

#[test]
fn a_portrait_has_one_face_where_it_is() {
    let picture = gallery("IMG_20240220_190233.jpg");
    let found = detector().detect(&picture).unwrap();
    assert_eq!(found.faces.len(), 1, "{found:?}");
    let face = found.faces[0];
    // From the hairline to the chin, as seen by eye.
    let (width, height) = picture.source_size();
    let seen = PORTRAIT.map(|share| share * width.max(height) as f32);
    let seen = Rect { x: seen[0], y: seen[1], width: seen[2], height: seen[3] };
    assert!(face.rect.intersection_over_union(&seen) > 0.7, "{face:?} {seen:?}");
    assert!(face.score > 0.8, "{face:?}");
    let share = face.rect.area() / (width as f32 * height as f32);
    assert!((found.area_ratio - share).abs() < 1e-4);
}

#[test]
fn faces_of_all_sizes_are_found_and_placed() {
    let portrait = gallery("IMG_20240220_190233.jpg");
    let detector = detector();
    for (side, x, y) in [(800, 0, 0), (400, 300, 200), (200, 500, 100), (120, 650, 420)] {
        let picture = paste(&portrait, side, x, y, 800, 800);
        let found = detector.detect(&picture).unwrap();
        assert_eq!(found.faces.len(), 1, "{side}: {found:?}");
        let rect = found.faces[0].rect;
        let inside = rect.x >= x as f32 && rect.x + rect.width <= (x as u32 + side) as f32;
        assert!(inside, "{side}: {rect:?}");
    }
}

#[test]
fn boxes_are_in_pixels_of_the_full_picture() {
    let full = gallery("IMG_20240220_190233.jpg");
    let (width, height) = full.source_size();
    let (half_width, half_height) = (width / 2, height / 2);
    let rgb = crate::preprocess::resize_to(&full, half_width, half_height).unwrap();
    let half = Picture::new(half_width, half_height, rgb, (width, height)).unwrap();
    let detector = detector();
    let of = |picture: &Picture| detector.detect(picture).unwrap().faces[0].rect;
    assert!(of(&full).intersection_over_union(&of(&half)) > 0.9);
}

#[test]
fn pages_chats_and_things_have_no_face() {
    let detector = detector();
    for name in FACELESS {
        let found = detector.detect(&gallery(name)).unwrap();
        assert_eq!(found, FaceMetadata::default(), "{name}");
    }
}

#[test]
fn slivers_and_flat_pictures_have_no_face() {
    let detector = detector();
    for (width, height) in [(1, 1), (1, 3000), (3000, 1), (7, 5), (640, 640)] {
        let rgb = vec![180; (width * height * 3) as usize];
        let picture = Picture::new(width, height, rgb, (width, height)).unwrap();
        assert_eq!(detector.detect(&picture).unwrap(), FaceMetadata::default());
    }
}

#[test]
fn a_face_cut_by_the_border_is_cut_in_the_record() {
    let picture = Picture::new(100, 50, vec![0; 15_000], (200, 100)).unwrap();
    let candidate =
        |x, y, width, height| Candidate { rect: Rect { x, y, width, height }, logit: 0.0 };
    let found = record(&[candidate(-50.0, -10.0, 100.0, 100.0)], &picture);
    let face = found.faces[0];
    assert_eq!(face.rect, Rect { x: 0.0, y: 0.0, width: 94.0, height: 100.0 });
    assert_eq!(face.score, 0.5);
    assert!((found.area_ratio - 0.47).abs() < 1e-6);
    assert!(record(&[candidate(200.0, 0.0, 10.0, 10.0)], &picture).faces.is_empty());
}

#[test]
fn overlapping_faces_count_their_area_once() {
    let picture = Picture::new(100, 100, vec![0; 30_000], (100, 100)).unwrap();
    let rect = Rect { x: 20.0, y: 40.0, width: 50.0, height: 50.0 };
    let face = Candidate { rect, logit: 1.0 };
    let found = record(&[face, face], &picture);
    // 47 × 60 pixels, the height with the forehead.
    assert!((found.area_ratio - 0.282).abs() < 1e-5, "{found:?}");
}

#[test]
fn a_file_that_is_no_network_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = "faces_detect.onnx";
    let content = b"no network";
    let sha256 = crate::pack::sha256_hex(content);
    let manifest =
        format!(r#"{{"schema": 1, "files": {{"{file}": {{"size": 10, "sha256": "{sha256}"}}}}}}"#);
    std::fs::write(folder.path().join("manifest.json"), manifest).unwrap();
    std::fs::write(folder.path().join(file), content).unwrap();
    let weights = Weights::open(folder.path()).unwrap();
    let error = FaceDetector::load(&weights).err();
    assert!(
        matches!(error, Some(MetadataError::Weights(WeightsError::Content { .. }))),
        "{error:?}"
    );
}

/// Left, top, width and height of the portrait's face ÷ the picture's longer side.
const PORTRAIT: [f32; 4] = [0.2875, 0.1875, 0.29, 0.3625];

/// Pictures of the gallery without a person.
const FACELESS: [&str; 3] =
    ["IMG_20240312_174512.jpg", "Screenshot_20240214-112233.png", "IMG_20240213_133020.jpg"];
