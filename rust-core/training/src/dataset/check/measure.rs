//! Numbers of a report that pictures can be ordered by.

use super::{FileReport, Quality};

/// A number of a file's report; `None` where it is not known.
pub type Measure = fn(&FileReport) -> Option<f64>;

/// The numbers by name.
pub const MEASURES: [(&str, Measure); 7] = [
    ("brightness", |report| quality(report, |q| q.brightness)),
    ("contrast", |report| quality(report, |q| q.contrast)),
    ("entropy", |report| quality(report, |q| q.entropy)),
    ("sharpness", |report| quality(report, |q| q.sharpness)),
    ("width", |report| (report.width > 0).then(|| report.width.into())),
    ("height", |report| (report.height > 0).then(|| report.height.into())),
    ("bytes", |report| Some(report.bytes as f64)),
];

fn quality(report: &FileReport, of: fn(&Quality) -> f32) -> Option<f64> {
    report.quality.as_ref().map(|quality| of(quality).into())
}
