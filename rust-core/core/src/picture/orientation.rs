//! The eight EXIF orientations.

/// How stored pixels are turned to stand upright (EXIF 2.32, tag 0x0112).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Orientation {
    /// 1: stored upright.
    #[default]
    Normal,
    /// 2: mirrored left to right.
    FlipHorizontal,
    /// 3: turned by 180°.
    Rotate180,
    /// 4: mirrored top to bottom.
    FlipVertical,
    /// 5: mirrored along the main diagonal.
    Transpose,
    /// 6: to be turned by 90° clockwise.
    Rotate90,
    /// 7: mirrored along the other diagonal.
    Transverse,
    /// 8: to be turned by 270° clockwise.
    Rotate270,
}

impl Orientation {
    /// From the EXIF value 1 to 8; anything else is read as upright, as viewers do.
    pub fn from_exif(value: u32) -> Self {
        match value {
            2 => Self::FlipHorizontal,
            3 => Self::Rotate180,
            4 => Self::FlipVertical,
            5 => Self::Transpose,
            6 => Self::Rotate90,
            7 => Self::Transverse,
            8 => Self::Rotate270,
            _ => Self::Normal,
        }
    }

    /// Whether width and height change places.
    pub fn swaps_sides(self) -> bool {
        matches!(self, Self::Transpose | Self::Rotate90 | Self::Transverse | Self::Rotate270)
    }

    /// `(width, height)` of the upright picture.
    pub fn upright_size(self, width: u32, height: u32) -> (u32, u32) {
        if self.swaps_sides() { (height, width) } else { (width, height) }
    }

    /// Turns tightly packed RGB rows of `width` pixels upright.
    pub(super) fn apply(self, width: u32, rgb: Vec<u8>) -> Vec<u8> {
        if self == Self::Normal || width == 0 {
            return rgb;
        }
        let width = width as usize;
        let (pixels, _) = rgb.as_chunks::<3>();
        let rows = pixels.chunks_exact(width);
        let column = |x: usize| pixels.iter().skip(x).step_by(width);
        let mut upright = Vec::with_capacity(rgb.len());
        let mut push = |pixel: &[u8; 3]| upright.extend_from_slice(pixel);
        match self {
            Self::Normal => {}
            Self::FlipHorizontal => rows.for_each(|row| row.iter().rev().for_each(&mut push)),
            Self::Rotate180 => pixels.iter().rev().for_each(push),
            Self::FlipVertical => rows.rev().for_each(|row| row.iter().for_each(&mut push)),
            Self::Transpose => (0..width).for_each(|x| column(x).for_each(&mut push)),
            Self::Rotate90 => (0..width).for_each(|x| column(x).rev().for_each(&mut push)),
            Self::Transverse => (0..width).rev().for_each(|x| column(x).rev().for_each(&mut push)),
            Self::Rotate270 => (0..width).rev().for_each(|x| column(x).for_each(&mut push)),
        }
        upright
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // A B C
    // D E F
    fn stored() -> Vec<u8> {
        b"ABCDEF".iter().flat_map(|p| [*p; 3]).collect()
    }

    #[test]
    fn all_eight_orientations() {
        let expected = [
            (1, "ABCDEF"),
            (2, "CBAFED"),
            (3, "FEDCBA"),
            (4, "DEFABC"),
            (5, "ADBECF"),
            (6, "DAEBFC"),
            (7, "FCEBDA"),
            (8, "CFBEAD"),
        ];
        for (exif, upright) in expected {
            let turned = Orientation::from_exif(exif).apply(3, stored());
            let letters: Vec<u8> = turned.iter().step_by(3).copied().collect();
            assert_eq!(letters, upright.as_bytes(), "orientation {exif}");
        }
    }

    #[test]
    fn unknown_values_mean_upright() {
        assert_eq!(Orientation::from_exif(0), Orientation::Normal);
        assert_eq!(Orientation::from_exif(9), Orientation::Normal);
    }
}
