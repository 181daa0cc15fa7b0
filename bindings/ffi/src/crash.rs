//! Proof that a panic crosses the border as an error.

use crate::error::{EpicError, guard};

/// Panics, for the tests of the bindings.
///
/// # Errors
/// [`EpicError::Internal`], always.
#[doc(hidden)]
#[uniffi::export]
#[allow(clippy::panic, reason = "this is what it is for")]
pub fn provoke_panic() -> Result<(), EpicError> {
    guard(|| panic!("provoked by a test"))
}
