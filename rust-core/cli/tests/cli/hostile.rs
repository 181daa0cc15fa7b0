//! Files made to hurt.

use std::fs;

use image::ImageFormat;

use crate::pictures::{Noise, drawn, encoded, jpeg, png, png_bomb};
use crate::support::{row, scan_json};

#[test]
fn a_header_that_claims_900_megapixels_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bomb.png"), png_bomb(30_000, 30_000)).unwrap();
    fs::write(folder.path().join("widest.png"), png_bomb(0x7fff_ffff, 0x7fff_ffff)).unwrap();
    fs::write(folder.path().join("sound.png"), png(1)).unwrap();
    let run = scan_json([folder.path()]);
    assert_eq!(run.code, Some(1));
    let rows = run.rows();
    assert_eq!(row(&rows, "bomb.png")["error"]["kind"], "too_many_pixels");
    assert!(row(&rows, "widest.png")["error"].is_object());
    assert!(row(&rows, "sound.png")["error"].is_null());
}

#[test]
fn noise_never_ends_a_scan() {
    let folder = tempfile::tempdir().unwrap();
    let mut noise = Noise(1);
    let magics: [&[u8]; 9] = [
        b"",
        b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"RIFF\x40\x00\x00\x00WEBPVP8 ",
        b"BM",
        b"II*\0",
        b"\0\0\0\x18ftypheic",
        b"\0\0\0\x18ftypavif",
    ];
    let extensions = [
        "jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif",
        "avif",
    ];
    for index in 0..300 {
        let mut bytes = magics[index % magics.len()].to_vec();
        let length = noise.next() as usize % 3000;
        bytes.extend(noise.bytes(length));
        let name = format!("{index:03}.{}", extensions[index % extensions.len()]);
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    fs::write(folder.path().join("sound.png"), png(1)).unwrap();
    let run = scan_json([folder.path()]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let rows = run.rows();
    assert_eq!(rows.len(), 301);
    assert!(rows.iter().all(|row| row["error"]["kind"] != "internal"));
    assert!(row(&rows, "sound.png")["error"].is_null());
}

#[test]
fn damage_in_the_middle_of_sound_files_never_ends_a_scan() {
    let folder = tempfile::tempdir().unwrap();
    let mut noise = Noise(2);
    let sound = [
        (jpeg(1), "jpg"),
        (png(1), "png"),
        (encoded(&drawn(90, 70, 2), ImageFormat::Png), "png"),
        (jpeg(9), "jpg"),
    ];
    for index in 0..200 {
        let (mut bytes, extension) = sound[index % sound.len()].clone();
        for _ in 0..=noise.next() % 8 {
            let place = noise.next() as usize % bytes.len();
            bytes[place] = noise.next() as u8;
        }
        fs::write(folder.path().join(format!("{index:03}.{extension}")), bytes).unwrap();
    }
    let run = scan_json([folder.path()]);
    assert!(matches!(run.code, Some(0..=2)), "{:?}", run.code);
    let rows = run.rows();
    assert_eq!(rows.len(), 200);
    assert!(rows.iter().all(|row| row["error"]["kind"] != "internal"));
}
