//! Boosted trees on rows from files, timed; `tests/bench/trees_section.py` puts XGBoost beside it.
//!
//! `trees PARAMS TRAIN TEST COLUMNS CLASSES THREADS`: parameters as JSON by XGBoost's names; rows as little-endian
//! f32, the label behind the features. Prints the milliseconds of the growing, the mean log loss and the accuracy on
//! the test rows, as JSON.

use std::time::Instant;

use epic_training::trees::{Booster, BoosterParams, TreeData};

type Failure = Box<dyn std::error::Error>;

struct Rows {
    features: Vec<f32>,
    labels: Vec<usize>,
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [params, train, test, columns, classes, threads] = arguments.as_slice() else {
        return Err("trees PARAMS TRAIN TEST COLUMNS CLASSES THREADS".into());
    };
    let params: BoosterParams = serde_json::from_str(params)?;
    let (columns, classes): (usize, usize) = (columns.parse()?, classes.parse()?);
    epic_training::set_jobs(Some(threads.parse()?));
    let (train, test) = (read(train, columns)?, read(test, columns)?);
    let Rows { features, labels } = &train;
    let data = TreeData { features, columns, labels, weights: None };
    let started = Instant::now();
    let booster = Booster::fit(&data, classes, &params, |_| true)?;
    let ms = started.elapsed().as_secs_f64() * 1e3;
    let (mut loss, mut right) = (0.0, 0);
    for (row, &label) in test.features.chunks_exact(columns).zip(&test.labels) {
        let margins = booster.margins(row);
        let max = margins.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let sum: f64 = margins.iter().map(|margin| f64::from(margin - max).exp()).sum();
        loss -= f64::from(margins[label] - max) - sum.ln();
        right += usize::from(margins[label] == max);
    }
    let count = test.labels.len() as f64;
    let result = serde_json::json!({
        "ms": ms, "log_loss": loss / count, "accuracy": right as f64 / count,
    });
    println!("{result}");
    Ok(())
}

fn read(path: &str, columns: usize) -> Result<Rows, Failure> {
    let bytes = std::fs::read(path)?;
    let values = bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
    let values: Vec<f32> = values.collect();
    let mut rows = Rows { features: Vec::new(), labels: Vec::new() };
    for row in values.chunks_exact(columns + 1) {
        rows.features.extend_from_slice(&row[..columns]);
        rows.labels.push(row[columns] as usize);
    }
    Ok(rows)
}
