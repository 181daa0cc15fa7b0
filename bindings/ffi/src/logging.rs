//! Where log lines go. Without a call nothing is logged.

use std::sync::{Arc, PoisonError, RwLock};

use log::{LevelFilter, Log, Metadata, Record};

use crate::error::{EpicError, guard};

/// How serious a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum LogLevel {
    /// Something failed.
    Error,
    /// Something is odd, work goes on.
    Warn,
    /// What a developer wants to know once.
    Info,
    /// What a developer wants to know while looking for a fault.
    Debug,
}

/// Takes log lines. They hold no path, text or pixel of a picture.
#[uniffi::export(with_foreign)]
pub trait LogSink: Send + Sync {
    /// One line, on any thread; `target` is the module it comes from.
    ///
    /// # Errors
    /// What it throws is dropped.
    fn log(&self, level: LogLevel, target: String, message: String) -> Result<(), EpicError>;
}

/// Sends lines of `level` and above to `sink`; without a sink to the platform's own log
/// (Android's logcat), where there is one.
///
/// # Errors
/// [`EpicError::InvalidArgument`] if the process has another logger already.
#[uniffi::export]
pub fn set_log_sink(level: LogLevel, sink: Option<Arc<dyn LogSink>>) -> Result<(), EpicError> {
    guard(|| {
        let filter = match level {
            LogLevel::Error => LevelFilter::Error,
            LogLevel::Warn => LevelFilter::Warn,
            LogLevel::Info => LevelFilter::Info,
            LogLevel::Debug => LevelFilter::Debug,
        };
        let is_first = {
            let mut current = LOGGER.0.write().unwrap_or_else(PoisonError::into_inner);
            let is_first = !current.installed;
            *current = Sink { installed: true, sink };
            is_first
        };
        if is_first && log::set_logger(&LOGGER).is_err() {
            return Err(EpicError::invalid_argument("the process has another logger already"));
        }
        log::set_max_level(filter);
        Ok(())
    })
}

static LOGGER: Logger = Logger(RwLock::new(Sink { installed: false, sink: None }));

struct Logger(RwLock<Sink>);

struct Sink {
    installed: bool,
    sink: Option<Arc<dyn LogSink>>,
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Our own lines: those of the libraries below may quote what they read.
        metadata.target().starts_with("epic")
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let sink = self.0.read().unwrap_or_else(PoisonError::into_inner).sink.clone();
        match sink {
            Some(sink) => {
                let level = match record.level() {
                    log::Level::Error => LogLevel::Error,
                    log::Level::Warn => LogLevel::Warn,
                    log::Level::Info => LogLevel::Info,
                    log::Level::Debug | log::Level::Trace => LogLevel::Debug,
                };
                // There is nowhere to report it.
                let _ = sink.log(level, record.target().to_owned(), record.args().to_string());
            }
            None => platform(record),
        }
    }

    fn flush(&self) {}
}

#[cfg(target_os = "android")]
fn platform(record: &Record<'_>) {
    use std::sync::OnceLock;

    static LOGCAT: OnceLock<android_logger::AndroidLogger> = OnceLock::new();
    let config = || android_logger::Config::default().with_tag("epic");
    LOGCAT.get_or_init(|| android_logger::AndroidLogger::new(config())).log(record);
}

#[cfg(not(target_os = "android"))]
fn platform(_: &Record<'_>) {}
