//! Rendered pictures for classes that are scarce: chats, posts, memes, cards, slides and pages from templates,
//! seeded texts and the user's own photos, drawn by a headless Chromium.
//!
//! Scenes, templates, texts and classes are data (the folder `templates`); users may bring their own. The
//! browser has no network and runs no scripts.

mod base;
mod browser;
mod devtools;
mod draw;
mod embedded;
mod error;
mod finish;
mod fonts;
mod manifest;
mod plan;
mod run;
mod scenes;
mod texts;

pub use error::SynthesizeError;
pub use manifest::{MANIFEST, Rendered};
pub use run::{Options, Progress, Report, Synthesizer};
