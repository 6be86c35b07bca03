//! The accept loop and its connections, kept by hand so that the script can close them at any point.

use std::sync::Arc;

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{Duration, sleep},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::exchange::{Hub, exchange, lock};

/// Accepts until it is told to stop.
pub(crate) async fn accept(
    listener: TcpListener,
    hub: Arc<Hub>,
    stop: CancellationToken,
    tasks: TaskTracker,
) {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = accepted else {
            // Out of file handles, most likely: give connections a moment to end.
            sleep(Duration::from_millis(10)).await;
            continue;
        };
        lock(&hub.log).connected();
        if lock(&hub.script).refuse_connection() {
            continue;
        }
        let (hub, stop) = (Arc::clone(&hub), stop.clone());
        tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = serve(stream, hub) => {}
            }
        });
    }
}

async fn serve(stream: TcpStream, hub: Arc<Hub>) {
    // Without it a small answer may wait for the caller's acknowledgement of the one before.
    let _best_effort = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let hub = Arc::clone(&hub);
        async move { exchange(&hub, request).await }
    });
    // An error here is a connection that the script or the caller cut.
    let _cut = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}
