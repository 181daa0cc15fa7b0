//! The two things that decoding needs of EXIF: orientation and the thumbnail.

use exif::{Exif, In, Reader, Tag};

use super::Orientation;

/// Facts of a JPEG's EXIF block; defaults where it is absent or damaged.
#[derive(Default)]
pub(super) struct ExifFacts {
    pub(super) orientation: Orientation,
    pub(super) thumbnail: Option<Vec<u8>>,
}

impl ExifFacts {
    /// Reads the first EXIF block of a JPEG. The thumbnail is returned only if
    /// `want_thumbnail` and nothing says that the picture was edited after it
    /// was taken, since editors leave the old thumbnail in place.
    pub(super) fn of_jpeg(data: &[u8], want_thumbnail: bool) -> Self {
        let Some(exif) = jpeg_exif_block(data).and_then(parse) else {
            return Self::default();
        };
        let orientation = exif
            .get_field(Tag::Orientation, In::PRIMARY)
            .and_then(|field| field.value.get_uint(0))
            .map_or(Orientation::Normal, Orientation::from_exif);
        let thumbnail = (want_thumbnail && !was_edited(&exif)).then(|| thumbnail(&exif)).flatten();
        Self { orientation, thumbnail }
    }
}

fn parse(tiff: &[u8]) -> Option<Exif> {
    let mut reader = Reader::new();
    reader.continue_on_error(true);
    reader.read_raw(tiff.to_vec()).or_else(|error| error.distill_partial_result(|_| {})).ok()
}

/// An editor that rewrites a photo updates `DateTime` and leaves
/// `DateTimeOriginal`; cameras write both alike, some a second apart.
fn was_edited(exif: &Exif) -> bool {
    let text = |tag| {
        let field = exif.get_field(tag, In::PRIMARY)?;
        Some(field.display_value().to_string())
    };
    match (text(Tag::DateTime), text(Tag::DateTimeOriginal)) {
        (Some(changed), Some(taken)) => {
            let minute = |s: &str| s.chars().take(16).collect::<String>();
            minute(&changed) != minute(&taken)
        }
        _ => true,
    }
}

fn thumbnail(exif: &Exif) -> Option<Vec<u8>> {
    let number = |tag| {
        let field = exif.get_field(tag, In::THUMBNAIL)?;
        field.value.get_uint(0).map(|n| n as usize)
    };
    let start = number(Tag::JPEGInterchangeFormat)?;
    let length = number(Tag::JPEGInterchangeFormatLength)?;
    let end = start.checked_add(length)?;
    exif.buf().get(start..end).map(<[u8]>::to_vec)
}

/// Walks the marker segments before the first scan (JPEG, B.1.1.4).
fn jpeg_exif_block(data: &[u8]) -> Option<&[u8]> {
    let mut rest = data.get(2..)?;
    loop {
        let [0xFF, marker, high, low, ..] = rest else {
            return None;
        };
        match marker {
            0xFF => {
                rest = rest.get(1..)?;
                continue;
            }
            0xDA | 0xD9 => return None,
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let segment = rest.get(4..2 + length)?;
        if *marker == 0xE1
            && let Some(tiff) = segment.strip_prefix(b"Exif\0\0")
        {
            return Some(tiff);
        }
        rest = rest.get(2 + length..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_blocks_mean_defaults() {
        let inputs: [&[u8]; 5] = [
            b"",
            b"\xFF\xD8",
            b"\xFF\xD8\xFF\xE1\x00\x01",
            b"\xFF\xD8\xFF\xE1\x00\x10Exif\0\0II*\0\xFF\xFF",
            b"\xFF\xD8\xFF\xE1\xFF\xFFExif\0\0",
        ];
        for data in inputs {
            let facts = ExifFacts::of_jpeg(data, true);
            assert_eq!(facts.orientation, Orientation::Normal);
            assert!(facts.thumbnail.is_none());
        }
    }
}
