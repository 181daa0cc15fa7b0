//! The folder `templates` as part of the program.

macro_rules! embed {
    ($($name:literal),* $(,)?) => {
        /// Names and contents. A test holds the list against the folder.
        const FILES: &[(&str, &str)] = &[$(($name, include_str!(concat!("templates/", $name)))),*];
    };
}

embed![
    "_phone.html",
    "_social.html",
    "_study.html",
    "card.html",
    "chat.html",
    "chatlist.html",
    "comments.html",
    "facebook.html",
    "forward.html",
    "instagram.html",
    "linkedin.html",
    "meme.html",
    "page.html",
    "photographed.html",
    "scenes.toml",
    "slide.html",
    "story.html",
    "video.html",
    "x.html",
    "texts/ar.toml",
    "texts/en.toml",
];

/// The content of a built-in file.
pub(super) fn embedded(name: &str) -> Option<&'static str> {
    FILES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// Names of the built-in templates, parts of templates among them.
pub(super) fn template_names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name).filter(|name| name.ends_with(".html"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use walkdir::WalkDir;

    use super::*;

    #[test]
    fn the_whole_folder_is_embedded() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/synthesize/templates");
        let files = WalkDir::new(&root).into_iter().map(Result::unwrap);
        let files = files.filter(|entry| entry.file_type().is_file());
        let mut found: Vec<String> = files
            .map(|entry| entry.path().strip_prefix(&root).unwrap().display().to_string())
            .collect();
        let mut listed: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
        found.sort();
        listed.sort_unstable();
        assert_eq!(listed, found);
    }
}
