//! What the steps of a training cost in time, over all the sessions that it took.

use std::collections::BTreeMap;
use std::time::Instant;

use serde::{Deserialize, Serialize};

/// Time of one step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct StepCost {
    /// Seconds on the clock.
    pub seconds: f64,
    /// Seconds of the processor, summed over its cores; 0 where the system does not tell.
    pub processor_seconds: f64,
}

impl StepCost {
    fn add(&mut self, other: Self) {
        self.seconds += other.seconds;
        self.processor_seconds += other.processor_seconds;
    }
}

/// Time by step.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// By the step's name.
    pub steps: BTreeMap<String, StepCost>,
}

/// How the names of steps begin that prepare a training or measure its result.
const BESIDE_TRAINING: [&str; 4] = ["checking", "decoding", "looking", "measuring"];

impl Cost {
    /// All steps.
    pub fn total(&self) -> StepCost {
        self.sum(|_| true)
    }

    /// What fits the network, without preparing pictures and measuring scores.
    pub fn training(&self) -> StepCost {
        self.sum(|step| !BESIDE_TRAINING.iter().any(|beside| step.starts_with(beside)))
    }

    fn sum(&self, counts: impl Fn(&str) -> bool) -> StepCost {
        let mut sum = StepCost::default();
        self.steps.iter().filter(|(step, _)| counts(step)).for_each(|(_, cost)| sum.add(*cost));
        sum
    }
}

/// Adds up what passes between two calls.
pub(super) struct Meter {
    cost: Cost,
    step: Option<String>,
    since: Instant,
    processor_since: f64,
}

impl Meter {
    /// Goes on from what earlier sessions cost.
    pub(super) fn new(cost: Cost) -> Self {
        Self { cost, step: None, since: Instant::now(), processor_since: processor_seconds() }
    }

    /// What passed since the last call belongs to the step in work; then `step` begins, if there is one.
    pub(super) fn settle(&mut self, step: Option<&str>) -> &Cost {
        let (now, processor) = (Instant::now(), processor_seconds());
        let passed = StepCost {
            seconds: (now - self.since).as_secs_f64(),
            processor_seconds: processor - self.processor_since,
        };
        if let Some(name) = &self.step {
            self.cost.steps.entry(name.clone()).or_default().add(passed);
        }
        (self.since, self.processor_since) = (now, processor);
        if let Some(step) = step {
            self.step = Some(step.to_owned());
        }
        &self.cost
    }
}

/// Time that all threads of this process have computed.
#[cfg(unix)]
fn processor_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

#[cfg(not(unix))]
fn processor_seconds() -> f64 {
    0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_to_the_step_in_work_and_sessions_add_up() {
        let mut meter = Meter::new(Cost::default());
        assert_eq!(meter.settle(Some("decoding, train part")), &Cost::default());
        meter.settle(Some("training"));
        let mut work = 0u64;
        while meter.since.elapsed().as_millis() < 20 {
            work = std::hint::black_box(work + 1);
        }
        let first = meter.settle(None).clone();
        assert_eq!(first.steps.len(), 2);
        assert!(first.training().seconds >= 0.02);
        assert!(cfg!(not(unix)) || first.training().processor_seconds > 0.0);
        assert!(first.total().seconds > first.training().seconds);
        let mut later = Meter::new(first.clone());
        later.settle(Some("training"));
        assert!(later.settle(None).training().seconds > first.training().seconds);
    }
}
