//! The accept loop and its connections, kept by hand so that the script can close them at any point.

use std::{io, net::SocketAddr, sync::Arc};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{mpsc, oneshot, watch},
    time::{Duration, sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::exchange::{Hub, exchange, lock};

/// Somebody wants nobody to be listening for a while.
pub(crate) struct Deaf {
    pub(crate) wait: Duration,
    /// Told when connections are refused.
    pub(crate) done: oneshot::Sender<()>,
}

/// How long idle connections may take to close. One whose answer is stalled by another rule never does.
const CLOSING: Duration = Duration::from_secs(1);

/// Accepts until it is told to stop.
pub(crate) async fn accept(
    mut listener: TcpListener,
    mut deaf: mpsc::Receiver<Deaf>,
    hub: Arc<Hub>,
    stop: CancellationToken,
    tasks: TaskTracker,
) {
    let mut open = CancellationToken::new();
    let mut idle: Vec<watch::Receiver<bool>> = Vec::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            Some(wanted) = deaf.recv() => {
                open.cancel();
                open = CancellationToken::new();
                let refusing = refuse(listener, hub.site.address, std::mem::take(&mut idle), wanted);
                listener = tokio::select! {
                    () = stop.cancelled() => return,
                    listener = refusing => match listener {
                        Ok(listener) => listener,
                        // Somebody took the port in between: nobody listens here any more.
                        Err(_) => return,
                    },
                };
                continue;
            }
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
        let (is_idle, sees_idle) = watch::channel(true);
        // Those that ended are forgotten here.
        idle.retain(|connection| connection.has_changed().is_ok());
        idle.push(sees_idle);
        let (hub, stop, close) = (Arc::clone(&hub), stop.clone(), open.clone());
        tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = serve(stream, hub, close, is_idle) => {}
            }
        });
    }
}

/// Gives up the port's queue, so that the kernel refuses connections, and keeps the port.
///
/// Connections that were idle are closed when `wanted` is told, so that no later request slips through one of them.
async fn refuse(
    listener: TcpListener,
    address: SocketAddr,
    idle: Vec<watch::Receiver<bool>>,
    wanted: Deaf,
) -> io::Result<TcpListener> {
    drop(listener);
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    }?;
    // Connections of before may still be ending.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    for mut connection in idle {
        // It is busy, or gone, or was waited for long enough.
        let _any = timeout(CLOSING, connection.wait_for(|is_idle| !is_idle)).await;
    }
    // Whoever wanted it may have hung up.
    let _nobody_waits = wanted.done.send(());
    sleep(wanted.wait).await;
    socket.listen(1024)
}

async fn serve(stream: TcpStream, hub: Arc<Hub>, close: CancellationToken, is_idle: watch::Sender<bool>) {
    // Without it a small answer may wait for the caller's acknowledgement of the one before.
    let _best_effort = stream.set_nodelay(true);
    let service = service_fn(|request| {
        let (hub, is_idle) = (Arc::clone(&hub), &is_idle);
        async move {
            is_idle.send_replace(false);
            let reply = exchange(&hub, request).await;
            is_idle.send_replace(true);
            reply
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    // An error here is a connection that the script or the caller cut.
    let _cut = tokio::select! {
        ended = connection.as_mut() => ended,
        () = close.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
}
