//! What can be asked.

use std::sync::PoisonError;

use serde::Deserialize;
use serde_json::json;

use super::Shared;
use super::answer::parse;
use super::reply::Reply;
use crate::dataset::rank::Order;
use crate::review::ReviewError;
use crate::review::change::Wish;

type Job = Box<dyn FnOnce(&Shared) -> Result<Reply, Reply> + Send>;

/// What answers a request, by what it waits for.
pub(super) enum Work {
    /// Memory and small files only.
    Quick(Job),
    /// Decodes a picture.
    Picture(Job),
    /// Runs networks over a picture.
    Networks(Job),
}

fn quick(job: impl FnOnce(&Shared) -> Result<Reply, ReviewError> + Send + 'static) -> Work {
    Work::Quick(Box::new(move |shared| Ok(job(shared)?)))
}

/// What reads.
pub(super) fn get(path: &str, query: &str) -> Result<Work, Reply> {
    let parts: Vec<&str> = path.split('/').collect();
    Ok(match parts.as_slice() {
        ["state"] => quick(|shared| {
            let trouble = shared.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone();
            Ok(Reply::json(&json!({"review": shared.review.state(), "trouble": trouble})))
        }),
        ["summary"] => quick(|shared| Ok(Reply::json(&shared.review.summary()))),
        ["listing", revision] => {
            let (revision, from) = (number(revision)?, parameter(query, "from")?);
            quick(move |shared| Ok(Reply::json(&shared.review.page(revision, from)?)))
        }
        ["columns", revision, index] => {
            let (revision, index) = (number(revision)?, number(index)?);
            quick(move |shared| Ok(Reply::numbers(shared.review.column(revision, index)?)))
        }
        ["orders", revision, index, order] => {
            let (revision, index) = (number(revision)?, number(index)?);
            let order = match *order {
                "ascending" => Order::Ascending,
                "descending" => Order::Descending,
                _ => return Err(Reply::not_found()),
            };
            quick(move |shared| Ok(Reply::numbers(shared.review.order(revision, index, order)?)))
        }
        ["faults", revision] => {
            let revision = number(revision)?;
            quick(move |shared| Ok(Reply::json(&shared.review.faults(revision)?)))
        }
        ["suggestions", revision] => {
            let revision = number(revision)?;
            quick(move |shared| Ok(Reply::json(&shared.review.suggestions(revision)?)))
        }
        ["duplicates", revision] => {
            let revision = number(revision)?;
            quick(move |shared| Ok(Reply::json(&shared.review.duplicates(revision)?)))
        }
        ["marks", revision] => {
            let revision = number(revision)?;
            quick(move |shared| Ok(Reply::json(&shared.review.marked(revision)?)))
        }
        ["details", revision, id] => {
            let (revision, id) = (number(revision)?, number(id)?);
            quick(move |shared| Ok(Reply::json(&shared.review.details(revision, id)?)))
        }
        ["thumbnails", revision, id] => picture(number(revision)?, number(id)?, None),
        ["pictures", revision, id] => {
            let side = parameter(query, "side")?;
            picture(number(revision)?, number(id)?, Some(side))
        }
        ["metadata", revision, id] => {
            let (revision, id) = (number(revision)?, number(id)?);
            Work::Networks(Box::new(move |shared| {
                Ok(Reply::json(&shared.review.metadata(revision, id)?))
            }))
        }
        _ => return Err(Reply::not_found()),
    })
}

fn picture(revision: u64, id: usize, side: Option<u32>) -> Work {
    Work::Picture(Box::new(move |shared| {
        let entry = shared.review.read().entry(revision, id)?.clone();
        Ok(Reply::jpeg(match side {
            None => shared.review.thumbnails.get(&entry)?,
            Some(side) => shared.review.picture(&entry, side)?,
        }))
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MarksBody {
    revision: u64,
    marks: Vec<(usize, Wish)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ApplyBody {
    version: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UndoBody {
    id: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EmptyBody {}

/// What changes something.
pub(super) fn post(path: &str, body: &[u8]) -> Result<Work, Reply> {
    let done = || Ok(Reply::json(&json!({})));
    let version = |version: u64| Ok(Reply::json(&json!({"version": version})));
    Ok(match path {
        "marks" => {
            let body: MarksBody = parse(body)?;
            quick(move |shared| version(shared.review.mark(body.revision, &body.marks)?))
        }
        "forget" => {
            let EmptyBody {} = parse(body)?;
            quick(move |shared| version(shared.review.forget_changed()?))
        }
        "apply" => {
            let body: ApplyBody = parse(body)?;
            quick(move |shared| shared.review.apply(body.version).and_then(|()| done()))
        }
        "undo" => {
            let body: UndoBody = parse(body)?;
            quick(move |shared| shared.review.undo(body.id).and_then(|()| done()))
        }
        "refresh" => {
            let EmptyBody {} = parse(body)?;
            quick(move |shared| shared.review.refresh().and_then(|()| done()))
        }
        _ => return Err(Reply::not_found()),
    })
}

/// Digits only: no sign, no space, no path.
fn number<T: std::str::FromStr>(text: &str) -> Result<T, Reply> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain).ok_or_else(Reply::not_found)
}

fn parameter<T: std::str::FromStr>(query: &str, name: &str) -> Result<T, Reply> {
    let found = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    number(found.unwrap_or_default())
}
