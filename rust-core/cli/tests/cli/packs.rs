//! `epic pack` and `--pack`.

use std::fs;

use crate::pictures::write_sound;
use crate::support::{copy_of_pack, flip_a_byte, run, shipped_manifest, shipped_pack};

#[test]
fn the_built_in_pack_and_its_folder_are_sound() {
    let pack = shipped_pack();
    for arguments in
        [vec!["pack", "verify"], vec!["pack", "verify", "--pack", pack.to_str().unwrap()]]
    {
        let run = run(&arguments);
        assert_eq!((run.code, &*run.stderr), (Some(0), ""));
        assert!(run.stdout.contains(shipped_manifest()["name"].as_str().unwrap()));
        assert!(run.stdout.ends_with(": sound\n"));
    }
}

#[test]
fn inspect_shows_the_manifest_and_the_card() {
    assert_eq!(run(["pack", "inspect", "--json"]).json(), shipped_manifest());
    let card = fs::read_to_string(shipped_pack().join("MODEL_CARD.md")).unwrap();
    assert_eq!(run(["pack", "inspect", "--card"]).stdout, card);
    let text = run(["pack", "inspect"]).stdout;
    for class in shipped_manifest()["taxonomy"]["classes"].as_array().unwrap() {
        assert!(text.contains(class["name"].as_str().unwrap()), "{text}");
    }
    assert_eq!(run(["pack", "inspect", "--card", "--json"]).code, Some(2));
}

#[test]
fn a_built_zip_scans_like_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = folder.path().join("pictures");
    fs::create_dir(&pictures).unwrap();
    write_sound(&pictures, 4);
    let (pack, zip) = (shipped_pack(), folder.path().join("حزمة.zip"));
    let (pack, zip) = (pack.to_str().unwrap(), zip.to_str().unwrap());
    let built = run(["pack", "build", "--pack", pack, "--out", zip]);
    assert_eq!((built.code, &*built.stderr), (Some(0), ""));
    assert_eq!(run(["pack", "verify", "--pack", zip]).code, Some(0));
    assert_eq!(run(["pack", "inspect", "--json", "--pack", zip]).json(), shipped_manifest());
    let scan = |pack: &str| run(["scan", "--json", "--pack", pack, pictures.to_str().unwrap()]);
    let (by_zip, by_folder) = (scan(zip), scan(pack));
    assert_eq!((by_zip.code, by_folder.code), (Some(0), Some(0)));
    assert_eq!(by_zip.stdout, by_folder.stdout);
    assert_eq!(by_zip.rows().len(), 4);
}

#[test]
fn the_same_pack_builds_the_same_zip() {
    let folder = tempfile::tempdir().unwrap();
    let zips = ["a.zip", "b.zip"].map(|name| folder.path().join(name));
    for zip in &zips {
        assert_eq!(run(["pack", "build", "--out", zip.to_str().unwrap()]).code, Some(0));
    }
    assert!(fs::read(&zips[0]).unwrap() == fs::read(&zips[1]).unwrap());
}

#[test]
fn a_damaged_pack_is_found_out_and_its_file_named() {
    for damaged in ["model.onnx", "MODEL_CARD.md", "manifest.json"] {
        let folder = tempfile::tempdir().unwrap();
        write_sound(folder.path(), 1);
        let pack = copy_of_pack(folder.path());
        flip_a_byte(&pack.join(damaged));
        let pack = pack.to_str().unwrap();
        let verify = run(["pack", "verify", "--pack", pack]);
        assert_eq!((verify.code, &*verify.stdout), (Some(1), ""), "{damaged}");
        let scan = run(["scan", "--pack", pack, folder.path().to_str().unwrap()]);
        assert_eq!((scan.code, &*scan.stdout), (Some(2), ""), "{damaged}");
        let zip = folder.path().join("out.zip");
        let build = run(["pack", "build", "--pack", pack, "--out", zip.to_str().unwrap()]);
        assert_eq!(build.code, Some(2), "{damaged}");
        assert!(!zip.exists());
        for run in [verify, scan, build] {
            assert!(run.stderr.contains(damaged) && run.stderr.contains(pack), "{}", run.stderr);
        }
    }
}

#[test]
fn a_pack_with_a_missing_file_or_no_pack_at_all_is_named() {
    let folder = tempfile::tempdir().unwrap();
    write_sound(folder.path(), 1);
    let pack = copy_of_pack(folder.path());
    fs::remove_file(pack.join("model.onnx")).unwrap();
    let noise = folder.path().join("noise.zip");
    fs::write(&noise, [7; 5000]).unwrap();
    let missing = folder.path().join("missing");
    let pictures = folder.path().to_str().unwrap();
    for (pack, wanted) in [(&pack, "model.onnx"), (&noise, "noise.zip"), (&missing, "missing")] {
        let path = pack.to_str().unwrap();
        let scan = run(["scan", "--pack", path, pictures]);
        assert_eq!((scan.code, &*scan.stdout), (Some(2), ""));
        assert!(scan.stderr.contains(wanted) && scan.stderr.contains(path), "{}", scan.stderr);
        assert_eq!(run(["pack", "verify", "--pack", path]).code, Some(1));
        assert_eq!(run(["pack", "inspect", "--pack", path]).code, Some(2));
    }
}
