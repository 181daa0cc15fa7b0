//! The machine that a table was made on.

use std::fs;

use serde::Serialize;

/// A machine, as far as the system tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hardware {
    /// Model of the processor, else its architecture.
    pub processor: String,
    /// Threads that this program may run at a time.
    pub threads: usize,
    /// Memory in bytes.
    pub memory_bytes: Option<u64>,
    /// Operating system.
    pub system: &'static str,
}

impl Hardware {
    /// Of this machine.
    pub fn of_this_machine() -> Self {
        let model = field("/proc/cpuinfo", "model name");
        let memory = field("/proc/meminfo", "MemTotal");
        let kilobytes = memory.and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
        Self {
            processor: model.unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            memory_bytes: kilobytes.map(|number| number * 1024),
            system: std::env::consts::OS,
        }
    }
}

/// A field of a file of Linux; other systems have none.
fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let of = |line: &str| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    };
    text.lines().find_map(of)
}
