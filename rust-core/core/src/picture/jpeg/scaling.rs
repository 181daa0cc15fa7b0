use std::f32::consts::{FRAC_1_SQRT_2, PI, SQRT_2};

/// Row-major index of each coefficient in the order of the file.
const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// Side of a scaled block in samples: 1, 2, 4 or 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum BlockSize {
    One = 1,
    Two = 2,
    Four = 4,
    Eight = 8,
}

impl BlockSize {
    pub(super) fn side(self) -> usize {
        self as usize
    }

    pub(super) fn area(self) -> usize {
        self.side() * self.side()
    }

    pub(super) fn doubled(self) -> Option<Self> {
        match self {
            Self::One => Some(Self::Two),
            Self::Two => Some(Self::Four),
            Self::Four => Some(Self::Eight),
            Self::Eight => None,
        }
    }
}

/// Where a coefficient lands in the scaled block, and its factor there.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Tap {
    /// Horizontal frequency major, so that the inverse transform needs one transposition only.
    pub(super) position: u32,
    pub(super) weight: f32,
}

/// One tap per coefficient in file order. Coefficients that do not matter have weight 0.
pub(super) type Taps = [Tap; 64];

/// Taps whose weights are quantiser step times the share of each coefficient in the scaled block.
///
/// Averaging N-th parts of the 8-point inverse transform makes its high frequencies alias onto the low ones
/// with a fixed factor, so the average is itself an N-point inverse transform of folded coefficients. This is
/// what libjpeg's reduced transforms (`jidctred.c`) compute, and box-downsampling the full picture gives.
pub(super) fn fold_taps(size: BlockSize, quant: &[u16; 64]) -> Taps {
    let mut taps = [Tap::default(); 64];
    for ((tap, &natural), &step) in taps.iter_mut().zip(&ZIGZAG).zip(quant) {
        let vertical = fold(size, natural / 8);
        let horizontal = fold(size, natural % 8);
        if let (Some((v, v_share)), Some((h, h_share))) = (vertical, horizontal) {
            *tap = Tap {
                position: h * size.side() as u32 + v,
                weight: v_share * h_share * f32::from(step),
            };
        }
    }
    taps
}

/// Multiplies the transform's own factors into taps or, with unit steps, gives them alone.
pub(super) fn transform_factors(size: BlockSize) -> [f32; 64] {
    let mut factors = [0.0; 64];
    let side = size.side();
    let factor = |frequency: usize| prescale(size, frequency);
    for (position, slot) in factors.iter_mut().take(size.area()).enumerate() {
        *slot = factor(position / side) * factor(position % side);
    }
    factors
}

/// `fold_taps` with the transform's factors, for blocks that are transformed at once.
pub(super) fn direct_taps(size: BlockSize, quant: &[u16; 64]) -> Taps {
    let factors = transform_factors(size);
    let mut taps = fold_taps(size, quant);
    for tap in &mut taps {
        tap.weight *= factors.get(tap.position as usize).copied().unwrap_or(0.0);
    }
    taps
}

/// The frequency of the N-point transform that `frequency` of 8 aliases onto, and its share.
fn fold(size: BlockSize, frequency: u8) -> Option<(u32, f32)> {
    let angle = PI * f32::from(frequency) / 16.0;
    match (size, frequency) {
        (BlockSize::Eight, _) => Some((u32::from(frequency), 1.0)),
        (_, 0) => Some((0, 1.0)),
        (BlockSize::Four, 1..=3) => Some((u32::from(frequency), angle.cos())),
        (BlockSize::Four, 5..=7) => Some((8 - u32::from(frequency), -angle.cos())),
        (BlockSize::Two, 1 | 7) => Some((1, angle.cos() * (2.0 * angle).cos())),
        (BlockSize::Two, 3 | 5) => Some((1, -angle.cos() * (2.0 * angle).cos())),
        _ => None,
    }
}

/// One-dimensional factor that the transforms in `idct` expect on their input.
fn prescale(size: BlockSize, frequency: usize) -> f32 {
    match (size, frequency) {
        (_, 0) => FRAC_1_SQRT_2 / 2.0,
        (BlockSize::Eight, _) => {
            (PI * frequency as f32 / 16.0).cos() * SQRT_2 * FRAC_1_SQRT_2 / 2.0
        }
        (BlockSize::Four, 1 | 3) => 0.5,
        _ => FRAC_1_SQRT_2 / 2.0,
    }
}
