//! Pictures with what was found in them drawn over: SVG, so that browsers shape and order the
//! Arabic words and no font has to be shipped.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use epic_core::gallery::TaskControl;
use epic_core::metadata::geometry::Quad;
use epic_core::metadata::{ImageMetadata, Script, TextLine};
use epic_training::evaluation::report::escape;
use epic_training::table::TablePicture;
use epic_training::thumbnail;

use crate::output::{Failure, write_file};

const OVERLAY_ENDING: &str = ".svg";
/// Longest side of the picture inside.
const PICTURE_SIDE: u32 = 1200;
const STYLE: &str = include_str!("overlay.css");
const PAGE_STYLE: &str = include_str!("overlay_page.css");

/// A folder of overlays and a page that shows them.
pub(crate) struct Overlays<'a> {
    folder: &'a Path,
    control: &'a TaskControl,
    failure: Mutex<Option<Failure>>,
}

impl<'a> Overlays<'a> {
    /// Nothing is written yet. A file that cannot be written cancels the run.
    pub(crate) fn new(folder: &'a Path, control: &'a TaskControl) -> Self {
        Self { folder, control, failure: Mutex::default() }
    }

    /// Writes `<relative path>.svg`.
    pub(crate) fn draw(&self, picture: &TablePicture, metadata: &ImageMetadata) {
        if let Err(failure) = self.write(picture, metadata) {
            self.control.cancel();
            if let Ok(mut first) = self.failure.lock() {
                first.get_or_insert(failure);
            }
        }
    }

    fn write(&self, picture: &TablePicture, metadata: &ImageMetadata) -> Result<(), Failure> {
        let path = self.folder.join(format!("{}{OVERLAY_ENDING}", picture.relative_path));
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|source| write_failure(parent, source))?;
        }
        write_file(&path, svg(&picture.path, metadata).as_bytes())
    }

    /// Writes `index.html`, which shows all overlays of the folder, those of earlier runs too.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        if let Some(failure) = self.failure.into_inner().unwrap_or_default() {
            return Err(failure);
        }
        let mut drawn = Vec::new();
        overlays_below(self.folder, "", &mut drawn);
        drawn.sort_unstable();
        let mut page = format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
             content=\"width=device-width, initial-scale=1\">\n<title>EPIC: {0} overlays</title>\n\
             <style>{PAGE_STYLE}</style>\n<h1>{0} pictures</h1>\n<p><b class=\"face\">face</b> \
             <b class=\"latin\">Latin</b> <b class=\"arabic\">Arabic</b> \
             <b class=\"unread\">found, not read</b></p>\n<main>\n",
            drawn.len()
        );
        for path in &drawn {
            let source: String = path.bytes().map(percent_encoded).collect();
            let name = escape(path.trim_end_matches(OVERLAY_ENDING));
            let _ = writeln!(
                page,
                "<figure><a href=\"{source}\"><img src=\"{source}\" alt=\"\" \
                 loading=\"lazy\"></a><figcaption><bdi>{name}</bdi></figcaption></figure>"
            );
        }
        page.push_str("</main>\n");
        fs::create_dir_all(self.folder).map_err(|source| write_failure(self.folder, source))?;
        write_file(&self.folder.join("index.html"), page.as_bytes())
    }
}

/// Paths below `folder` with `/`; what cannot be listed is left out.
fn overlays_below(folder: &Path, prefix: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = format!("{prefix}{name}");
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => overlays_below(&entry.path(), &format!("{path}/"), found),
            Ok(_) if name.ends_with(OVERLAY_ENDING) => found.push(path),
            _ => {}
        }
    }
}

fn write_failure(path: &Path, source: std::io::Error) -> Failure {
    Failure::Write { path: PathBuf::from(path), source }
}

fn percent_encoded(byte: u8) -> String {
    match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    }
}

/// The picture, its boxes, and a strip of colours and counts below it.
fn svg(path: &Path, metadata: &ImageMetadata) -> String {
    let (width, height) = (f64::from(metadata.width), f64::from(metadata.height));
    // All that is drawn has sizes in parts of this one.
    let unit = width.max(height) / 100.0;
    let strip = 7.0 * unit;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {}\">\n\
         <style>{STYLE}</style>\n<g style=\"--unit: {unit}px\">\n",
        height + strip
    );
    if let Some(image) = thumbnail::data_uri(path, PICTURE_SIDE) {
        let _ = writeln!(svg, "<image href=\"{image}\" width=\"{width}\" height=\"{height}\"/>");
    }
    for face in metadata.faces.iter().flat_map(|faces| &faces.faces) {
        svg.push_str(&polygon("face", &face.rect.to_quad()));
        let score = format!("{:.0} %", face.score * 100.0);
        label(&mut svg, "face", (face.rect.x.into(), face.rect.y.into()), 1.6 * unit, &score);
    }
    for line in metadata.text.iter().flat_map(|text| &text.lines) {
        text_line(&mut svg, line, unit);
    }
    colors(&mut svg, metadata, unit);
    let counts = counts(metadata);
    let _ = writeln!(
        svg,
        "<text class=\"counts\" x=\"{}\" y=\"{}\" font-size=\"{}\">{}</text>\n</g>\n</svg>",
        unit,
        height + strip - 1.2 * unit,
        (2.2 * unit).min(1.9 * width / counts.chars().count() as f64),
        escape(&counts)
    );
    svg
}

fn text_line(svg: &mut String, line: &TextLine, unit: f64) {
    let class = match line.script {
        Script::Latin => "latin",
        Script::Arabic => "arabic",
        Script::Unread => "unread",
    };
    svg.push_str(&polygon(class, &line.quad));
    let [top_left, top_right, .., bottom_left] = line.quad.corners;
    let rows = f64::from(top_left.distance(bottom_left));
    let columns = f64::from(top_left.distance(top_right));
    // Letters are about half as wide as high: the label stays above its own line.
    let fitting = columns / (0.5 * line.text.chars().count().max(1) as f64);
    let size = (rows * 0.5).min(fitting).clamp(0.8 * unit, 2.4 * unit);
    let start = if line.script == Script::Arabic { top_right } else { top_left };
    label(svg, class, (start.x.into(), start.y.into()), size, &line.text);
}

fn polygon(class: &str, quad: &Quad) -> String {
    let points: Vec<_> = quad.corners.iter().map(|p| format!("{:.1},{:.1}", p.x, p.y)).collect();
    format!("<polygon class=\"{class}\" points=\"{}\"/>\n", points.join(" "))
}

fn label(svg: &mut String, class: &str, at: (f64, f64), size: f64, text: &str) {
    let (x, y) = (at.0, (at.1 - 0.25 * size).max(size));
    let _ = writeln!(
        svg,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size:.1}\">{}</text>",
        escape(text)
    );
}

fn colors(svg: &mut String, metadata: &ImageMetadata, unit: f64) {
    let (width, top) = (f64::from(metadata.width), f64::from(metadata.height));
    let mut left = 0.0;
    for color in metadata.colors.iter().flat_map(|colors| &colors.dominant) {
        let share = f64::from(color.ratio) * width;
        let hex = color.to_hex();
        let _ = writeln!(
            svg,
            "<rect x=\"{left:.1}\" y=\"{top}\" width=\"{share:.1}\" height=\"{}\" fill=\"{hex}\">\
             <title>{hex} {:.1} %</title></rect>",
            3.5 * unit,
            color.ratio * 100.0
        );
        left += share;
    }
}

fn counts(metadata: &ImageMetadata) -> String {
    let mut parts = vec![format!("{} × {}", metadata.width, metadata.height)];
    if let Some(faces) = &metadata.faces {
        parts.push(format!("faces: {}", faces.faces.len()));
    }
    if let Some(text) = &metadata.text {
        parts.push(format!(
            "lines: {}, blocks: {}, boxes: {} Latin, {} Arabic, {} unread{}",
            text.line_count,
            text.block_count,
            text.english.boxes,
            text.arabic.boxes,
            text.unread_boxes,
            if text.partial { ", partial" } else { "" }
        ));
    }
    parts.join(" · ")
}
