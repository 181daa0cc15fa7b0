//! Line charts as SVG: axes, ticks and marks in the page's colours.

use std::fmt::Write;

use super::html::escape;

/// Width of every chart in its own units, in which the text has 12; the page scales it.
pub(crate) const WIDTH: f64 = 460.0;

/// One direction of a chart.
pub(crate) struct Axis {
    pub(super) label: String,
    min: f64,
    max: f64,
    scale: Scale,
    /// How many steps to aim for.
    steps: f64,
    /// The smallest step.
    finest: f64,
}

enum Scale {
    Plain,
    Percent,
    Log,
    /// Names of 0, 1, 2, …
    Names(Vec<String>),
}

impl Axis {
    pub(crate) fn new(label: &str, min: f64, max: f64) -> Self {
        let max = if max > min { max } else { min + 1.0 };
        let label = label.to_owned();
        Self { label, min, max, scale: Scale::Plain, steps: 5.0, finest: 0.0 }
    }

    /// Places with names: the first at 0, the next at 1.
    pub(crate) fn named(label: &str, names: Vec<String>) -> Self {
        let last = names.len().saturating_sub(1) as f64;
        Self { scale: Scale::Names(names), ..Self::new(label, -0.5, last + 0.5).whole() }
    }

    /// Equal factors are equally far apart; the ends must be positive.
    pub(crate) fn log(mut self) -> Self {
        self.scale = Scale::Log;
        self
    }

    /// Ticks as percentages.
    pub(crate) fn percent(mut self) -> Self {
        self.scale = Scale::Percent;
        self
    }

    /// No ticks between whole numbers.
    pub(crate) fn whole(mut self) -> Self {
        self.finest = 1.0;
        self
    }

    /// Whole numbers with room for one or two ticks.
    pub(crate) fn few_ticks(mut self) -> Self {
        self.steps = 1.5;
        self.whole()
    }

    pub(super) fn share(&self, value: f64) -> f64 {
        let share = match self.scale {
            Scale::Log => (value / self.min).ln() / (self.max / self.min).ln(),
            _ => (value - self.min) / (self.max - self.min),
        };
        share.clamp(0.0, 1.0)
    }

    /// Round numbers, about as many as asked for.
    pub(super) fn ticks(&self) -> Vec<f64> {
        match &self.scale {
            Scale::Log => return self.powers(),
            Scale::Names(names) => return (0..names.len()).map(|place| place as f64).collect(),
            Scale::Plain | Scale::Percent => {}
        }
        let step = nice_step((self.max - self.min) / self.steps).max(self.finest);
        let first = (self.min / step - 1e-9).ceil() as i64;
        let last = (self.max / step + 1e-9).floor() as i64;
        (first..=last).map(|tick| tick as f64 * step).collect()
    }

    /// Powers of ten; where a range holds less than two of them, its ends too.
    fn powers(&self) -> Vec<f64> {
        let exponent = |value: f64| value.log10();
        let first = (exponent(self.min) - 1e-9).ceil() as i32;
        let last = (exponent(self.max) + 1e-9).floor() as i32;
        let powers = (first..=last).map(|power| 10f64.powi(power));
        if last > first {
            return powers.collect();
        }
        let mut ticks = vec![self.min];
        ticks.extend(powers.filter(|power| (0.1..0.9).contains(&self.share(*power))));
        ticks.push(self.max);
        ticks
    }

    pub(super) fn text(&self, tick: f64) -> String {
        let (value, unit) = match &self.scale {
            Scale::Percent => (tick * 100.0, "\u{202f}%"),
            Scale::Plain => (tick, ""),
            Scale::Log => return format!("{:e}", (tick * 1e9).round() / 1e9),
            Scale::Names(names) => {
                return names.get(tick as usize).map(|name| escape(name)).unwrap_or_default();
            }
        };
        // As many digits as the steps need, and -0 is 0.
        let rounded = (value * 1000.0).round() / 1000.0 + 0.0;
        format!("{rounded}{unit}")
    }
}

/// The next of 1, 2, 2.5 and 5 times a power of ten that is not below `raw`.
fn nice_step(raw: f64) -> f64 {
    let power = 10_f64.powf(raw.log10().floor());
    [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= raw * (1.0 - 1e-9))
        .unwrap_or(power)
}

/// The end of an axis from 0 that just holds `value`.
pub(crate) fn nice_end(value: f64) -> f64 {
    let step = nice_step(value.max(1e-9) / 5.0);
    (value.max(1e-9) / step - 1e-9).ceil() * step
}

/// A frame between two axes; marks are added to it in data coordinates.
pub(crate) struct Plot {
    x: Axis,
    y: Axis,
    top: f64,
    bottom: f64,
    body: String,
}

const LEFT: f64 = 54.0;
const RIGHT: f64 = WIDTH - 14.0;

impl Plot {
    /// A frame from `top` to `bottom` in the chart's units, with grid and labels.
    pub(crate) fn new(x: Axis, y: Axis, top: f64, bottom: f64) -> Self {
        let mut plot = Self { x, y, top, bottom, body: String::new() };
        plot.frame();
        plot
    }

    pub(crate) fn px(&self, x: f64) -> f64 {
        LEFT + self.x.share(x) * (RIGHT - LEFT)
    }

    pub(crate) fn py(&self, y: f64) -> f64 {
        self.bottom - self.y.share(y) * (self.bottom - self.top)
    }

    fn frame(&mut self) {
        let (top, bottom) = (self.top, self.bottom);
        for tick in self.y.ticks() {
            let (y, text) = (self.py(tick), self.y.text(tick));
            self.push(format_args!(
                r#"<line class="grid" x1="{LEFT}" x2="{RIGHT}" y1="{y:.1}" y2="{y:.1}"/><text x="{:.1}" y="{:.1}" text-anchor="end">{text}</text>"#,
                LEFT - 7.0,
                y + 4.0
            ));
        }
        if !self.x.label.is_empty() {
            for tick in self.x.ticks() {
                let (x, text) = (self.px(tick), self.x.text(tick));
                self.push(format_args!(
                    r#"<line class="axis-line" x1="{x:.1}" x2="{x:.1}" y1="{bottom}" y2="{:.1}"/><text x="{x:.1}" y="{:.1}" text-anchor="middle">{text}</text>"#,
                    bottom + 4.0,
                    bottom + 18.0
                ));
            }
        }
        let (x_label, y_label) = (escape(&self.x.label), escape(&self.y.label));
        self.push(format_args!(
            r#"<line class="axis-line" x1="{LEFT}" x2="{RIGHT}" y1="{bottom}" y2="{bottom}"/><text x="{:.1}" y="{:.1}" text-anchor="middle">{x_label}</text><text transform="translate(12 {:.1}) rotate(-90)" text-anchor="middle">{y_label}</text>"#,
            f64::midpoint(LEFT, RIGHT),
            bottom + 38.0,
            f64::midpoint(top, bottom)
        ));
    }

    fn push(&mut self, markup: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.body.write_fmt(markup);
    }

    /// Joins points by straight lines. One that is not finite leaves a gap.
    pub(crate) fn line(&mut self, class: &str, points: impl IntoIterator<Item = (f64, f64)>) {
        let mut path = String::new();
        let mut pen_down = false;
        for (x, y) in points {
            if !(x.is_finite() && y.is_finite()) {
                pen_down = false;
                continue;
            }
            let command = if pen_down { 'L' } else { 'M' };
            let _ = write!(path, "{command}{:.1} {:.1}", self.px(x), self.py(y));
            pen_down = true;
        }
        self.push(format_args!(r#"<path class="{class}" d="{path}"/>"#));
    }

    /// A bar from (x0, y0) to (x1, y1), with a tooltip.
    pub(crate) fn bar(&mut self, class: &str, from: (f64, f64), to: (f64, f64), title: &str) {
        let (left, right) = (self.px(from.0) + 1.0, self.px(to.0) - 1.0);
        let (top, bottom) = (self.py(to.1), self.py(from.1));
        let (width, height) = ((right - left).max(0.5), (bottom - top).max(0.0));
        let title = escape(title);
        self.push(format_args!(
            r#"<rect class="{class}" x="{left:.1}" y="{top:.1}" width="{width:.1}" height="{height:.1}" rx="1.5"><title>{title}</title></rect>"#
        ));
    }

    /// A round mark, with a tooltip.
    pub(crate) fn dot(&mut self, class: &str, x: f64, y: f64, title: &str) {
        let (cx, cy, title) = (self.px(x), self.py(y), escape(title));
        self.push(format_args!(
            r#"<circle class="{class} halo" cx="{cx:.1}" cy="{cy:.1}" r="5.5"><title>{title}</title></circle>"#
        ));
    }

    /// A mark that differs from [`Self::dot`] in shape too, with a tooltip.
    pub(crate) fn diamond(&mut self, class: &str, x: f64, y: f64, title: &str) {
        let (cx, cy, title) = (self.px(x), self.py(y), escape(title));
        self.push(format_args!(
            r#"<path class="{class} halo" d="M{cx:.1} {:.1}l7 7l-7 7l-7 -7z"><title>{title}</title></path>"#,
            cy - 7.0
        ));
    }

    pub(crate) fn finish(self) -> String {
        self.body
    }
}

/// Wraps marks into a picture that screen readers announce by its label.
pub(crate) fn chart(label: &str, height: f64, body: &str) -> String {
    format!(
        r#"<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{}">{body}</svg>"#,
        escape(label)
    )
}

/// A sample of a line or a mark with its meaning; `marks` are drawn in a box of 26 by 12.
pub(crate) fn legend<'a>(entries: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let entries: String = entries
        .into_iter()
        .map(|(marks, text)| {
            format!(
                r#"<span><svg viewBox="0 0 26 12" aria-hidden="true">{marks}</svg><span>{text}</span></span>"#
            )
        })
        .collect();
    format!(r#"<p class="legend">{entries}</p>"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round() {
        assert_eq!(Axis::new("", 0.0, 10.0).ticks(), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        let shares = Axis::new("", 0.0, 1.0).percent();
        let texts: Vec<_> = shares.ticks().into_iter().map(|t| shares.text(t)).collect();
        assert_eq!(
            texts.join(" "),
            "0\u{202f}% 20\u{202f}% 40\u{202f}% 60\u{202f}% 80\u{202f}% 100\u{202f}%"
        );
        assert_eq!(Axis::new("", 0.0, 0.05).ticks().len(), 6);
        assert_eq!(Axis::new("", 3.0, 3.0).ticks().len(), 6);
    }

    #[test]
    fn logarithmic_and_named_ticks() {
        let rates = Axis::new("", 2e-4, 0.03).log();
        assert_eq!(rates.ticks(), [1e-3, 1e-2]);
        assert_eq!(rates.text(1e-3), "1e-3");
        assert!((rates.share(2e-4 * 150f64.sqrt()) - 0.5).abs() < 1e-9);
        assert_eq!(Axis::new("", 0.3, 0.6).log().ticks(), [0.3, 0.6]);
        assert_eq!(Axis::new("", 0.03, 0.5).log().ticks(), [0.03, 0.1, 0.5]);
        let names = Axis::named("", vec!["<a>".to_owned(), "b".to_owned()]);
        let texts: Vec<_> = names.ticks().into_iter().map(|tick| names.text(tick)).collect();
        assert_eq!(texts, ["&lt;a&gt;", "b"]);
    }

    #[test]
    fn ends_hold_their_value() {
        for value in [0.0, 1e-6, 0.03, 0.31, 1.0, 2.4, 77.0] {
            let end = nice_end(value);
            assert!(end >= value && end <= value.max(1e-9) * 1.5, "{value} {end}");
        }
    }

    #[test]
    fn what_is_not_finite_leaves_a_gap() {
        let mut plot = Plot::new(Axis::new("x", 0.0, 3.0), Axis::new("y", 0.0, 1.0), 0.0, 100.0);
        plot.line("s1", [(0.0, 0.1), (1.0, f64::NAN), (2.0, 0.2), (3.0, 0.3)]);
        let body = plot.finish();
        let path = body.rsplit(" d=\"").next().unwrap();
        assert_eq!(path.matches('M').count(), 2);
        assert!(!body.contains("NaN") && !body.contains("inf"));
    }
}
