use super::JpegError;
use super::frame::Frame;
use super::huffman::HuffmanTable;
use super::marker::{APP0, APP14, DHT, DQT, DRI, Segment};

/// Quantiser steps in file order.
pub(super) type Quantiser = [u16; 64];

/// What the segments before a scan have set.
#[derive(Debug, Default)]
pub(super) struct Tables {
    quant: [Option<Quantiser>; 4],
    dc: [Option<HuffmanTable>; 4],
    ac: [Option<HuffmanTable>; 4],
    /// MCUs between restart markers, 0 for none.
    pub(super) restart_interval: u32,
    pub(super) jfif: bool,
    /// Colour transform of an Adobe segment.
    pub(super) adobe: Option<u8>,
}

impl Tables {
    /// Takes in a table or application segment; others are ignored.
    pub(super) fn apply(&mut self, segment: &Segment) -> Result<(), JpegError> {
        match segment.code {
            DQT => self.set_quantisers(segment.body),
            DHT => self.set_huffman(segment.body),
            DRI => {
                let interval = segment
                    .body
                    .first_chunk()
                    .ok_or(JpegError::Corrupt { what: "restart interval" })?;
                self.restart_interval = u32::from(u16::from_be_bytes(*interval));
                Ok(())
            }
            APP0 => {
                self.jfif |= segment.body.len() >= 14 && segment.body.starts_with(b"JFIF\0");
                Ok(())
            }
            APP14 => {
                if let [b'A', b'd', b'o', b'b', b'e', _, _, _, _, _, _, transform, ..] =
                    segment.body
                {
                    self.adobe = Some(*transform);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    pub(super) fn quantiser(&self, index: usize) -> Result<&Quantiser, JpegError> {
        let table = self.quant.get(index).and_then(Option::as_ref);
        table.ok_or(JpegError::Corrupt { what: "missing quantiser table" })
    }

    pub(super) fn dc(&self, index: usize) -> Result<&HuffmanTable, JpegError> {
        let table = self.dc.get(index).and_then(Option::as_ref);
        table.ok_or(MISSING_HUFFMAN)
    }

    pub(super) fn ac(&self, index: usize) -> Result<&HuffmanTable, JpegError> {
        let table = self.ac.get(index).and_then(Option::as_ref);
        table.ok_or(MISSING_HUFFMAN)
    }

    fn set_quantisers(&mut self, mut body: &[u8]) -> Result<(), JpegError> {
        let bad = JpegError::Corrupt { what: "quantiser table" };
        while let Some((&head, rest)) = body.split_first() {
            let mut table = [0; 64];
            let slot = self.quant.get_mut(usize::from(head & 15)).ok_or(bad)?;
            body = if head >> 4 == 0 {
                let (steps, rest) = rest.split_first_chunk::<64>().ok_or(bad)?;
                let steps = steps.iter().map(|&step| u16::from(step));
                table.iter_mut().zip(steps).for_each(|(t, s)| *t = s);
                rest
            } else {
                let (steps, rest) = rest.split_first_chunk::<128>().ok_or(bad)?;
                let steps = steps.as_chunks::<2>().0.iter();
                let steps = steps.map(|step| u16::from_be_bytes(*step));
                table.iter_mut().zip(steps).for_each(|(t, s)| *t = s);
                rest
            };
            *slot = Some(table);
        }
        Ok(())
    }

    fn set_huffman(&mut self, mut body: &[u8]) -> Result<(), JpegError> {
        let bad = JpegError::Corrupt { what: "huffman table" };
        while let Some((&head, rest)) = body.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>().ok_or(bad)?;
            let total = counts.iter().map(|&count| usize::from(count)).sum();
            let (values, rest) = rest.split_at_checked(total).ok_or(bad)?;
            body = rest;
            let table = HuffmanTable::new(counts, values)?;
            let is_dc = head >> 4 == 0;
            if is_dc && !table.fits_dc() {
                return Err(bad);
            }
            let tables = if is_dc { &mut self.dc } else { &mut self.ac };
            *tables.get_mut(usize::from(head & 15)).ok_or(bad)? = Some(table);
        }
        Ok(())
    }
}

const MISSING_HUFFMAN: JpegError = JpegError::Corrupt { what: "missing huffman table" };

/// A component's part in a scan: its index in the frame and its Huffman table numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ScanComponent {
    pub(super) index: usize,
    pub(super) dc: usize,
    pub(super) ac: usize,
}

/// A scan header: components, spectral band and bit positions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scan {
    pub(super) components: Vec<ScanComponent>,
    pub(super) first: u32,
    pub(super) last: u32,
    /// Bit position the band was coded to before, 0 for the first scan of a band.
    pub(super) high: u32,
    pub(super) low: u32,
}

impl Scan {
    pub(super) fn parse(frame: &Frame, body: &[u8]) -> Result<Self, JpegError> {
        let bad = JpegError::Corrupt { what: "scan header" };
        let (&count, rest) = body.split_first().ok_or(bad)?;
        let (selectors, rest) = rest.split_at_checked(usize::from(count) * 2).ok_or(bad)?;
        let mut components: Vec<ScanComponent> = Vec::with_capacity(4);
        for &[id, tables] in selectors.as_chunks::<2>().0 {
            let taken = |index| components.iter().any(|c| c.index == index);
            // Some encoders give all components one id, so the first free one is meant.
            let found = frame.components.iter().enumerate();
            let (index, _) = found
                .into_iter()
                .find(|(index, component)| component.id == id && !taken(*index))
                .ok_or(bad)?;
            components.push(ScanComponent {
                index,
                dc: usize::from(tables >> 4),
                ac: usize::from(tables & 15),
            });
        }
        let &[first, last, bits] = rest.first_chunk().ok_or(bad)?;
        let scan = if frame.header.progressive {
            Self {
                components,
                first: u32::from(first),
                last: u32::from(last),
                high: u32::from(bits >> 4),
                low: u32::from(bits & 15),
            }
        } else {
            Self { components, first: 0, last: 63, high: 0, low: 0 }
        };
        let valid = !scan.components.is_empty()
            && (!frame.header.progressive || scan.is_valid_progressive());
        if valid { Ok(scan) } else { Err(bad) }
    }

    /// True where the scan holds all components in the order of the frame.
    pub(super) fn is_whole(&self, frame: &Frame) -> bool {
        let indices = self.components.iter().map(|part| part.index);
        indices.eq(0..frame.components.len())
    }

    fn is_valid_progressive(&self) -> bool {
        let band = if self.first == 0 {
            self.last == 0
        } else {
            self.components.len() == 1 && self.first <= self.last && self.last < 64
        };
        let bits = self.low <= 13 && (self.high == 0 || self.high == self.low + 1);
        band && bits
    }
}

/// Counts MCUs between restart markers.
#[derive(Debug)]
pub(super) struct Restarts {
    interval: u32,
    left: u32,
    number: u8,
}

impl Restarts {
    pub(super) fn new(interval: u32) -> Self {
        Self { interval, left: interval, number: 0 }
    }

    /// Called before each MCU; the number of the restart marker that must come now, if any.
    #[inline(always)]
    pub(super) fn due(&mut self) -> Option<u8> {
        if self.interval == 0 {
            return None;
        }
        if self.left == 0 {
            self.left = self.interval - 1;
            let number = self.number;
            self.number = (number + 1) & 7;
            return Some(number);
        }
        self.left -= 1;
        None
    }
}
