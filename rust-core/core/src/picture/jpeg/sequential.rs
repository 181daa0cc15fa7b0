use super::JpegError;
use super::bits::BitReader;
use super::block::{BadCode, accumulate, sequential_block, sequential_dc};
use super::frame::Frame;
use super::huffman::{HuffmanTable, SkipTable};
use super::output::Output;
use super::plane::Plane;
use super::scaling::{BlockSize, Taps, direct_taps};
use super::tables::{Restarts, Scan, Tables};

/// Blocks of a picture from which on building a skip table pays.
const MANY_BLOCKS: usize = 4096;

/// What decoding the blocks of one component takes.
struct Coder<'t> {
    dc: &'t HuffmanTable,
    ac: &'t HuffmanTable,
    skip: Option<SkipTable>,
    taps: Taps,
    dc_step: i32,
    prediction: i32,
}

/// Decodes a scan of all components of a sequential picture row by row; no coefficient outlives its block.
///
/// Returns whether a part of the picture is missing (left mid-grey); an error if not even one MCU row is there.
pub(super) fn decode_rows(
    reader: &mut BitReader,
    frame: &Frame,
    scan: &Scan,
    tables: &Tables,
    output: &mut Output,
) -> Result<bool, JpegError> {
    let (mcus_wide, mcu_rows) = frame.mcus();
    let mut coders = coders(frame, scan, tables, output)?;
    let mut restarts = Restarts::new(tables.restart_interval);
    let mut block = [0.0; 64];
    let (mut damaged, mut bad_code, mut missing) = (false, false, 0_usize);
    for mcu_row in 0..mcu_rows {
        for mcu in 0..mcus_wide {
            if let Some(number) = restarts.due() {
                damaged = !reader.restart(number);
                coders.iter_mut().for_each(|coder| coder.prediction = 0);
            }
            if !damaged {
                let planes = output.planes.iter_mut();
                for (coder, plane) in coders.iter_mut().zip(planes) {
                    if coder.mcu(reader, plane, mcu, &mut block).is_err() {
                        (damaged, bad_code) = (true, true);
                        break;
                    }
                }
                damaged |= reader.overrun();
            }
            if damaged {
                missing += 1;
                block = [0.0; 64];
                output.planes.iter_mut().for_each(|plane| grey(plane, mcu));
            }
        }
        if mcu_row == 0 && missing > 0 && tables.restart_interval == 0 {
            return Err(if bad_code {
                JpegError::Corrupt { what: "entropy-coded data" }
            } else {
                JpegError::Truncated
            });
        }
        output.finish_mcu_row(mcu_row);
    }
    if missing + mcus_wide > mcus_wide * mcu_rows && missing > 0 {
        return Err(JpegError::Truncated);
    }
    Ok(missing > 0)
}

fn coders<'t>(
    frame: &Frame,
    scan: &Scan,
    tables: &'t Tables,
    output: &Output,
) -> Result<Vec<Coder<'t>>, JpegError> {
    let mut coders = Vec::with_capacity(4);
    let parts = frame.components.iter().zip(&scan.components);
    for ((component, part), plane) in parts.zip(&output.planes) {
        let quantiser = tables.quantiser(component.quant)?;
        let ac = tables.ac(part.ac)?;
        let geometry = plane.geometry;
        let blocks = geometry.blocks_wide * geometry.blocks_high;
        let skips = geometry.size == BlockSize::One && blocks >= MANY_BLOCKS;
        coders.push(Coder {
            dc: tables.dc(part.dc)?,
            ac,
            skip: skips.then(|| SkipTable::new(ac)).flatten(),
            taps: direct_taps(geometry.size, quantiser),
            dc_step: quantiser.first().copied().map_or(0, i32::from),
            prediction: 0,
        });
    }
    Ok(coders)
}

fn grey(plane: &mut Plane, mcu: usize) {
    let geometry = plane.geometry;
    for block_y in 0..geometry.v {
        for x in 0..geometry.h {
            plane.put_flat(mcu * geometry.h + x, block_y, 0);
        }
    }
}

impl Coder<'_> {
    /// Decodes the component's blocks of one MCU. `block` is all zero before and after, except after an error.
    #[inline(always)]
    fn mcu(
        &mut self,
        reader: &mut BitReader,
        plane: &mut Plane,
        mcu: usize,
        block: &mut [f32; 64],
    ) -> Result<(), BadCode> {
        let geometry = plane.geometry;
        for block_y in 0..geometry.v {
            for x in 0..geometry.h {
                let block_x = mcu * geometry.h + x;
                if geometry.size == BlockSize::One {
                    let dc = self.dc_only(reader)?;
                    plane.put_flat(block_x, block_y, dc);
                } else {
                    self.block(reader, plane, block_x, block_y, block)?;
                }
            }
        }
        Ok(())
    }

    #[inline(never)]
    fn dc_only(&mut self, reader: &mut BitReader) -> Result<i32, BadCode> {
        let skip = self.skip.as_ref();
        let dc = sequential_dc(reader, self.dc, self.ac, skip, &mut self.prediction)?;
        Ok(dc.wrapping_mul(self.dc_step))
    }

    #[inline(never)]
    fn block(
        &mut self,
        reader: &mut BitReader,
        plane: &mut Plane,
        block_x: usize,
        block_y: usize,
        block: &mut [f32; 64],
    ) -> Result<(), BadCode> {
        let taps = &self.taps;
        let store = |index, value| accumulate(block, taps, index, value);
        let (dc, last) = sequential_block(reader, self.dc, self.ac, &mut self.prediction, store)?;
        if last == 0 {
            plane.put_flat(block_x, block_y, dc.wrapping_mul(self.dc_step));
            return Ok(());
        }
        accumulate(block, taps, 0, dc);
        plane.put_block(block_x, block_y, block, last);
        let used = plane.geometry.size.area();
        match used {
            4 => clear::<4>(block),
            16 => clear::<16>(block),
            _ => clear::<64>(block),
        }
        Ok(())
    }
}

#[inline(always)]
fn clear<const N: usize>(block: &mut [f32; 64]) {
    if let Some(used) = block.first_chunk_mut::<N>() {
        *used = [0.0; N];
    }
}
