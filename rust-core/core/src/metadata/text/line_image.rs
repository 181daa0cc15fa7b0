//! One line of text, cut out of the picture.

/// A line turned upright: the reading direction is horizontal.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct LineImage {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// R, G, B, row by row.
    pub(crate) rgb: Vec<u8>,
}
