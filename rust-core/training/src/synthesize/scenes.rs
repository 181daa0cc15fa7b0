//! What can be rendered: scenes, their templates, sizes and languages. All of it is data; users may bring
//! their own.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::Path;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::embedded::{embedded, template_names};
use super::error::SynthesizeError;
use super::texts::Language;
use crate::random::SplitMix64;

/// The built-in scene file's name, for messages and for what users' files inherit.
const BUILT_IN: &str = "scenes.toml";

/// A scene file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SceneFile {
    /// Files of languages; without any, the built-in ones.
    #[serde(default)]
    languages: Vec<String>,
    /// Lists of views by name; those of the built-in file are known too.
    #[serde(default)]
    views: BTreeMap<String, Vec<View>>,
    scenes: Vec<Scene>,
}

/// The size of a screen or card, in CSS pixels.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct View {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Which system's bars a phone shows, for the templates.
    #[serde(default)]
    pub(super) system: String,
    #[serde(default = "one")]
    weight: f64,
}

/// A kind of picture.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scene {
    /// Goes into file names as the source: letters, digits and hyphens.
    pub(super) name: String,
    pub(super) class: String,
    pub(super) template: String,
    /// A list of views.
    views: String,
    /// One of these is drawn; any language without it.
    #[serde(default)]
    pub(super) languages: Vec<String>,
    #[serde(default = "one")]
    pub(super) weight: f64,
    /// What the template may ask for as `set.…`.
    #[serde(default)]
    pub(super) set: BTreeMap<String, toml::Value>,
}

/// CSS pixels of a view.
const SIDES: RangeInclusive<u32> = 16..=4096;

fn one() -> f64 {
    1.0
}

/// Everything that renders, checked.
#[derive(Debug, Clone)]
pub(super) struct Scenes {
    pub(super) scenes: Vec<Scene>,
    views: BTreeMap<String, Vec<View>>,
    pub(super) languages: Vec<Language>,
    /// Templates by name.
    pub(super) templates: BTreeMap<String, String>,
    /// Tells whether anything of it has changed.
    pub(super) digest: String,
}

impl Scenes {
    /// The built-in scenes.
    pub(super) fn built_in() -> Result<Self, SynthesizeError> {
        let wrong = |reason| SynthesizeError::Scenes { path: BUILT_IN.to_owned(), reason };
        Self::assemble(embedded(BUILT_IN).unwrap_or_default(), &|_| None).map_err(wrong)
    }

    /// A user's scene file; the templates and languages that it names lie beside it, or are built in.
    pub(super) fn open(path: &Path) -> Result<Self, SynthesizeError> {
        let text = std::fs::read_to_string(path).map_err(SynthesizeError::read(path))?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let beside = |name: &str| std::fs::read_to_string(folder.join(name)).ok();
        Self::assemble(&text, &beside)
            .map_err(|reason| SynthesizeError::Scenes { path: path.display().to_string(), reason })
    }

    fn assemble(text: &str, beside: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        let mut file: SceneFile = toml::from_str(text).map_err(|error| error.to_string())?;
        let built_in: SceneFile = toml::from_str(embedded(BUILT_IN).unwrap_or_default())
            .map_err(|error| error.to_string())?;
        for (name, views) in built_in.views {
            file.views.entry(name).or_insert(views);
        }
        if file.languages.is_empty() {
            file.languages = built_in.languages;
        }
        let read = |name: &str| {
            let text = beside(name).or_else(|| embedded(name).map(str::to_owned));
            text.ok_or_else(|| format!("{name} is not there"))
        };
        let mut digest = Sha256::new();
        digest.update(text);
        let mut languages = Vec::new();
        for name in &file.languages {
            let text = read(name)?;
            languages.push(Language::parse(&text).map_err(|reason| format!("{name}: {reason}"))?);
            digest.update(text);
        }
        // Users' templates may include built-in ones, and replace them.
        let wanted = file.scenes.iter().map(|scene| scene.template.clone());
        let names: BTreeSet<String> = wanted.chain(template_names().map(str::to_owned)).collect();
        let mut templates = BTreeMap::new();
        for name in names {
            let text = read(&name)?;
            digest.update(&text);
            templates.insert(name, text);
        }
        let digest = digest.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let scenes = Self { scenes: file.scenes, views: file.views, languages, templates, digest };
        scenes.check().map(|()| scenes)
    }

    fn check(&self) -> Result<(), String> {
        let mut seen = BTreeSet::new();
        for scene in &self.scenes {
            let Scene { name, class, views, languages, weight, .. } = scene;
            let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
            if name.is_empty() || !name.chars().all(is_plain) || name.ends_with(char::is_numeric) {
                return Err(format!(
                    "scene {name}: a name is letters, digits and hyphens, no digit last"
                ));
            }
            if class.is_empty() || class.starts_with('.') || class.contains(['/', '\\']) {
                return Err(format!("scene {name}: {class} is no name of a class"));
            }
            if !seen.insert((class, name)) {
                return Err(format!("scene {name} is there twice for {class}"));
            }
            if !(weight.is_finite() && *weight > 0.0) {
                return Err(format!("scene {name}: the weight must be positive"));
            }
            let list =
                self.views.get(views).ok_or_else(|| format!("scene {name}: no views {views}"))?;
            let is_sound = |view: &View| {
                let has_sides = [view.width, view.height].iter().all(|side| SIDES.contains(side));
                has_sides && view.weight.is_finite() && view.weight > 0.0
            };
            if list.is_empty() || !list.iter().all(is_sound) {
                return Err(format!("views {views}: sides are 16 to 4096, weights positive"));
            }
            for code in languages {
                if !self.languages.iter().any(|language| language.language == *code) {
                    return Err(format!("scene {name}: language {code} is not there"));
                }
            }
        }
        if self.languages.is_empty() { Err("no language is there".to_owned()) } else { Ok(()) }
    }

    /// All classes that scenes make.
    pub(super) fn classes(&self) -> Vec<String> {
        let classes: BTreeSet<&String> = self.scenes.iter().map(|scene| &scene.class).collect();
        classes.into_iter().cloned().collect()
    }

    /// One of a class's scenes, by weight; the class must have one.
    pub(super) fn draw(&self, class: &str, random: &mut SplitMix64) -> usize {
        let of_class = || self.scenes.iter().enumerate().filter(|(_, scene)| scene.class == class);
        let weights: Vec<f64> = of_class().map(|(_, scene)| scene.weight).collect();
        let chosen = weighted(&weights, random);
        of_class().nth(chosen).map_or(0, |(index, _)| index)
    }

    pub(super) fn draw_view(&self, scene: &Scene, random: &mut SplitMix64) -> View {
        let list = &self.views[&scene.views];
        let weights: Vec<f64> = list.iter().map(|view| view.weight).collect();
        list[weighted(&weights, random)].clone()
    }

    pub(super) fn draw_language(&self, scene: &Scene, random: &mut SplitMix64) -> &Language {
        let possible: Vec<&Language> = self
            .languages
            .iter()
            .filter(|one| scene.languages.is_empty() || scene.languages.contains(&one.language))
            .collect();
        possible[random.below(possible.len())]
    }
}

/// An index, as often as its weight says.
fn weighted(weights: &[f64], random: &mut SplitMix64) -> usize {
    let mut left = random.unit() * weights.iter().sum::<f64>();
    for (index, weight) in weights.iter().enumerate() {
        left -= weight;
        if left < 0.0 {
            return index;
        }
    }
    weights.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &str) -> String {
        Scenes::assemble(text, &|name| (name == "own.html").then(|| "<p>".to_owned())).unwrap_err()
    }

    const OWN: &str = "[[scenes]]\nname = 'own'\nclass = 'notes'\ntemplate = 'own.html'\n";

    #[test]
    fn the_built_in_scenes_are_sound() {
        let scenes = Scenes::built_in().unwrap();
        assert!(scenes.scenes.len() > 10 && scenes.languages.len() > 1);
        let again = Scenes::built_in().unwrap();
        assert_eq!(scenes.digest, again.digest);
    }

    #[test]
    fn scenes_of_users_inherit_views_languages_and_parts() {
        let text = format!("{OWN}views = 'phone'");
        let scenes = Scenes::assemble(&text, &|name| {
            (name == "own.html").then(|| "{% include \"_phone.html\" %}".to_owned())
        })
        .unwrap();
        assert_eq!(scenes.classes(), ["notes"]);
        assert!(scenes.languages.len() > 1);
        assert!(scenes.templates.contains_key("_phone.html"));
        assert_ne!(scenes.digest, Scenes::built_in().unwrap().digest);
    }

    #[test]
    fn mistakes_of_scene_files_are_told() {
        for (text, expected) in [
            (format!("{OWN}views = 'wall'"), "no views wall"),
            (format!("{OWN}views = 'phone'\nweight = 0"), "weight must be positive"),
            (format!("{OWN}views = 'phone'\nlanguages = ['tlh']"), "language tlh is not there"),
            (format!("{OWN}views = 'phone'\ncolour = 1"), "colour"),
            (format!("{OWN}views = 'phone'\n{OWN}views = 'phone'"), "there twice"),
            (format!("{OWN}views = 'phone'").replace("'own'", "'own_2'"), "letters, digits"),
            (format!("{OWN}views = 'phone'").replace("notes", "../notes"), "no name of a class"),
            (format!("{OWN}views = 'phone'").replace("own.html", "none.html"), "none.html is not"),
            (format!("{OWN}views = 'x'\n[views]\nx = [{{width = 1, height = 90}}]"), "16 to 4096"),
        ] {
            let reason = reason(&text);
            assert!(reason.contains(expected), "{reason}");
        }
    }

    #[test]
    fn a_missing_file_is_an_error() {
        let error = Scenes::open(Path::new("no/scenes.toml")).unwrap_err();
        assert!(matches!(error, SynthesizeError::Read { .. }));
    }

    #[test]
    fn weights_are_kept() {
        let mut random = SplitMix64::new(1);
        let drawn = (0..4000).filter(|_| weighted(&[3.0, 1.0], &mut random) == 0).count();
        assert!((2850..3150).contains(&drawn), "{drawn}");
    }

    #[test]
    fn texts_are_many_and_whole() {
        for language in Scenes::built_in().unwrap().languages {
            let mut random = SplitMix64::new(9);
            let texts: BTreeSet<String> =
                (0..3000).filter_map(|_| language.text("post", &mut random)).collect();
            assert!(texts.len() > 1500, "{} posts in {}", texts.len(), language.language);
            for kind in language.texts.keys() {
                for _ in 0..50 {
                    let text = language.text(kind, &mut random).unwrap();
                    let is_whole = !text.contains(['{', '}']);
                    assert!(is_whole, "{kind}: {text}");
                }
            }
        }
    }
}
