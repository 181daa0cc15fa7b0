//! EPIC for Kotlin and Swift: records and objects over `epic-core`. The names are the core's,
//! and no decision is taken here.
//!
//! Every export that works returns a [`Result`], since a panic can only cross the border as an
//! error where there is one to throw.

pub mod control;
pub mod crash;
pub mod engine;
pub mod error;
#[cfg(not(target_vendor = "apple"))]
mod jvm;
#[cfg_attr(target_vendor = "apple", allow(dead_code, reason = "only the JVM locks memory"))]
mod locked;
pub mod logging;
pub mod metadata;
pub mod picture;
pub mod scan;
pub mod store;
pub mod verdict;

uniffi::setup_scaffolding!();
