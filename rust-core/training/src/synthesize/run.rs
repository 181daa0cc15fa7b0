//! A folder of rendered pictures, made or completed.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::base::Base;
use super::browser::{Browser, Page, find_browser};
use super::draw::Templates;
use super::error::SynthesizeError;
use super::finish::{Treatment, comment_of};
use super::manifest::{MANIFEST, Manifest, Rendered};
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
    /// Folders of photos that pictures may show.
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
    /// Languages that no font of this computer covers.
    pub languages_without_fonts: Vec<String>,
    /// Whether photos were at hand; drawn ones are clearly less useful.
    pub has_photos: bool,
}

/// A picture to be made.
struct Task {
    class: String,
    seed: u64,
    scene: usize,
    file: String,
}

/// Renders what is missing. Existing pictures of the same seed and generator are kept.
pub fn synthesize(
    options: &Options,
    cancelled: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Report, SynthesizeError> {
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
    let languages: Vec<&str> = scenes.languages.iter().map(|one| one.language.as_str()).collect();
    let missing = super::fonts::missing_scripts(&languages);
    let mut report = Report {
        rendered: 0,
        kept: 0,
        cancelled: false,
        languages_without_fonts: missing.into_iter().map(str::to_owned).collect(),
        has_photos: !options.base.is_empty(),
    };
    let all = tasks(&scenes, &classes, options);
    let (kept, missing): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|task| is_there(task, &manifest, &options.out));
    report.kept = kept.len();
    let job = Job {
        options,
        scenes: &scenes,
        base: Arc::new(base),
        program: &program,
        generator: &generator,
        tasks: &missing,
        next: AtomicUsize::new(0),
        done: AtomicUsize::new(0),
        manifest: Mutex::new(manifest),
        cancelled,
        failed: AtomicBool::new(false),
    };
    let tell = || {
        let done = report.kept + job.done.load(Ordering::Relaxed);
        progress(Progress { done, all: report.kept + missing.len() });
    };
    tell();
    let workers = options.jobs.get().min(missing.len());
    let outcome: Result<Vec<()>, SynthesizeError> = std::thread::scope(|scope| {
        let started: Vec<_> = (0..workers).map(|_| scope.spawn(|| job.work(&tell))).collect();
        started.into_iter().map(|worker| worker.join().unwrap_or(Ok(()))).collect()
    });
    lock(&job.manifest).sync()?;
    outcome?;
    report.rendered = job.done.load(Ordering::Relaxed);
    report.cancelled = report.rendered < missing.len();
    Ok(report)
}

struct Job<'a> {
    options: &'a Options,
    scenes: &'a Scenes,
    base: Arc<Base>,
    program: &'a Path,
    generator: &'a str,
    tasks: &'a [Task],
    next: AtomicUsize,
    done: AtomicUsize,
    manifest: Mutex<Manifest>,
    cancelled: &'a AtomicBool,
    /// Another worker's failure ends them all.
    failed: AtomicBool,
}

impl Job<'_> {
    fn work(&self, tell: &(dyn Fn() + Sync)) -> Result<(), SynthesizeError> {
        let result = self.render_all(tell);
        if result.is_err() {
            self.failed.store(true, Ordering::Relaxed);
        }
        result
    }

    fn render_all(&self, tell: &(dyn Fn() + Sync)) -> Result<(), SynthesizeError> {
        let templates = Templates::new(self.scenes, Arc::clone(&self.base))?;
        let mut browser = Browser::start(self.program)?;
        while !self.cancelled.load(Ordering::Relaxed) && !self.failed.load(Ordering::Relaxed) {
            let Some(task) = self.tasks.get(self.next.fetch_add(1, Ordering::Relaxed)) else {
                break;
            };
            let row = self.render(task, &templates, &mut browser)?;
            lock(&self.manifest).add(row)?;
            self.done.fetch_add(1, Ordering::Relaxed);
            tell();
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
        // One generator for what lies around the page, and one for the page, so that a template's change does
        // not change sizes and quality.
        let mut random = SplitMix64::new(task.seed);
        let view = self.scenes.draw_view(scene, &mut random);
        let language = self.scenes.draw_language(scene, &mut random);
        let scale = [1.25, 1.5, 2.0, 2.0, 2.5, 3.0][random.below(6)];
        let largest = (MOST_PIXELS / f64::from(view.width * view.height)).sqrt();
        let scale = f64::min(scale, largest);
        let treatment = Treatment::draw(self.options.side, &mut random);
        let filled = templates.fill(scene, &view, language, SplitMix64::new(random.next()))?;
        let png = browser.shoot(&Page {
            language: &language.language,
            direction: &language.direction,
            html: &filled.html,
            width: view.width,
            height: view.height,
            scale,
        })?;
        let comment = comment(self.generator, task);
        let jpeg = treatment.apply(&png, &comment).map_err(|reason| SynthesizeError::Picture {
            file: task.file.clone(),
            reason,
        })?;
        let path = self.options.out.join(&task.file);
        if !is_free_or_ours(&path) {
            return Err(SynthesizeError::InTheWay { path });
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(SynthesizeError::write(folder))?;
        }
        atomic::write(&path, &jpeg).map_err(SynthesizeError::write(&path))?;
        Ok(Rendered {
            file: task.file.clone(),
            class: task.class.clone(),
            scene: scene.name.clone(),
            run: self.options.seed,
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
            generator: self.generator.to_owned(),
            browser: browser.version().to_owned(),
        })
    }
}

/// Screens are rendered at up to this many pixels: several times what is kept of them.
const MOST_PIXELS: f64 = 1_600_000.0;

/// A poisoned lock only says that another picture failed.
fn lock(manifest: &Mutex<Manifest>) -> std::sync::MutexGuard<'_, Manifest> {
    manifest.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What stands in the JPEG itself.
fn comment(generator: &str, task: &Task) -> String {
    format!("{COMMENT} {generator} seed {}", task.seed)
}

const COMMENT: &str = "synthetic picture, rendered by EPIC";

/// Whether a picture may be written there: a file is only replaced that says it is synthetic.
fn is_free_or_ours(path: &Path) -> bool {
    match std::fs::read(path) {
        Ok(bytes) => comment_of(&bytes).is_some_and(|comment| comment.starts_with(COMMENT)),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}

fn chosen_classes(scenes: &Scenes, wanted: &[String]) -> Result<Vec<String>, SynthesizeError> {
    let known = scenes.classes();
    if wanted.is_empty() {
        return Ok(known);
    }
    if let Some(class) = wanted.iter().find(|class| !known.contains(class)) {
        let (class, known) = (class.clone(), known.join(", "));
        return Err(SynthesizeError::UnknownClass { class, known });
    }
    let wanted: BTreeSet<&String> = wanted.iter().collect();
    Ok(wanted.into_iter().cloned().collect())
}

/// The manifest of a folder that may be written to.
fn open_folder(
    options: &Options,
    classes: &[String],
    generator: &str,
) -> Result<Manifest, SynthesizeError> {
    let out = &options.out;
    std::fs::create_dir_all(out).map_err(SynthesizeError::write(out))?;
    let is_ours = out.join(MANIFEST).is_file();
    let mut entries = std::fs::read_dir(out).map_err(SynthesizeError::read(out))?;
    if !is_ours && !options.into && entries.next().is_some() {
        return Err(SynthesizeError::NotEmpty { path: out.clone() });
    }
    let manifest = Manifest::open(out)?;
    let other = manifest.rows().find(|row| {
        classes.contains(&row.class) && (row.run != options.seed || row.generator != generator)
    });
    match other {
        Some(row) => Err(SynthesizeError::OtherRun {
            path: out.clone(),
            seed: row.run,
            generator: row.generator.clone(),
        }),
        None => Ok(manifest),
    }
}

fn tasks(scenes: &Scenes, classes: &[String], options: &Options) -> Vec<Task> {
    let mut tasks = Vec::new();
    for class in classes {
        for number in 0..options.count {
            let seed = picture_seed(options.seed, class, number);
            let scene = scenes.draw(class, &mut SplitMix64::new(!seed));
            let name = &scenes.scenes[scene].name;
            let file = format!("{class}/{class}_synthetic-{name}_{number:05}.jpg");
            tasks.push(Task { class: class.clone(), seed, scene, file });
        }
    }
    tasks
}

/// Follows from nothing but these three, so that more pictures leave the first ones as they are.
fn picture_seed(run: u64, class: &str, number: usize) -> u64 {
    let digest = Sha256::digest(format!("{run}/{class}/{number}"));
    digest.iter().take(8).fold(0, |seed, &byte| seed << 8 | u64::from(byte))
}

fn is_there(task: &Task, manifest: &Manifest, out: &Path) -> bool {
    manifest.get(&task.file).is_some_and(|row| row.seed == task.seed) && out.join(&task.file).is_file()
}
