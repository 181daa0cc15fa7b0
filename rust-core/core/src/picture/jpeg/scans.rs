use super::JpegError;
use super::bits::BitReader;
use super::block::{BadCode, sequential_block, sequential_dc};
use super::frame::Frame;
use super::output::Output;
use super::plane::Geometry;
use super::progressive::{Band, ac_first, ac_refine, dc_first, dc_refine};
use super::scaling::BlockSize;
use super::store::{Store, StoredBlock};
use super::tables::{Restarts, Scan, ScanComponent, Tables};

/// Scans a file may have; encoders write about ten, hostile files thousands.
const MAX_SCANS: u32 = 500;
/// Block visits per block of the picture, a second bound on hostile files.
const MAX_VISITS_PER_BLOCK: usize = 150;

/// Gathers the scans of a progressive or non-interleaved picture.
pub(super) struct Gatherer<'f> {
    frame: &'f Frame,
    stores: Vec<Store>,
    scans: u32,
    visits_left: usize,
    /// Components whose first block row has a DC coefficient.
    started: [bool; 4],
    damaged: bool,
}

/// Bytes of coefficients that a picture may need in all.
const MAX_BYTES: usize = 1 << 30;

/// What changes from block to block; reset at restart markers.
#[derive(Default)]
struct State {
    predictions: [i32; 4],
    run: u32,
}

impl<'f> Gatherer<'f> {
    pub(super) fn new(frame: &'f Frame, geometries: &[Geometry]) -> Result<Self, JpegError> {
        let mcus = frame.mcus();
        let too_large =
            JpegError::TooLarge { width: frame.header.width, height: frame.header.height };
        let bytes: usize = geometries.iter().map(|g| Store::bytes(g, mcus)).sum();
        if bytes > MAX_BYTES {
            return Err(too_large);
        }
        let stores = geometries
            .iter()
            .map(|geometry| Store::new(*geometry, mcus, frame.header.progressive))
            .collect::<Option<Vec<_>>>()
            .ok_or(too_large)?;
        let blocks: usize =
            geometries.iter().map(|geometry| mcus.0 * geometry.h * mcus.1 * geometry.v).sum();
        Ok(Self {
            frame,
            stores,
            scans: 0,
            visits_left: blocks.saturating_mul(MAX_VISITS_PER_BLOCK),
            started: [false; 4],
            damaged: false,
        })
    }

    /// True once every component has a first row to show.
    pub(super) fn is_started(&self) -> bool {
        self.started.iter().take(self.stores.len()).all(|s| *s)
    }

    /// True where a scan was cut short or a component never came.
    pub(super) fn is_damaged(&self) -> bool {
        self.damaged || !self.stores.iter().all(Store::is_ready)
    }

    /// Decodes one scan into the stores; a damaged scan keeps what came before the damage.
    pub(super) fn scan(
        &mut self,
        reader: &mut BitReader,
        scan: &Scan,
        tables: &Tables,
    ) -> Result<(), JpegError> {
        self.scans += 1;
        if self.scans > MAX_SCANS {
            return Err(JpegError::Corrupt { what: "too many scans" });
        }
        for part in &scan.components {
            let component = self.frame.components.get(part.index);
            let quantiser = tables.quantiser(component.map_or(0, |c| c.quant))?;
            if let Some(store) = self.stores.get_mut(part.index) {
                store.latch_quantiser(quantiser);
            }
        }
        let [part, ..] = *scan.components.as_slice() else {
            return Ok(());
        };
        let size = |index: usize| self.stores.get(index).map(|store| store.geometry.size);
        if scan.first > 0 && size(part.index) == Some(BlockSize::One) {
            return Ok(());
        }
        match (self.frame.header.progressive, scan.first, scan.high) {
            (false, ..) => self.sequential(reader, scan, tables),
            (true, 0, 0) => {
                for part in &scan.components {
                    tables.dc(part.dc)?;
                }
                let low = scan.low;
                self.visit(reader, scan, tables, |reader, state, part, block| {
                    let table = tables.dc(part.dc).map_err(|_| BadCode)?;
                    let prediction = state.predictions.get_mut(part.index).ok_or(BadCode)?;
                    dc_first(reader, table, prediction, low, block)
                })
            }
            (true, 0, _) => self.visit(reader, scan, tables, |reader, _, _, block| {
                dc_refine(reader, scan.low, block);
                Ok(())
            }),
            (true, _, 0) => {
                let (table, band) = (tables.ac(part.ac)?, Band::new(scan));
                self.visit(reader, scan, tables, |reader, state, _, block| {
                    ac_first(reader, table, band, &mut state.run, block)
                })
            }
            (true, ..) => {
                let (table, band) = (tables.ac(part.ac)?, Band::new(scan));
                self.visit(reader, scan, tables, |reader, state, _, block| {
                    ac_refine(reader, table, band, &mut state.run, block)
                })
            }
        }
    }

    fn sequential(
        &mut self,
        reader: &mut BitReader,
        scan: &Scan,
        tables: &Tables,
    ) -> Result<(), JpegError> {
        for part in &scan.components {
            tables.dc(part.dc)?;
            tables.ac(part.ac)?;
        }
        self.visit(reader, scan, tables, |reader, state, part, block| {
            let dc_table = tables.dc(part.dc).map_err(|_| BadCode)?;
            let ac_table = tables.ac(part.ac).map_err(|_| BadCode)?;
            let prediction = state.predictions.get_mut(part.index).ok_or(BadCode)?;
            let dc = if block.is_dc_only() {
                sequential_dc(reader, dc_table, ac_table, None, prediction)?
            } else {
                let store = |index, value| block.add(index, value);
                sequential_block(reader, dc_table, ac_table, prediction, store)?.0
            };
            block.add(0, dc);
            Ok(())
        })
    }

    /// Calls `decode` for each block of a scan in the order of the file.
    fn visit(
        &mut self,
        reader: &mut BitReader,
        scan: &Scan,
        tables: &Tables,
        mut decode: impl FnMut(
            &mut BitReader,
            &mut State,
            &ScanComponent,
            &mut StoredBlock,
        ) -> Result<(), BadCode>,
    ) -> Result<(), JpegError> {
        let mut state = State::default();
        let mut restarts = Restarts::new(tables.restart_interval);
        let (wide, high) = self.mcus(scan);
        let interleaved = scan.components.len() > 1;
        let mut damaged = false;
        let (mut missing, mut good) = (0_usize, 0_usize);
        'rows: for mcu_y in 0..high {
            for mcu_x in 0..wide {
                if let Some(number) = restarts.due() {
                    damaged = !reader.restart(number);
                    state = State::default();
                }
                if !damaged {
                    for part in &scan.components {
                        let Some(store) = self.stores.get_mut(part.index) else {
                            continue;
                        };
                        let (h, v) = match interleaved {
                            true => (store.geometry.h, store.geometry.v),
                            false => (1, 1),
                        };
                        for y in 0..v {
                            for x in 0..h {
                                let row = (mcu_y * v + y) * store.stride;
                                let Some(mut block) = store.block(row + mcu_x * h + x) else {
                                    continue;
                                };
                                damaged |= decode(reader, &mut state, part, &mut block).is_err();
                            }
                        }
                    }
                    damaged |= reader.overrun();
                }
                if damaged {
                    missing += 1;
                    if tables.restart_interval == 0 {
                        break 'rows;
                    }
                } else {
                    good += 1;
                }
            }
            let visits = wide.saturating_mul(scan.components.len());
            self.visits_left = self.visits_left.saturating_sub(visits);
            if self.visits_left == 0 {
                return Err(JpegError::Corrupt { what: "too many scans" });
            }
        }
        self.damaged |= missing > 0;
        if scan.first == 0 && good >= wide {
            for part in &scan.components {
                if let Some(started) = self.started.get_mut(part.index) {
                    *started = true;
                }
            }
        }
        Ok(())
    }

    /// MCUs of a scan, (per row, rows): single blocks within the picture where it isn't interleaved.
    fn mcus(&self, scan: &Scan) -> (usize, usize) {
        match scan.components.as_slice() {
            [only] => self
                .stores
                .get(only.index)
                .map_or((0, 0), |store| (store.geometry.blocks_wide, store.geometry.blocks_high)),
            _ => self.frame.mcus(),
        }
    }

    /// Transforms all blocks into the picture.
    pub(super) fn render(&self, output: &mut Output) {
        for mcu_row in 0..self.frame.mcus().1 {
            for (store, plane) in self.stores.iter().zip(&mut output.planes) {
                store.render(mcu_row, plane);
            }
            output.finish_mcu_row(mcu_row);
        }
    }
}
