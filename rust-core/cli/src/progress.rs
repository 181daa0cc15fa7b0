//! Progress bars, on a terminal only, and Ctrl-C.

use epic_core::gallery::TaskControl;
use indicatif::{ProgressBar, ProgressStyle};

/// A bar on standard error; nothing is drawn when that is no terminal.
pub(crate) fn bar(length: u64, what: &str) -> ProgressBar {
    let template =
        format!("{{bar:32}} {{pos}}/{{len}} {what}  {{per_sec}}  {{eta}} left  {{wide_msg}}");
    let style =
        ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length).with_style(style)
}

/// A control that the first Ctrl-C cancels; the second ends the program.
pub(crate) fn cancel_on_ctrl_c() -> TaskControl {
    let control = TaskControl::new();
    let handler = control.clone();
    // Without a handler Ctrl-C still ends the program, only less politely.
    let _ = ctrlc::set_handler(move || {
        if handler.is_cancelled() {
            std::process::exit(INTERRUPTED.into());
        }
        handler.cancel();
    });
    control
}

/// Exit code after Ctrl-C, as shells have it: 128 + SIGINT.
pub(crate) const INTERRUPTED: u8 = 130;
