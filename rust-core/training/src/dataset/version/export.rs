//! A version as a folder of its own, for programs that know no versions.

use std::fs;
use std::io;
use std::path::Path;

use super::VersionError;
use crate::dataset::Dataset;

/// How files get into the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportMode {
    /// Each file is copied.
    Copy,
    /// The same file under a second name, which costs no space: who changes it changes it in the data set too.
    HardLink,
}

/// Puts the pictures of a data set, opened with a version, into a new folder, with their paths. The folder appears
/// whole or not at all.
///
/// # Errors
/// [`VersionError::Occupied`] if something is there already, [`VersionError::Io`].
pub fn export(
    dataset: &Dataset,
    folder: &Path,
    mode: ExportMode,
    progress: &dyn Fn(usize, usize),
) -> Result<(), VersionError> {
    if fs::symlink_metadata(folder).is_ok() {
        return Err(VersionError::Occupied { path: folder.to_owned() });
    }
    let name = folder.file_name().ok_or_else(|| VersionError::Io {
        path: folder.to_owned(),
        source: io::ErrorKind::InvalidInput.into(),
    })?;
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{}.tmp", std::process::id()));
    let growing = folder.with_file_name(hidden);
    let filled = fill(dataset, &growing, mode, progress).and_then(|()| {
        fs::rename(&growing, folder)
            .map_err(|source| VersionError::Io { path: folder.to_owned(), source })
    });
    if filled.is_err() {
        // The first error is the one to tell. The folder is ours: its name bears our process.
        let _ = fs::remove_dir_all(&growing);
    }
    filled
}

fn fill(
    dataset: &Dataset,
    folder: &Path,
    mode: ExportMode,
    progress: &dyn Fn(usize, usize),
) -> Result<(), VersionError> {
    let total = dataset.samples.len();
    fs::create_dir(folder)
        .map_err(|source| VersionError::Io { path: folder.to_owned(), source })?;
    for (done, sample) in dataset.samples.iter().enumerate() {
        let (from, to) =
            (dataset.root.join(&sample.relative_path), folder.join(&sample.relative_path));
        let put = || {
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent)?;
            }
            match mode {
                ExportMode::Copy => fs::copy(&from, &to).map(|_| ()),
                ExportMode::HardLink => fs::hard_link(&from, &to),
            }
        };
        put().map_err(|source| VersionError::Io { path: from.clone(), source })?;
        progress(done + 1, total);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::testing::{TempFolder, dataset};

    fn data_set(folder: &TempFolder) -> Dataset {
        let entry = |path: &str, class| (path.to_owned(), class, "s".to_owned(), 1);
        let mut data = dataset(&["a", "b"], &[entry("a/x/1.jpg", 0), entry("b/2.jpg", 1)]);
        data.root = folder.path().join("data");
        folder.write("data/a/x/1.jpg", b"one");
        folder.write("data/b/2.jpg", b"two");
        folder.write("data/b/left_out.jpg", b"three");
        data
    }

    #[test]
    fn the_pictures_of_the_version_lie_in_the_new_folder() {
        for mode in [ExportMode::Copy, ExportMode::HardLink] {
            let folder = TempFolder::new("export");
            let out = folder.path().join("out");
            export(&data_set(&folder), &out, mode, &|_, _| {}).unwrap();
            assert_eq!(fs::read(out.join("a/x/1.jpg")).unwrap(), b"one");
            assert_eq!(fs::read_dir(out.join("b")).unwrap().count(), 1);
            let again = export(&data_set(&folder), &out, mode, &|_, _| {}).unwrap_err();
            assert!(matches!(again, VersionError::Occupied { .. }), "{again}");
        }
    }

    #[test]
    fn a_picture_that_is_gone_leaves_nothing_behind() {
        let folder = TempFolder::new("export-gone");
        let data = data_set(&folder);
        fs::remove_file(data.root.join("b/2.jpg")).unwrap();
        let error = export(&data, &folder.path().join("out"), ExportMode::Copy, &|_, _| {});
        assert!(error.unwrap_err().to_string().contains("2.jpg"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
