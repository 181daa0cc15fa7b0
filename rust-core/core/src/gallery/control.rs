//! Cancelling and pausing a running task from any thread.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Cancels, pauses and resumes a running task. Clones share one state; a cancelled
/// task stays cancelled.
#[derive(Debug, Clone, Default)]
pub struct TaskControl(Arc<State>);

#[derive(Debug, Default)]
struct State {
    cancelled: AtomicBool,
    paused: Mutex<bool>,
    changed: Condvar,
}

impl TaskControl {
    /// Neither cancelled nor paused.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for the end, also of a paused task. Work on the pictures that are being
    /// decoded is finished first.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
        // Under the lock, so that no thread can miss it between its check and its wait.
        let _paused = self.lock();
        self.0.changed.notify_all();
    }

    /// Whether [`Self::cancel`] was called.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Relaxed)
    }

    /// Lets no further picture begin until [`Self::resume`].
    pub fn pause(&self) {
        *self.lock() = true;
    }

    /// Ends a pause.
    pub fn resume(&self) {
        *self.lock() = false;
        self.0.changed.notify_all();
    }

    /// Whether the task is paused.
    pub fn is_paused(&self) -> bool {
        *self.lock()
    }

    /// Waits while the task is paused; returns whether it may go on (not cancelled).
    pub fn proceed(&self) -> bool {
        let mut paused = self.lock();
        while *paused && !self.is_cancelled() {
            paused = self.0.changed.wait(paused).unwrap_or_else(PoisonError::into_inner);
        }
        !self.is_cancelled()
    }

    fn lock(&self) -> MutexGuard<'_, bool> {
        self.0.paused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::*;

    /// Starts a thread that asks to proceed and sends the answer.
    fn asked(control: &TaskControl) -> mpsc::Receiver<bool> {
        let (sender, receiver) = mpsc::channel();
        let control = control.clone();
        thread::spawn(move || sender.send(control.proceed()));
        receiver
    }

    #[test]
    fn a_paused_task_waits_until_it_is_resumed_or_cancelled() {
        for proceeds in [true, false] {
            let control = TaskControl::new();
            control.pause();
            let answer = asked(&control);
            assert!(answer.recv_timeout(Duration::from_millis(50)).is_err());
            if proceeds {
                control.resume()
            } else {
                control.cancel()
            }
            assert_eq!(answer.recv_timeout(Duration::from_secs(10)), Ok(proceeds));
        }
    }

    #[test]
    fn a_running_task_proceeds_and_a_cancelled_one_does_not() {
        let control = TaskControl::new();
        assert!(control.proceed() && !control.is_paused());
        control.clone().cancel();
        assert!(!control.proceed() && control.is_cancelled());
    }
}
