//! Who may ask: the page that this server gave out, in the browser that had the address first.
//!
//! The token in the address is in its fragment, which browsers send to nobody. The page exchanges it for a session
//! key, once, and keeps that in the storage of its tab. The key goes in a header of every request: unlike a cookie it
//! is not sent by other pages' requests, nor to servers on other ports.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hyper::header::{HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN};
use hyper::http::request::Parts;
use hyper::{Method, header};
use subtle::ConstantTimeEq as _;

use super::reply::Reply;
use crate::review::ReviewError;

const SESSION: HeaderName = HeaderName::from_static("x-epic-session");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

pub(super) struct Access {
    port: u16,
    /// Gone once it was used.
    token: Mutex<Option<String>>,
    key: String,
}

impl Access {
    pub(super) fn new(address: SocketAddr) -> Result<Self, ReviewError> {
        let token = Mutex::new(Some(secret()?));
        Ok(Self { port: address.port(), token, key: secret()? })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn url(&self) -> String {
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        format!("http://{}/#{}", self.host(), token.as_deref().unwrap_or_default())
    }

    fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Whether a request comes from the page's own address: what holds for files without secrets too. A name that
    /// resolves to this machine (DNS rebinding) is not the address, and other sites' requests bring their origin.
    pub(super) fn check_origin(&self, request: &Parts) -> Result<(), Reply> {
        if single(&request.headers, &HOST) != Some(self.host().as_bytes()) {
            return Err(Reply::refused(403, "host", "the page is at its own address only"));
        }
        let origin = format!("http://{}", self.host());
        let sent: Vec<&HeaderValue> = request.headers.get_all(ORIGIN).iter().collect();
        let is_own = match sent.as_slice() {
            [] => request.method == Method::GET,
            [one] => one.as_bytes() == origin.as_bytes(),
            _ => false,
        };
        if !is_own {
            return Err(Reply::refused(403, "origin", "requests come from the page itself only"));
        }
        Ok(())
    }

    /// Whether a request is the session's.
    pub(super) fn check_session(&self, request: &Parts) -> Result<(), Reply> {
        // Browsers say where a request comes from; no page but ours may ask, with or without the key.
        let is_foreign =
            single(&request.headers, &FETCH_SITE).is_some_and(|site| site != b"same-origin");
        let key = single(&request.headers, &SESSION).unwrap_or_default();
        if is_foreign || !same(key, self.key.as_bytes()) {
            return Err(Reply::refused(
                401,
                "session",
                "the address that epic printed opens the page, once",
            ));
        }
        Ok(())
    }

    /// The session key for the token; the token is worth nothing afterwards.
    pub(super) fn open_session(&self, token: &str) -> Result<&str, Reply> {
        let mut held = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        let is_right = held.as_ref().is_some_and(|held| same(token.as_bytes(), held.as_bytes()));
        if !is_right {
            return Err(Reply::refused(
                401,
                "token",
                "this address was used before, or was mistyped",
            ));
        }
        *held = None;
        Ok(&self.key)
    }
}

/// 256 random bits as text.
fn secret() -> Result<String, ReviewError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| ReviewError::Internal("no random numbers"))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// Takes as long wherever two texts of one length differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// The value of a header that is there once.
fn single<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a [u8]> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    values.next().is_none().then_some(first.as_bytes())
}
