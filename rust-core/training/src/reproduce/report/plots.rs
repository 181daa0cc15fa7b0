//! The scores and the differences as charts.

use super::super::{Results, Verdict};
use super::tables::{finished, range, signed};
use crate::evaluation::report::html::decimal;
use crate::evaluation::report::plot::{Axis, nice_end};
use crate::evaluation::report::rows::Rows;

/// A bar per variant, with its interval.
pub(super) fn scores(results: &Results) -> String {
    let mut rows = Rows::new(Axis::new("macro F1 on the test part", 0.0, 1.0));
    for (variant, scores, _) in finished(results) {
        rows.row(&variant.id, &decimal(scores.macro_f1));
        rows.bar("f1 soft", scores.macro_f1);
        if let Some(interval) = scores.intervals.as_ref().and_then(|all| all.macro_f1) {
            let title = format!("{}: {}", variant.id, range(interval, decimal));
            rows.interval("s1", interval.low, interval.high, &title);
        }
        rows.dot("f1", scores.macro_f1);
    }
    rows.finish("Macro F1 of each variant with its interval", false)
}

/// A mark per comparison, with its interval and a line at 0; `None` if nothing was compared.
pub(super) fn differences(results: &Results) -> Option<String> {
    let measured = results.findings.iter().flat_map(|finding| &finding.comparisons);
    let ends = measured.filter_map(|one| one.interval).flat_map(|of| [of.low.abs(), of.high.abs()]);
    let end = nice_end(ends.reduce(f64::max)?);
    let mut rows = Rows::new(Axis::new("difference of macro F1", -end, end));
    for finding in &results.findings {
        if finding.comparisons.iter().all(|one| one.interval.is_none()) {
            continue;
        }
        rows.heading(
            &finding.number.map_or_else(
                || "not of the thesis".to_owned(),
                |number| format!("finding {number}"),
            ),
        );
        for one in &finding.comparisons {
            let (Some(difference), Some(interval)) = (one.difference, one.interval) else {
                continue;
            };
            let color = match one.verdict {
                Verdict::Holds => "3",
                Verdict::DoesNotHold => "2",
                _ => "1",
            };
            rows.row(&one.name, &signed(difference));
            let title = format!("{}: {}", one.name, range(interval, signed));
            rows.interval(&format!("s{color}"), interval.low, interval.high, &title);
            rows.dot(&format!("f{color}"), difference);
        }
    }
    Some(rows.finish("Differences of macro F1 with their intervals", true))
}
