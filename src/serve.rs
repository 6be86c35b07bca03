//! The listener: limits per connection, signals, drain.
//!
//! axum's own serve loop has no header time-out and waits for half-sent headers for ever on shutdown, so the loop is
//! ours, over hyper. It knows nothing of routes.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service as _;

use crate::http::Peer;

/// Most header lines of a request.
const MAX_HEADERS: usize = 64;

/// How long the loop rests when the machine cannot accept (out of file descriptors, say).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How long the rest of a connection's first head is waited for at shutdown.
const LAST_WORD: Duration = Duration::from_millis(500);

/// Bounds on connections.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The longest time for a request's head to arrive. hyper counts from the end of the answer before, so it is the
    /// longest time a connection may be idle, too.
    pub header_read_timeout: Duration,
    /// The most connections at once; further ones wait to be accepted.
    pub max_connections: usize,
    /// The longest time that requests and writes in flight get on shutdown.
    pub drain_timeout: Duration,
}

/// Serves until `stop` is done, then drains: no new connections, requests in flight are answered, writes in flight
/// are finished, both within [`Bounds::drain_timeout`] or until `hurry` is done. Answers whether all was finished.
pub async fn serve(
    listener: TcpListener,
    routes: Router,
    writes: TaskTracker,
    bounds: Bounds,
    stop: impl Future<Output = ()>,
    hurry: impl Future<Output = ()>,
) -> bool {
    let connections = TaskTracker::new();
    let places = Arc::new(Semaphore::new(bounds.max_connections));
    let graceful = GracefulShutdown::new();
    let stopping = CancellationToken::new();
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(bounds.header_read_timeout)
        .max_headers(MAX_HEADERS);
    // Builds the layers once instead of for each connection.
    let routes = routes.with_state(());
    let mut stop = std::pin::pin!(stop);
    loop {
        let place = tokio::select! {
            () = &mut stop => break,
            place = Arc::clone(&places).acquire_owned() => place,
        };
        let (stream, peer) = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
        };
        let used = Arc::new(AtomicBool::new(false));
        let service = answering(routes.clone(), Peer(peer), Arc::clone(&used));
        let connection = graceful.watch(http.serve_connection(io(stream), service));
        let silent = silent_at_the_end(stopping.clone(), used);
        connections.spawn(async move {
            let _place = place;
            tokio::select! {
                outcome = connection => if let Err(error) = outcome {
                    tracing::debug!(%error, "a connection ended early");
                },
                () = silent => {}
            }
        });
    }
    drop(listener);
    stopping.cancel();
    connections.close();
    writes.close();
    tracing::info!(connections = connections.len(), writes = writes.len(), "draining");
    let drained = async {
        graceful.shutdown().await;
        connections.wait().await;
        writes.wait().await;
    };
    tokio::select! {
        () = drained => true,
        () = tokio::time::sleep(bounds.drain_timeout) => {
            tracing::warn!(writes = writes.len(), "the drain took too long; what is left is given up");
            false
        }
        () = hurry => false,
    }
}

/// A stream without delays for small answers.
fn io(stream: TcpStream) -> TokioIo<TcpStream> {
    // A socket that refuses the option still works.
    let _ = stream.set_nodelay(true);
    TokioIo::new(stream)
}

/// Done when the service stops and no request has arrived on a connection by then. hyper closes connections without a
/// byte, and those between two requests, by itself; but the rest of a first head it waits for as long as ever.
async fn silent_at_the_end(stopping: CancellationToken, used: Arc<AtomicBool>) {
    stopping.cancelled().await;
    tokio::time::sleep(LAST_WORD).await;
    if used.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
}

/// The routes as a service of one connection, which tells them who is asking, and notes that somebody did.
fn answering(
    routes: Router,
    peer: Peer,
    used: Arc<AtomicBool>,
) -> impl hyper::service::Service<
    Request<Incoming>,
    Response = Response<Body>,
    Error = Infallible,
    Future = axum::routing::future::RouteFuture<Infallible>,
> {
    hyper::service::service_fn(move |mut request: Request<Incoming>| {
        used.store(true, Ordering::Relaxed);
        request.extensions_mut().insert(peer);
        routes.clone().call(request)
    })
}
