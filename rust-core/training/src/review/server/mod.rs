//! HTTP on loopback in front of a review.
//!
//! Every request is held against the address it came to, its origin and the session ([`access`]), its body is
//! bounded, and pictures wait in line for workers: a client that goes away, e.g. because a picture was scrolled out of
//! sight, loses its place, and nothing is decoded for it.

mod access;
mod answer;
mod assets;
mod reply;
mod routes;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Notify, Semaphore};

use super::error::ReviewError;
use super::state::Review;
use access::Access;

/// More clients than this wait; a browser opens six connections.
const MAX_CONNECTIONS: usize = 64;
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// Bytes of a request's head.
const MAX_HEAD: usize = 16 << 10;
/// What is under way when the server ends has as long to finish.
const PATIENCE: Duration = Duration::from_secs(2);

/// What all connections share.
pub(super) struct Shared {
    review: Arc<Review>,
    access: Access,
    /// Places for decoding pictures.
    pictures: Semaphore,
    /// The place for looking for faces and text, which takes all of a picture's memory and a second.
    networks: Semaphore,
    /// Why the survey ended early.
    trouble: Mutex<Option<String>>,
}

/// A server that listens and does not answer yet.
pub struct Server {
    listener: TcpListener,
    runtime: Runtime,
    shared: Arc<Shared>,
    stop: Stop,
}

/// Ends a [`Server`] from any thread.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<Notify>);

impl Stop {
    /// Asks the server to end; a second call changes nothing.
    pub fn stop(&self) {
        self.0.notify_one();
    }
}

impl Server {
    /// Listens on 127.0.0.1, on a port that is free if `port` is 0.
    ///
    /// # Errors
    /// [`ReviewError::Listen`] where the port is taken.
    pub fn bind(review: Arc<Review>, port: u16) -> Result<Self, ReviewError> {
        let failed = |source| ReviewError::Listen { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            // Decoders, the networks, and quick answers beside them.
            .max_blocking_threads(cores + 4)
            .build()
            .map_err(failed)?;
        let shared = Shared {
            review,
            access: Access::new(address)?,
            pictures: Semaphore::new(cores),
            networks: Semaphore::new(1),
            trouble: Mutex::new(None),
        };
        Ok(Self { listener, runtime, shared: Arc::new(shared), stop: Stop::default() })
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.shared.access.port()
    }

    /// The address of the page. It opens the page once: whoever comes first with it is let in, and nobody after.
    pub fn url(&self) -> String {
        self.shared.access.url()
    }

    /// What ends [`Server::run`].
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Answers and looks at pictures in the background, until [`Stop::stop`].
    ///
    /// # Errors
    /// [`ReviewError::Listen`] if the socket is lost.
    pub fn run(self) -> Result<(), ReviewError> {
        let Self { listener, runtime, shared, stop } = self;
        let surveyed = Arc::clone(&shared);
        let survey = std::thread::spawn(move || {
            if let Err(error) = surveyed.review.survey() {
                let mut trouble = surveyed.trouble.lock().unwrap_or_else(PoisonError::into_inner);
                *trouble = Some(error.to_string());
            }
        });
        let ended = runtime.block_on(accept(listener, &shared, &stop));
        shared.review.stop();
        runtime.shutdown_timeout(PATIENCE);
        // Comparing a hundred thousand pictures is not interrupted; nobody waits for it.
        let until = Instant::now() + PATIENCE;
        while !survey.is_finished() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(10));
        }
        let port = shared.access.port();
        ended.map_err(|source| ReviewError::Listen { port, source })
    }
}

async fn accept(listener: TcpListener, shared: &Arc<Shared>, stop: &Stop) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let stopped = stop.0.notified();
    let mut stopped = std::pin::pin!(stopped);
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            () = &mut stopped => return Ok(()),
            next = next => next,
        };
        let Ok((stream, _)) = accepted else {
            // The client is gone again, or there are no descriptors left: others end soon.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let shared = Arc::clone(shared);
        tokio::spawn(async move {
            let _place = place;
            let service = service_fn(|request| {
                let shared = Arc::clone(&shared);
                async move { Ok::<_, Infallible>(answer::answer(shared, request).await) }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADER_TIMEOUT)
                .max_buf_size(MAX_HEAD)
                .serve_connection(TokioIo::new(stream), service);
            // Whatever ends a connection, its client knows.
            let _ = connection.await;
        });
    }
}
