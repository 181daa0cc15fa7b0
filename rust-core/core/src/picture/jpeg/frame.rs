use super::{JpegError, marker};

/// What the frame header says; read without decoding or allocating for pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JpegHeader {
    /// Pixels across, 1 to 65535.
    pub width: u32,
    /// Pixels down, 1 to 65535.
    pub height: u32,
    /// 1 grey, 3 colour, 4 CMYK.
    pub components: u8,
    /// Coded in several scans of growing detail.
    pub progressive: bool,
    /// Bits per sample; `decode` takes 8 only.
    pub precision: u8,
}

/// One colour component as the frame header declares it; sampling factors are 1 to 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameComponent {
    pub(super) id: u8,
    pub(super) h: usize,
    pub(super) v: usize,
    pub(super) quant: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) header: JpegHeader,
    pub(super) components: Vec<FrameComponent>,
    pub(super) max_h: usize,
    pub(super) max_v: usize,
}

impl Frame {
    /// MCUs of an interleaved scan: (per row, rows).
    pub(super) fn mcus(&self) -> (usize, usize) {
        (
            (self.header.width as usize).div_ceil(8 * self.max_h.max(1)),
            (self.header.height as usize).div_ceil(8 * self.max_v.max(1)),
        )
    }
}

/// True for the markers that start a frame, of any coding process.
pub(super) fn is_frame(code: u8) -> bool {
    matches!(code, 0xC0..=0xCF) && code != marker::DHT && code != marker::DAC && code != 0xC8
}

/// Parses a frame header; processes other than Huffman sequential and progressive are `Unsupported`.
pub(super) fn parse_frame(code: u8, body: &[u8]) -> Result<Frame, JpegError> {
    let what = match code {
        0xC0..=0xC2 => None,
        0xC3 => Some("lossless coding"),
        0xC5..=0xC7 | 0xCD..=0xCF => Some("hierarchical coding"),
        _ => Some("arithmetic coding"),
    };
    if let Some(what) = what {
        return Err(JpegError::Unsupported { what });
    }
    let short = JpegError::Corrupt { what: "frame header is too short" };
    let (&[precision, y1, y0, x1, x0, count], rest) = body.split_first_chunk().ok_or(short)?;
    let header = JpegHeader {
        width: u32::from(u16::from_be_bytes([x1, x0])),
        height: u32::from(u16::from_be_bytes([y1, y0])),
        components: count,
        progressive: code == 0xC2,
        precision,
    };
    if header.height == 0 {
        return Err(JpegError::Unsupported { what: "height is given behind the picture" });
    }
    if header.width == 0 {
        return Err(JpegError::Corrupt { what: "zero width" });
    }
    if !matches!(count, 1 | 3 | 4) {
        return Err(JpegError::Unsupported { what: "number of components" });
    }
    let components = rest
        .as_chunks::<3>()
        .0
        .iter()
        .take(usize::from(count))
        .map(|&[id, sampling, quant]| component(id, sampling, quant))
        .collect::<Result<Vec<_>, _>>()?;
    if components.len() != usize::from(count) {
        return Err(short);
    }
    let mut frame = Frame {
        header,
        max_h: components.iter().map(|c| c.h).max().unwrap_or(1),
        max_v: components.iter().map(|c| c.v).max().unwrap_or(1),
        components,
    };
    // A lone component is never interleaved, so its factors carry no meaning.
    if let [only] = frame.components.as_mut_slice() {
        (only.h, only.v, frame.max_h, frame.max_v) = (1, 1, 1, 1);
    }
    Ok(frame)
}

fn component(id: u8, sampling: u8, quant: u8) -> Result<FrameComponent, JpegError> {
    let (h, v) = (usize::from(sampling >> 4), usize::from(sampling & 15));
    if !(1..=4).contains(&h) || !(1..=4).contains(&v) || quant > 3 {
        return Err(JpegError::Corrupt { what: "sampling factor or table number" });
    }
    Ok(FrameComponent { id, h, v, quant: usize::from(quant) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: [u8; 15] = [8, 0, 30, 0, 40, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1];

    #[test]
    fn reads_sizes_and_factors() {
        let frame = parse_frame(0xC2, &BODY).unwrap();
        assert_eq!((frame.header.width, frame.header.height), (40, 30));
        assert!(frame.header.progressive);
        assert_eq!((frame.max_h, frame.max_v), (2, 2));
        assert_eq!(frame.mcus(), (3, 2));
    }

    #[test]
    fn refuses_lies() {
        for (index, value) in [(2, 0), (4, 0), (5, 2), (7, 0x02), (7, 0x51), (8, 4)] {
            let mut body = BODY;
            body[index] = value;
            assert!(parse_frame(0xC0, &body).is_err(), "byte {index} = {value}");
        }
        for length in 0..BODY.len() {
            assert!(parse_frame(0xC0, &BODY[..length]).is_err());
        }
    }

    #[test]
    fn names_unsupported_processes() {
        for code in [0xC3, 0xC5, 0xC9, 0xCA, 0xCB, 0xCF] {
            assert!(is_frame(code));
            assert!(matches!(parse_frame(code, &BODY), Err(JpegError::Unsupported { .. })));
        }
        assert!(!is_frame(0xC4) && !is_frame(0xCC) && !is_frame(0xC8));
    }
}
