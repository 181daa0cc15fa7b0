//! Memory of the platform that stays in place while it is locked, known by a ticket. What
//! holds a ticket needs no trust: one that is not locked is an error.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use crate::error::EpicError;

static REGIONS: Mutex<BTreeMap<u64, Arc<Region>>> = Mutex::new(BTreeMap::new());
static NEXT_TICKET: AtomicU64 = AtomicU64::new(1);

/// Start and length; `None` once it is unlocked. Read while somebody uses the memory.
type Region = RwLock<Option<Memory>>;

struct Memory {
    address: *const u8,
    length: usize,
}

#[allow(unsafe_code, reason = "the memory is the platform's")]
// SAFETY: `lock`'s caller promises that the memory stays in place, and it is only read.
unsafe impl Send for Memory {}
#[allow(unsafe_code, reason = "the memory is the platform's")]
// SAFETY: as above.
unsafe impl Sync for Memory {}

/// Makes memory known; returns its ticket, never 0.
///
/// # Safety
/// `address` must stay readable for `length` bytes, and unchanged, until [`unlock`] returns.
#[allow(unsafe_code, reason = "the memory is the platform's")]
pub(crate) unsafe fn lock(address: *const u8, length: usize) -> u64 {
    let ticket = NEXT_TICKET.fetch_add(1, Ordering::Relaxed);
    regions().insert(ticket, Arc::new(RwLock::new(Some(Memory { address, length }))));
    ticket
}

/// Forgets memory, once nobody uses it any more. Returns whether the ticket was known.
pub(crate) fn unlock(ticket: u64) -> bool {
    let region = regions().remove(&ticket);
    if let Some(region) = &region {
        *region.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
    region.is_some()
}

/// Gives locked memory to `work`, and keeps it locked for as long.
///
/// # Errors
/// [`EpicError::InvalidArgument`] if it is not locked.
pub(crate) fn with<T>(
    ticket: u64,
    work: impl FnOnce(&[u8]) -> Result<T, EpicError>,
) -> Result<T, EpicError> {
    let closed = || EpicError::invalid_argument("these pixels are not locked");
    let region = regions().get(&ticket).cloned().ok_or_else(closed)?;
    let memory = region.read().unwrap_or_else(PoisonError::into_inner);
    let Memory { address, length } = memory.as_ref().ok_or_else(closed)?;
    #[allow(unsafe_code, reason = "the memory is the platform's")]
    // SAFETY: by the contract of `lock`; `unlock` waits for the guard that is held here.
    let data = unsafe { std::slice::from_raw_parts(*address, *length) };
    work(data)
}

fn regions() -> MutexGuard<'static, BTreeMap<u64, Arc<Region>>> {
    REGIONS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[allow(unsafe_code, reason = "as the JVM does it")]
    fn locked(data: &'static [u8]) -> u64 {
        // SAFETY: static data.
        unsafe { lock(data.as_ptr(), data.len()) }
    }

    #[test]
    fn locked_memory_is_read_and_unlocked_memory_refused() {
        let ticket = locked(b"pixels");
        assert_eq!(with(ticket, |data| Ok(data.to_vec())).unwrap(), b"pixels");
        assert!(unlock(ticket) && !unlock(ticket));
        let error = with(ticket, |data| Ok(data.len())).unwrap_err();
        assert!(matches!(error, EpicError::InvalidArgument { .. }));
    }

    #[test]
    fn unlocking_waits_for_those_who_read() {
        let ticket = locked(b"pixels");
        let (entered, wait) = mpsc::channel();
        let (leave, left) = mpsc::channel::<()>();
        let reader = thread::spawn(move || {
            with(ticket, |data| {
                entered.send(()).unwrap();
                left.recv().unwrap();
                Ok(data.len())
            })
        });
        wait.recv().unwrap();
        let (done, unlocked) = mpsc::channel();
        thread::spawn(move || done.send(unlock(ticket)));
        assert!(unlocked.recv_timeout(Duration::from_millis(50)).is_err());
        leave.send(()).unwrap();
        assert_eq!(unlocked.recv_timeout(Duration::from_secs(10)), Ok(true));
        assert_eq!(reader.join().unwrap(), Ok(6));
    }
}
