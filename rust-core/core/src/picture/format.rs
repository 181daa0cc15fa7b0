//! Formats by their first bytes; file names are not trusted.

/// A picture format that is recognised (not all are decoded).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ImageFormat {
    /// JPEG (JFIF, EXIF).
    Jpeg,
    /// PNG and APNG.
    Png,
    /// WebP, lossy and lossless.
    WebP,
    /// GIF.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// TIFF.
    Tiff,
    /// HEIC and HEIF (HEVC in an ISO base media file).
    Heic,
    /// AVIF (AV1 in an ISO base media file).
    Avif,
}

impl ImageFormat {
    /// Recognises a format by its signature.
    pub fn sniff(head: &[u8]) -> Option<Self> {
        match head {
            [0xFF, 0xD8, 0xFF, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some(Self::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::WebP),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [b'B', b'M', ..] if head.len() >= 26 => Some(Self::Bmp),
            [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Some(Self::Tiff),
            [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => Self::from_brands(brand),
            _ => None,
        }
    }

    /// Major brand, minor version, then compatible brands (ISO/IEC 14496-12, 4.3).
    fn from_brands(brands: &[u8]) -> Option<Self> {
        brands
            .chunks_exact(4)
            .take(16)
            .find_map(|brand| match brand {
                b"avif" | b"avis" => Some(Self::Avif),
                b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" => Some(Self::Heic),
                _ => None,
            })
            .or_else(|| brands.starts_with(b"mif1").then_some(Self::Heic))
    }
}

impl std::fmt::Display for ImageFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
            Self::Tiff => "TIFF",
            Self::Heic => "HEIC",
            Self::Avif => "AVIF",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_told_apart() {
        let heic = b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic";
        let avif = b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf";
        assert_eq!(ImageFormat::sniff(heic), Some(ImageFormat::Heic));
        assert_eq!(ImageFormat::sniff(avif), Some(ImageFormat::Avif));
        assert_eq!(ImageFormat::sniff(&[0xFF, 0xD8, 0xFF, 0xE0]), Some(ImageFormat::Jpeg));
        assert_eq!(ImageFormat::sniff(b"BM"), None);
        assert_eq!(ImageFormat::sniff(b"\0\0\0\x18ftypisom"), None);
        assert_eq!(ImageFormat::sniff(b""), None);
    }
}
