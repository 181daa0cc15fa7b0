//! `epic train`, `epic tune` and `epic reproduce` hand over to a program of its own.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::Run;

fn copied_alone(folder: &Path, subcommand: &str) -> Command {
    let copy = folder.join(format!("epic{}", std::env::consts::EXE_SUFFIX));
    fs::copy(env!("CARGO_BIN_EXE_epic"), &copy).unwrap();
    let mut command = Command::new(copy);
    command.env("PATH", folder).args([subcommand, "--recipe", "a b.toml", "--resume"]);
    command
}

#[test]
fn without_the_training_program_it_says_how_to_build_it() {
    let folder = tempfile::tempdir().unwrap();
    for subcommand in ["train", "tune", "reproduce"] {
        let run = Run::of(&mut copied_alone(folder.path(), subcommand));
        assert_eq!((run.code, &*run.stdout), (Some(2), ""));
        assert!(run.stderr.contains("cargo build --release -p epic-training --features engine"));
    }
}

#[cfg(unix)]
#[test]
fn arguments_and_exit_code_are_passed_through() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("epic-train");
    fs::write(&program, "#!/bin/sh\nfor a in \"$@\"; do echo \"[$a]\"; done\nexit 7\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    for subcommand in ["train", "tune", "reproduce"] {
        let run = Run::of(&mut copied_alone(folder.path(), subcommand));
        assert_eq!(run.code, Some(7));
        assert_eq!(run.stdout, format!("[{subcommand}]\n[--recipe]\n[a b.toml]\n[--resume]\n"));
    }
}
