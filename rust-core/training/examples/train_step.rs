//! Pictures per second of one training step (forward, backward, Adam) of the default VCNN.
//!
//! `train_step [BATCH] [STEPS] [THREADS] [cpu|cuda|metal|vulkan] [--side N] [--spec]`; `--spec`
//! prints the network as JSON for `tests/bench/train_step.py` and stops. `--network FILE` reads
//! one instead.

use std::time::{Duration, Instant};

use epic_training::engine::{
    BatchEvent, DeviceKind, ImageSet, NetworkSpec, TrainConfig, TrainObserver, TrainOptions, train,
};

const CLASSES: usize = 12;

/// Takes the time of every step.
struct Clock {
    last: Instant,
    steps: Vec<Duration>,
}

impl TrainObserver for Clock {
    fn on_batch(&mut self, _event: &BatchEvent) {
        self.steps.push(self.last.elapsed());
        self.last = Instant::now();
    }

    fn should_stop(&self) -> bool {
        false
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut option = |name: &str| -> Option<String> {
        let at = arguments.iter().position(|argument| argument == name)?;
        let value = arguments.drain(at..(at + 2).min(arguments.len())).nth(1);
        Some(value.unwrap_or_default())
    };
    let side = option("--side").map_or(Ok(128), |side| side.parse())?;
    let spec: NetworkSpec = match option("--network") {
        Some(path) => serde_json::from_str(&std::fs::read_to_string(path)?)?,
        None => NetworkSpec::vcnn(side, side, CLASSES),
    };
    if option("--spec").is_some() {
        println!("{}", serde_json::to_string_pretty(&spec)?);
        return Ok(());
    }
    let argument = |index: usize, default: &str| {
        arguments.get(index).map_or_else(|| default.to_owned(), Clone::clone)
    };
    let (batch, steps, threads) = (
        argument(0, "32").parse()?,
        argument(1, "20").parse::<usize>()?,
        argument(2, "2").parse()?,
    );
    let device: DeviceKind = argument(3, "cpu").parse()?;
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global()?;

    let set = |len: usize| ImageSet {
        height: spec.height,
        width: spec.width,
        pixels: (0..len * spec.height * spec.width * 3).map(|i| (i * 31 % 251) as u8).collect(),
        labels: (0..len).map(|i| i % spec.classes).collect(),
        classes: spec.classes,
        ..ImageSet::default()
    };
    let config = TrainConfig::new(spec.clone(), batch, 1);
    let out = tempfile::tempdir()?;
    let mut clock = Clock { last: Instant::now(), steps: Vec::new() };
    let options = TrainOptions { device, out: out.path(), resume: false };
    train(&config, &set(batch * (steps + 2)), &set(1), &options, &mut clock)?;

    // The first steps fill caches and allocate the optimizer's state.
    let mut times = clock.steps.split_off(2);
    times.sort_unstable();
    let seconds = |time: &Duration| time.as_secs_f64();
    let total: f64 = times.iter().map(seconds).sum();
    println!(
        "{}x{} batch {batch}, {threads} threads, {}: {:.1} pictures/s (median step {:.1} ms), \
         {:.1} M multiply-adds, {:.2} M parameters",
        spec.width,
        spec.height,
        device.name(),
        (batch * times.len()) as f64 / total,
        seconds(&times[times.len() / 2]) * 1e3,
        spec.macs()? as f64 / 1e6,
        spec.parameters()? as f64 / 1e6,
    );
    Ok(())
}
