//! Packs are refused for what is wrong with them, never used half-checked.

mod common;

use std::fs;
use std::path::Path;

use epic_core::pack::{FileRole, PackFile, write_folder, write_zip};
use epic_core::{Classifier, Pack, PackError};

fn written() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_folder(folder.path(), common::manifest(), &common::files()).unwrap();
    folder
}

fn open_error(folder: &Path) -> PackError {
    Pack::open(folder).expect_err("the pack should be refused")
}

#[test]
fn folder_and_zip_are_the_same_pack() {
    let folder = written();
    let from_folder = Pack::open(folder.path()).unwrap();
    let zip = write_zip(common::manifest(), &common::files()).unwrap();
    let from_zip = Pack::from_zip(&zip).unwrap();
    assert_eq!(from_folder.id(), from_zip.id());
    assert!(from_folder.id().starts_with("colors-1.2.3-"));
    assert_eq!(from_zip.model_card(), Some("# Colours"));
    let file = folder.path().join("colors.zip");
    fs::write(&file, zip).unwrap();
    assert_eq!(Pack::open(&file).unwrap().id(), from_folder.id());
}

#[test]
fn any_flipped_byte_is_found() {
    let folder = written();
    for name in ["manifest.json", "manifest.sha256", "model.onnx", "MODEL_CARD.md"] {
        let path = folder.path().join(name);
        let sound = fs::read(&path).unwrap();
        for position in [0, sound.len() / 2, 3.min(sound.len() - 1)] {
            let mut damaged = sound.clone();
            damaged[position] ^= 0x10;
            fs::write(&path, damaged).unwrap();
            let error = open_error(folder.path());
            assert!(error.is_corrupt(), "{name}[{position}]: {error}");
        }
        fs::write(&path, sound).unwrap();
    }
    Pack::open(folder.path()).unwrap();
}

#[test]
fn truncated_and_missing_files_ask_for_a_new_download() {
    let folder = written();
    let network = folder.path().join("model.onnx");
    let sound = fs::read(&network).unwrap();
    fs::write(&network, &sound[..sound.len() - 7]).unwrap();
    let error = open_error(folder.path());
    assert!(matches!(error, PackError::Size { .. }) && error.is_corrupt(), "{error}");
    fs::remove_file(&network).unwrap();
    let error = open_error(folder.path());
    assert!(matches!(error, PackError::MissingFile { .. }) && error.is_corrupt(), "{error}");
    fs::remove_file(folder.path().join("manifest.sha256")).unwrap();
    assert!(matches!(open_error(folder.path()), PackError::MissingFile { .. }));
}

#[test]
fn truncated_zips_are_refused_at_every_length() {
    let zip = write_zip(common::manifest(), &common::files()).unwrap();
    for length in (0..zip.len()).step_by(97) {
        assert!(Pack::from_zip(&zip[..length]).is_err(), "{length} bytes");
    }
}

#[test]
fn a_later_schema_is_named_even_with_unknown_fields() {
    let folder = written();
    let path = folder.path().join("manifest.json");
    let text = fs::read_to_string(&path).unwrap().replacen(
        "\"schema\": 1",
        "\"schema\": 2, \"novelty\": true",
        1,
    );
    fs::write(&path, &text).unwrap();
    // Also with a right checksum, as the later version would have written it.
    let sum = sha256(text.as_bytes());
    fs::write(folder.path().join("manifest.sha256"), sum).unwrap();
    let error = open_error(folder.path());
    assert_eq!(error, PackError::UnknownSchema { found: 2, supported: 1 });
    assert!(!error.is_corrupt());
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

fn with_network(onnx: Vec<u8>) -> Result<Classifier, PackError> {
    let file = PackFile { path: "model.onnx".into(), role: FileRole::Network, bytes: onnx };
    Classifier::new(&Pack::assemble(common::manifest(), &[file]).unwrap())
}

#[test]
fn networks_that_are_not_the_manifests_are_refused() {
    let cases = [
        ("input", common::color_network("picture", "logits", 3)),
        ("output", common::color_network("image", "scores", 3)),
        ("classes", common::color_network("image", "logits", 2)),
        ("garbage", b"not onnx".to_vec()),
        ("empty", Vec::new()),
    ];
    for (what, onnx) in cases {
        let error = with_network(onnx).err().unwrap_or_else(|| panic!("{what} was accepted"));
        assert!(matches!(error, PackError::Network(_)), "{what}: {error}");
    }
    let mut manifest = common::manifest();
    manifest.input.width = 99;
    let pack = Pack::assemble(manifest, &common::files()).unwrap();
    // Pooling takes any size, so this one is sound.
    assert!(Classifier::new(&pack).is_ok());
}

#[test]
fn contradictions_in_the_manifest_are_refused() {
    let broken: [fn(&mut epic_core::pack::Manifest); 6] = [
        |m| m.calibration.temperature = 0.0,
        |m| m.thresholds.confidence = 1.5,
        |m| m.thresholds.groups = [("unknown".to_owned(), 0.5)].into(),
        |m| m.version = "one".into(),
        |m| m.input.std = [0.0; 3],
        |m| m.name = "../up".into(),
    ];
    for (index, change) in broken.into_iter().enumerate() {
        let mut manifest = common::manifest();
        change(&mut manifest);
        let error = Pack::assemble(manifest, &common::files()).expect_err("accepted");
        assert!(matches!(error, PackError::InvalidManifest { .. }), "{index}: {error}");
    }
    let mut files = common::files();
    files[0].path = "../model.onnx".into();
    assert!(Pack::assemble(common::manifest(), &files).is_err());
}

#[test]
fn an_interrupted_rewrite_leaves_no_mixed_pack() {
    let folder = written();
    // As if the process had died after the new network and before the new manifest.
    fs::remove_file(folder.path().join("manifest.sha256")).unwrap();
    fs::write(folder.path().join("model.onnx"), b"new").unwrap();
    assert!(open_error(folder.path()).is_corrupt());
    write_folder(folder.path(), common::manifest(), &common::files()).unwrap();
    Pack::open(folder.path()).unwrap();
}
