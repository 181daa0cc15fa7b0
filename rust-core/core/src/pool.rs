//! Reusable buffers and states, so that threads neither share nor allocate them
//! anew for each picture.

use std::sync::Mutex;

/// A stack of idle values; it grows to the number of threads that used it at once.
pub(crate) struct Pool<T>(Mutex<Vec<T>>);

impl<T> Pool<T> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// An idle value, if there is one.
    pub(crate) fn take(&self) -> Option<T> {
        self.0.lock().ok()?.pop()
    }

    /// Gives a value back. One that may be half-changed is better dropped.
    pub(crate) fn put(&self, value: T) {
        if let Ok(mut idle) = self.0.lock() {
            idle.push(value);
        }
    }
}
