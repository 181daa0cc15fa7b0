//! Looking at every picture in the background, so that the page can sort by what is in them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rayon::prelude::*;

use super::error::ReviewError;
use super::files::Stamp;
use super::state::Review;
use crate::dataset::NearDuplicateRule;
use crate::dataset::check::{Checker, FileReport, Thresholds, check_file, mark_repeated};
use crate::dataset::dedupe::{DuplicateGroup, duplicate_groups};

/// Pictures looked at between two looks at the state.
const CHUNK: usize = 64;
const IDLE: Duration = Duration::from_millis(200);

impl Review {
    /// Looks at all pictures, and at new ones after every change, until [`Review::stop`]; what earlier
    /// reviews found is not looked for again. Uses half of the cores: the page comes first.
    ///
    /// # Errors
    /// [`ReviewError::Io`] if what was found cannot be kept.
    pub fn survey(&self) -> Result<(), ReviewError> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(cores.div_ceil(2)).build();
        let pool = pool.map_err(|_| ReviewError::Internal("no threads for the survey"))?;
        let checker = Checker::default();
        while !self.is_stopped() {
            if !pool.install(|| self.survey_step(&checker))? {
                std::thread::sleep(IDLE);
            }
        }
        Ok(())
    }

    /// Looks at some pictures, or for duplicates once all were looked at; `false` when nothing is left.
    pub(super) fn survey_step(&self, checker: &Checker<'_>) -> Result<bool, ReviewError> {
        let (revision, todo) = self.unseen();
        if !todo.is_empty() {
            self.look_at(revision, &todo, checker)?;
            return Ok(true);
        }
        let reports = {
            let inner = self.read();
            if inner.duplicates.is_some() {
                return Ok(false);
            }
            inner.reports.clone()
        };
        let (reports, groups) = compared(reports, &checker.thresholds);
        let mut inner = self.write();
        if inner.revision == revision {
            inner.reports = reports;
            inner.duplicates = Some(groups);
        }
        Ok(true)
    }

    /// The next pictures that were not looked at.
    fn unseen(&self) -> (u64, Vec<(usize, String, Stamp)>) {
        let inner = self.read();
        let all = inner.reports.iter().zip(&inner.listing.entries).enumerate();
        let unseen = all.filter(|(_, (report, _))| report.is_none());
        let todo = unseen.take(CHUNK).map(|(id, (_, e))| (id, e.relative_path.clone(), e.stamp));
        (inner.revision, todo.collect())
    }

    fn look_at(
        &self,
        revision: u64,
        todo: &[(usize, String, Stamp)],
        checker: &Checker<'_>,
    ) -> Result<(), ReviewError> {
        let found: Vec<(Stamp, Arc<FileReport>)> = todo
            .par_iter()
            .map(|(_, path, stamp)| (*stamp, Arc::new(check_file(&self.root, path, checker))))
            .collect();
        self.known_reports().add(&found)?;
        let mut inner = self.write();
        if inner.revision == revision {
            for ((id, ..), (_, report)) in todo.iter().zip(found) {
                if let Some(place) = inner.reports.get_mut(*id) {
                    *place = Some(report);
                }
            }
            self.surveyed.fetch_add(todo.len(), Ordering::Relaxed);
        }
        Ok(())
    }
}

type AllReports = Vec<Option<Arc<FileReport>>>;

/// What shows only when all are known: copies of one picture.
fn compared(reports: AllReports, thresholds: &Thresholds) -> (AllReports, Vec<DuplicateGroup>) {
    let mut all: Vec<FileReport> =
        reports.iter().flatten().map(|report| FileReport::clone(report)).collect();
    mark_repeated(&mut all, thresholds.max_copies);
    // A review without groups of duplicates is better than none.
    let groups =
        catch_unwind(AssertUnwindSafe(|| duplicate_groups(&all, &NearDuplicateRule::default())));
    (all.into_iter().map(|report| Some(Arc::new(report))).collect(), groups.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::testing::DataSet;

    fn survey(review: &Review) -> usize {
        let checker = Checker::default();
        let mut steps = 0;
        while review.survey_step(&checker).unwrap() {
            steps += 1;
        }
        steps
    }

    #[test]
    fn everything_is_looked_at_once_and_copies_are_grouped() {
        let data = DataSet::new(&["a/1.jpg", "a/2.jpg"]);
        std::fs::copy(data.path().join("a/1.jpg"), data.path().join("a/copy.jpg")).unwrap();
        std::fs::write(data.path().join("a/broken.jpg"), b"no").unwrap();
        let review = data.open();
        assert!(review.read().duplicates.is_none());
        assert_eq!(survey(&review), 2);
        {
            let inner = review.read();
            let groups = inner.duplicates.as_ref().unwrap();
            assert_eq!((groups.len(), groups[0].exact), (1, true));
            assert!(inner.reports.iter().all(Option::is_some));
        }
        drop(review);
        // A second review knows all of it; only duplicates are looked for.
        let again = data.open();
        assert_eq!(again.surveyed.load(Ordering::Relaxed), 4);
        assert_eq!(survey(&again), 1);
    }

    #[test]
    fn pictures_that_come_later_are_looked_at_too() {
        let data = DataSet::new(&["a/1.jpg"]);
        let review = data.open();
        survey(&review);
        data.add("a/2.jpg");
        review.refresh().unwrap();
        assert!(review.read().duplicates.is_none());
        survey(&review);
        assert!(review.read().reports.iter().all(Option::is_some));
    }
}
