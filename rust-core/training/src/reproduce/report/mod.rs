//! The table as a page and as Markdown.

mod page;
mod plots;
mod tables;
mod text;

pub(super) use page::html;
pub(super) use text::markdown;

#[cfg(test)]
mod tests;

/// What a smoke run's report says before anything else.
const SMOKE_WARNING: &str = "SMOKE RUN: few pictures and few epochs. It shows that everything works; its numbers say nothing about the variants.";
