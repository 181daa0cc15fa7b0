use super::JpegError;

/// Codes up to this length are decoded by one table look-up.
const LOOKUP_BITS: u32 = 10;
const LOOKUP_SIZE: usize = 1 << LOOKUP_BITS;
/// Index width of the table that passes over several AC symbols at once.
const SKIP_BITS: u32 = 12;
const SKIP_SIZE: usize = 1 << SKIP_BITS;

/// A decoded symbol: bits of code plus magnitude, coefficients to advance, magnitude size, code length.
///
/// Size 0 with a run below 15 (end of block, or an EOB run in progressive scans) advances by `END | run`,
/// past every block, so that a sequential block needs one comparison a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Symbol(u32);

/// Set in `Symbol::advance` where the block ends.
pub(super) const END: u32 = 128;

impl Symbol {
    const INVALID: Self = Self(0);

    fn new(value: u8, length: u32) -> Self {
        let (run, size) = (u32::from(value >> 4), u32::from(value & 15));
        let advance = if size == 0 && run < 15 { END | run } else { run + 1 };
        Self((length + size) | advance << 8 | size << 16 | length << 24)
    }

    /// False where no code matches.
    pub(super) fn is_valid(self) -> bool {
        self.0 != 0
    }

    /// Bits that code and magnitude take together, at most 31.
    pub(super) fn total(self) -> u32 {
        self.0 & 0xFF
    }

    /// Run length plus one, or `END | run`.
    pub(super) fn advance(self) -> u32 {
        (self.0 >> 8) & 0xFF
    }

    /// Bits of code alone.
    pub(super) fn length(self) -> u32 {
        self.0 >> 24
    }

    /// The signed magnitude that follows the code in `bits` (most significant bit first).
    #[inline(always)]
    pub(super) fn value(self, bits: u64) -> i32 {
        let size = (self.0 >> 16) & 15;
        let magnitude = bits << (self.length() & 63);
        let plain = ((magnitude >> 1) >> (63 - size)) as i32;
        // A leading zero bit marks a negative number, coded as value + 2^size - 1.
        let negative = !((magnitude as i64) >> 63) as i32;
        plain + (negative & (1 - (1 << size)))
    }
}

/// Several AC symbols whose bits all lie in one look-up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Skip(u32);

impl Skip {
    /// Bits to drop; 0 where the look-up holds no whole symbol.
    pub(super) fn total(self) -> u32 {
        self.0 & 0xFF
    }

    /// Coefficients that all symbols advance.
    pub(super) fn advance(self) -> u32 {
        (self.0 >> 8) & 0xFF
    }

    /// Coefficients that all but the last advance: the block must not end among these.
    pub(super) fn before_last(self) -> u32 {
        self.0 >> 16
    }
}

/// A Huffman table of a DHT segment, ready for decoding.
#[derive(Debug, Clone)]
pub(super) struct HuffmanTable {
    lookup: Box<[Symbol; LOOKUP_SIZE]>,
    /// For each code length: first 16-bit pattern behind its codes, and offset from code to symbol index.
    limits: [(u32, i32); 17],
    values: Vec<u8>,
}

impl HuffmanTable {
    /// `counts[i]` codes of length i + 1, `values` in code order.
    pub(super) fn new(counts: &[u8; 16], values: &[u8]) -> Result<Self, JpegError> {
        let bad = JpegError::Corrupt { what: "huffman table" };
        let mut lookup: Box<[Symbol; LOOKUP_SIZE]> =
            vec![Symbol::INVALID; LOOKUP_SIZE].into_boxed_slice().try_into().map_err(|_| bad)?;
        let mut limits = [(0, 0); 17];
        let mut slots = lookup.iter_mut();
        let mut rest = values.iter();
        let (mut code, mut index) = (0_u32, 0_i32);
        for ((length, &count), limit) in (1_u32..).zip(counts).zip(limits.iter_mut().skip(1)) {
            code <<= 1;
            let offset = index - code as i32;
            for &value in rest.by_ref().take(usize::from(count)) {
                if length <= LOOKUP_BITS {
                    let span = 1_usize << (LOOKUP_BITS - length);
                    let symbol = Symbol::new(value, length);
                    slots.by_ref().take(span).for_each(|slot| *slot = symbol);
                }
                code += 1;
                index += 1;
            }
            if code > 1 << length {
                return Err(bad);
            }
            *limit = (code << (16 - length), offset);
        }
        let total: usize = counts.iter().map(|&count| usize::from(count)).sum();
        if total == 0 || total > 256 || index as usize != total {
            return Err(bad);
        }
        Ok(Self { lookup, limits, values: values.iter().take(total).copied().collect() })
    }

    /// True where every symbol is a DC magnitude size.
    pub(super) fn fits_dc(&self) -> bool {
        self.values.iter().all(|&value| value < 16)
    }

    /// The symbol at the head of `bits` (most significant bit first, at least 16 of them).
    #[inline(always)]
    pub(super) fn symbol(&self, bits: u64) -> Symbol {
        let index = (bits >> (64 - LOOKUP_BITS)) as usize;
        let symbol = self.lookup.get(index).copied();
        match symbol {
            Some(symbol) if symbol.is_valid() => symbol,
            _ => self.long_symbol(bits),
        }
    }

    #[cold]
    #[inline(never)]
    fn long_symbol(&self, bits: u64) -> Symbol {
        let pattern = (bits >> 48) as u32;
        (1_u32..)
            .zip(self.limits.iter().skip(1))
            .skip(LOOKUP_BITS as usize)
            .find(|(_, (limit, _))| pattern < *limit)
            .and_then(|(length, (_, offset))| {
                let code = (pattern >> (16 - length)) as i32;
                let index = usize::try_from(code.checked_add(*offset)?).ok()?;
                Some(Symbol::new(*self.values.get(index)?, length))
            })
            .unwrap_or(Symbol::INVALID)
    }
}

/// Passes over AC symbols several at a time, for blocks of which only the DC is wanted.
#[derive(Debug, Clone)]
pub(super) struct SkipTable(Box<[Skip; SKIP_SIZE]>);

impl SkipTable {
    pub(super) fn new(table: &HuffmanTable) -> Option<Self> {
        let entries: Box<[Skip]> = (0..SKIP_SIZE as u64)
            .map(|index| Self::entry(table, index << (64 - SKIP_BITS)))
            .collect();
        entries.try_into().ok().map(Self)
    }

    fn entry(table: &HuffmanTable, bits: u64) -> Skip {
        let (mut total, mut advance, mut before_last) = (0, 0, 0);
        while advance < 64 {
            let symbol = table.symbol(bits << total);
            // Zeros stand for the unknown bits behind the look-up: only whole symbols count.
            if !symbol.is_valid() || total + symbol.total() > SKIP_BITS {
                break;
            }
            total += symbol.total();
            before_last = advance;
            advance += symbol.advance();
        }
        Skip(total | advance << 8 | before_last << 16)
    }

    #[inline(always)]
    pub(super) fn symbols(&self, bits: u64) -> Skip {
        self.0.get((bits >> (64 - SKIP_BITS)) as usize).copied().unwrap_or(Skip(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(pairs: &[(usize, u8)]) -> [u8; 16] {
        let mut counts = [0; 16];
        for &(length, count) in pairs {
            counts[length - 1] = count;
        }
        counts
    }

    #[test]
    fn decodes_short_and_long_codes() {
        // 0 -> size 1; 10 -> run 2 size 3; 16-bit code 1100..0 -> size 4.
        let table =
            HuffmanTable::new(&counts(&[(1, 1), (2, 1), (16, 1)]), &[0x01, 0x23, 0x04]).unwrap();
        let short = table.symbol(0b01 << 62);
        assert_eq!((short.total(), short.advance(), short.value(0b01 << 62)), (2, 1, 1));
        let bits = 0b10_000 << 59;
        let middle = table.symbol(bits);
        assert_eq!((middle.total(), middle.advance(), middle.value(bits)), (5, 3, -7));
        let bits = 0b1100_0000_0000_0000_1111 << 44;
        let long = table.symbol(bits);
        assert_eq!((long.total(), long.length(), long.value(bits)), (20, 16, 15));
        assert!(!table.symbol(u64::MAX).is_valid());
    }

    #[test]
    fn refuses_tables_that_cannot_be() {
        assert!(HuffmanTable::new(&[0; 16], &[]).is_err());
        assert!(HuffmanTable::new(&counts(&[(1, 3)]), &[1, 2, 3]).is_err());
        assert!(HuffmanTable::new(&counts(&[(3, 2)]), &[1]).is_err());
        assert!(HuffmanTable::new(&[255; 16], &[0; 4080]).is_err());
    }

    #[test]
    fn skip_table_agrees_with_single_symbols() {
        let table =
            HuffmanTable::new(&counts(&[(2, 3), (4, 2)]), &[0x01, 0x00, 0x12, 0xF0, 0x31]).unwrap();
        let skip = SkipTable::new(&table).unwrap();
        for pattern in 0..4096_u64 {
            let bits = pattern << 52;
            let symbols = skip.symbols(bits);
            let (mut total, mut advance) = (0, 0);
            while total < symbols.total() {
                let symbol = table.symbol(bits << total);
                assert_eq!(
                    total + symbol.total() == symbols.total(),
                    advance == symbols.before_last()
                );
                total += symbol.total();
                advance += symbol.advance();
            }
            assert_eq!((total, advance), (symbols.total(), symbols.advance()));
        }
    }
}
