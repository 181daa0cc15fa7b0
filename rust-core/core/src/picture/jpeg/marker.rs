use super::JpegError;

pub(super) const SOI: u8 = 0xD8;
pub(super) const EOI: u8 = 0xD9;
pub(super) const SOS: u8 = 0xDA;
pub(super) const DQT: u8 = 0xDB;
pub(super) const DHT: u8 = 0xC4;
pub(super) const DAC: u8 = 0xCC;
pub(super) const DRI: u8 = 0xDD;
pub(super) const DHP: u8 = 0xDE;
pub(super) const APP0: u8 = 0xE0;
pub(super) const APP14: u8 = 0xEE;

/// One marker with its parameters (empty for markers that stand alone).
pub(super) struct Segment<'a> {
    pub(super) code: u8,
    pub(super) body: &'a [u8],
}

/// Walks the marker segments of a file; bytes between segments are skipped, as libjpeg does.
pub(super) struct Segments<'a> {
    data: &'a [u8],
    position: usize,
}

impl<'a> Segments<'a> {
    /// Errors with `NotJpeg` unless the data starts with an SOI marker.
    pub(super) fn new(data: &'a [u8]) -> Result<Self, JpegError> {
        match data {
            [0xFF, SOI, ..] => Ok(Self { data, position: 2 }),
            _ => Err(JpegError::NotJpeg),
        }
    }

    /// The next segment, or `None` where the data ends.
    pub(super) fn next_segment(&mut self) -> Option<Segment<'a>> {
        let marker = find_marker(self.data, self.position)?;
        let code = *self.data.get(marker.saturating_add(1))?;
        self.position = marker.saturating_add(2);
        if matches!(code, 0x01 | 0xD0..=0xD9) {
            return Some(Segment { code, body: &[] });
        }
        let rest = self.data.get(self.position..)?;
        let length = usize::from(u16::from_be_bytes(*rest.first_chunk()?));
        let body = rest.get(2..length.max(2))?;
        self.position = self.position.saturating_add(length.max(2));
        Some(Segment { code, body })
    }

    /// Where the entropy-coded data starts, just behind an SOS segment.
    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// Continues behind a scan's entropy-coded data.
    pub(super) fn seek(&mut self, position: usize) {
        self.position = position;
    }
}

/// Index of the 0xFF of the next marker at or behind `from`; stuffed zeros and fill bytes are passed over.
pub(super) fn find_marker(data: &[u8], from: usize) -> Option<usize> {
    let mut position = from;
    loop {
        position = position.checked_add(plain_run(data.get(position..)?))?;
        match data.get(position.checked_add(1)?)? {
            0x00 => position = position.checked_add(2)?,
            0xFF => position = position.checked_add(1)?,
            _ => return Some(position),
        }
    }
}

/// How many bytes come before the first 0xFF.
pub(super) fn plain_run(data: &[u8]) -> usize {
    let (words, _) = data.as_chunks::<8>();
    let whole = words
        .iter()
        .take_while(|word| !has_ff(u64::from_ne_bytes(**word)))
        .count()
        .saturating_mul(8);
    let tail = data.get(whole..).unwrap_or_default();
    whole.saturating_add(tail.iter().position(|&byte| byte == 0xFF).unwrap_or(tail.len()))
}

fn has_ff(word: u64) -> bool {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    (!word).wrapping_sub(LOW) & word & HIGH != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_run_stops_at_every_position_of_ff() {
        for length in 0..40 {
            let mut data = vec![0x7F_u8; length];
            data.push(0xFE);
            assert_eq!(plain_run(&data), length + 1);
            data.push(0xFF);
            data.extend([0x80; 9]);
            assert_eq!(plain_run(&data), length + 1);
        }
    }

    #[test]
    fn stuffing_and_fill_bytes_are_no_markers() {
        let data = [1, 0xFF, 0x00, 2, 0xFF, 0xFF, 0xFF, 0xD9];
        assert_eq!(find_marker(&data, 0), Some(6));
        assert_eq!(find_marker(&[0xFF], 0), None);
        assert_eq!(find_marker(&data, 100), None);
    }

    #[test]
    fn segment_that_overruns_the_data_ends_the_walk() {
        let data = [0xFF, SOI, 0xFF, APP0, 0x00, 0x09, 1, 2];
        assert!(Segments::new(&data).unwrap().next_segment().is_none());
    }

    #[test]
    fn other_files_are_refused() {
        assert!(matches!(Segments::new(b"\x89PNG"), Err(JpegError::NotJpeg)));
        assert!(matches!(Segments::new(&[]), Err(JpegError::NotJpeg)));
    }
}
