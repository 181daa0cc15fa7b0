//! All of EPIC that runs on a phone: pictures are decoded, classified with a
//! model pack, and folders of them scanned. No network access, no training, and
//! no class name: taxonomies and packs are data.
//!
//! The way of a picture: [`picture::ImageSource`] → [`picture::Picture`] →
//! [`preprocess`] → [`network::Network`] → [`decision`] → [`Verdict`].

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod analyze;
pub mod classifier;
pub mod decision;
pub mod gallery;
pub mod metadata;
pub mod network;
pub mod pack;
pub mod picture;
mod pool;
pub mod preprocess;
pub mod store;
pub mod taxonomy;

pub use analyze::{Analysis, AnalyzeError, analyze};
pub use classifier::{Classifier, ClassifyError, Verdict};
pub use pack::{Pack, PackError};
pub use picture::{ImageSource, Picture, PictureError};
pub use taxonomy::Taxonomy;
