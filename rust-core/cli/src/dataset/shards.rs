//! `epic dataset shards`.

use std::io::{self, Write as _};
use std::process::ExitCode;

use epic_training::dataset::check::{list_files, shards};

use super::args::ShardsArguments;
use crate::output::{Failure, write_file};

pub(super) fn run(arguments: &ShardsArguments) -> Result<ExitCode, Failure> {
    let ShardsArguments { folder, count, out } = arguments;
    let paths = list_files(folder).map_err(Failure::data)?;
    if paths.is_empty() {
        return Err(Failure::NoPictures(folder.display().to_string()));
    }
    if let Some(path) = paths.iter().find(|path| path.contains('\n')) {
        return Err(Failure::Data(format!("{path:?}: a list has one path a line")));
    }
    std::fs::create_dir_all(out).map_err(|source| Failure::Write { path: out.clone(), source })?;
    for (index, paths) in shards(&paths, *count).iter().enumerate() {
        let list: String = paths.iter().map(|path| format!("{path}\n")).collect();
        let file = out.join(format!("shard-{index:05}.txt"));
        write_file(&file, list.as_bytes())?;
        writeln!(io::stdout(), "{}", file.display())?;
    }
    Ok(ExitCode::SUCCESS)
}
