use super::bits::BitReader;
use super::block::BadCode;
use super::huffman::{END, HuffmanTable};
use super::store::{History, StoredBlock};
use super::tables::Scan;

/// Spectral band and bit position of an AC scan.
#[derive(Debug, Clone, Copy)]
pub(super) struct Band {
    first: u32,
    last: u32,
    low: u32,
}

impl Band {
    pub(super) fn new(scan: &Scan) -> Self {
        Self { first: scan.first.clamp(1, 63), last: scan.last.min(63), low: scan.low & 15 }
    }
}

/// First scan of the DC coefficients.
pub(super) fn dc_first(
    reader: &mut BitReader,
    table: &HuffmanTable,
    prediction: &mut i32,
    low: u32,
    block: &mut StoredBlock,
) -> Result<(), BadCode> {
    let mut cursor = reader.cursor();
    reader.ensure(&mut cursor);
    let symbol = table.symbol(cursor.bits);
    if !symbol.is_valid() {
        return Err(BadCode);
    }
    *prediction = prediction.wrapping_add(symbol.value(cursor.bits));
    cursor.consume(symbol.total());
    reader.set_cursor(cursor);
    block.add(0, prediction.wrapping_shl(low));
    Ok(())
}

/// One more bit of a DC coefficient.
pub(super) fn dc_refine(reader: &mut BitReader, low: u32, block: &mut StoredBlock) {
    if reader.read(1) == 1 {
        block.add(0, 1_i32.wrapping_shl(low));
    }
}

/// First scan of a band. `run` counts the blocks that an end-of-band run still covers.
pub(super) fn ac_first(
    reader: &mut BitReader,
    table: &HuffmanTable,
    band: Band,
    run: &mut u32,
    block: &mut StoredBlock,
) -> Result<(), BadCode> {
    if *run > 0 {
        *run -= 1;
        return Ok(());
    }
    let mut history = block.history();
    let mut cursor = reader.cursor();
    let mut next = band.first;
    while next <= band.last {
        reader.ensure(&mut cursor);
        let symbol = table.symbol(cursor.bits);
        if !symbol.is_valid() {
            return Err(BadCode);
        }
        let value = symbol.value(cursor.bits);
        cursor.consume(symbol.total());
        let advance = symbol.advance();
        if advance >= END {
            reader.set_cursor(cursor);
            let extra = advance & 15;
            *run = (1 << extra) - 1 + reader.read(extra);
            cursor = reader.cursor();
            break;
        }
        next += advance;
        if next > band.last + 1 {
            break;
        }
        if value != 0 {
            let index = next.wrapping_sub(1);
            history.nonzero |= 1_u64.wrapping_shl(index);
            history.negative |= u64::from(value < 0).wrapping_shl(index);
            block.add(index as usize, value.wrapping_shl(band.low));
        }
    }
    reader.set_cursor(cursor);
    block.set_history(history);
    Ok(())
}

/// One more bit of a band's coefficients.
pub(super) fn ac_refine(
    reader: &mut BitReader,
    table: &HuffmanTable,
    band: Band,
    run: &mut u32,
    block: &mut StoredBlock,
) -> Result<(), BadCode> {
    let mut history = block.history();
    let mut next = band.first;
    if *run == 0 {
        while next <= band.last {
            let mut cursor = reader.cursor();
            reader.ensure(&mut cursor);
            let symbol = table.symbol(cursor.bits);
            if !symbol.is_valid() {
                return Err(BadCode);
            }
            let value = symbol.value(cursor.bits).signum();
            cursor.consume(symbol.total());
            reader.set_cursor(cursor);
            let advance = symbol.advance();
            if advance >= END {
                let extra = advance & 15;
                *run = (1 << extra) + reader.read(extra);
                break;
            }
            let index = nth_zero(history.nonzero, next, advance.wrapping_sub(1));
            refine(reader, &history, next, index.min(band.last + 1), band.low, block);
            if value != 0 && index <= band.last {
                history.nonzero |= 1_u64.wrapping_shl(index);
                history.negative |= u64::from(value < 0).wrapping_shl(index);
                block.add(index as usize, value.wrapping_shl(band.low));
            }
            next = index.saturating_add(1);
        }
    }
    if *run > 0 {
        refine(reader, &history, next, band.last + 1, band.low, block);
        *run -= 1;
    }
    block.set_history(history);
    Ok(())
}

/// Position of the zero coefficient that comes after `skip` others from `start`; 64 if there is none.
#[inline(always)]
fn nth_zero(nonzero: u64, start: u32, skip: u32) -> u32 {
    let mut zeros = !nonzero & u64::MAX.checked_shl(start).unwrap_or(0);
    for _ in 0..skip {
        zeros &= zeros.wrapping_sub(1);
    }
    zeros.trailing_zeros()
}

/// Reads a correction bit for each nonzero coefficient in `start..end`.
#[inline(always)]
fn refine(
    reader: &mut BitReader,
    history: &History,
    start: u32,
    end: u32,
    low: u32,
    block: &mut StoredBlock,
) {
    let below_end = !u64::MAX.checked_shl(end).unwrap_or(0);
    let mut pending = history.nonzero & below_end & u64::MAX.checked_shl(start).unwrap_or(0);
    while pending != 0 {
        let count = pending.count_ones().min(16);
        let bits = reader.read(count);
        for bit in (0..count).rev() {
            let index = pending.trailing_zeros();
            pending &= pending.wrapping_sub(1);
            if bits >> bit & 1 == 1 {
                let negative = history.negative.wrapping_shr(index) & 1 == 1;
                let step = 1_i32.wrapping_shl(low);
                block.add(index as usize, if negative { -step } else { step });
            }
        }
    }
}
