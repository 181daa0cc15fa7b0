//! The metadata of whole folders as one table: CSV, JSON Lines or Parquet.
//!
//! A row has the thesis's 37 columns and four of ours ([`schema`]). [`extract`] lists pictures,
//! extracts on all cores and writes each finished row to a journal beside the table at once;
//! the table itself is only ever replaced as a whole. Whatever ends a run, the next one goes on
//! after the last finished picture.

mod csv;
mod error;
mod extract;
pub(crate) mod file;
mod journal;
mod jsonl;
mod merge;
pub(crate) mod parquet;
mod pictures;
mod row;
mod schema;

pub use error::TableError;
pub use extract::{ExtractOptions, ExtractSummary, Observer, extract, journal_path};
pub use file::{TableFormat, read_rows};
pub use merge::{MergeSummary, merge};
pub use pictures::{TablePicture, list_pictures, listed_pictures};
pub use row::TableRow;
pub use schema::{Column, ColumnKind, schema};
