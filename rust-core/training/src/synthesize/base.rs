//! The user's own photos as content of rendered pictures, and drawn ones where there are none.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use epic_core::gallery::has_picture_extension;
use walkdir::WalkDir;

use super::error::SynthesizeError;
use crate::random::SplitMix64;
use crate::thumbnail;

/// Photos that pictures may show.
#[derive(Debug, Clone, Default)]
pub(super) struct Base {
    /// Full path, and what the manifest says; sorted by that.
    photos: Vec<(PathBuf, String)>,
}

impl Base {
    /// All pictures below these folders, or those of them that `list` names: a path a line, relative to the
    /// folder or to its parent, or absolute.
    pub(super) fn open(folders: &[PathBuf], list: Option<&Path>) -> Result<Self, SynthesizeError> {
        let allowed = list.map(read_list).transpose()?;
        let mut photos = Vec::new();
        for folder in folders {
            for entry in WalkDir::new(folder).sort_by_file_name() {
                let entry = entry.map_err(|error| SynthesizeError::Read {
                    path: error.path().unwrap_or(folder).to_owned(),
                    source: error.into(),
                })?;
                let path = entry.path();
                if !entry.file_type().is_file() || !has_picture_extension(path) {
                    continue;
                }
                let inner = path.strip_prefix(folder).unwrap_or(path).display().to_string();
                let name = folder.file_name().map(|name| name.display().to_string());
                let outer = name.map_or(inner.clone(), |name| format!("{name}/{inner}"));
                let absolute = path.display().to_string();
                let is_allowed = |allowed: &BTreeSet<String>| {
                    [&inner, &outer, &absolute].into_iter().any(|form| allowed.contains(form))
                };
                if allowed.as_ref().is_none_or(is_allowed) {
                    photos.push((path.to_owned(), outer));
                }
            }
        }
        if let (true, Some(folder)) = (photos.is_empty(), folders.first()) {
            return Err(SynthesizeError::NoBase { path: folder.clone() });
        }
        photos.sort_by(|a, b| a.1.cmp(&b.1));
        Ok(Self { photos })
    }

    /// A picture that fits a square of that side as a data URI, and the photo's name. A photo that cannot be
    /// read gives way to the next.
    pub(super) fn draw(&self, side: u32, random: &mut SplitMix64) -> (String, Option<String>) {
        if self.photos.is_empty() {
            return (drawn(random), None);
        }
        let first = random.below(self.photos.len());
        let in_turn = self.photos[first..].iter().chain(&self.photos[..first]).take(8);
        for (path, name) in in_turn {
            if let Some(uri) = thumbnail::data_uri(path, side) {
                return (uri, Some(name.clone()));
            }
        }
        (drawn(random), None)
    }
}

fn read_list(path: &Path) -> Result<BTreeSet<String>, SynthesizeError> {
    let text = std::fs::read_to_string(path).map_err(SynthesizeError::read(path))?;
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// A landscape or an arrangement of blurred shapes, as an SVG: what stands where a photo should.
fn drawn(random: &mut SplitMix64) -> String {
    let hue = random.below(360);
    let color = |random: &mut SplitMix64, spread: usize, light: usize| {
        let hue = (hue + random.below(spread.max(1))) % 360;
        format!("hsl({hue} {}% {}%)", 20 + random.below(60), light + random.below(25))
    };
    let (top, bottom) = (color(random, 30, 30), color(random, 90, 55));
    let mut svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='400' height='400' viewBox='0 0 400 400' preserveAspectRatio='none'>\
         <defs><linearGradient id='s' x2='0' y2='1'><stop stop-color='{top}'/><stop offset='1' stop-color='{bottom}'/>\
         </linearGradient><filter id='b'><feGaussianBlur stdDeviation='{}'/></filter></defs>\
         <rect width='400' height='400' fill='url(#s)'/>",
        2 + random.below(9)
    );
    if random.unit() < 0.5 {
        let (x, y, size) = (random.below(400), 40 + random.below(140), 15 + random.below(40));
        svg += &format!("<circle cx='{x}' cy='{y}' r='{size}' fill='#fff8' filter='url(#b)'/>");
        for layer in 0..2 + random.below(3) {
            let level = 170 + layer * 60 + random.below(30);
            let mut path = format!("M0 {level}");
            for step in 1..=8 {
                path += &format!(" L{} {}", step * 50, level + random.below(60) - 20);
            }
            let fill = color(random, 120, 40usize.saturating_sub(layer * 12));
            svg += &format!("<path d='{path} V400 H0Z' fill='{fill}'/>");
        }
    } else {
        for _ in 0..5 + random.below(14) {
            let (x, y, size) = (random.below(400), random.below(400), 20 + random.below(110));
            let fill = color(random, 200, 25);
            let soft = if random.unit() < 0.7 { " filter='url(#b)'" } else { "" };
            svg += &if random.unit() < 0.5 {
                format!("<circle cx='{x}' cy='{y}' r='{size}' fill='{fill}'{soft}/>")
            } else {
                let tall = 20 + random.below(200);
                format!(
                    "<rect x='{x}' y='{y}' width='{size}' height='{tall}' rx='8' fill='{fill}'{soft}/>"
                )
            };
        }
    }
    format!("data:image/svg+xml;base64,{}", BASE64_STANDARD.encode(svg + "</svg>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn photos() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, value) in [("a.png", 10u8), ("b.png", 200)] {
            image::RgbImage::from_pixel(60, 40, image::Rgb([value; 3]))
                .save(folder.path().join(name))
                .unwrap();
        }
        folder
    }

    #[test]
    fn a_photo_is_drawn_and_named() {
        let folder = photos();
        let base = Base::open(&[folder.path().to_owned()], None).unwrap();
        let (uri, name) = base.draw(32, &mut SplitMix64::new(1));
        assert!(uri.starts_with("data:image/jpeg;base64,"));
        assert!(name.unwrap().ends_with(".png"));
    }

    #[test]
    fn only_listed_photos_are_used() {
        let folder = photos();
        let list = folder.path().join("list.txt");
        std::fs::write(&list, "b.png\n\nother.png\n").unwrap();
        let base = Base::open(&[folder.path().to_owned()], Some(&list)).unwrap();
        for seed in 0..10 {
            let (_, name) = base.draw(32, &mut SplitMix64::new(seed));
            assert!(name.unwrap().ends_with("/b.png"));
        }
    }

    #[test]
    fn photos_that_cannot_be_read_give_way() {
        let folder = photos();
        std::fs::write(folder.path().join("a.png"), b"no picture").unwrap();
        let base = Base::open(&[folder.path().to_owned()], None).unwrap();
        for seed in 0..10 {
            assert!(base.draw(32, &mut SplitMix64::new(seed)).1.unwrap().ends_with("/b.png"));
        }
    }

    #[test]
    fn a_folder_without_photos_is_an_error() {
        let empty = tempfile::tempdir().unwrap();
        let error = Base::open(&[empty.path().to_owned()], None).unwrap_err();
        assert!(matches!(error, SynthesizeError::NoBase { .. }), "{error}");
        let error = Base::open(&[empty.path().join("none")], None).unwrap_err();
        assert!(matches!(error, SynthesizeError::Read { .. }), "{error}");
        let list = Some(Path::new("no/list.txt"));
        assert!(Base::open(&[empty.path().to_owned()], list).is_err());
    }

    #[test]
    fn without_photos_pictures_are_drawn() {
        let base = Base::default();
        let (one, name) = base.draw(32, &mut SplitMix64::new(1));
        assert!(one.starts_with("data:image/svg+xml") && name.is_none());
        assert_eq!(one, base.draw(32, &mut SplitMix64::new(1)).0);
        assert_ne!(one, base.draw(32, &mut SplitMix64::new(2)).0);
    }
}
