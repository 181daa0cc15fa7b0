//! Templates filled by chance: what they can call, and the seeded generator behind it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use minijinja::value::{Kwargs, Rest, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value, context};

use super::base::Base;
use super::error::SynthesizeError;
use super::scenes::{Scene, Scenes, View};
use super::texts::Language;
use crate::random::SplitMix64;

/// What one picture is drawn from.
struct State {
    random: SplitMix64,
    language: Language,
    languages: Arc<Vec<Language>>,
    local_digits: bool,
    base: Arc<Base>,
    used: BTreeSet<String>,
}

/// The templates, and the generator that their functions share.
pub(super) struct Templates {
    environment: Environment<'static>,
    state: Arc<Mutex<State>>,
}

/// A filled template.
pub(super) struct Filled {
    pub(super) html: String,
    /// The user's photos that it shows.
    pub(super) photos: Vec<String>,
}

impl Templates {
    pub(super) fn new(scenes: &Scenes, base: Arc<Base>) -> Result<Self, SynthesizeError> {
        let wrong = |name: &str, error: &Error| SynthesizeError::Template {
            scene: name.to_owned(),
            reason: error_text(error),
        };
        let state = Arc::new(Mutex::new(State {
            random: SplitMix64::new(0),
            language: scenes.languages[0].clone(),
            languages: Arc::new(scenes.languages.clone()),
            local_digits: false,
            base,
            used: BTreeSet::new(),
        }));
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_trim_blocks(true);
        environment.set_lstrip_blocks(true);
        add_functions(&mut environment, &state);
        for (name, text) in &scenes.templates {
            let added = environment.add_template_owned(name.clone(), text.clone());
            added.map_err(|error| wrong(name, &error))?;
        }
        Ok(Self { environment, state })
    }

    /// The page of a scene. The same seed gives the same page.
    pub(super) fn fill(
        &self,
        scene: &Scene,
        view: &View,
        language: &Language,
        random: SplitMix64,
    ) -> Result<Filled, SynthesizeError> {
        let wrong = |error: Error| SynthesizeError::Template {
            scene: scene.name.clone(),
            reason: error_text(&error),
        };
        {
            let mut state = lock(&self.state);
            state.random = random;
            state.language = language.clone();
            state.local_digits = language.digits.is_some() && state.random.unit() < 0.45;
            state.used.clear();
        }
        let template = self.environment.get_template(&scene.template).map_err(wrong)?;
        let html = template
            .render(context! {
                set => Value::from_serialize(&scene.set),
                lang => language.language,
                rtl => language.direction == "rtl",
                ui => language.ui,
                width => view.width,
                height => view.height,
                system => view.system,
            })
            .map_err(wrong)?;
        Ok(Filled { html, photos: lock(&self.state).used.iter().cloned().collect() })
    }
}

/// A poisoned lock only says that another picture failed.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn error_text(error: &Error) -> String {
    let place = match (error.name(), error.line()) {
        (Some(name), Some(line)) => format!(" ({name}, line {line})"),
        _ => String::new(),
    };
    format!("{}: {}{place}", error.kind(), error.detail().unwrap_or_default())
}

fn add_functions(environment: &mut Environment<'static>, state: &Arc<Mutex<State>>) {
    let shared = Arc::clone(state);
    environment.add_function("chance", move |share: f64| lock(&shared).random.unit() < share);
    let shared = Arc::clone(state);
    environment.add_function("int", move |from: i64, to: i64| {
        let count = usize::try_from(to - from).unwrap_or(0) + 1;
        from + lock(&shared).random.below(count) as i64
    });
    let shared = Arc::clone(state);
    environment.add_function("float", move |from: f64, to: f64| {
        let value = from + (to - from) * lock(&shared).random.unit();
        (value * 1000.0).round() / 1000.0
    });
    let shared = Arc::clone(state);
    environment.add_function("pick", move |items: Rest<Value>| {
        let items = items_of(items)?;
        if items.is_empty() {
            return Err(Error::new(ErrorKind::InvalidOperation, "nothing to pick from"));
        }
        let index = lock(&shared).random.below(items.len());
        Ok(items[index].clone())
    });
    let shared = Arc::clone(state);
    environment.add_function("shuffled", move |items: Rest<Value>| {
        let mut items = items_of(items)?;
        lock(&shared).random.shuffle(&mut items);
        Ok(Value::from(items))
    });
    let shared = Arc::clone(state);
    environment.add_function("text", move |kind: &str, options: Kwargs| {
        let mut state = lock(&shared);
        let State { random, language, languages, local_digits, .. } = &mut *state;
        let other: Option<&str> = options.get("lang")?;
        options.assert_all_used()?;
        let language = match other {
            Some(code) => languages.iter().find(|one| one.language == code).unwrap_or(language),
            None => language,
        };
        let text = language.text(kind, random).ok_or_else(|| {
            let reason = format!("language {} has no texts {kind}", language.language);
            Error::new(ErrorKind::InvalidOperation, reason)
        })?;
        Ok(if *local_digits && other.is_none() { language.local_digits(&text) } else { text })
    });
    let shared = Arc::clone(state);
    environment.add_function("photo", move |side: u32| {
        let mut state = lock(&shared);
        let State { random, base, used, .. } = &mut *state;
        let (uri, name) = base.draw(side.clamp(16, 1024), random);
        used.extend(name);
        // Nothing but the letters of a data URI, which need no escaping.
        Value::from_safe_string(uri)
    });
    let shared = Arc::clone(state);
    environment.add_filter("local", move |text: Value| {
        let state = lock(&shared);
        let text = text.to_string();
        if state.local_digits { state.language.local_digits(&text) } else { text }
    });
}

/// The arguments themselves, or what the only one of them contains.
fn items_of(arguments: Rest<Value>) -> Result<Vec<Value>, Error> {
    match arguments.as_slice() {
        [list] if matches!(list.kind(), ValueKind::Seq | ValueKind::Iterable) => {
            Ok(list.try_iter()?.collect())
        }
        _ => Ok(arguments.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The built-in scenes with one template of the test's own.
    fn filled(template: &str, seed: u64, own: &str) -> Result<Filled, SynthesizeError> {
        let mut scenes = Scenes::built_in().unwrap();
        for language in &mut scenes.languages {
            language.own.insert("chat".to_owned(), vec![own.to_owned()]);
        }
        scenes.templates.insert("test.html".to_owned(), template.to_owned());
        let mut scene = scenes.scenes[0].clone();
        scene.template = "test.html".to_owned();
        let view = scenes.draw_view(&scene, &mut SplitMix64::new(1));
        let templates = Templates::new(&scenes, Arc::default())?;
        templates.fill(&scene, &view, &scenes.languages[0], SplitMix64::new(seed))
    }

    #[test]
    fn texts_of_users_cannot_become_markup() {
        let hostile = "<script>alert('x')</script><img src=http://a.example/>\" onload=\"";
        let said = (0..20).map(|seed| filled("<p>{{ text('chat') }}</p>", seed, hostile).unwrap());
        let said: Vec<String> = said.map(|filled| filled.html).collect();
        assert!(said.iter().any(|html| html.contains("&lt;script&gt;")), "{said:?}");
        for html in said {
            assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("\" on"));
        }
    }

    #[test]
    fn the_same_seed_fills_the_same() {
        let template = "{{ int(1, 9) }} {{ float(0, 1) }} {{ pick('a', 'b', 'c') }} {{ chance(0.5) }} \
             {{ shuffled([1, 2, 3]) }} {{ text('name') }} {{ photo(40) }}";
        let fill = |seed| filled(template, seed, "x").unwrap().html;
        assert_eq!(fill(3), fill(3));
        assert_ne!(fill(3), fill(4));
    }

    #[test]
    fn pictures_are_put_in_whole() {
        let html = filled("<img src=\"{{ photo(40) }}\">", 1, "x").unwrap().html;
        assert!(html.starts_with("<img src=\"data:image/svg+xml;base64,"), "{html}");
        assert!(!html.contains('&'), "{html}");
    }

    #[test]
    fn mistakes_of_templates_are_told_with_their_line() {
        for (template, reason) in [
            ("\n{{ nothing }}", "line 2"),
            ("{{ text('poem') }}", "no texts poem"),
            ("{{ pick([]) }}", "nothing to pick from"),
            ("{% if %}", "test.html"),
        ] {
            let Err(error) = filled(template, 1, "x") else { panic!("{template} was filled") };
            assert!(error.to_string().contains(reason), "{error}");
        }
    }

    #[test]
    fn every_scene_fills_in_every_language() {
        let scenes = Scenes::built_in().unwrap();
        let templates = Templates::new(&scenes, Arc::default()).unwrap();
        for scene in &scenes.scenes {
            let mut pages = BTreeSet::new();
            for seed in 0..20 {
                let mut random = SplitMix64::new(seed);
                let view = scenes.draw_view(scene, &mut random);
                let language = scenes.draw_language(scene, &mut random);
                pages.insert(templates.fill(scene, &view, language, random).unwrap().html);
            }
            assert_eq!(pages.len(), 20, "{} repeats itself", scene.name);
        }
    }
}
