//! Training is a program of its own, `epic-train`, so that scanning builds in
//! minutes; `epic train`, `epic tune` and `epic reproduce` run it with the same arguments.

use std::env::consts::EXE_SUFFIX;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use crate::NOTHING_RAN;
use crate::output::Failure;

/// Runs a command of the training program.
pub(crate) fn run(command: &str, arguments: &[OsString]) -> Result<ExitCode, Failure> {
    let status = Command::new(program()).arg(command).args(arguments).status();
    match status {
        Ok(status) => {
            let code = status.code().and_then(|code| u8::try_from(code).ok());
            Ok(ExitCode::from(code.unwrap_or(NOTHING_RAN)))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Err(Failure::Usage(
            "training is a program of its own and is not built yet; build it with\n      \
             cargo build --release -p epic-training --features engine"
                .to_owned(),
        )),
        Err(error) => Err(Failure::Usage(format!("cannot start epic-train: {error}"))),
    }
}

/// Beside this program, else wherever the shell finds it.
fn program() -> PathBuf {
    let name = format!("epic-train{EXE_SUFFIX}");
    std::env::current_exe()
        .ok()
        .map(|exe| exe.with_file_name(&name))
        .filter(|path| path.is_file())
        .unwrap_or_else(|| name.into())
}
