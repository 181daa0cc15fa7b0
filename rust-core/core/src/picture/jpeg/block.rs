use super::bits::BitReader;
use super::huffman::{HuffmanTable, SkipTable, Symbol};
use super::scaling::Taps;

/// The bits match no Huffman code: the data is damaged from here on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadCode;

/// Decodes the DC difference and returns the new DC coefficient (not dequantised).
#[inline(always)]
fn dc(reader: &mut BitReader, table: &HuffmanTable, prediction: &mut i32) -> Result<i32, BadCode> {
    let mut cursor = reader.cursor();
    reader.ensure(&mut cursor);
    let symbol = table.symbol(cursor.bits);
    if !symbol.is_valid() {
        return Err(BadCode);
    }
    *prediction = prediction.wrapping_add(symbol.value(cursor.bits));
    cursor.consume(symbol.total());
    reader.set_cursor(cursor);
    Ok(*prediction)
}

/// Decodes a sequential block; calls `store(index, value)` for its AC coefficients in file order.
///
/// Returns the DC coefficient and the index of the last coefficient, 0 without any AC coefficient.
#[inline(always)]
pub(super) fn sequential_block(
    reader: &mut BitReader,
    dc_table: &HuffmanTable,
    ac_table: &HuffmanTable,
    prediction: &mut i32,
    mut store: impl FnMut(usize, i32),
) -> Result<(i32, u32), BadCode> {
    let dc = dc(reader, dc_table, prediction)?;
    let mut cursor = reader.cursor();
    let mut next = 1;
    let mut last = 0;
    while next < 64 {
        reader.ensure(&mut cursor);
        let symbol: Symbol = ac_table.symbol(cursor.bits);
        if !symbol.is_valid() {
            return Err(BadCode);
        }
        let value = symbol.value(cursor.bits);
        cursor.consume(symbol.total());
        next += symbol.advance();
        if next > 64 {
            break;
        }
        last = next.wrapping_sub(1);
        store(last as usize, value);
    }
    reader.set_cursor(cursor);
    Ok((dc, last))
}

/// Decodes a sequential block of which only the DC coefficient is wanted.
#[inline(always)]
pub(super) fn sequential_dc(
    reader: &mut BitReader,
    dc_table: &HuffmanTable,
    ac_table: &HuffmanTable,
    skip: Option<&SkipTable>,
    prediction: &mut i32,
) -> Result<i32, BadCode> {
    let dc = dc(reader, dc_table, prediction)?;
    let mut cursor = reader.cursor();
    let mut next = 1;
    while next < 64 {
        reader.ensure(&mut cursor);
        if let Some(skip) = skip {
            let symbols = skip.symbols(cursor.bits);
            if symbols.total() != 0 && next + symbols.before_last() < 64 {
                cursor.consume(symbols.total());
                next += symbols.advance();
                continue;
            }
        }
        let symbol = ac_table.symbol(cursor.bits);
        if !symbol.is_valid() {
            return Err(BadCode);
        }
        cursor.consume(symbol.total());
        next += symbol.advance();
    }
    reader.set_cursor(cursor);
    Ok(dc)
}

/// Adds one coefficient to a block of folded, dequantised coefficients.
#[inline(always)]
pub(super) fn accumulate(block: &mut [f32; 64], taps: &Taps, index: usize, value: i32) {
    if let Some(tap) = taps.get(index & 63)
        && let Some(slot) = block.get_mut((tap.position & 63) as usize)
    {
        *slot += value as f32 * tap.weight;
    }
}
