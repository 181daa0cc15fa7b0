//! A data set on a local page: thumbnails in any order, marks, and changes as transactions.
//!
//! [`Review`] holds what the page shows and does what it asks; it opens no socket. [`Server`] is the HTTP in
//! front of it, on loopback and behind a token. Pictures are named by their index in a [`Review::revision`] of the
//! listing, never by a path. Nothing is changed but by [`Review::apply`] and [`Review::undo`], each one
//! transaction of the data set.

mod answers;
mod change;
mod column;
mod details;
mod duplicates;
mod error;
mod files;
mod findings;
mod listing;
mod marks;
mod reports;
mod server;
mod state;
mod survey;
#[cfg(test)]
mod testing;
mod thumbnails;

pub use error::ReviewError;
pub use server::{Server, Stop};
pub use state::{Options, Review};

/// The folder of the review below the data set's own folder.
const FOLDER: &str = "review";
