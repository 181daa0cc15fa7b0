//! A folder of rendered pictures, made or completed.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::ScopedJoinHandle;

use serde::Serialize;
use serde_json::json;

use super::base::Base;
use super::browser::{Browser, Page, find_browser};
use super::draw::Templates;
use super::error::SynthesizeError;
use super::finish::Treatment;
use super::fonts::missing_scripts;
use super::manifest::{Manifest, Rendered};
use super::plan::{Task, check_place, chosen_classes, open_folder, tasks};
use super::scenes::Scenes;
use super::texts::add_own;
use crate::atomic;
use crate::random::SplitMix64;

/// What to render.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the class folders and the manifest go.
    pub out: PathBuf,
    /// Allows a folder that holds other files already.
    pub into: bool,
    /// Class names; without any, all that scenes make.
    pub classes: Vec<String>,
    /// Pictures of each class.
    pub count: usize,
    /// The same seed gives the same pictures, with the same browser, fonts, photos and texts.
    pub seed: u64,
    /// Folders of photos that pictures may show. Without any, drawn shapes stand in their places.
    pub base: Vec<PathBuf>,
    /// The only files of `base` to use, a path a line.
    pub base_list: Option<PathBuf>,
    /// The user's texts: a language, a tab and a text a line.
    pub texts: Option<PathBuf>,
    /// The user's scene file instead of the built-in one.
    pub scenes: Option<PathBuf>,
    /// The browser's program.
    pub browser: Option<PathBuf>,
    /// Longest side of the files, at most.
    pub side: u32,
    /// Browsers side by side.
    pub jobs: NonZeroUsize,
}

/// How far a run is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Pictures that are there.
    pub done: usize,
    /// Pictures that will be.
    pub all: usize,
}

/// What a run did.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Pictures that were rendered now.
    pub rendered: usize,
    /// Pictures that were there.
    pub kept: usize,
    /// Whether it was cancelled before all were there.
    pub cancelled: bool,
}

/// A checked run, before its first picture.
pub struct Synthesizer {
    out: PathBuf,
    seed: u64,
    side: u32,
    jobs: NonZeroUsize,
    scenes: Scenes,
    base: Arc<Base>,
    program: PathBuf,
    generator: String,
    kept: usize,
    missing: Vec<Task>,
    manifest: Mutex<Manifest>,
}

impl Synthesizer {
    /// Reads scenes, texts and photos, finds the browser and opens the folder. Existing pictures of the same
    /// seed and generator are kept.
    pub fn open(options: &Options) -> Result<Self, SynthesizeError> {
        let mut scenes = match &options.scenes {
            Some(path) => Scenes::open(path)?,
            None => Scenes::built_in()?,
        };
        if let Some(path) = &options.texts {
            add_own(&mut scenes.languages, path)?;
        }
        let classes = chosen_classes(&scenes, &options.classes)?;
        let base = Base::open(&options.base, options.base_list.as_deref())?;
        let program = find_browser(options.browser.as_deref())?;
        let generator = format!("{}+{}", env!("CARGO_PKG_VERSION"), scenes.digest);
        let manifest = open_folder(options, &classes, &generator)?;
        let all = tasks(&scenes, &classes, options);
        let (kept, missing): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|task| task.is_done(&manifest, &options.out));
        Ok(Self {
            out: options.out.clone(),
            seed: options.seed,
            side: options.side,
            jobs: options.jobs,
            scenes,
            base: Arc::new(base),
            program,
            generator,
            kept: kept.len(),
            missing,
            manifest: Mutex::new(manifest),
        })
    }

    /// Languages that no font of this computer covers, as far as fontconfig tells: their texts would be boxes.
    pub fn languages_without_fonts(&self) -> Vec<&str> {
        let languages = self.scenes.languages.iter().map(|one| one.language.as_str());
        missing_scripts(&languages.collect::<Vec<_>>())
    }

    /// Renders what is missing. Once `is_cancelled` says so, the pictures at hand are finished and the rest is
    /// left for another run.
    pub fn run(
        &self,
        is_cancelled: &(dyn Fn() -> bool + Sync),
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Report, SynthesizeError> {
        let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        // Another worker's failure ends them all.
        let failed = AtomicBool::new(false);
        let tell = || {
            let done = self.kept + done.load(Ordering::Relaxed);
            progress(Progress { done, all: self.kept + self.missing.len() });
        };
        tell();
        let take = || {
            let may_go_on = !is_cancelled() && !failed.load(Ordering::Relaxed);
            may_go_on.then(|| self.missing.get(next.fetch_add(1, Ordering::Relaxed))).flatten()
        };
        let finished = || {
            done.fetch_add(1, Ordering::Relaxed);
            tell();
        };
        let work = || {
            let result = self.work(&take, &finished);
            failed.fetch_or(result.is_err(), Ordering::Relaxed);
            result
        };
        let workers = self.jobs.get().min(self.missing.len());
        let outcome: Result<(), SynthesizeError> = std::thread::scope(|scope| {
            let started: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
            let end = |worker: ScopedJoinHandle<'_, _>| {
                worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            started.into_iter().try_for_each(end)
        });
        self.manifest().sync()?;
        outcome?;
        let rendered = done.into_inner();
        let cancelled = rendered < self.missing.len();
        Ok(Report { rendered, kept: self.kept, cancelled })
    }

    /// One browser's share.
    fn work<'a>(
        &'a self,
        take: &dyn Fn() -> Option<&'a Task>,
        finished: &dyn Fn(),
    ) -> Result<(), SynthesizeError> {
        let templates = Templates::new(&self.scenes, Arc::clone(&self.base))?;
        let mut browser = Browser::start(&self.program)?;
        while let Some(task) = take() {
            let row = match self.render(task, &templates, &mut browser) {
                // Browsers crash now and then; what is wrong with a page fails again.
                Err(SynthesizeError::Browser { .. }) => {
                    browser = Browser::start(&self.program)?;
                    self.render(task, &templates, &mut browser)?
                }
                rendered => rendered?,
            };
            self.manifest().add(row)?;
            finished();
        }
        Ok(())
    }

    fn render(
        &self,
        task: &Task,
        templates: &Templates,
        browser: &mut Browser,
    ) -> Result<Rendered, SynthesizeError> {
        let scene = &self.scenes.scenes[task.scene];
        let mut random = SplitMix64::new(task.seed);
        let view = self.scenes.draw_view(scene, &mut random);
        let language = self.scenes.draw_language(scene, &mut random);
        let largest = (MOST_PIXELS / f64::from(view.width * view.height)).sqrt();
        let scale = SCALES[random.below(SCALES.len())].min(largest);
        let treatment = Treatment::draw(self.side, &mut random);
        // A generator of its own, so that a template's change does not change sizes and quality.
        let filled = templates.fill(scene, &view, language, SplitMix64::new(random.next()))?;
        let png = browser.shoot(&Page {
            language: &language.language,
            direction: &language.direction,
            html: &filled.html,
            width: view.width,
            height: view.height,
            scale,
        })?;
        let jpeg = treatment.apply(&png, &task.comment(&self.generator));
        let jpeg = jpeg.map_err(|reason| {
            let file = task.file.clone();
            SynthesizeError::Picture { file, reason }
        })?;
        let path = self.out.join(&task.file);
        check_place(&path)?;
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(SynthesizeError::write(folder))?;
        }
        atomic::write(&path, &jpeg).map_err(SynthesizeError::write(&path))?;
        Ok(Rendered {
            file: task.file.clone(),
            class: task.class.clone(),
            scene: scene.name.clone(),
            run: self.seed,
            seed: task.seed,
            parameters: json!({
                "language": language.language,
                "width": view.width,
                "height": view.height,
                "system": view.system,
                "scale": scale,
                "treatment": treatment,
            }),
            photos: filled.photos,
            generator: self.generator.clone(),
            browser: browser.version().to_owned(),
        })
    }

    /// A poisoned lock only says that another picture failed.
    fn manifest(&self) -> MutexGuard<'_, Manifest> {
        self.manifest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Pixels per CSS pixel, as phones have them.
const SCALES: [f64; 6] = [1.25, 1.5, 2.0, 2.0, 2.5, 3.0];

/// Screens are rendered at up to this many pixels: several times what is kept of them.
const MOST_PIXELS: f64 = 900_000.0;
