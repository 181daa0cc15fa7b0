//! Many or few colours: layer 0 of the thesis's HCNN (m03).

use crate::metadata::record::ColorMetadata;

/// Whether a picture lives on few colours or on many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColorVariety {
    /// Paper, screens, slides: one or two colours cover nearly all.
    Few,
    /// Photos and most memes: the colours share the picture.
    Many,
}

/// Pictures with as many effective colours or more have many.
const MANY_FROM: f64 = 3.0;

impl ColorMetadata {
    /// The number of equally large colours that would be as diverse as these: the
    /// exponential of the entropy of the shares (Hill, "Diversity and evenness", 1973).
    /// 0 without a colour, else in [1, [`crate::metadata::COLOR_COUNT`]].
    pub fn effective_colors(&self) -> f64 {
        let total: f64 = self.dominant.iter().map(|color| f64::from(color.ratio)).sum();
        if total <= 0.0 {
            return 0.0;
        }
        let shares = self.dominant.iter().map(|color| f64::from(color.ratio) / total);
        let entropy: f64 = shares.filter(|share| *share > 0.0).map(|p| -p * p.ln()).sum();
        entropy.exp()
    }

    /// Few or many, by [`Self::effective_colors`].
    pub fn variety(&self) -> ColorVariety {
        if self.effective_colors() < MANY_FROM { ColorVariety::Few } else { ColorVariety::Many }
    }
}
