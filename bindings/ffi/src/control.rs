//! Cancelling and pausing.

use std::sync::Arc;

use epic_core::gallery;

/// Cancels, pauses and resumes a scan from any thread. A cancelled one stays cancelled.
#[derive(Default, uniffi::Object)]
pub struct TaskControl(pub(crate) gallery::TaskControl);

#[uniffi::export]
impl TaskControl {
    /// Neither cancelled nor paused.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::new(Self::default())
    }

    /// Asks for the end; the scan returns within a few hundredths of a second.
    pub fn cancel(&self) {
        self.0.cancel();
    }

    /// Whether `cancel` was called.
    pub fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Lets no further picture begin until `resume`.
    pub fn pause(&self) {
        self.0.pause();
    }

    /// Ends a pause.
    pub fn resume(&self) {
        self.0.resume();
    }

    /// Whether the scan is paused.
    pub fn is_paused(&self) -> bool {
        self.0.is_paused()
    }
}
