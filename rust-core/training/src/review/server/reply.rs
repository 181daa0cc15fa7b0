//! Answers, and the headers that all of them have.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;
use serde_json::json;

use crate::review::ReviewError;

/// Nothing but the server's own files, and pictures that its scripts made; no page frames it, no form is sent, and
/// no text becomes markup.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

const HEADERS: [(&str, &str); 7] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    // Pictures and names of a private data set belong in no cache of a browser.
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("x-frame-options", "DENY"),
];

/// An answer before it has its headers.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) content_type: &'static str,
    pub(super) body: Bytes,
}

impl Reply {
    pub(super) fn new(content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self { status: StatusCode::OK, content_type, body: body.into() }
    }

    pub(super) fn json(value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => Self::new("application/json", body),
            Err(_) => Self::refused(500, "internal", "the answer has no JSON"),
        }
    }

    pub(super) fn jpeg(bytes: Vec<u8>) -> Self {
        Self::new("image/jpeg", bytes)
    }

    pub(super) fn numbers(bytes: Vec<u8>) -> Self {
        Self::new("application/octet-stream", bytes)
    }

    pub(super) fn refused(status: u16, kind: &str, message: &str) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, ..Self::json(&json!({"kind": kind, "error": message})) }
    }

    pub(super) fn not_found() -> Self {
        Self::refused(404, "unknown", "there is nothing here")
    }

    pub(super) fn into_response(self) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        for (name, value) in HEADERS {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        response
    }
}

impl From<ReviewError> for Reply {
    fn from(error: ReviewError) -> Self {
        let status = match error.kind() {
            "unknown" => 404,
            "not_shown" | "no_extractor" => 422,
            "io" | "internal" | "work_folder" | "marks" => 500,
            _ => 409,
        };
        Self::refused(status, error.kind(), &error.to_string())
    }
}
