//! What may be wrong with a picture file.

use serde::{Deserialize, Serialize};

/// How a placeholder was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The very bytes of a known one.
    Bytes,
    /// The look of a known one.
    Look,
    /// A plain card that says what placeholders say.
    Text,
}

/// One thing that is wrong with a file, or that a person should look at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
// The fields are what the comment of the variant names.
#[allow(missing_docs)]
pub enum Fault {
    /// The file has no bytes.
    ZeroBytes,
    /// The file cannot be read, for this reason.
    Unreadable { reason: String },
    /// The content is of no picture format.
    NotAPicture,
    /// The file ends too early.
    Truncated,
    /// It does not decode, for this reason.
    Corrupt { reason: String },
    /// It stands for a picture that is gone: the known one's name or phrase.
    Placeholder { name: String, evidence: Evidence },
    /// The content is of another format than the name says.
    WrongExtension { format: String },
    /// It has several frames; EPIC sees the first.
    Animated { frames: u32 },
    /// Its short side in pixels is too short to show anything.
    Tiny { side: u32 },
    /// Its long side is this many times its short side.
    ExtremeAspect { ratio: f32 },
    /// All pixels are nearly the same.
    Blank,
    /// Hardly a pixel is lit.
    Dark,
    /// Hardly a pixel is not white.
    Bright,
    /// Nothing in it is sharp.
    Blurred,
    /// The same picture lies this many times in the data set: what hosts send for a dead link does.
    Repeated { copies: usize },
}

impl Fault {
    /// A stable lower-case word.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::ZeroBytes => "zero_bytes",
            Self::Unreadable { .. } => "unreadable",
            Self::NotAPicture => "not_a_picture",
            Self::Truncated => "truncated",
            Self::Corrupt { .. } => "corrupt",
            Self::Placeholder { .. } => "placeholder",
            Self::WrongExtension { .. } => "wrong_extension",
            Self::Animated { .. } => "animated",
            Self::Tiny { .. } => "tiny",
            Self::ExtremeAspect { .. } => "extreme_aspect",
            Self::Blank => "blank",
            Self::Dark => "dark",
            Self::Bright => "bright",
            Self::Blurred => "blurred",
            Self::Repeated { .. } => "repeated",
        }
    }

    /// Whether the picture is of no use for training; the others are for a person to look at.
    pub fn is_unusable(&self) -> bool {
        matches!(
            self,
            Self::ZeroBytes
                | Self::Unreadable { .. }
                | Self::NotAPicture
                | Self::Truncated
                | Self::Corrupt { .. }
                | Self::Placeholder { .. }
        )
    }
}
