//! The page's own files, part of the program.

use super::reply::Reply;

macro_rules! scripts {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../page/", $name)))),*]
    };
}

const PAGE: &str = include_str!("../page/index.html");
const STYLE: &str = include_str!("../page/style.css");
const ICON: &str = include_str!("../page/icon.svg");
const SCRIPTS: [(&str, &str); SCRIPT_COUNT] = scripts!(
    "actions.js",
    "api.js",
    "app.js",
    "cell.js",
    "dialogs.js",
    "dom.js",
    "filters.js",
    "format.js",
    "grid.js",
    "groups.js",
    "histogram.js",
    "keys.js",
    "layout.js",
    "look.js",
    "marks.js",
    "model.js",
    "panel.js",
    "pictures.js",
    "sidebar.js",
    "status.js",
    "theme.js",
    "toolbar.js",
    "zoom.js",
);
const SCRIPT_COUNT: usize = 23;

/// The file of that name.
pub(super) fn asset(name: &str) -> Option<Reply> {
    Some(match name {
        "" => Reply::new("text/html; charset=utf-8", PAGE),
        "style.css" => Reply::new("text/css; charset=utf-8", STYLE),
        "icon.svg" => Reply::new("image/svg+xml", ICON),
        _ => {
            let (_, script) = SCRIPTS.iter().find(|(script, _)| *script == name)?;
            Reply::new("text/javascript; charset=utf-8", *script)
        }
    })
}
