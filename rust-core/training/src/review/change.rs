//! From marks to one transaction of the data set, and back.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::ReviewError;
use super::files::Stamp;
use super::marks::{Mark, Marks, Target};
use super::state::{Inner, Review, latest};
use crate::dataset::transaction::{Destination, Move, Plan, Transactions};

/// Where the page wants pictures to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Wish {
    /// Into the trash.
    Trash,
    /// Into the class of this index.
    Class(usize),
    /// Nowhere: the mark is taken off.
    Keep,
}

/// What applying would do, in words and numbers for a person.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Summary {
    /// Version of the marks that this is about.
    pub(super) version: u64,
    /// Files into the trash.
    pub(super) trash: usize,
    /// Files into each class.
    pub(super) classes: BTreeMap<String, usize>,
    /// Old and new path where a class has a file of that name already.
    pub(super) renamed: Vec<(String, String)>,
    /// Marked files that changed or are gone.
    pub(super) changed: Vec<String>,
}

impl Review {
    /// Marks pictures.
    pub(super) fn mark(&self, revision: u64, wishes: &[(usize, Wish)]) -> Result<u64, ReviewError> {
        let mut inner = self.write();
        let mut changes = Vec::with_capacity(wishes.len());
        for &(id, wish) in wishes {
            let entry = inner.entry(revision, id)?;
            let class = |index| inner.listing.classes.get(index).cloned();
            let target = match wish {
                Wish::Trash => Some(Target::Trash),
                Wish::Class(index) if index == entry.class => None,
                Wish::Class(index) => {
                    Some(Target::Class(class(index).ok_or(ReviewError::UnknownClass(index))?))
                }
                Wish::Keep => None,
            };
            let mark = target.map(|target| Mark { stamp: entry.stamp, target });
            changes.push((entry.relative_path.clone(), mark));
        }
        inner.marks.set(changes)?;
        Ok(inner.marks.version())
    }

    /// Takes the marks off files that changed or are gone.
    pub(super) fn forget_changed(&self) -> Result<u64, ReviewError> {
        let inner = &mut *self.write();
        let root = &self.root;
        inner.marks.retain(|path, mark| is_as_marked(root, path, mark))?;
        Ok(inner.marks.version())
    }

    /// What applying would do now.
    pub(super) fn summary(&self) -> Summary {
        let inner = self.read();
        let marks = &inner.marks;
        let (plan, renamed) = plan(&self.root, marks);
        let mut summary = Summary {
            version: marks.version(),
            trash: 0,
            classes: BTreeMap::new(),
            renamed,
            changed: changed(&self.root, marks),
        };
        for (_, to) in &plan.moves {
            match to {
                Destination::Trash => summary.trash += 1,
                Destination::Path(path) => {
                    let class = path.split('/').next().unwrap_or_default();
                    *summary.classes.entry(class.to_owned()).or_default() += 1;
                }
            }
        }
        summary
    }

    /// Carries the marks of this version out in one transaction, and takes them off.
    ///
    /// # Errors
    /// [`ReviewError::NotAsShown`] for marks of another version, [`ReviewError::Changed`] where files are not those
    /// that were marked, and what the transaction refuses. Nothing is done then.
    pub fn apply(&self, version: u64) -> Result<(), ReviewError> {
        let inner = &mut *self.write();
        if inner.marks.version() != version {
            return Err(ReviewError::NotAsShown);
        }
        if inner.marks.iter().len() == 0 {
            return Err(ReviewError::NothingMarked);
        }
        let changed = changed(&self.root, &inner.marks);
        if let Some(first) = changed.first() {
            return Err(ReviewError::Changed { first: first.clone(), count: changed.len() });
        }
        let (plan, _) = plan(&self.root, &inner.marks);
        let (mut transactions, _) = Transactions::open(&self.root)?;
        let done = transactions.apply(&plan)?;
        drop(transactions);
        inner.follow(done.moves.iter().map(|one| (&one.from, &one.to)));
        inner.last = Some(done);
        let cleared = inner.marks.retain(|_, _| false);
        self.list_anew(inner)?;
        cleared
    }

    /// Takes the latest change back, if it is this one.
    ///
    /// # Errors
    /// What the transactions refuse: files that changed since, or another change that came later.
    pub fn undo(&self, id: u64) -> Result<(), ReviewError> {
        let inner = &mut *self.write();
        let (mut transactions, _) = Transactions::open(&self.root)?;
        let undone = transactions.undo(Some(id));
        inner.last = latest(&mut transactions)?;
        drop(transactions);
        let undone = undone?;
        inner.follow(undone.moves.iter().map(|Move { from, to, .. }| (to, from)));
        self.list_anew(inner)
    }
}

impl Inner {
    /// What is known of files goes where they go.
    fn follow<'a>(&mut self, moves: impl Iterator<Item = (&'a String, &'a String)>) {
        for (from, to) in moves {
            if let Some(row) = self.rows.remove(from) {
                self.rows.insert(to.clone(), row);
            }
            self.findings.rename(from, to);
        }
    }
}

fn is_as_marked(root: &Path, path: &str, mark: &Mark) -> bool {
    let found = fs::symlink_metadata(root.join(path)).and_then(|found| Stamp::of(&found));
    found.is_ok_and(|stamp| stamp == Some(mark.stamp))
}

fn changed(root: &Path, marks: &Marks) -> Vec<String> {
    let all = marks.iter().filter(|(path, mark)| !is_as_marked(root, path, mark));
    all.map(|(path, _)| path.clone()).collect()
}

/// The plan, and the old and new paths of files that need another name.
fn plan(root: &Path, marks: &Marks) -> (Plan, Vec<(String, String)>) {
    let leaving: HashSet<&str> = marks.iter().map(|(path, _)| path.as_str()).collect();
    let mut arriving = HashSet::new();
    let (mut moves, mut renamed) = (Vec::new(), Vec::new());
    let mut trash = 0;
    for (path, mark) in marks.iter() {
        let Target::Class(class) = &mark.target else {
            trash += 1;
            moves.push((path.clone(), Destination::Trash));
            continue;
        };
        let inside = path.split_once('/').map_or(path.as_str(), |(_, inside)| inside);
        let wanted = format!("{class}/{inside}");
        let is_free = |path: &str| {
            !arriving.contains(path)
                && (leaving.contains(path) || fs::symlink_metadata(root.join(path)).is_err())
        };
        let to = free_name(&wanted, is_free);
        if to != wanted {
            renamed.push((path.clone(), to.clone()));
        }
        arriving.insert(to.clone());
        moves.push((path.clone(), Destination::Path(to)));
    }
    let relabelled = moves.len() - trash;
    let title = format!("review: {trash} files into the trash, {relabelled} into other classes");
    (Plan { title, moves }, renamed)
}

/// The wanted path, or the first of `name-2.jpg`, `name-3.jpg`, … that is free.
fn free_name(wanted: &str, is_free: impl Fn(&str) -> bool) -> String {
    if is_free(wanted) {
        return wanted.to_owned();
    }
    let folder = wanted.rfind('/').map_or(0, |slash| slash + 1);
    // A name that only begins with a dot has no ending.
    let dot = wanted[folder..].rfind('.').filter(|&dot| dot > 0);
    let (stem, ending) = wanted.split_at(dot.map_or(wanted.len(), |dot| folder + dot));
    let mut numbered = (2u64..).map(|number| format!("{stem}-{number}{ending}"));
    numbered.find(|path| is_free(path)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::state::Options;
    use crate::review::testing::DataSet;

    fn id(review: &Review, path: &str) -> usize {
        review.read().listing.find(path).unwrap()
    }

    fn class(review: &Review, name: &str) -> Wish {
        let inner = review.read();
        Wish::Class(inner.listing.classes.iter().position(|class| class == name).unwrap())
    }

    fn mark(review: &Review, path: &str, wish: Wish) -> u64 {
        review.mark(review.revision(), &[(id(review, path), wish)]).unwrap()
    }

    #[test]
    fn marks_become_one_transaction_that_can_be_undone() {
        let data = DataSet::new(&["a/1.jpg", "a/2.jpg", "b/2.jpg", "b/صورة.jpg"]);
        let before = data.files();
        let review = data.open();
        mark(&review, "a/1.jpg", Wish::Trash);
        mark(&review, "a/2.jpg", class(&review, "b"));
        let version = mark(&review, "b/صورة.jpg", class(&review, "a"));
        let summary = review.summary();
        assert_eq!((summary.version, summary.trash), (version, 1));
        assert_eq!(summary.renamed, [("a/2.jpg".to_owned(), "b/2-2.jpg".to_owned())]);
        review.apply(version).unwrap();
        assert_eq!(data.files(), ["a/صورة.jpg", "b/2-2.jpg", "b/2.jpg"]);
        assert_eq!(review.len(), 3);
        assert_eq!(review.read().marks.iter().len(), 0);
        let id = review.read().last.as_ref().unwrap().id;
        review.undo(id).unwrap();
        assert_eq!(data.files(), before);
        assert!(review.read().last.is_none());
        assert_eq!(review.undo(id).unwrap_err().kind(), "refused");
    }

    #[test]
    fn names_are_exchanged_and_never_collide() {
        let data = DataSet::new(&["a/1.jpg", "b/1.jpg", "c/1.jpg"]);
        let review = data.open();
        mark(&review, "a/1.jpg", class(&review, "b"));
        mark(&review, "b/1.jpg", class(&review, "a"));
        let version = mark(&review, "c/1.jpg", class(&review, "a"));
        review.apply(version).unwrap();
        assert_eq!(data.files(), ["a/1-2.jpg", "a/1.jpg", "b/1.jpg"]);
    }

    #[test]
    fn changed_files_refuse_the_whole_and_can_be_left_out() {
        let data = DataSet::new(&["a/1.jpg", "a/2.jpg"]);
        let review = data.open();
        mark(&review, "a/1.jpg", Wish::Trash);
        let version = mark(&review, "a/2.jpg", Wish::Trash);
        fs::write(data.path().join("a/1.jpg"), b"another one").unwrap();
        assert_eq!(review.summary().changed, ["a/1.jpg"]);
        let refused = review.apply(version).unwrap_err();
        assert_eq!(refused.kind(), "changed");
        assert!(refused.to_string().contains("a/1.jpg"), "{refused}");
        assert_eq!(data.files().len(), 2);
        let version = review.forget_changed().unwrap();
        review.apply(version).unwrap();
        assert_eq!(data.files(), ["a/1.jpg"]);
    }

    #[test]
    fn what_was_not_shown_is_not_applied() {
        let data = DataSet::new(&["a/1.jpg", "b/1.jpg"]);
        let review = data.open();
        assert_eq!(review.apply(0).unwrap_err().kind(), "nothing_marked");
        let version = mark(&review, "a/1.jpg", Wish::Trash);
        mark(&review, "b/1.jpg", Wish::Trash);
        assert_eq!(review.apply(version).unwrap_err().kind(), "not_as_shown");
        mark(&review, "b/1.jpg", class(&review, "b"));
        mark(&review, "a/1.jpg", Wish::Keep);
        assert_eq!(review.read().marks.iter().len(), 0);
        let unknown = review.mark(review.revision(), &[(9, Wish::Trash)]);
        assert_eq!(unknown.unwrap_err().kind(), "unknown");
        let unknown = review.mark(review.revision(), &[(0, Wish::Class(9))]);
        assert_eq!(unknown.unwrap_err().kind(), "unknown");
        let old = review.mark(review.revision() + 1, &[(0, Wish::Trash)]);
        assert_eq!(old.unwrap_err().kind(), "old_revision");
    }

    #[test]
    fn a_locked_data_set_is_left_alone() {
        let data = DataSet::new(&["a/1.jpg"]);
        let review = data.open();
        let version = mark(&review, "a/1.jpg", Wish::Trash);
        let other = Transactions::open(data.path()).unwrap();
        assert_eq!(review.apply(version).unwrap_err().kind(), "locked");
        drop(other);
        review.apply(version).unwrap();
        assert!(data.files().is_empty());
    }

    #[test]
    fn one_program_reviews_at_a_time() {
        let data = DataSet::new(&["a/1.jpg"]);
        let review = data.open();
        let second = Review::open(data.path(), Options::default());
        assert_eq!(second.err().unwrap().kind(), "under_review");
        drop(review);
        data.open();
    }

    #[test]
    fn marks_are_there_after_a_restart() {
        let data = DataSet::new(&["a/1.jpg"]);
        mark(&data.open(), "a/1.jpg", Wish::Trash);
        assert_eq!(data.open().summary().trash, 1);
    }

    #[test]
    fn endings_stay_where_they_are() {
        let taken = ["a/x.y/1.tar.gz", "a/x.y/.hidden", "a/x.y/plain"];
        let name = |path: &str| free_name(path, |path| !taken.contains(&path));
        assert_eq!(taken.map(name), ["a/x.y/1.tar-2.gz", "a/x.y/.hidden-2", "a/x.y/plain-2"]);
    }
}
