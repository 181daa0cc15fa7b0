//! Cancellation that any thread may ask for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Ends a running scan after the pictures that are being decoded. Clones share
/// one state; it cannot be reset.
#[derive(Debug, Clone, Default)]
pub struct CancellationToken(Arc<AtomicBool>);

impl CancellationToken {
    /// A token that nobody has cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for the end. Safe in signal handlers and from any thread.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether [`Self::cancel`] was called.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
