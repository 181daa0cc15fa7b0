//! `epic dataset outliers`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use epic_training::dataset::label_errors::{CrossValidation, label_errors, out_of_sample};
use epic_training::dataset::outliers::{
    ClassOutliers, OutlierOptions, RemovalRule, class_outliers, minority_classes, minority_removals,
};
use epic_training::dataset::transaction::{Destination, Plan};
use epic_training::dataset::version::Version;
use epic_training::dataset::{Dataset, NearDuplicateRule, NearDuplicates};
use serde_json::Value;

use super::args::OutliersArguments;
use super::change;
use super::component_sheet::{Row, render};
use super::embeddings::{Seen, finding, look, write_findings};
use crate::SOME_FAILED;
use crate::output::{Failure, shown, tell, write_file};
use crate::progress::bar;

/// Pictures of a row of a contact sheet; bigger components show those farthest from their centre.
const MOST_IN_A_ROW: usize = 40;
/// Pictures of a class that are named as the farthest.
const NAMED: usize = 3;

pub(super) fn run(arguments: &OutliersArguments) -> Result<ExitCode, Failure> {
    let folder = &arguments.dataset.folder;
    if arguments.apply.apply && arguments.remove_components.is_empty() {
        return Err(Failure::Usage("--apply needs --remove-components".into()));
    }
    if !arguments.remove_components.is_empty() && arguments.class.len() != 1 {
        return Err(Failure::Usage("--remove-components needs one --class".into()));
    }
    let seen = look(folder, &arguments.embedding)?;
    let classes = classes(arguments, &seen.dataset)?;
    let duplicates = NearDuplicates::find(&seen.dataset, &NearDuplicateRule::default());
    let options = OutlierOptions {
        clusters: arguments.clusters.get(),
        dimensions: arguments.pca.get(),
        seed: arguments.embedding.seed,
    };
    let found: Vec<ClassOutliers> = classes
        .iter()
        .filter_map(|&class| {
            class_outliers(&seen.dataset, &seen.embedded, &duplicates, class, &options)
        })
        .collect();
    for class in found.iter().filter(|class| class.components.len() < options.clusters) {
        let (pictures, components) = (class.pictures.len(), class.components.len());
        tell(format_args!("{}: {pictures} pictures, {components} components", class.class));
    }
    print(arguments.dataset.json, &found)?;
    if let Some(out) = &arguments.out {
        write_sheets(folder, out, &found)?;
    }
    if let Some(file) = &arguments.embedding.findings {
        write_findings(file, &findings(&found))?;
    }
    if let Some(name) = &arguments.version_out {
        make_version(arguments, &seen, &found, name)?;
    }
    if !arguments.remove_components.is_empty() {
        let plan = plan(&arguments.remove_components, &found)?;
        change::apply(folder, &plan, arguments.apply.apply)?;
    }
    Ok(if seen.some_failed { ExitCode::from(SOME_FAILED) } else { ExitCode::SUCCESS })
}

fn classes(arguments: &OutliersArguments, dataset: &Dataset) -> Result<Vec<usize>, Failure> {
    if arguments.class.is_empty() {
        return Ok((0..dataset.classes.len()).collect());
    }
    let index = |name: &String| {
        dataset.classes.iter().position(|class| class == name).ok_or_else(|| {
            Failure::NoPictures(arguments.dataset.folder.join(name).display().to_string())
        })
    };
    let indices: BTreeSet<usize> = arguments.class.iter().map(index).collect::<Result<_, _>>()?;
    Ok(indices.into_iter().collect())
}

fn print(json: bool, found: &[ClassOutliers]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    for class in found {
        if json {
            writeln!(out, "{}", serde_json::to_string(class).unwrap_or_default())?;
            continue;
        }
        writeln!(
            out,
            "{}: {} pictures, silhouette {:.3}",
            class.class,
            class.pictures.len(),
            class.silhouette
        )?;
        writeln!(
            out,
            "{:>11}{:>12}{:>15}{:>12}",
            "component", "num_images", "mean_distance", "silhouette"
        )?;
        for one in &class.components {
            writeln!(
                out,
                "{:>11}{:>12}{:>15.4}{:>12.3}",
                one.component, one.num_images, one.mean_distance, one.silhouette
            )?;
        }
        for picture in class.pictures.iter().take(NAMED) {
            let (path, distance) =
                (shown(Path::new(&picture.relative_path)), picture.outlier_distance);
            writeln!(out, "    far from all others: {path} ({distance:.3})")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn write_sheets(root: &Path, out: &Path, found: &[ClassOutliers]) -> Result<(), Failure> {
    fs::create_dir_all(out).map_err(|source| Failure::Write { path: out.to_owned(), source })?;
    let mut table = String::from("class,component,num_images,mean_distance,silhouette\n");
    let pictures: usize = found.iter().map(|class| class.pictures.len()).sum();
    let progress = bar(pictures as u64, "thumbnails");
    for class in found {
        for one in &class.components {
            let name = class.class.replace('"', "\"\"");
            let _ = writeln!(
                table,
                "\"{name}\",{},{},{:.6},{:.6}",
                one.component, one.num_images, one.mean_distance, one.silhouette
            );
        }
        let rows: Vec<Row> = class.components.iter().map(|one| row(class, one.component)).collect();
        let title = format!(
            "{}: {} pictures in {} components, silhouette {:.3}",
            class.class,
            class.pictures.len(),
            class.components.len(),
            class.silhouette
        );
        let page = render(root, &title, &rows, &progress);
        write_file(&out.join(format!("{}.html", class.class)), page.as_bytes())?;
    }
    progress.finish_and_clear();
    write_file(&out.join("components.csv"), table.as_bytes())?;
    tell(format_args!("contact sheets written to {}", out.display()));
    Ok(())
}

/// A component, the picture farthest from the centre first.
fn row(class: &ClassOutliers, component: usize) -> Row {
    let mut members: Vec<_> =
        class.pictures.iter().filter(|picture| picture.component == component).collect();
    members.sort_by(|a, b| b.component_distance.total_cmp(&a.component_distance));
    let of = class.components.iter().find(|one| one.component == component);
    let (mean, silhouette) = of.map_or((0.0, 0.0), |one| (one.mean_distance, one.silhouette));
    let count = members.len();
    let rest = count.saturating_sub(MOST_IN_A_ROW);
    let hidden = if rest > 0 { format!(", {rest} not shown") } else { String::new() };
    let title = format!(
        "component {component}: {count} pictures, mean distance {mean:.3}, silhouette {silhouette:.3}{hidden}"
    );
    let pictures = members.into_iter().take(MOST_IN_A_ROW);
    let pictures = pictures.map(|picture| {
        (picture.relative_path.clone(), format!("{:.3}", picture.component_distance))
    });
    Row { title, pictures: pictures.collect() }
}

fn findings(found: &[ClassOutliers]) -> Vec<Value> {
    let pictures = found.iter().flat_map(|class| &class.pictures);
    let of = pictures.map(|picture| {
        let path = &picture.relative_path;
        [
            finding(path, "outlier_distance", picture.outlier_distance),
            finding(path, "component", picture.component),
            finding(path, "component_distance", picture.component_distance),
        ]
    });
    of.flatten().collect()
}

fn plan(components: &[usize], found: &[ClassOutliers]) -> Result<Plan, Failure> {
    let Some(class) = found.first() else { return Ok(Plan::default()) };
    let known = |number: &&usize| class.components.iter().all(|one| one.component != **number);
    if let Some(unknown) = components.iter().find(known) {
        let name = &class.class;
        return Err(Failure::Usage(format!("class {name} has no component {unknown}")));
    }
    let going = class.pictures.iter().filter(|picture| components.contains(&picture.component));
    let mut moves: Vec<_> =
        going.map(|picture| (picture.relative_path.clone(), Destination::Trash)).collect();
    moves.sort_by(|a, b| a.0.cmp(&b.0));
    let numbers: Vec<String> = components.iter().map(ToString::to_string).collect();
    let title = format!(
        "outliers: {} pictures of components {} of {} into the trash",
        moves.len(),
        numbers.join(", "),
        class.class
    );
    Ok(Plan { title, moves })
}

fn make_version(
    arguments: &OutliersArguments,
    seen: &Seen,
    found: &[ClassOutliers],
    name: &str,
) -> Result<(), Failure> {
    let Seen { dataset, embedded, .. } = seen;
    let rule = RemovalRule {
        minority_share: arguments.minority_share,
        deviations: arguments.deviations,
        max_share: arguments.max_share,
    };
    let minorities = minority_classes(&dataset.class_counts(), &rule);
    let names: Vec<&str> =
        minorities.iter().map(|&class| dataset.classes[class].as_str()).collect();
    let of: Vec<ClassOutliers> =
        found.iter().filter(|class| names.contains(&class.class.as_str())).cloned().collect();
    let options = CrossValidation { seed: arguments.embedding.seed, ..CrossValidation::default() };
    let probabilities = out_of_sample(dataset, embedded, &options).map_err(Failure::data)?;
    let errors = label_errors(dataset, &embedded.samples, &probabilities);
    let removed = minority_removals(&of, &errors.pictures, &rule);
    let from = arguments.embedding.from.as_deref();
    let note = format!("without outliers and likely label errors of {}", names.join(", "));
    let version = Version::new(dataset, name, from, &note, &removed).map_err(Failure::data)?;
    let path = version.save(&arguments.dataset.folder).map_err(Failure::data)?;
    tell(format_args!(
        "version {name}: {} pictures, {} left out of {} ({})",
        dataset.samples.len() - removed.len(),
        removed.len(),
        if names.is_empty() { "no class, none is a minority".to_owned() } else { names.join(", ") },
        path.display()
    ));
    Ok(())
}
