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
