//! sRGB ↔ OKLab, with the matrices of Ottosson 2020 (<https://bottosson.github.io/posts/oklab/>).

/// A colour in OKLab: lightness in [0, 1], green–red, blue–yellow.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Oklab(pub(super) [f64; 3]);

impl Oklab {
    /// Channels in [0, 255], fractions allowed.
    pub(super) fn from_srgb(channels: [f64; 3]) -> Self {
        let [r, g, b] = channels.map(|channel| to_linear(channel / 255.0));
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        Self([
            0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
            1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
            0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
        ])
    }

    /// The nearest 8-bit colour; what sRGB cannot show is clipped by channel.
    pub(super) fn to_srgb(self) -> [u8; 3] {
        let [lightness, a, b] = self.0;
        let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
        let linear = [
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
        ];
        linear.map(|channel| (to_gamma(channel) * 255.0).round().clamp(0.0, 255.0) as u8)
    }

    pub(super) fn distance_squared(self, other: Self) -> f64 {
        self.0.iter().zip(other.0).map(|(a, b)| (a - b) * (a - b)).sum()
    }
}

fn to_linear(channel: f64) -> f64 {
    if channel <= 0.040_45 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
}

fn to_gamma(channel: f64) -> f64 {
    if channel <= 0.003_130_8 { channel * 12.92 } else { 1.055 * channel.powf(1.0 / 2.4) - 0.055 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_colours_have_their_published_coordinates() {
        let cases = [
            ([255.0, 255.0, 255.0], [1.0, 0.0, 0.0]),
            ([255.0, 0.0, 0.0], [0.627_955, 0.224_863, 0.125_846]),
            ([0.0, 255.0, 0.0], [0.866_440, -0.233_888, 0.179_498]),
            ([0.0, 0.0, 255.0], [0.452_014, -0.032_457, -0.311_528]),
        ];
        for (rgb, lab) in cases {
            let distance = Oklab::from_srgb(rgb).distance_squared(Oklab(lab)).sqrt();
            assert!(distance < 1e-5, "{rgb:?}: {distance}");
        }
    }

    #[test]
    fn eight_bit_colours_come_back() {
        for code in (0..0x100_0000_u32).step_by(4099) {
            let [_, r, g, b] = code.to_be_bytes();
            assert_eq!(Oklab::from_srgb([r, g, b].map(f64::from)).to_srgb(), [r, g, b]);
        }
    }
}
