//! Picture files below folders.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

const EXTENSIONS: [&str; 14] = [
    "jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif",
    "hif", "avif",
];

/// What [`find_pictures`] found.
#[derive(Debug, Default)]
pub struct Found {
    /// Picture files in a stable order: arguments as given, folders by name.
    pub pictures: Vec<PathBuf>,
    /// Paths that cannot be read, with the reason.
    pub errors: Vec<(PathBuf, std::io::ErrorKind)>,
}

/// Lists picture files, each once: a file given by name always counts, files in folders by
/// their extension. Hidden files and folders (`.thumbnails`, `.trashed-…`) and
/// symbolic links below the given paths are left out.
pub fn find_pictures<P: AsRef<Path>>(paths: &[P]) -> Found {
    let mut found = Found::default();
    for path in paths.iter().map(AsRef::as_ref) {
        match std::fs::metadata(path) {
            Err(error) => found.errors.push((path.to_owned(), error.kind())),
            Ok(metadata) if metadata.is_file() => found.pictures.push(path.to_owned()),
            Ok(_) => walk(path, &mut found),
        }
    }
    if paths.len() > 1 {
        let mut seen = HashSet::new();
        found.pictures.retain(|path| {
            // One that went away meanwhile is told when it is opened.
            path.canonicalize().map(|path| seen.insert(path)).unwrap_or(true)
        });
    }
    found
}

fn walk(folder: &Path, found: &mut Found) {
    let visible = |entry: &DirEntry| {
        entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".")
    };
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(visible);
    for entry in entries {
        match entry {
            Ok(entry) if entry.file_type().is_file() && has_picture_extension(entry.path()) => {
                found.pictures.push(entry.into_path());
            }
            Ok(_) => {}
            Err(error) => {
                let kind = error.io_error().map_or(std::io::ErrorKind::Other, std::io::Error::kind);
                let path = error.path().unwrap_or(folder).to_owned();
                found.errors.push((path, kind));
            }
        }
    }
}

/// Whether the name ends as a picture's does, in any case. HEIC and AVIF count: what cannot be
/// decoded is reported, not passed over.
pub fn has_picture_extension(path: &Path) -> bool {
    path.extension().is_some_and(|extension| {
        EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn folders_are_walked_in_order_without_hidden_files() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("b/.thumbnails")).unwrap();
        for name in
            ["z.JPG", "a.png", "notes.txt", ".hidden.jpg", "b/صورة.webp", "b/.thumbnails/t.jpg"]
        {
            fs::write(root.join(name), b"x").unwrap();
        }
        let found = find_pictures(&[root.to_owned(), root.join("notes.txt"), root.join("none")]);
        let names: Vec<_> = found
            .pictures
            .iter()
            .map(|p| p.strip_prefix(root).unwrap().to_str().unwrap())
            .collect();
        assert_eq!(names, ["a.png", "b/صورة.webp", "z.JPG", "notes.txt"]);
        let twice = find_pictures(&[root.join("b/.."), root.to_owned(), root.join("b")]);
        assert_eq!(twice.pictures.len(), 3);
        assert_eq!(found.errors.len(), 1);
    }
}
