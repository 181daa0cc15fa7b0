use super::frame::Frame;

/// What the components mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ColorModel {
    Grey,
    Rgb,
    Ycc,
    /// Inks as Adobe stores them: 255 is no ink.
    Cmyk,
    /// The first three of these inks, negated, as Y, Cb and Cr.
    Ycck,
}

impl ColorModel {
    /// libjpeg's rules. `adobe` is the transform of an Adobe APP14 segment, `jfif` tells of a JFIF APP0 segment.
    pub(super) fn new(frame: &Frame, jfif: bool, adobe: Option<u8>) -> Self {
        let is_rgb = || frame.components.iter().map(|c| c.id).eq(*b"RGB");
        match (frame.components.len(), adobe) {
            (1, _) => Self::Grey,
            (3, _) if jfif => Self::Ycc,
            (3, Some(0)) => Self::Rgb,
            (3, None) if is_rgb() => Self::Rgb,
            (3, _) => Self::Ycc,
            (_, None | Some(0)) => Self::Cmyk,
            (_, Some(_)) => Self::Ycck,
        }
    }

    /// Converts one row; `out` takes 3 bytes a pixel, rows of absent components are empty.
    pub(super) fn convert(self, rows: [&[u8]; 4], out: &mut [u8]) {
        let [a, b, c, k] = rows;
        match self {
            Self::Grey => {
                for (pixel, &grey) in out.as_chunks_mut::<3>().0.iter_mut().zip(a) {
                    *pixel = [grey; 3];
                }
            }
            Self::Rgb => interleave(a, b, c, out),
            Self::Ycc => ycc_row(a, b, c, out),
            Self::Cmyk => {
                interleave(a, b, c, out);
                darken(k, out);
            }
            Self::Ycck => {
                ycc_row(a, b, c, out);
                out.iter_mut().for_each(|value| *value = 255 - *value);
                darken(k, out);
            }
        }
    }
}

fn interleave(a: &[u8], b: &[u8], c: &[u8], out: &mut [u8]) {
    let pixels = out.as_chunks_mut::<3>().0.iter_mut();
    for (((pixel, &a), &b), &c) in pixels.zip(a).zip(b).zip(c) {
        *pixel = [a, b, c];
    }
}

/// Applies black ink (255 is none) to colours.
fn darken(black: &[u8], out: &mut [u8]) {
    for (pixel, &black) in out.as_chunks_mut::<3>().0.iter_mut().zip(black) {
        *pixel = pixel.map(|value| {
            let product = u32::from(value) * u32::from(black) + 128;
            ((product + (product >> 8)) >> 8) as u8
        });
    }
}

/// Pixels converted at once: loops this long become vector loops, shorter ones are unrolled into scalar code.
const BATCH: usize = 64;

fn ycc_row(y: &[u8], cb: &[u8], cr: &[u8], out: &mut [u8]) {
    let mut pixels = [0; BATCH];
    let batches = out.as_chunks_mut::<{ 3 * BATCH }>().0.iter_mut();
    let (ys, y_rest) = y.as_chunks::<BATCH>();
    let (cbs, cb_rest) = cb.as_chunks::<BATCH>();
    let (crs, cr_rest) = cr.as_chunks::<BATCH>();
    for (((batch, y), cb), cr) in batches.zip(ys).zip(cbs).zip(crs) {
        ycc_batch(y, cb, cr, &mut pixels);
        pack(&pixels, batch);
    }
    // The rest of a row is padded to one more batch; component rows may be longer than the picture.
    let done = out.len() / (3 * BATCH) * BATCH;
    let rest = |row: &[u8], tail: &[u8]| {
        let from = row.get(done..).unwrap_or(tail);
        let mut padded = [128; BATCH];
        padded.iter_mut().zip(from).for_each(|(p, &s)| *p = s);
        padded
    };
    let mut last = [0; 3 * BATCH];
    ycc_batch(&rest(y, y_rest), &rest(cb, cb_rest), &rest(cr, cr_rest), &mut pixels);
    pack(&pixels, &mut last);
    let tail = out.get_mut(3 * done..).unwrap_or_default();
    tail.iter_mut().zip(last).for_each(|(o, l)| *o = l);
}

/// ITU-R BT.601 full range, rounded. Everything stays in 16-bit lanes, of which a vector holds the most.
///
/// Not inlined, as are the writes in `pack`: together the compiler would take the vectors apart again.
#[inline(never)]
fn ycc_batch(y: &[u8; BATCH], cb: &[u8; BATCH], cr: &[u8; BATCH], pixels: &mut [u32; BATCH]) {
    // 16-bit fractions; those above one half are what a whole multiple leaves.
    const R_CR: i16 = 26_345; // 1.402 - 1
    const B_CB: i16 = -14_942; // 1.772 - 2
    const G_CB: i16 = -22_554; // -0.34414
    const G_CR: i16 = 18_734; // 1 - 0.71414
    let (mut red, mut green, mut blue) = ([0; BATCH], [0; BATCH], [0; BATCH]);
    for ((red, &y), &cr) in red.iter_mut().zip(y).zip(cr) {
        let (y, cr) = (i16::from(y), i16::from(cr) - 128);
        *red = byte(y + cr + ((high_product(2 * cr, R_CR) + 1) >> 1));
    }
    for (((green, &y), &cb), &cr) in green.iter_mut().zip(y).zip(cb).zip(cr) {
        let (y, cb, cr) = (i16::from(y), i16::from(cb) - 128, i16::from(cr) - 128);
        // Seven more bits for the sum; the odd one makes up for both products being rounded down.
        let sum = high_product(cb << 7, G_CB) + high_product(cr << 7, G_CR);
        *green = byte(y - cr + ((sum + 65) >> 7));
    }
    for ((blue, &y), &cb) in blue.iter_mut().zip(y).zip(cb) {
        let (y, cb) = (i16::from(y), i16::from(cb) - 128);
        *blue = byte(y + 2 * cb + ((high_product(2 * cb, B_CB) + 1) >> 1));
    }
    for (((pixel, r), g), b) in pixels.iter_mut().zip(red).zip(green).zip(blue) {
        *pixel = u32::from(r) | u32::from(g) << 8 | u32::from(b) << 16;
    }
}

#[inline(always)]
fn high_product(value: i16, factor: i16) -> i16 {
    ((i32::from(value) * i32::from(factor)) >> 16) as i16
}

#[inline(always)]
fn byte(value: i16) -> u8 {
    value.clamp(0, 255) as u8
}

/// Writes pixels by words: six bytes of two pixels in a word of eight, whose rest the next one overwrites.
#[inline(never)]
fn pack(pixels: &[u32; BATCH], out: &mut [u8; 3 * BATCH]) {
    let starts = (0..3 * BATCH).step_by(6);
    for (&[left, right], start) in pixels.as_chunks::<2>().0.iter().zip(starts) {
        let word = (u64::from(left) | u64::from(right) << 24).to_le_bytes();
        let rest = out.get_mut(start..).unwrap_or_default();
        if let Some(bytes) = rest.first_chunk_mut::<8>() {
            *bytes = word;
        } else {
            rest.iter_mut().zip(word).for_each(|(o, w)| *o = w);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ycc_matches_the_formula_for_all_chroma() {
        for y in [0_u8, 77, 128, 255] {
            for cb in 0..=255_u8 {
                let crs: Vec<u8> = (0..=255).collect();
                let (ys, cbs) = (vec![y; 256], vec![cb; 256]);
                let mut out = vec![0; 3 * 250];
                ColorModel::Ycc.convert([&ys, &cbs, &crs, &[]], &mut out);
                for (pixel, cr) in out.chunks(3).zip(0..) {
                    let (y, u, v) = (f64::from(y), f64::from(cb) - 128.0, f64::from(cr) - 128.0);
                    let expected =
                        [y + 1.402 * v, y - 0.344_136_286 * u - 0.714_136_286 * v, y + 1.772 * u];
                    for (&have, want) in pixel.iter().zip(expected) {
                        let want = want.clamp(0.0, 255.0);
                        assert!((f64::from(have) - want).abs() <= 0.52, "{y} {u} {v}");
                    }
                }
            }
        }
    }

    #[test]
    fn black_ink_darkens() {
        let mut out = [0; 6];
        ColorModel::Cmyk.convert([&[255, 100], &[10, 100], &[0, 100], &[255, 0]], &mut out);
        assert_eq!(out, [255, 10, 0, 0, 0, 0]);
    }
}
