//! Which pictures a table is about, and how it calls them.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use epic_core::gallery::find_pictures;

/// A picture of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TablePicture {
    /// Where it is, as the caller wrote it.
    pub path: PathBuf,
    /// Its path below the folder that all pictures of the table have in common, with `/`.
    /// Identifies the row. Bytes that are no Unicode are escaped as `\xff`.
    pub relative_path: String,
    /// The class folder: the first one below the common folder, or that one itself for
    /// pictures that lie right in it.
    pub class: Option<String>,
}

impl TablePicture {
    /// The last part of the relative path.
    pub fn file_name(&self) -> &str {
        self.relative_path.rsplit('/').next().unwrap_or_default()
    }

    /// Size of the file now; `None` if there is none.
    pub(super) fn file_bytes(&self) -> Option<u64> {
        let metadata = std::fs::metadata(&self.path).ok()?;
        metadata.is_file().then_some(metadata.len())
    }
}

/// The pictures below `paths`, each once, in a stable order. What cannot be listed is in the
/// list too: it becomes a row with an error.
pub fn list_pictures(paths: &[PathBuf]) -> Vec<TablePicture> {
    // Names of folders are needed even where the path is `.`.
    let absolute = |path: &PathBuf| {
        path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or(path.clone())
    };
    let roots: Vec<PathBuf> = paths.iter().map(absolute).collect();
    let base = common_folder(roots.iter().filter(|root| root.exists()));
    let located = paths.iter().zip(&roots).flat_map(|(path, root)| {
        let found = find_pictures(std::slice::from_ref(path));
        let unreadable = found.errors.into_iter().map(|(path, _)| path);
        found.pictures.into_iter().chain(unreadable).map(move |picture| {
            let below = picture.strip_prefix(path).unwrap_or(Path::new(""));
            // Joining nothing would add a slash to a file's name.
            let place = if below.as_os_str().is_empty() { root.clone() } else { root.join(below) };
            (picture, place)
        })
    });
    let mut seen = BTreeSet::new();
    let all = located.map(|(path, place)| {
        let names = place.strip_prefix(&base).unwrap_or(&place).components();
        let names: Vec<String> = names.filter_map(name).collect();
        let class = match names.as_slice() {
            [] | [_] => base.file_name().map(escaped),
            [first, ..] => Some(first.clone()),
        };
        TablePicture { relative_path: names.join("/"), class, path }
    });
    all.filter(|picture| seen.insert(picture.relative_path.clone())).collect()
}

/// The pictures of a list of paths below `folder`, with `/`: a shard of what [`list_pictures`] finds
/// there, its rows the same.
pub fn listed_pictures(folder: &Path, list: &[String]) -> Vec<TablePicture> {
    let root = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let picture = |relative_path: &String| TablePicture {
        path: folder.join(relative_path),
        class: match relative_path.split_once('/') {
            Some((class, _)) => Some(class.to_owned()),
            None => root.file_name().map(escaped),
        },
        relative_path: relative_path.clone(),
    };
    list.iter().map(picture).collect()
}

fn name(component: Component<'_>) -> Option<String> {
    match component {
        Component::Normal(name) => Some(escaped(name)),
        _ => None,
    }
}

fn escaped(name: &OsStr) -> String {
    let lossless = name.to_str().map(str::to_owned);
    lossless.unwrap_or_else(|| name.as_encoded_bytes().escape_ascii().to_string())
}

/// The deepest folder that holds all roots; a file counts for its folder.
fn common_folder<'a>(roots: impl Iterator<Item = &'a PathBuf>) -> PathBuf {
    let mut folders = roots.map(|root| match root.parent() {
        Some(parent) if !root.is_dir() => parent,
        _ => root,
    });
    let common = |a: PathBuf, b: &Path| -> PathBuf {
        let same = a.components().zip(b.components()).take_while(|(a, b)| a == b);
        same.map(|(component, _)| component).collect()
    };
    let first = folders.next().map(Path::to_owned).unwrap_or_default();
    folders.fold(first, common)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(paths: &[PathBuf]) -> Vec<(String, Option<String>)> {
        list_pictures(paths).into_iter().map(|p| (p.relative_path, p.class)).collect()
    }

    fn pair(path: &str, class: &str) -> (String, Option<String>) {
        (path.to_owned(), Some(class.to_owned()))
    }

    #[test]
    fn classes_are_folders() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("data");
        for name in ["selfies/a.jpg", "selfies/2020/b.jpg", "memes/a.jpg", "stray.jpg"] {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, b"x").unwrap();
        }
        let all = [
            pair("memes/a.jpg", "memes"),
            pair("selfies/2020/b.jpg", "selfies"),
            pair("selfies/a.jpg", "selfies"),
            pair("stray.jpg", "data"),
        ];
        assert_eq!(listed(std::slice::from_ref(&root)), all);
        // A folder per argument gives the same names, and nothing is listed twice.
        let (selfies, memes) = (root.join("selfies"), root.join("memes"));
        let file = memes.join("a.jpg");
        assert_eq!(listed(&[memes.clone(), selfies.clone(), file.clone()]), all[..3]);
        assert_eq!(listed(&[selfies]), [pair("2020/b.jpg", "2020"), pair("a.jpg", "selfies")]);
        assert_eq!(listed(&[file]), [pair("a.jpg", "memes")]);
        // Paths stay as they were given, whatever the names are made from.
        let roundabout = root.join("memes/../memes");
        let found = list_pictures(std::slice::from_ref(&roundabout));
        assert_eq!(found[0].path, roundabout.join("a.jpg"));
        assert_eq!(found[0].class.as_deref(), Some("memes"));
        let missing = root.join("memes/none.jpg");
        assert_eq!(listed(&[memes.clone(), missing]).last(), Some(&pair("none.jpg", "memes")));
        // A slip does not rename the others.
        assert_eq!(listed(&[memes, "/none".into()])[0], pair("a.jpg", "memes"));
        assert!(listed(&[]).is_empty());
        let found = list_pictures(std::slice::from_ref(&root));
        let names: Vec<String> = found.iter().map(|p| p.relative_path.clone()).collect();
        assert_eq!(listed_pictures(&root, &names), found);
    }
}
