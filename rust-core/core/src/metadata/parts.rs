//! Which parts of the metadata a request asks for.

use std::fmt;
use std::str::FromStr;

/// The parts to extract. What is not asked for is neither loaded nor run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Parts {
    /// Dominant colours.
    pub colors: bool,
    /// Face boxes.
    pub faces: bool,
    /// Text lines and words.
    pub text: bool,
}

impl Parts {
    /// Everything.
    pub const ALL: Self = Self { colors: true, faces: true, text: true };
    /// The picture's size only.
    pub const NONE: Self = Self { colors: false, faces: false, text: false };

    /// What is in either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            colors: self.colors || other.colors,
            faces: self.faces || other.faces,
            text: self.text || other.text,
        }
    }
}

impl Default for Parts {
    fn default() -> Self {
        Self::ALL
    }
}

impl fmt::Display for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [(self.colors, "colors"), (self.faces, "faces"), (self.text, "text")];
        let names: Vec<_> = all.iter().filter(|(asked, _)| *asked).map(|(_, name)| *name).collect();
        f.write_str(&names.join(","))
    }
}

/// A word that is no part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown part {0:?}: the parts are colors, faces, text")]
pub struct UnknownPart(String);

impl FromStr for Parts {
    type Err = UnknownPart;

    /// Comma-separated names, as `colors,faces,text`.
    fn from_str(list: &str) -> Result<Self, UnknownPart> {
        let mut parts = Self::NONE;
        for name in list.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            match name {
                "colors" => parts.colors = true,
                "faces" => parts.faces = true,
                "text" => parts.text = true,
                other => return Err(UnknownPart(other.to_owned())),
            }
        }
        Ok(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_round_trip_and_unknown_names_are_refused() {
        let parts: Parts = "text, colors".parse().unwrap();
        assert_eq!(parts, Parts { colors: true, faces: false, text: true });
        assert_eq!(parts.to_string(), "colors,text");
        assert_eq!("".parse(), Ok(Parts::NONE));
        assert!("colours".parse::<Parts>().unwrap_err().to_string().contains("colours"));
    }
}
