use super::marker::{find_marker, plain_run};

/// Unstuffed bytes held at once; small enough to stay in the first-level cache.
const CHUNK: usize = 8 * 1024;
/// Zeros behind the last byte, so that whole words can be loaded up to the end.
const PADDING: usize = 16;

/// The registers of a `BitReader`, held in local variables while a block is decoded.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cursor {
    /// Unread bits, most significant first; bits below `count` are either zero or the true next bits.
    pub(super) bits: u64,
    count: u32,
    position: usize,
}

impl Cursor {
    #[inline(always)]
    pub(super) fn consume(&mut self, bits: u32) {
        self.bits <<= bits & 63;
        self.count = self.count.wrapping_sub(bits);
    }
}

/// Reads the entropy-coded bits of one scan, up to the next marker; past the end it delivers zeros.
///
/// Stuffing is removed a chunk at a time, so that refilling the bit buffer is one unconditional load.
#[derive(Debug)]
pub(super) struct BitReader<'a> {
    source: &'a [u8],
    /// First byte of `source` that is not in `chunk`; once `ended`, a marker's 0xFF or the end.
    next: usize,
    chunk: Vec<u8>,
    ended: bool,
    cursor: Cursor,
}

impl<'a> BitReader<'a> {
    pub(super) fn new(source: &'a [u8], start: usize) -> Self {
        Self {
            source,
            next: start,
            chunk: Vec::with_capacity(CHUNK + PADDING),
            ended: false,
            cursor: Cursor::default(),
        }
    }

    pub(super) fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// Hands back the registers taken by `cursor`.
    pub(super) fn set_cursor(&mut self, cursor: Cursor) {
        self.cursor = cursor;
    }

    /// Makes sure that at least 32 bits are ready.
    #[inline(always)]
    pub(super) fn ensure(&mut self, cursor: &mut Cursor) {
        if cursor.count < 32 {
            *cursor = self.refill(*cursor);
        }
    }

    /// Tops up to at least 56 bits.
    #[inline(always)]
    fn refill(&mut self, mut cursor: Cursor) -> Cursor {
        let position = cursor.position;
        let word = match self.chunk.get(position..position.wrapping_add(8)) {
            Some(bytes) => bytes.first_chunk().copied().unwrap_or_default(),
            None => {
                cursor = self.load(cursor);
                self.chunk
                    .get(cursor.position..)
                    .and_then(|rest| rest.first_chunk().copied())
                    .unwrap_or_default()
            }
        };
        cursor.bits |= u64::from_be_bytes(word) >> cursor.count;
        let taken = (63 - cursor.count) >> 3;
        cursor.position = cursor.position.wrapping_add(taken as usize);
        cursor.count += taken * 8;
        cursor
    }

    /// Moves the unread tail to the front of the chunk and unstuffs more behind it.
    #[cold]
    #[inline(never)]
    fn load(&mut self, mut cursor: Cursor) -> Cursor {
        if self.ended {
            // Only zeros are left: stay in the padding, where `overrun` still sees it.
            cursor.position = self.chunk.len();
            return cursor;
        }
        self.chunk.drain(..cursor.position.min(self.chunk.len()));
        cursor.position = 0;
        while self.chunk.len() < CHUNK && !self.ended {
            let room = CHUNK - self.chunk.len();
            let rest = self.source.get(self.next..).unwrap_or_default();
            let rest = rest.get(..room).unwrap_or(rest);
            let plain = rest.get(..plain_run(rest)).unwrap_or(rest);
            self.chunk.extend_from_slice(plain);
            self.next = self.next.saturating_add(plain.len());
            if plain.len() < room {
                self.unstuff();
            }
        }
        if self.ended {
            self.chunk.extend([0; PADDING]);
        }
        cursor
    }

    /// Handles the 0xFF (or the end of the data) at `next`.
    fn unstuff(&mut self) {
        let after = self.source.get(self.next.saturating_add(1));
        match (self.source.get(self.next), after) {
            (Some(_), Some(0x00)) => {
                self.chunk.push(0xFF);
                self.next = self.next.saturating_add(2);
            }
            (Some(_), Some(0xFF)) => self.next = self.next.saturating_add(1),
            _ => self.ended = true,
        }
    }

    /// True once bits were read that the data does not hold.
    #[inline(always)]
    pub(super) fn overrun(&self) -> bool {
        self.ended && {
            let loaded = self.cursor.position.saturating_mul(8);
            let read = loaded.saturating_sub(self.cursor.count as usize);
            read > self.chunk.len().saturating_sub(PADDING).saturating_mul(8)
        }
    }

    /// Moves behind the restart marker `expected` (0..8); false where it must be assumed lost.
    ///
    /// The same rule as libjpeg's `jpeg_resync_to_restart`: a marker one or two ahead is left for its turn,
    /// one or two behind is passed over, any other is taken for the expected one.
    pub(super) fn restart(&mut self, expected: u8) -> bool {
        self.chunk.clear();
        self.cursor = Cursor::default();
        loop {
            let Some(marker) = find_marker(self.source, self.next) else {
                self.next = self.source.len();
                return self.end_here();
            };
            self.next = marker;
            let code = self.source.get(marker.saturating_add(1)).copied();
            let Some(found @ 0xD0..=0xD7) = code else {
                return self.end_here();
            };
            match found.wrapping_sub(0xD0).wrapping_sub(expected) & 7 {
                1 | 2 => return self.end_here(),
                6 | 7 => self.next = marker.saturating_add(2),
                _ => {
                    self.next = marker.saturating_add(2);
                    self.ended = false;
                    return true;
                }
            }
        }
    }

    fn end_here(&mut self) -> bool {
        self.ended = true;
        self.chunk.clear();
        self.chunk.extend([0; PADDING]);
        false
    }

    /// Where to look for the next marker.
    pub(super) fn source_position(&self) -> usize {
        self.next
    }

    /// The next `bits` bits (at most 16) as a number.
    pub(super) fn read(&mut self, bits: u32) -> u32 {
        let mut cursor = self.cursor;
        self.ensure(&mut cursor);
        let value = ((cursor.bits >> 1) >> (63 - (bits & 63))) as u32;
        cursor.consume(bits);
        self.cursor = cursor;
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stuffed(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        for &byte in bytes {
            out.push(byte);
            if byte == 0xFF {
                out.push(0);
            }
        }
        out
    }

    #[test]
    fn delivers_every_bit_across_chunks() {
        let plain: Vec<u8> = (0..3 * CHUNK as u32 + 5)
            .map(|i| {
                (i.wrapping_mul(2_654_435_761) >> 24) as u8 | if i % 7 == 0 { 0xFF } else { 0 }
            })
            .collect();
        let mut data = stuffed(&plain);
        data.extend([0xFF, 0xD9]);
        let mut reader = BitReader::new(&data, 0);
        let mut bit = 0_usize;
        let sizes = [3_u32, 16, 1, 7, 11, 0, 13];
        for size in sizes.iter().cycle() {
            if bit + *size as usize > plain.len() * 8 {
                break;
            }
            let expected = (bit..bit + *size as usize)
                .fold(0, |sum, b| sum << 1 | u32::from(plain[b / 8] >> (7 - b % 8) & 1));
            assert_eq!(reader.read(*size), expected);
            assert!(!reader.overrun());
            bit += *size as usize;
        }
        let left = plain.len() * 8 - bit;
        reader.read(left as u32);
        assert!(!reader.overrun());
        assert_eq!(reader.read(1), 0);
        assert!(reader.overrun());
        for _ in 0..1000 {
            assert_eq!(reader.read(16), 0);
        }
        assert!(reader.overrun());
        assert_eq!(reader.source_position(), data.len() - 2);
    }

    #[test]
    fn fill_bytes_before_a_stuffed_zero_count_once() {
        let mut reader = BitReader::new(&[0xFF, 0xFF, 0x00, 0x12], 0);
        assert_eq!(reader.read(16), 0xFF12);
        assert!(!reader.overrun());
    }

    #[test]
    fn restart_markers_are_resynchronised() {
        let data = [0x01, 0xFF, 0xD0, 0x02, 0xFF, 0xD2, 0x03, 0xFF, 0xD9];
        let mut reader = BitReader::new(&data, 0);
        assert_eq!(reader.read(8), 1);
        assert!(reader.restart(0));
        assert_eq!(reader.read(8), 2);
        assert!(!reader.restart(1), "marker 1 is lost");
        assert!(!reader.overrun());
        reader.read(1);
        assert!(reader.overrun());
        assert!(reader.restart(2));
        assert_eq!(reader.read(8), 3);
        assert!(!reader.restart(3), "the picture ends");
        assert_eq!(reader.source_position(), 7);
    }
}
