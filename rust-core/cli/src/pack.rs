//! `epic pack`.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use epic_core::Pack;
use epic_core::pack::{FileRole, Manifest, PackFile, write_zip};

use crate::SOME_FAILED;
use crate::args::PackCommand;
use crate::embedded::open_pack;
use crate::output::{Failure, tell, write_file};

pub(crate) fn run(command: &PackCommand) -> Result<ExitCode, Failure> {
    match command {
        PackCommand::Verify { pack } => verify(pack.pack.as_deref()),
        PackCommand::Inspect { pack, json, card } => {
            let pack = open_pack(pack.pack.as_deref())?;
            let mut out = io::stdout().lock();
            if *json {
                let json = serde_json::to_string_pretty(pack.manifest()).map_err(Failure::data)?;
                writeln!(out, "{json}")?;
            } else if *card {
                write!(out, "{}", pack.model_card().unwrap_or_default())?;
            } else {
                describe(&mut out, &pack)?;
            }
            Ok(ExitCode::SUCCESS)
        }
        PackCommand::Build { pack, out } => build(pack.pack.as_deref(), out),
    }
}

fn verify(path: Option<&Path>) -> Result<ExitCode, Failure> {
    let checked = open_pack(path).and_then(|pack| {
        pack.load_network()
            .map_err(|source| Failure::Pack { name: pack.id().to_owned(), source })?;
        Ok(pack)
    });
    match checked {
        Ok(pack) => {
            writeln!(io::stdout(), "{}: sound", pack.id())?;
            Ok(ExitCode::SUCCESS)
        }
        Err(failure @ Failure::Pack { .. }) => {
            tell(failure);
            Ok(ExitCode::from(SOME_FAILED))
        }
        Err(other) => Err(other),
    }
}

fn describe(out: &mut impl Write, pack: &Pack) -> io::Result<()> {
    let manifest = pack.manifest();
    let Manifest { input, taxonomy, thresholds, provenance, .. } = manifest;
    writeln!(out, "id           {}", pack.id())?;
    writeln!(out, "family       {:?}", manifest.family)?;
    writeln!(out, "input        {}×{} RGB, {:?}", input.width, input.height, input.resize)?;
    writeln!(out, "taxonomy     {}", taxonomy.name)?;
    for group in &taxonomy.groups {
        let classes: Vec<_> = taxonomy
            .classes
            .iter()
            .filter(|class| class.group == *group)
            .map(|class| class.name.as_str())
            .collect();
        writeln!(out, "  {group:<10} {}", classes.join(", "))?;
    }
    writeln!(out, "temperature  {}", manifest.calibration.temperature)?;
    for (group, threshold) in &thresholds.groups {
        writeln!(out, "abstains     below {threshold} for {group}")?;
    }
    for file in &manifest.files {
        writeln!(out, "file         {} ({} bytes)", file.path, file.size)?;
    }
    writeln!(
        out,
        "trained by   {} {} (seed {})",
        provenance.recipe, provenance.code_version, provenance.seed
    )?;
    for (score, value) in &provenance.scores {
        writeln!(out, "score        {score} = {value:.4}")?;
    }
    Ok(())
}

fn build(path: Option<&Path>, out: &Path) -> Result<ExitCode, Failure> {
    let pack = open_pack(path)?;
    let failure = |source| Failure::Pack { name: pack.id().to_owned(), source };
    pack.load_network().map_err(failure)?;
    let manifest = pack.manifest();
    let files: Vec<_> = manifest
        .files
        .iter()
        .map(|entry| PackFile {
            path: entry.path.clone(),
            role: entry.role,
            bytes: match entry.role {
                FileRole::ModelCard => pack.model_card().unwrap_or_default().into(),
                _ => pack.network().to_vec(),
            },
        })
        .collect();
    let zip = write_zip(manifest.clone(), &files).map_err(failure)?;
    write_file(out, &zip)?;
    writeln!(io::stdout(), "{} ({} bytes)", out.display(), zip.len())?;
    Ok(ExitCode::SUCCESS)
}
