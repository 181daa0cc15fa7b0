//! Pixels counted in cells of sRGB, so that clustering takes as long for a photo as for a page.

use super::oklab::Oklab;

const BITS: u32 = 5;

/// The pixels of one cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bin {
    /// Their mean.
    pub(super) color: Oklab,
    /// Their number.
    pub(super) weight: f64,
}

/// Sums of one cell; 32 bits hold the few pixels of a reduced picture with ease.
#[derive(Clone, Copy, Default)]
struct Cell {
    count: u32,
    sums: [u32; 3],
}

/// The cells that hold pixels, in a fixed order.
pub(super) fn bins(rgb: &[u8]) -> Vec<Bin> {
    let mut cells = vec![Cell::default(); 1 << (3 * BITS)];
    for pixel in rgb.as_chunks::<3>().0 {
        let code = pixel
            .iter()
            .fold(0, |code, channel| (code << BITS) | usize::from(channel >> (u8::BITS - BITS)));
        if let Some(cell) = cells.get_mut(code) {
            cell.count += 1;
            for (sum, channel) in cell.sums.iter_mut().zip(pixel) {
                *sum += u32::from(*channel);
            }
        }
    }
    let occupied = cells.iter().filter(|cell| cell.count > 0);
    occupied
        .map(|cell| {
            let weight = f64::from(cell.count);
            let mean = cell.sums.map(|sum| f64::from(sum) / weight);
            Bin { color: Oklab::from_srgb(mean), weight }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_stands_for_the_mean_of_its_pixels() {
        let bins = bins(&[0, 0, 0, 2, 4, 6, 255, 255, 255]);
        let expected = Bin { color: Oklab::from_srgb([1.0, 2.0, 3.0]), weight: 2.0 };
        assert_eq!(bins.first(), Some(&expected));
        assert_eq!(bins.iter().map(|bin| bin.weight).collect::<Vec<_>>(), [2.0, 1.0]);
    }
}
