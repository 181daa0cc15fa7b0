//! What a line says, and in which script.

mod bidi;
mod ctc;
mod dictionary;
mod ink;
mod network;
mod normalize;
mod pieces;
mod router;

use std::sync::OnceLock;
use std::time::Instant;

use ink::InkLine;
use network::{ARABIC, LATIN, ScriptNetwork};

use super::line_image::LineImage;
use crate::metadata::error::MetadataError;
use crate::metadata::record::Script;
use crate::metadata::weights::Weights;

/// Fewer rows hold no letters.
const MIN_ROWS: usize = 4;
/// Paper above and below the ink of an Arabic line, in parts of its height.
const PAPER: f32 = 0.12;

/// A line as it was read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reading {
    /// [`Script::Unread`] where both recognisers are unsure.
    pub(crate) script: Script,
    /// In logical order; empty when unread.
    pub(crate) text: String,
    /// Mean confidence in [0, 1]; 0 when unread.
    pub(crate) score: f32,
}

impl Reading {
    fn unread() -> Self {
        Self { script: Script::Unread, text: String::new(), score: 0.0 }
    }
}

/// Reads lines: Latin first, Arabic where that is unsure. Shared by threads.
pub(crate) struct LineRecognizer {
    weights: Weights,
    latin: OnceLock<Result<ScriptNetwork, MetadataError>>,
    arabic: OnceLock<Result<ScriptNetwork, MetadataError>>,
}

impl LineRecognizer {
    /// Keeps the weights; a recogniser is loaded when its script first comes.
    pub(crate) fn load(weights: &Weights) -> Result<Self, MetadataError> {
        Ok(Self { weights: weights.clone(), latin: OnceLock::new(), arabic: OnceLock::new() })
    }

    /// One reading per line, in the order of `lines`; `None` for lines that the
    /// deadline left out.
    pub(crate) fn read(
        &self,
        lines: &[LineImage],
        deadline: Option<Instant>,
    ) -> Result<Vec<Option<Reading>>, MetadataError> {
        let in_time = || deadline.is_none_or(|deadline| Instant::now() < deadline);
        lines.iter().map(|line| self.read_line(line, &in_time)).collect()
    }

    fn read_line(
        &self,
        line: &LineImage,
        in_time: &dyn Fn() -> bool,
    ) -> Result<Option<Reading>, MetadataError> {
        if !in_time() {
            return Ok(None);
        }
        let ink = InkLine::of(line);
        let Some(trimmed) = ink.trimmed().filter(|trimmed| trimmed.height >= MIN_ROWS) else {
            return Ok(Some(Reading::unread()));
        };
        let latin = network(&self.latin, &self.weights, &LATIN)?.read_colors(line, &ink)?;
        if let Some(reading) = router::sure(&latin) {
            return Ok(Some(reading));
        }
        if !in_time() {
            return Ok(None);
        }
        let paper = (trimmed.height as f32 * PAPER).round() as usize;
        let arabic = network(&self.arabic, &self.weights, &ARABIC)?;
        let arabic = arabic.read_ink(&trimmed.with_paper(paper))?;
        Ok(Some(router::decide(&latin, &arabic)))
    }
}

fn network<'a>(
    cell: &'a OnceLock<Result<ScriptNetwork, MetadataError>>,
    weights: &Weights,
    recipe: &'static network::Recipe,
) -> Result<&'a ScriptNetwork, MetadataError> {
    cell.get_or_init(|| ScriptNetwork::load(weights, recipe)).as_ref().map_err(Clone::clone)
}
