//! What a network sees in a picture, as numbers: features of a pack's last hidden layer, or of a backbone.
//!
//! [`Embedder`] turns a picture into a vector; [`embed`] does it for a data set on all cores and keeps what
//! it has made, so that a killed run goes on and a second one is instant.

mod backbone;
mod cache;
mod embedder;
mod error;
mod features;
mod run;
#[cfg(test)]
mod testing;

pub use backbone::{Backbone, BackboneManifest};
pub use embedder::Embedder;
pub use error::EmbeddingError;
pub use run::{Embedded, embed};
#[cfg(feature = "engine")]
pub(crate) use {features::end_before_last_dense_layer, run::embed_views};
