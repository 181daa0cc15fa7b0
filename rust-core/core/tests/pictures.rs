//! Every format, orientation and limit, on files made here.

use std::io::Cursor;

use epic_core::picture::{self, DecodeOptions, Limits, Target};
use epic_core::{ImageSource, Picture, PictureError};
use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, Frame, ImageFormat, Rgba, RgbaImage};

fn decode_with(bytes: &[u8], options: DecodeOptions) -> Result<Picture, PictureError> {
    picture::decode(&ImageSource::Bytes(bytes), &options)
}

fn decode(bytes: &[u8]) -> Result<Picture, PictureError> {
    decode_with(bytes, DecodeOptions::default())
}

fn encode(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Left half red, right half blue, the top row translucent green in RGBA.
fn sample() -> RgbaImage {
    RgbaImage::from_fn(40, 20, |x, y| match (x, y) {
        (_, 0) => Rgba([0, 255, 0, 128]),
        (0..20, _) => Rgba([250, 10, 20, 255]),
        _ => Rgba([10, 20, 240, 255]),
    })
}

fn pixel(picture: &Picture, x: u32, y: u32) -> [u8; 3] {
    let start = ((y * picture.width() + x) * 3) as usize;
    picture.rgb()[start..start + 3].try_into().unwrap()
}

#[track_caller]
fn assert_near(found: [u8; 3], expected: [u8; 3], tolerance: u8) {
    let near = found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= tolerance);
    assert!(near, "{found:?} is not {expected:?}");
}

#[test]
fn lossless_formats_decode_exactly_with_alpha_on_white() {
    let rgba = DynamicImage::ImageRgba8(sample());
    let rgba16 = DynamicImage::ImageRgba16(rgba.to_rgba16());
    let cases = [
        ("png", encode(&rgba, ImageFormat::Png), true),
        ("png 16 bit", encode(&rgba16, ImageFormat::Png), true),
        ("webp", encode(&rgba, ImageFormat::WebP), true),
        ("tiff", encode(&rgba, ImageFormat::Tiff), true),
        ("bmp", encode(&DynamicImage::ImageRgb8(rgba.to_rgb8()), ImageFormat::Bmp), false),
    ];
    for (name, bytes, has_alpha) in cases {
        let picture = decode(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(picture.source_size(), (40, 20), "{name}");
        assert_eq!(pixel(&picture, 3, 5), [250, 10, 20], "{name}");
        assert_eq!(pixel(&picture, 33, 5), [10, 20, 240], "{name}");
        let top = if has_alpha { [127, 255, 127] } else { [0, 255, 0] };
        assert_eq!(pixel(&picture, 3, 0), top, "{name}");
    }
}

#[test]
fn grey_png_and_palette_png() {
    let grey = DynamicImage::ImageLuma8(image::GrayImage::from_pixel(5, 4, image::Luma([77])));
    assert_eq!(pixel(&decode(&encode(&grey, ImageFormat::Png)).unwrap(), 1, 1), [77; 3]);

    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 4, 1);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Two);
    encoder.set_palette(vec![1, 2, 3, 40, 50, 60, 7, 8, 9, 200, 100, 0]);
    encoder.set_trns(vec![255, 255, 0]);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[0b00_01_10_11]).unwrap();
    drop(writer);
    let picture = decode(&bytes).unwrap();
    let row: Vec<_> = (0..4).map(|x| pixel(&picture, x, 0)).collect();
    assert_eq!(row, [[1, 2, 3], [40, 50, 60], [255; 3], [200, 100, 0]]);
}

#[test]
fn only_the_first_frame_of_a_gif_is_decoded() {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    for color in [[255, 0, 0, 255], [0, 0, 255, 255]] {
        encoder.encode_frame(Frame::new(RgbaImage::from_pixel(6, 6, Rgba(color)))).unwrap();
    }
    drop(encoder);
    assert_near(pixel(&decode(&bytes).unwrap(), 2, 2), [255, 0, 0], 2);
    let limits = Limits { max_frames: 1, ..Limits::default() };
    let error = decode_with(&bytes, DecodeOptions { limits, ..Default::default() }).unwrap_err();
    assert_eq!(error, PictureError::TooManyFrames { limit: 1 });
}

fn jpeg(width: u32, height: u32, draw: impl Fn(u32, u32) -> [u8; 3]) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(width, height, |x, y| image::Rgb(draw(x, y)));
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 95).encode_image(&picture).unwrap();
    bytes
}

/// An EXIF block with orientation, dates and a thumbnail, put after the SOI marker.
fn with_exif(jpeg: &[u8], orientation: u8, edited: bool, thumbnail: &[u8]) -> Vec<u8> {
    let taken = b"2024:03:12 17:45:12\0";
    let changed: &[u8; 20] = if edited { b"2024:05:01 08:00:00\0" } else { taken };
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        let mut bytes = Vec::new();
        bytes.extend(tag.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value);
        bytes
    };
    let long = |value: u32| value.to_le_bytes();
    let (ifd0, exif, ifd1) = (8, 50, 88);
    let (dates, thumb) = (120, 160);
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    assert_eq!(tiff.len(), ifd0);
    tiff.extend(3u16.to_le_bytes());
    tiff.extend(entry(0x0112, 3, 1, [orientation, 0, 0, 0]));
    tiff.extend(entry(0x0132, 2, 20, long(dates)));
    tiff.extend(entry(0x8769, 4, 1, long(exif)));
    tiff.extend(long(ifd1));
    assert_eq!(tiff.len(), exif as usize);
    tiff.extend(1u16.to_le_bytes());
    tiff.extend(entry(0x9003, 2, 20, long(dates + 20)));
    tiff.extend(long(0));
    tiff.resize(ifd1 as usize, 0);
    tiff.extend(2u16.to_le_bytes());
    tiff.extend(entry(0x0201, 4, 1, long(thumb)));
    tiff.extend(entry(0x0202, 4, 1, long(thumbnail.len() as u32)));
    tiff.extend(long(0));
    tiff.resize(dates as usize, 0);
    tiff.extend(changed);
    tiff.extend(taken);
    assert_eq!(tiff.len(), thumb as usize);
    tiff.extend(thumbnail);

    let mut file = jpeg[..2].to_vec();
    file.extend([0xFF, 0xE1]);
    file.extend((tiff.len() as u16 + 8).to_be_bytes());
    file.extend(b"Exif\0\0");
    file.extend(tiff);
    file.extend(&jpeg[2..]);
    file
}

#[test]
fn all_eight_exif_orientations_stand_upright() {
    const MARK: [u8; 3] = [250, 250, 250];
    // The mark lies top left in the stored picture; these are its upright places.
    let places = [
        (1, "left top"),
        (2, "right top"),
        (3, "right bottom"),
        (4, "left bottom"),
        (5, "left top"),
        (6, "right top"),
        (7, "right bottom"),
        (8, "left bottom"),
    ];
    let stored = jpeg(64, 32, |x, y| if x < 16 && y < 16 { MARK } else { [10, 10, 10] });
    for (orientation, place) in places {
        let file = with_exif(&stored, orientation, false, &[]);
        let picture = decode(&file).unwrap();
        let size = if orientation < 5 { (64, 32) } else { (32, 64) };
        assert_eq!((picture.width(), picture.height()), size, "orientation {orientation}");
        let source = ImageSource::Bytes(&file);
        assert_eq!(picture::dimensions(&source, &Limits::default()).unwrap(), size);
        let x = if place.starts_with("left") { 4 } else { size.0 - 5 };
        let y = if place.ends_with("top") { 4 } else { size.1 - 5 };
        assert_near(pixel(&picture, x, y), MARK, 12);
        assert_near(pixel(&picture, size.0 - 1 - x, size.1 - 1 - y), [10; 3], 12);
    }
}

#[test]
fn a_large_jpeg_is_decoded_at_an_eighth() {
    let file = jpeg(2400, 1600, |x, y| [(x / 10) as u8, (y / 7) as u8, 128]);
    let target = Some(Target::Fit { width: 128, height: 128 });
    let picture = decode_with(&file, DecodeOptions { target, ..Default::default() }).unwrap();
    assert_eq!((picture.width(), picture.height()), (300, 200));
    assert_eq!(picture.source_size(), (2400, 1600));
    assert_near(pixel(&picture, 150, 100), [120, 114, 128], 4);
    // Fitting 224 with a margin of 2 needs 448 pixels: a quarter.
    let target = Some(Target::Fit { width: 224, height: 224 });
    let picture = decode_with(&file, DecodeOptions { target, ..Default::default() }).unwrap();
    assert_eq!(picture.width(), 600);
    // Covering asks for the short side.
    let target = Some(Target::Cover { width: 224, height: 224 });
    let picture = decode_with(&file, DecodeOptions { target, ..Default::default() }).unwrap();
    assert_eq!(picture.width(), 1200);
}

#[test]
fn exif_thumbnails_serve_only_when_wanted_fresh_large_and_of_the_same_shape() {
    let photo = jpeg(1600, 1200, |_, _| [200, 30, 30]);
    let thumbnail = jpeg(160, 120, |_, _| [30, 30, 200]);
    let wide = jpeg(160, 90, |_, _| [30, 30, 200]);
    let color = |file: &[u8], exif_thumbnail, side| {
        let target = Some(Target::Fit { width: side, height: side });
        let options = DecodeOptions { target, exif_thumbnail, ..Default::default() };
        let picture = decode_with(file, options).unwrap();
        assert_eq!(picture.source_size(), (1600, 1200));
        if pixel(&picture, 5, 5)[2] > 128 { "thumbnail" } else { "photo" }
    };
    let fresh = with_exif(&photo, 1, false, &thumbnail);
    assert_eq!(color(&fresh, true, 128), "thumbnail");
    assert_eq!(color(&fresh, false, 128), "photo");
    assert_eq!(color(&fresh, true, 224), "photo");
    assert_eq!(color(&with_exif(&photo, 1, true, &thumbnail), true, 128), "photo");
    assert_eq!(color(&with_exif(&photo, 1, false, &wide), true, 128), "photo");
    assert_eq!(color(&with_exif(&photo, 1, false, b"junk"), true, 128), "photo");
}

#[test]
fn bombs_are_refused_by_their_headers() {
    let mut png = encode(&DynamicImage::new_rgb8(2, 2), ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    assert_eq!(decode(&png).unwrap_err().kind(), "too_many_pixels");

    let mut jpeg = jpeg(16, 16, |_, _| [1, 2, 3]);
    let frame = jpeg.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
    assert_eq!(decode(&jpeg).unwrap_err().kind(), "too_many_pixels");

    // 12000² RGB is within the pixel limit, yet not within the memory limit.
    png[16..24].copy_from_slice(&[0, 0, 0x2E, 0xE0, 0, 0, 0x2E, 0xE0]);
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    assert_eq!(decode(&png).unwrap_err().kind(), "too_much_memory");
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc: u32, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (0 - (crc & 1))))
    })
}

#[test]
fn bad_files_are_errors_by_stage_and_never_panics() {
    assert_eq!(decode(b"").unwrap_err(), PictureError::Empty);
    assert_eq!(decode(b"hello, world").unwrap_err(), PictureError::UnknownFormat);
    let avif = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf";
    let error = decode(avif).unwrap_err();
    assert_eq!(error.kind(), "unsupported_format");
    assert!(error.to_string().contains("pass its pixels"), "{error}");
    let limits = Limits { max_bytes: 10, ..Limits::default() };
    let error = decode_with(avif, DecodeOptions { limits, ..Default::default() }).unwrap_err();
    assert_eq!(error.kind(), "too_many_bytes");

    let whole = jpeg(64, 64, |x, y| [x as u8 * 3, y as u8 * 3, 9]);
    let half = &whole[..whole.len() / 2];
    assert_eq!(decode(half).unwrap_err().kind(), "truncated");
    let lenient = DecodeOptions { allow_truncated: true, ..Default::default() };
    assert_eq!(decode_with(half, lenient).unwrap().height(), 64);

    let rgba = DynamicImage::ImageRgba8(sample());
    let formats = [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Tiff, ImageFormat::Gif];
    for format in formats {
        let file = encode(&rgba, format);
        for length in 0..file.len() {
            let _ = decode(&file[..length]);
        }
        for position in 0..file.len() {
            let mut damaged = file.clone();
            damaged[position] ^= 0xA5;
            let _ = decode(&damaged);
        }
        assert!(decode(&file[..file.len() / 2]).is_err(), "{format:?} cut in half");
    }
}

#[test]
fn files_and_folders_by_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("صورة.jpg");
    std::fs::write(&path, jpeg(8, 8, |_, _| [1, 2, 3])).unwrap();
    let decode = |source| picture::decode(&source, &DecodeOptions::default());
    assert!(decode(ImageSource::Path(&path)).is_ok());
    let file = std::fs::File::open(&path).unwrap();
    assert!(decode(ImageSource::File(&file)).is_ok());
    assert_eq!(decode(ImageSource::Path(folder.path())).unwrap_err().kind(), "io");
    assert_eq!(decode(ImageSource::Path(&folder.path().join("none"))).unwrap_err().kind(), "io");
}

#[test]
fn debug_output_holds_no_pixels() {
    let picture = decode(&jpeg(8, 8, |_, _| [123, 45, 67])).unwrap();
    assert_eq!(format!("{picture:?}"), "Picture { width: 8, height: 8, source_size: (8, 8), .. }");
}

#[cfg(feature = "heic")]
#[test]
fn heic_decodes_on_desktops() {
    let file = include_bytes!("fixtures/heic/quarters.heic");
    let picture = decode(file).unwrap();
    assert_eq!(picture.source_size(), (96, 64));
    assert_near(pixel(&picture, 12, 12), [220, 40, 40], 12);
    assert_near(pixel(&picture, 84, 12), [40, 200, 40], 12);
    assert_near(pixel(&picture, 12, 52), [40, 40, 220], 12);
    assert_near(pixel(&picture, 84, 52), [128; 3], 12);
    let source = ImageSource::Bytes(file);
    assert_eq!(picture::dimensions(&source, &Limits::default()).unwrap(), (96, 64));
    for length in (0..file.len()).step_by(11) {
        assert!(decode(&file[..length]).is_err(), "{length} bytes");
    }
}

#[cfg(not(feature = "heic"))]
#[test]
fn heic_is_the_platforms_work_on_phones() {
    let error = decode(include_bytes!("fixtures/heic/quarters.heic")).unwrap_err();
    assert_eq!(error.kind(), "unsupported_format");
}
