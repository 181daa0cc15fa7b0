//! What the report says in rows and columns, for every format alike.

use super::super::{Comparison, Finding, Record, Results, Scores, State, StepCost, VariantResult};
use crate::evaluation::Interval;
use crate::evaluation::report::html::{count, decimal, percent};

/// Text that a format has still to escape. The first column is of names.
pub(super) struct Table {
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

const NONE: &str = "–";

fn head(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn optional(value: Option<f64>, format: fn(f64) -> String) -> String {
    value.map_or_else(|| NONE.to_owned(), format)
}

/// With its sign, as in `+0.012`.
pub(super) fn signed(value: f64) -> String {
    // So that nothing reads -0.000.
    let rounded = (value * 1000.0).round() / 1000.0 + 0.0;
    format!("{rounded:+.3}").replace('-', "\u{2212}")
}

pub(super) fn range(interval: Interval, format: fn(f64) -> String) -> String {
    format!("{} to {}", format(interval.low), format(interval.high))
}

/// Name, difference, interval, pictures, verdict.
pub(super) fn comparison(one: &Comparison) -> Vec<String> {
    let interval = one.interval.map_or_else(|| NONE.to_owned(), |of| range(of, signed));
    let n = if one.n == 0 { NONE.to_owned() } else { count(one.n as u64) };
    vec![
        one.name.clone(),
        optional(one.difference, signed),
        interval,
        n,
        one.verdict.text().to_owned(),
    ]
}

pub(super) fn comparison_head() -> Vec<String> {
    head(&["comparison", "difference of macro F1", "95 % interval", "pictures", "verdict"])
}

/// A finding with its number in the thesis.
pub(super) fn claim(finding: &Finding) -> String {
    match finding.number {
        Some(number) => format!("{number}. {}", finding.claim),
        None => format!("Not of the thesis: {}", finding.claim),
    }
}

/// Variants that are done, with what is known of them.
pub(super) fn finished(
    results: &Results,
) -> impl Iterator<Item = (&VariantResult, &Scores, &Record)> {
    results
        .variants
        .iter()
        .filter_map(|variant| Some((variant, variant.scores.as_ref()?, variant.record.as_ref()?)))
}

pub(super) fn scores(results: &Results) -> Table {
    let rows = finished(results).map(|(variant, scores, record)| {
        let intervals = scores.intervals.as_ref();
        let interval = |of: Option<Option<Interval>>, format| {
            of.flatten().map_or_else(|| NONE.to_owned(), |interval| range(interval, format))
        };
        vec![
            variant.id.clone(),
            decimal(scores.macro_f1),
            interval(intervals.map(|all| all.macro_f1), decimal),
            percent(scores.accuracy),
            decimal(record.train_macro_f1),
            signed(record.train_macro_f1 - scores.macro_f1),
            optional(scores.group.false_irrelevant_rate, percent),
            optional(scores.group.irrelevant_recall, percent),
            percent(scores.group.abstained_rate),
            percent(scores.calibration_error),
        ]
    });
    Table {
        rows: rows.collect(),
        head: head(&[
            "variant",
            "macro F1",
            "95 % interval",
            "accuracy",
            "train macro F1",
            "train − test",
            "false irrelevant rate",
            "irrelevant recall",
            "abstained",
            "calibration error",
        ]),
    }
}

pub(super) fn costs(results: &Results) -> Table {
    let minutes = |seconds: f64| format!("{:.1}", seconds / 60.0);
    let rows = finished(results).map(|(variant, _, record)| {
        let StepCost { seconds, processor_seconds } = record.cost.training();
        vec![
            variant.id.clone(),
            record.data_version.clone(),
            count(record.train_n as u64),
            record.batch_size.map_or_else(|| "all".to_owned(), |size| size.to_string()),
            record.epochs.to_string(),
            count(record.network.parameters),
            format!("{:.2}", record.network.pack_bytes as f64 / 1e6),
            format!("{:.2}", record.network.tract_milliseconds),
            minutes(seconds),
            minutes(processor_seconds),
            minutes(record.cost.total().seconds),
        ]
    });
    Table {
        rows: rows.collect(),
        head: head(&[
            "variant",
            "data",
            "trained on",
            "batch",
            "epochs",
            "parameters",
            "pack, MB",
            "tract, ms",
            "training, min",
            "processor, min",
            "all steps, min",
        ]),
    }
}

/// F1 of each class, a row per variant.
pub(super) fn classes(results: &Results) -> Table {
    let rows = finished(results).map(|(variant, scores, _)| {
        let values = scores.per_class.iter().map(|(_, metrics)| decimal(metrics.f1));
        [variant.id.clone()].into_iter().chain(values).collect()
    });
    let mut head = head(&["variant"]);
    head.extend(results.classes.iter().cloned());
    Table { head, rows: rows.collect() }
}

/// Variants without numbers, and why; those that nobody asked for in one row.
pub(super) fn missing(results: &Results) -> Table {
    let mut rows = Vec::new();
    let mut waiting = Vec::new();
    for variant in &results.variants {
        match &variant.state {
            State::Finished => {}
            State::Failed { reason } => {
                rows.push(vec![variant.id.clone(), format!("failed: {reason}")]);
            }
            State::Waiting => waiting.push(variant.id.as_str()),
        }
    }
    if !waiting.is_empty() {
        rows.push(vec![waiting.join(", "), "not trained".to_owned()]);
    }
    Table { head: head(&["variant", "state"]), rows }
}

pub(super) fn versions(results: &Results) -> Table {
    let rows = results.data.versions.iter().map(|version| {
        let excluded: Vec<String> =
            version.excluded.iter().map(|(reason, n)| format!("{n} {reason}")).collect();
        let made = if version.found { "of the data set" } else { "made here" };
        let number =
            |class: &String| count(version.pictures.get(class).copied().unwrap_or(0) as u64);
        let all: usize = version.pictures.values().sum();
        let mut row = vec![version.name.clone(), made.to_owned(), count(all as u64)];
        row.push(if excluded.is_empty() { NONE.to_owned() } else { excluded.join(", ") });
        row.extend(results.classes.iter().map(number));
        row
    });
    let mut head = head(&["version", "", "pictures", "left out"]);
    head.extend(results.classes.iter().cloned());
    Table { head, rows: rows.collect() }
}

pub(super) fn provenance(results: &Results) -> Table {
    let machine = &results.hardware;
    let memory = machine.memory_bytes.map_or_else(
        || "unknown memory".to_owned(),
        |bytes| format!("{:.1} GB of memory", bytes as f64 / 1e9),
    );
    let asked = |value: Option<String>| value.unwrap_or_else(|| "of the recipes".to_owned());
    let [train, validation, test] = results.data.parts;
    let disjoint = &results.data.not_source_disjoint;
    let sources = if disjoint.is_empty() {
        "kept apart in all classes".to_owned()
    } else {
        format!("not kept apart in {}: their scores are too good", disjoint.join(", "))
    };
    let bootstrap = &results.bootstrap;
    let rows = [
        ("command", results.command.clone()),
        ("written", date(results.created)),
        ("code", format!("epic-training {}", results.code_version)),
        (
            "machine",
            format!(
                "{}, {} threads, {memory}, {}",
                machine.processor, machine.threads, machine.system
            ),
        ),
        ("trained on", results.device.to_owned()),
        ("taxonomy", results.taxonomy.clone()),
        ("seed", asked(results.seed.map(|seed| seed.to_string()))),
        ("epochs", asked(results.epochs.map(|epochs| epochs.to_string()))),
        ("data hash", results.data.data_hash.clone()),
        (
            "split",
            format!(
                "seed {}: {train} to train, {validation} to validate, {test} to test",
                results.data.split_seed
            ),
        ),
        ("sources", sources),
        ("test part", format!("hash {}, the same for all variants", results.data.test_hash)),
        (
            "intervals",
            format!(
                "percentile bootstrap within classes, {} resamples, seed {}",
                bootstrap.resamples, bootstrap.seed
            ),
        ),
        ("energy", "not measured: this program cannot read it; processor time is".to_owned()),
    ];
    let rows = rows.map(|(name, value)| vec![name.to_owned(), value]).to_vec();
    Table { head: head(&["", ""]), rows }
}

/// What the numbers cannot tell.
pub(super) const CAVEATS: [&str; 5] = [
    "Every variant is one training with one seed. Intervals cover which pictures were drawn for the test part, not the luck of a training: another seed moves scores too. Run again with --seed in another folder to see by how much.",
    "Pictures are drawn as if they were independent. Those of one source are alike, so that on other sources differences may be larger than the intervals say.",
    "A finding holds if the interval of each of its differences is above 0, does not hold if one is below 0, and is undecided else. With many comparisons one in forty is above 0 by chance alone.",
    "v01.1 leaves out pictures of the train part only, and outliers are looked for there only. Variants on v01 and on v01.1 are validated and tested on the same pictures.",
    "Milliseconds are of the network alone in tract, one picture on one thread, the median of repeated runs after a warm-up, on the machine below. Training minutes are on the clock, processor minutes are summed over threads; both add up over all sessions of a training that was interrupted.",
];

/// A day and a time in UTC, of seconds since 1970.
fn date(seconds: u64) -> String {
    let (mut days, time) = (seconds / 86_400, seconds % 86_400);
    let is_leap =
        |year: u64| year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let mut year = 1970;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u64::from(is_leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    format!("{year}-{month:02}-{:02} {:02}:{:02} UTC", days + 1, time / 3600, time % 3600 / 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        // date -u -d @N
        assert_eq!(date(0), "1970-01-01 00:00 UTC");
        assert_eq!(date(951_826_500), "2000-02-29 12:15 UTC");
        assert_eq!(date(1_735_689_599), "2024-12-31 23:59 UTC");
        assert_eq!(date(4_107_542_400), "2100-03-01 00:00 UTC");
    }

    #[test]
    fn signs_are_shown_and_nothing_is_minus_zero() {
        assert_eq!(signed(0.0123), "+0.012");
        assert_eq!(signed(-0.5), "\u{2212}0.500");
        assert_eq!(signed(-0.0001), "+0.000");
    }
}
