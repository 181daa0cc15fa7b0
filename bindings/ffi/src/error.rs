//! The one error of the border: few variants, by what a caller can do about them.
#![allow(missing_docs, reason = "the enum says what the fields of its variants hold")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use epic_core::metadata::{MetadataError, WeightsError};
use epic_core::store::StoreError;
use epic_core::{AnalyzeError, ClassifyError, PackError, PictureError};

/// Why a call failed. `kind` is a stable lower-case word, that of `epic scan --json`; `detail` is for
/// developers, in English. Neither holds a path, a text or a pixel of a picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum EpicError {
    /// The file or item cannot be read now.
    #[error("{detail}")]
    Read { kind: String, detail: String },
    /// The picture is corrupt, cut short, or of a format that is not decoded here: let the
    /// platform decode it and hand in its pixels.
    #[error("{detail}")]
    Decode { kind: String, detail: String },
    /// The picture exceeds a limit; nothing was allocated.
    #[error("{detail}")]
    Limit { kind: String, detail: String },
    /// An argument contradicts itself: a buffer shorter than its rows, a handle that is closed.
    #[error("{detail}")]
    InvalidArgument { kind: String, detail: String },
    /// The pack cannot be used. `corrupt`: a fresh copy is likely to help.
    #[error("{detail}")]
    Pack { kind: String, detail: String, corrupt: bool },
    /// The weights behind faces and text are missing or damaged.
    #[error("{detail}")]
    Weights { kind: String, detail: String },
    /// A network failed on a picture.
    #[error("{detail}")]
    Inference { kind: String, detail: String },
    /// The store cannot be opened or used.
    #[error("{detail}")]
    Store { kind: String, detail: String },
    /// The caller's own listener or opener threw.
    #[error("{detail}")]
    Callback { kind: String, detail: String },
    /// A bug of EPIC: a panic was caught.
    #[error("{detail}")]
    Internal { kind: String, detail: String },
}

impl EpicError {
    pub(crate) fn invalid_argument(detail: &str) -> Self {
        Self::InvalidArgument { kind: "invalid_argument".to_owned(), detail: detail.to_owned() }
    }

    pub(crate) fn internal() -> Self {
        Self::Internal {
            kind: "internal".to_owned(),
            detail: "internal error: a panic was caught".to_owned(),
        }
    }
}

/// Runs an export; a panic becomes [`EpicError::Internal`]. What exports share with others
/// holds no state that a panic could leave half-changed.
pub(crate) fn guard<T>(body: impl FnOnce() -> Result<T, EpicError>) -> Result<T, EpicError> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| Err(EpicError::internal()))
}

macro_rules! of {
    ($variant:ident, $error:expr) => {
        Self::$variant { kind: $error.kind().to_owned(), detail: $error.to_string() }
    };
}

impl From<PictureError> for EpicError {
    fn from(error: PictureError) -> Self {
        match &error {
            PictureError::Io { .. } => of!(Read, error),
            PictureError::TooManyBytes { .. }
            | PictureError::TooManyPixels { .. }
            | PictureError::TooMuchMemory { .. }
            | PictureError::TooManyFrames { .. } => of!(Limit, error),
            PictureError::InvalidPixels { .. } => of!(InvalidArgument, error),
            _ => of!(Decode, error),
        }
    }
}

impl From<ClassifyError> for EpicError {
    fn from(error: ClassifyError) -> Self {
        match error {
            ClassifyError::Picture(error) => error.into(),
            ClassifyError::Internal => Self::internal(),
            error => of!(Inference, error),
        }
    }
}

impl From<MetadataError> for EpicError {
    fn from(error: MetadataError) -> Self {
        match error {
            MetadataError::Picture(error) => error.into(),
            MetadataError::Weights(error) => error.into(),
            MetadataError::Internal => Self::internal(),
            error => of!(Inference, error),
        }
    }
}

impl From<AnalyzeError> for EpicError {
    fn from(error: AnalyzeError) -> Self {
        match error {
            AnalyzeError::Classify(error) => error.into(),
            AnalyzeError::Metadata(error) => error.into(),
            error => of!(Inference, error),
        }
    }
}

impl From<WeightsError> for EpicError {
    fn from(error: WeightsError) -> Self {
        Self::Weights { kind: "weights".to_owned(), detail: error.to_string() }
    }
}

impl From<PackError> for EpicError {
    fn from(error: PackError) -> Self {
        Self::Pack {
            kind: error.kind().to_owned(),
            corrupt: error.is_corrupt(),
            detail: error.to_string(),
        }
    }
}

impl From<StoreError> for EpicError {
    fn from(error: StoreError) -> Self {
        of!(Store, error)
    }
}

impl From<uniffi::UnexpectedUniFFICallbackError> for EpicError {
    // The reason is the foreign exception's text, which may hold anything.
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Callback {
            kind: "callback".to_owned(),
            detail: "a listener or opener of the app threw".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use epic_core::network::NetworkError;
    use epic_core::picture::ImageFormat;

    use super::*;

    fn variant(error: &EpicError) -> (&'static str, &str) {
        match error {
            EpicError::Read { kind, .. } => ("Read", kind),
            EpicError::Decode { kind, .. } => ("Decode", kind),
            EpicError::Limit { kind, .. } => ("Limit", kind),
            EpicError::InvalidArgument { kind, .. } => ("InvalidArgument", kind),
            EpicError::Pack { kind, .. } => ("Pack", kind),
            EpicError::Weights { kind, .. } => ("Weights", kind),
            EpicError::Inference { kind, .. } => ("Inference", kind),
            EpicError::Store { kind, .. } => ("Store", kind),
            EpicError::Callback { kind, .. } => ("Callback", kind),
            EpicError::Internal { kind, .. } => ("Internal", kind),
        }
    }

    #[test]
    fn errors_keep_their_kind_and_message_and_find_their_stage() {
        let format = ImageFormat::Jpeg;
        let network = || NetworkError::Run { reason: "odd".to_owned() };
        let cases: Vec<(EpicError, &str, &str, &str)> = vec![
            (
                PictureError::Io { kind: std::io::ErrorKind::NotFound }.into(),
                "Read",
                "io",
                "cannot read the file: entity not found",
            ),
            (PictureError::Empty.into(), "Decode", "empty", "the file is empty"),
            (
                PictureError::Truncated { format }.into(),
                "Decode",
                "truncated",
                "the JPEG file is truncated",
            ),
            (
                PictureError::TooManyBytes { bytes: 9, limit: 3 }.into(),
                "Limit",
                "too_many_bytes",
                "the file has 9 bytes, the limit is 3",
            ),
            (
                ClassifyError::InvalidScores.into(),
                "Inference",
                "invalid_scores",
                "the network gave no finite scores",
            ),
            (
                ClassifyError::Network(network()).into(),
                "Inference",
                "network",
                "the network failed: odd",
            ),
            (
                MetadataError::Internal.into(),
                "Internal",
                "internal",
                "internal error: a panic was caught",
            ),
            (
                WeightsError::Missing { file: "a.onnx".to_owned() }.into(),
                "Weights",
                "weights",
                "the weights hold no a.onnx",
            ),
            (
                PackError::Checksum { file: "model.onnx".to_owned() }.into(),
                "Pack",
                "checksum",
                "model.onnx does not have the stated sha256",
            ),
            (StoreError::DiskFull.into(), "Store", "disk_full", "the disk is full"),
        ];
        for (error, name, kind, message) in cases {
            assert_eq!(variant(&error), (name, kind));
            assert_eq!(error.to_string(), message);
        }
    }

    #[test]
    fn a_panic_is_an_internal_error() {
        let error = crate::crash::provoke_panic().unwrap_err();
        assert_eq!(variant(&error), ("Internal", "internal"));
    }
}
