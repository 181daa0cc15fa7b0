//! What can be wrong with a picture, by stage.

use super::ImageFormat;

/// Why a picture could not be decoded. Messages hold no path and no content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PictureError {
    /// The file could not be opened or read.
    #[error("cannot read the file: {kind}")]
    Io {
        /// The operating system's error class.
        kind: std::io::ErrorKind,
    },
    /// The file or buffer holds no bytes.
    #[error("the file is empty")]
    Empty,
    /// More bytes than [`super::Limits::max_bytes`].
    #[error("the file has {bytes} bytes, the limit is {limit}")]
    TooManyBytes {
        /// Size of the file.
        bytes: u64,
        /// The limit in force.
        limit: u64,
    },
    /// The first bytes are of no known picture format.
    #[error("not a known picture format")]
    UnknownFormat,
    /// A known format that this build does not decode.
    #[error("{format} is not decoded here: decode it with the platform and pass its pixels")]
    UnsupportedFormat {
        /// The format.
        format: ImageFormat,
    },
    /// A known format, but a variant of it that is not decoded.
    #[error("unsupported {format} variant: {reason}")]
    UnsupportedVariant {
        /// The format.
        format: ImageFormat,
        /// Which variant.
        reason: String,
    },
    /// The header cannot be parsed.
    #[error("the {format} header is corrupt: {reason}")]
    Header {
        /// The format.
        format: ImageFormat,
        /// What is wrong.
        reason: String,
    },
    /// More pixels than [`super::Limits::max_pixels`]; nothing was allocated.
    #[error("{width}x{height} pixels exceed the limit of {limit}")]
    TooManyPixels {
        /// Width by the header.
        width: u32,
        /// Height by the header.
        height: u32,
        /// The limit in force.
        limit: u64,
    },
    /// Decoding would need more memory than [`super::Limits::max_decoded_bytes`].
    #[error("decoding needs {bytes} bytes, the limit is {limit}")]
    TooMuchMemory {
        /// Bytes that the decoded pixels would take.
        bytes: u64,
        /// The limit in force.
        limit: u64,
    },
    /// More frames than [`super::Limits::max_frames`].
    #[error("more than {limit} frames")]
    TooManyFrames {
        /// The limit in force.
        limit: u32,
    },
    /// The pixel data is corrupt.
    #[error("the {format} data is corrupt: {reason}")]
    Decode {
        /// The format.
        format: ImageFormat,
        /// What is wrong.
        reason: String,
    },
    /// The file ends before the picture does.
    #[error("the {format} file is truncated")]
    Truncated {
        /// The format.
        format: ImageFormat,
    },
    /// Raw pixels whose length, stride or size do not fit together.
    #[error("invalid pixels: {reason}")]
    InvalidPixels {
        /// What does not fit.
        reason: &'static str,
    },
}

impl PictureError {
    /// A stable lower-case word for scripts and bindings.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Io { .. } => "io",
            Self::Empty => "empty",
            Self::TooManyBytes { .. } => "too_many_bytes",
            Self::UnknownFormat => "unknown_format",
            Self::UnsupportedFormat { .. } => "unsupported_format",
            Self::UnsupportedVariant { .. } => "unsupported_variant",
            Self::Header { .. } => "header",
            Self::TooManyPixels { .. } => "too_many_pixels",
            Self::TooMuchMemory { .. } => "too_much_memory",
            Self::TooManyFrames { .. } => "too_many_frames",
            Self::Decode { .. } => "decode",
            Self::Truncated { .. } => "truncated",
            Self::InvalidPixels { .. } => "invalid_pixels",
        }
    }
}

impl From<std::io::Error> for PictureError {
    fn from(error: std::io::Error) -> Self {
        Self::Io { kind: error.kind() }
    }
}
