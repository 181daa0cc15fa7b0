//! Which pictures a run makes, and whether it may write them.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::error::SynthesizeError;
use super::finish::comment_of;
use super::manifest::{MANIFEST, Manifest};
use super::run::Options;
use super::scenes::Scenes;
use crate::random::SplitMix64;

/// A picture to be made.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Task {
    pub(super) class: String,
    pub(super) seed: u64,
    /// Index of its scene.
    pub(super) scene: usize,
    /// Path from the folder.
    pub(super) file: String,
}

impl Task {
    /// What stands in the JPEG itself.
    pub(super) fn comment(&self, generator: &str) -> String {
        format!("{COMMENT} {generator}, seed {}", self.seed)
    }

    /// Whether an earlier run made it.
    pub(super) fn is_done(&self, manifest: &Manifest, out: &Path) -> bool {
        manifest.get(&self.file).is_some_and(|row| row.seed == self.seed)
            && out.join(&self.file).is_file()
    }
}

const COMMENT: &str = "synthetic picture, rendered by EPIC";

/// Every picture of these classes.
pub(super) fn tasks(scenes: &Scenes, classes: &[String], options: &Options) -> Vec<Task> {
    let task = |class: &String, number| {
        let seed = picture_seed(options.seed, class, number);
        let scene = scenes.draw(class, &mut SplitMix64::new(!seed));
        let name = &scenes.scenes[scene].name;
        let file = format!("{class}/{class}_synthetic-{name}_{number:05}.jpg");
        Task { class: class.clone(), seed, scene, file }
    };
    classes
        .iter()
        .flat_map(|class| (0..options.count).map(move |number| task(class, number)))
        .collect()
}

/// Follows from nothing but these three, so that more pictures leave the first ones as they are.
fn picture_seed(run: u64, class: &str, number: usize) -> u64 {
    let digest = Sha256::digest(format!("{run}/{class}/{number}"));
    digest.iter().take(8).fold(0, |seed, &byte| seed << 8 | u64::from(byte))
}

/// The wanted classes, or all.
pub(super) fn chosen_classes(
    scenes: &Scenes,
    wanted: &[String],
) -> Result<Vec<String>, SynthesizeError> {
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
pub(super) fn open_folder(
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

/// Only files that say they are synthetic may be replaced.
pub(super) fn check_place(path: &Path) -> Result<(), SynthesizeError> {
    match std::fs::read(path) {
        Ok(bytes) if comment_of(&bytes).is_some_and(|comment| comment.starts_with(COMMENT)) => {
            Ok(())
        }
        Ok(_) => Err(SynthesizeError::InTheWay { path: path.to_owned() }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(SynthesizeError::read(path)(error)),
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::super::manifest::Rendered;
    use super::*;

    fn options(out: &Path) -> Options {
        Options {
            out: out.to_owned(),
            into: false,
            classes: Vec::new(),
            count: 30,
            seed: 7,
            base: Vec::new(),
            base_list: None,
            texts: None,
            scenes: None,
            browser: None,
            side: 512,
            jobs: NonZeroUsize::MIN,
        }
    }

    #[test]
    fn more_pictures_leave_the_first_ones_as_they_are() {
        let scenes = Scenes::built_in().unwrap();
        let classes = scenes.classes();
        let options = options(Path::new("out"));
        let few = tasks(&scenes, &classes[..1], &options);
        let many = tasks(&scenes, &classes[..1], &Options { count: 60, ..options.clone() });
        assert_eq!(few[..], many[..30]);
        let other = tasks(&scenes, &classes[..1], &Options { seed: 8, ..options });
        assert!(few.iter().zip(&other).all(|(a, b)| a.seed != b.seed));
    }

    #[test]
    fn file_names_tell_class_and_source() {
        let scenes = Scenes::built_in().unwrap();
        for task in tasks(&scenes, &scenes.classes(), &options(Path::new("out"))) {
            let (folder, name) = task.file.split_once('/').unwrap();
            assert_eq!(folder, task.class);
            let source = crate::dataset::source_of(name, folder);
            assert_eq!(source, format!("synthetic-{}", scenes.scenes[task.scene].name));
        }
    }

    #[test]
    fn unknown_classes_are_told_with_the_known_ones() {
        let scenes = Scenes::built_in().unwrap();
        let error = chosen_classes(&scenes, &["holidays".to_owned()]).unwrap_err().to_string();
        assert!(error.contains("holidays") && error.contains(&scenes.classes()[0]), "{error}");
        let class = scenes.classes().remove(0);
        assert_eq!(chosen_classes(&scenes, &[class.clone(), class.clone()]).unwrap(), [class]);
    }

    #[test]
    fn folders_of_others_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let options = options(folder.path());
        std::fs::write(folder.path().join("mine.txt"), "x").unwrap();
        let Err(error) = open_folder(&options, &[], "1") else { panic!("it was opened") };
        assert!(error.to_string().contains("--into"), "{error}");
        let into = Options { into: true, ..options.clone() };
        drop(open_folder(&into, &[], "1").unwrap());
        // From now on the folder is known.
        open_folder(&options, &[], "1").unwrap();
    }

    #[test]
    fn runs_of_other_seeds_are_not_mixed() {
        let folder = tempfile::tempdir().unwrap();
        let options = options(folder.path());
        let mut manifest = open_folder(&options, &[], "1").unwrap();
        let row = Rendered {
            file: "a/a_synthetic-x_0.jpg".to_owned(),
            class: "a".to_owned(),
            scene: "x".to_owned(),
            run: 3,
            seed: 4,
            parameters: serde_json::Value::Null,
            photos: Vec::new(),
            generator: "1".to_owned(),
            browser: String::new(),
        };
        manifest.add(row).unwrap();
        drop(manifest);
        let Err(error) = open_folder(&options, &["a".to_owned()], "1") else { panic!("opened") };
        assert!(error.to_string().contains("seed 3"), "{error}");
        open_folder(&options, &["b".to_owned()], "1").unwrap();
        let same = Options { seed: 3, ..options };
        open_folder(&same, &["a".to_owned()], "1").unwrap();
        assert!(open_folder(&same, &["a".to_owned()], "2").is_err());
    }

    #[test]
    fn only_synthetic_files_are_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jpg");
        check_place(&path).unwrap();
        std::fs::write(&path, b"\xff\xd8\xff\xe0 a photo").unwrap();
        assert!(matches!(check_place(&path), Err(SynthesizeError::InTheWay { .. })));
        let comment = format!("{COMMENT} 1");
        let length = (comment.len() as u16 + 2).to_be_bytes();
        let ours = [b"\xff\xd8\xff\xfe".as_slice(), &length, comment.as_bytes()].concat();
        std::fs::write(&path, ours).unwrap();
        check_place(&path).unwrap();
    }
}
