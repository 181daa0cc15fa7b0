//! Frame counts by container structure, without decoding.

use super::ImageFormat;

/// Number of frames, counted at most to `limit + 1`; 1 for still formats and
/// for damaged structure, which the decoder then reports.
pub fn count_frames(format: ImageFormat, data: &[u8], limit: u32) -> u32 {
    let frames = match format {
        ImageFormat::Png => apng_frames(data),
        ImageFormat::WebP => webp_frames(data, limit),
        ImageFormat::Gif => gif_frames(data, limit),
        _ => None,
    };
    frames.unwrap_or(1).max(1)
}

/// `acTL` stands before the first `IDAT` (PNG, third edition, 11.3.6.1).
fn apng_frames(data: &[u8]) -> Option<u32> {
    let mut rest = data.get(8..)?;
    loop {
        let length = u32::from_be_bytes(*rest.first_chunk()?) as usize;
        let body = rest.get(8..)?;
        match rest.get(4..8)? {
            b"acTL" => return body.first_chunk().map(|n| u32::from_be_bytes(*n)),
            b"IDAT" | b"IEND" => return None,
            _ => rest = body.get(length.checked_add(4)?..)?,
        }
    }
}

fn webp_frames(data: &[u8], limit: u32) -> Option<u32> {
    let mut rest = data.get(12..)?;
    let mut frames = 0;
    while frames <= limit {
        let Some(length) = rest.get(4..8).and_then(|n| n.first_chunk()) else {
            break;
        };
        frames += u32::from(rest.starts_with(b"ANMF"));
        let length = u32::from_le_bytes(*length) as usize;
        // Chunks are padded to an even size.
        let Some(next) = rest.get(8 + length + length % 2..) else {
            break;
        };
        rest = next;
    }
    Some(frames)
}

/// Walks the blocks of GIF89a: image descriptors, extensions, their sub-blocks.
fn gif_frames(data: &[u8], limit: u32) -> Option<u32> {
    let color_table = |flags: u8| {
        if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
    };
    let mut position = 13 + color_table(*data.get(10)?);
    let mut frames = 0;
    while frames <= limit {
        match data.get(position) {
            Some(0x2C) => {
                frames += 1;
                let flags = *data.get(position + 9)?;
                position += 11 + color_table(flags);
            }
            Some(0x21) => position += 2,
            _ => break,
        }
        loop {
            let size = usize::from(*data.get(position)?);
            position += size + 1;
            if size == 0 {
                break;
            }
        }
    }
    Some(frames)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::gif::GifEncoder;
    use image::{Frame, RgbaImage};

    #[test]
    fn gif_frames_are_counted_up_to_the_limit() {
        let mut file = Vec::new();
        let mut encoder = GifEncoder::new(&mut file);
        for _ in 0..5 {
            encoder.encode_frame(Frame::new(RgbaImage::new(4, 3))).unwrap();
        }
        drop(encoder);
        assert_eq!(count_frames(ImageFormat::Gif, &file, 100), 5);
        assert_eq!(count_frames(ImageFormat::Gif, &file, 2), 3);
        let cut = file.get(..file.len() / 2).unwrap();
        assert!(count_frames(ImageFormat::Gif, cut, 100) >= 1);
    }

    #[test]
    fn apng_count_is_read_from_the_header() {
        let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
        file.extend(b"\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\0\0\0\0");
        file.extend(b"\0\0\0\x08acTL\0\x01\0\0\0\0\0\0\0\0\0\0");
        assert_eq!(count_frames(ImageFormat::Png, &file, 10), 65_536);
    }
}
