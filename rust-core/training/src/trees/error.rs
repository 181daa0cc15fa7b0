//! Why no trees were grown.

/// Why no trees were grown.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TreesError {
    /// The rows do not fit together.
    #[error("invalid training rows: {reason}")]
    Data {
        /// What is wrong.
        reason: String,
    },
    /// A parameter is out of its range.
    #[error("invalid parameter: {field}: {reason}")]
    Parameter {
        /// Its name.
        field: &'static str,
        /// What is wrong with its value.
        reason: &'static str,
    },
    /// The caller asked to stop.
    #[error("stopped")]
    Stopped,
}
