/// Why a JPEG could not be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JpegError {
    /// The data doesn't start like a JPEG.
    #[error("not a jpeg file")]
    NotJpeg,
    /// Header or first rows are missing; a file that merely ends early decodes with `truncated` set.
    #[error("jpeg ends before any picture data")]
    Truncated,
    /// A header, a table or the first rows make no sense.
    #[error("corrupt jpeg: {what}")]
    Corrupt {
        /// The part that is wrong.
        what: &'static str,
    },
    /// A valid picture of a kind that is not decoded.
    #[error("unsupported jpeg: {what}")]
    Unsupported {
        /// The feature that is missing.
        what: &'static str,
    },
    /// More pixels than the decoder takes, or more memory than there is.
    #[error("jpeg of {width}x{height} pixels is too large")]
    TooLarge {
        /// Pixels across, by the header.
        width: u32,
        /// Pixels down, by the header.
        height: u32,
    },
}
