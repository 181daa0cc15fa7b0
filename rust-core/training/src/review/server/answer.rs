//! One request, one answer.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response};
use serde::Deserialize;
use serde_json::json;

use super::Shared;
use super::assets::asset;
use super::reply::Reply;
use super::routes::{Work, get, post};

/// Bytes of a body: marks of a hundred thousand pictures at once.
const MAX_BODY: usize = 4 << 20;
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenBody {
    token: String,
}

pub(super) async fn answer(
    shared: Arc<Shared>,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let reply = respond(&shared, &head, body).await;
    reply.unwrap_or_else(|refusal| refusal).into_response()
}

async fn respond(shared: &Arc<Shared>, head: &Parts, body: Incoming) -> Result<Reply, Reply> {
    shared.access.check_origin(head)?;
    let path = head.uri.path().strip_prefix('/').ok_or_else(Reply::not_found)?;
    let query = head.uri.query().unwrap_or_default();
    if head.method == Method::GET
        && let Some(file) = asset(path)
    {
        return Ok(file);
    }
    let Some(path) = path.strip_prefix("api/") else {
        return Err(Reply::not_found());
    };
    match (&head.method, path) {
        (&Method::POST, "session") => {
            let body = read(body).await?;
            let TokenBody { token } = parse(&body)?;
            let key = shared.access.open_session(&token)?;
            Ok(Reply::json(&json!({"session": key})))
        }
        (&Method::GET, _) => {
            shared.access.check_session(head)?;
            run(shared, get(path, query)?).await
        }
        (&Method::POST, _) => {
            shared.access.check_session(head)?;
            let body = read(body).await?;
            run(shared, post(path, &body)?).await
        }
        _ => Err(Reply::refused(405, "method", "only GET and POST are answered")),
    }
}

/// The body of a request, as long as it is small and comes soon.
async fn read(body: Incoming) -> Result<Bytes, Reply> {
    let too_large = || Reply::refused(413, "too_large", "the request is too large");
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Err(too_large());
    }
    let whole = Limited::new(body, MAX_BODY).collect();
    match tokio::time::timeout(BODY_TIMEOUT, whole).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => Err(too_large()),
        _ => Err(Reply::refused(400, "incomplete", "the request is incomplete")),
    }
}

pub(super) fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Reply> {
    serde_json::from_slice(body)
        .map_err(|error| Reply::refused(400, "malformed", &error.to_string()))
}

/// Does the work on another thread, once there is a place for it. Where the client is gone by then, this
/// future is dropped while it waits, and nothing is done.
async fn run(shared: &Arc<Shared>, work: Work) -> Result<Reply, Reply> {
    let places = match work {
        Work::Quick(_) => None,
        Work::Picture(_) => Some(&shared.pictures),
        Work::Networks(_) => Some(&shared.networks),
    };
    let failed = || Reply::refused(500, "internal", "the work failed");
    let _place = match places {
        Some(places) => Some(places.acquire().await.map_err(|_| failed())?),
        None => None,
    };
    let (Work::Quick(job) | Work::Picture(job) | Work::Networks(job)) = work;
    let shared = Arc::clone(shared);
    let done = tokio::task::spawn_blocking(move || job(&shared)).await;
    // A decoder that panics on one picture costs that answer.
    done.map_err(|_| failed())?
}
