//! Charts with a row for each name: bars, marks and intervals over one axis.

use std::fmt::Write;

use super::html::{escape, shorten};
use super::plot::{Axis, WIDTH, chart};

const LABEL: f64 = 128.0;
const VALUE: f64 = 52.0;
const ROW: f64 = 23.0;
const BAR: f64 = 11.0;

/// A chart that grows downwards; marks go to the latest row.
pub(crate) struct Rows {
    axis: Axis,
    body: String,
    bottom: f64,
}

impl Rows {
    pub(crate) fn new(axis: Axis) -> Self {
        Self { axis, body: String::new(), bottom: 4.0 }
    }

    fn px(&self, value: f64) -> f64 {
        LABEL + self.axis.share(value) * (WIDTH - LABEL - VALUE)
    }

    fn middle(&self) -> f64 {
        self.bottom - ROW / 2.0
    }

    fn push(&mut self, markup: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.body.write_fmt(markup);
    }

    /// A row with its name at the left and text at the right.
    pub(crate) fn row(&mut self, name: &str, value: &str) {
        self.bottom += ROW;
        let y = self.middle() + 4.0;
        let (short, name, value) = (escape(&shorten(name, 20)), escape(name), escape(value));
        self.push(format_args!(
            r#"<text class="strong" x="{:.1}" y="{y:.1}" text-anchor="end">{short}<title>{name}</title></text><text class="strong" x="{WIDTH}" y="{y:.1}" text-anchor="end">{value}</text>"#,
            LABEL - 9.0
        ));
    }

    /// A few words before a group of rows.
    pub(crate) fn heading(&mut self, text: &str) {
        self.bottom += ROW;
        let (y, text) = (self.middle() + 6.0, escape(text));
        self.push(format_args!(r#"<text x="0" y="{y:.1}">{text}</text>"#));
    }

    /// A bar from the axis' start.
    pub(crate) fn bar(&mut self, class: &str, value: f64) {
        let (width, top) = ((self.px(value) - LABEL).max(1.0), self.middle() - BAR / 2.0);
        self.push(format_args!(
            r#"<rect class="{class}" x="{LABEL}" y="{top:.1}" width="{width:.1}" height="{BAR}" rx="1.5"/>"#
        ));
    }

    /// An interval, with a tooltip.
    pub(crate) fn interval(&mut self, class: &str, low: f64, high: f64, title: &str) {
        let (left, right, y) = (self.px(low), self.px(high), self.middle());
        let title = escape(title);
        self.push(format_args!(
            r#"<path class="line {class}" d="M{left:.1} {y:.1}H{right:.1}M{left:.1} {:.1}v8M{right:.1} {:.1}v8"><title>{title}</title></path>"#,
            y - 4.0,
            y - 4.0
        ));
    }

    /// A round mark.
    pub(crate) fn dot(&mut self, class: &str, value: f64) {
        let (x, y) = (self.px(value), self.middle());
        self.push(format_args!(r#"<circle class="{class} halo" cx="{x:.1}" cy="{y:.1}" r="5"/>"#));
    }

    /// The whole picture; `zero` draws a line where the axis is 0.
    pub(crate) fn finish(self, label: &str, zero: bool) -> String {
        let bottom = self.bottom + 2.0;
        let mut body = String::new();
        for tick in self.axis.ticks() {
            let (x, text) = (self.px(tick), self.axis.text(tick));
            let _ = write!(
                body,
                r#"<line class="grid" x1="{x:.1}" x2="{x:.1}" y1="0" y2="{bottom:.1}"/><text x="{x:.1}" y="{:.1}" text-anchor="middle">{text}</text>"#,
                bottom + 16.0
            );
        }
        if zero {
            let x = self.px(0.0);
            let _ = write!(body, r#"<path class="ideal" d="M{x:.1} 0V{bottom:.1}"/>"#);
        }
        let middle = f64::midpoint(LABEL, WIDTH - VALUE);
        let _ = write!(
            body,
            r#"<text x="{middle:.1}" y="{:.1}" text-anchor="middle">{}</text>"#,
            bottom + 34.0,
            escape(&self.axis.label)
        );
        body += &self.body;
        chart(label, bottom + 40.0, &body)
    }
}
