//! One request from the wire to its answer: script, rate limit, routing, latency, and what trouble does to the
//! connection.

use std::{
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::body::Body;
use hyper::{
    Response,
    body::{Bytes, Frame, Incoming},
    http::request::Parts,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep},
};

use super::{
    auth::COLLEAGUE,
    cloud, data_center,
    faults::Fault,
    knobs::Knobs,
    limiter::Limiter,
    log::Log,
    reply::{Payload, Reply},
    request::{Query, Request, decode},
    rounds::Rounds,
    server::Deaf,
    store::Change,
    trouble::{Script, Trouble},
    world::{Call, Site, World, scene},
};

/// More than any route takes; each has its own smaller limit.
const BODY_LIMIT: usize = 64 * 1024 * 1024;
/// What [`Fault::Oversized`] sends.
const OVERSIZE: usize = 48 * 1024 * 1024;

/// What every connection shares.
pub(crate) struct Hub {
    pub(crate) site: Site,
    pub(crate) latency: Duration,
    pub(crate) world: Mutex<World>,
    pub(crate) script: Mutex<Script>,
    pub(crate) log: Mutex<Log>,
    pub(crate) limiter: Mutex<Limiter>,
    pub(crate) rounds: Rounds,
    pub(crate) deafen: mpsc::Sender<Deaf>,
}

impl Hub {
    /// Closes every connection that is idle, the others after their answer, and refuses new ones for so long.
    pub(crate) async fn refuse_connections(&self, wait: Duration) {
        let (done, is_done) = oneshot::channel();
        // An error means that the simulator is being stopped, which refuses connections as well.
        let _stopped = self.deafen.send(Deaf { wait, done }).await;
        let _stopped = is_done.await;
        // The callers' side notices a little later that its idle connections are gone.
        sleep(Duration::from_millis(20)).await;
    }
}

/// A lock that survives the panic of another request.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The connection ends here, without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the script cuts this connection")]
pub(crate) struct Cut;

/// Keeps the log right even when the caller hangs up.
struct Flight<'a> {
    log: &'a Mutex<Log>,
    number: u64,
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        lock(self.log).leave();
    }
}

/// Answers one request.
pub(crate) async fn exchange(hub: &Hub, request: hyper::Request<Incoming>) -> Result<Response<Body>, Cut> {
    let (parts, incoming) = request.into_parts();
    let method = parts.method.as_str().to_owned();
    let path = parts.uri.path().to_owned();
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let arrived = Instant::now().saturating_duration_since(hub.site.started);
    let flight = Flight {
        log: &hub.log,
        number: lock(&hub.log).arrive(&method, &path, &query, arrived),
    };
    let target = if query.is_empty() {
        path.clone()
    } else {
        format!("{path}?{query}")
    };
    let trouble = lock(&hub.script).strike(&method, &target);
    let fault = trouble.as_ref().map(|trouble| trouble.fault);
    if fault.is_some() {
        let mut log = lock(&hub.log);
        log.troubled();
        if let Some(entry) = log.entry(flight.number) {
            entry.fault = fault;
        }
    }
    if fault == Some(Fault::ConnectionRefused) {
        return Err(Cut);
    }
    let body = axum::body::to_bytes(Body::new(incoming), BODY_LIMIT)
        .await
        .map_err(|_| Cut)?;
    if let Some(entry) = lock(&hub.log).entry(flight.number) {
        entry.body_length = body.len();
        entry.credentials = parts.headers.contains_key(hyper::header::AUTHORIZATION);
    }
    if fault == Some(Fault::CutBefore) {
        return Err(Cut);
    }
    let jitter;
    let reply = {
        let mut world = lock(&hub.world);
        jitter = random_share(world.knobs.jitter, flight.number);
        let mounted = mount(&hub.site, &world, &parts, &path, &query, body);
        answer(hub, &mut world, mounted.as_ref(), trouble.as_ref(), flight.number)
    };
    if fault == Some(Fault::CutAfter) {
        return Err(Cut);
    }
    hub.rounds.join().await;
    let delay = hub.latency + jitter;
    if !delay.is_zero() {
        sleep(delay).await;
    }
    if let Some(Trouble {
        fault: Fault::SlowFirstByte,
        wait,
        ..
    }) = &trouble
    {
        sleep(*wait).await;
    }
    if fault == Some(Fault::StopsListening) {
        hub.refuse_connections(trouble.map(|trouble| trouble.wait).unwrap_or_default())
            .await;
    }
    if let Some(entry) = lock(&hub.log).entry(flight.number) {
        entry.status = Some(reply.status);
    }
    Ok(deliver(reply, fault))
}

/// The answer of the script, the rate limit or the product, in this order.
fn answer(
    hub: &Hub,
    world: &mut World,
    request: Option<&Request>,
    trouble: Option<&Trouble>,
    number: u64,
) -> Reply {
    let Some(request) = request else {
        return Reply::html(
            404,
            super::faults::tomcat_page(404, "The requested resource is not available"),
        );
    };
    if let Some(trouble) = trouble {
        if let Some(reply) = trouble
            .fault
            .instead(&scene(&hub.site, world, request, trouble.wait))
        {
            return reply;
        }
        if trouble.fault == Fault::StaleVersion {
            save_behind_the_back(world, request);
        }
    }
    let left = match take_token(hub, world, request) {
        Ok(left) => left,
        Err(reply) => return reply,
    };
    let (reply, user) = if hub.site.is_cloud() {
        cloud::serve(&hub.site, world, request)
    } else {
        data_center::serve(&hub.site, world, request)
    };
    if let Some(entry) = lock(&hub.log).entry(number) {
        entry.user = user.map(|index| world.users[index].username.clone());
    }
    match left {
        Some(left) => with_allowance(reply, world, hub.site.is_cloud(), left),
        None => reply,
    }
}

/// What is left of the caller's allowance, where the knob limits it.
fn take_token(hub: &Hub, world: &World, request: &Request) -> Result<Option<u32>, Reply> {
    let Knobs {
        rate_limit,
        rate_burst,
        rate_style,
        ..
    } = world.knobs;
    if rate_limit <= 0.0 {
        return Ok(None);
    }
    let who = request.header("authorization").unwrap_or_default();
    let taken = lock(&hub.limiter).take(who, rate_limit, rate_burst, Instant::now());
    taken.map(Some).map_err(|wait| {
        lock(&hub.log).limited();
        rate_style.too_many(&scene(&hub.site, world, request, wait))
    })
}

/// Data Center tells on every answer how its bucket stands; Cloud warns when little is left.
fn with_allowance(reply: Reply, world: &World, cloud: bool, left: u32) -> Reply {
    let burst = world.knobs.rate_burst;
    let reply = reply
        .header("X-RateLimit-Limit", burst.to_string())
        .header("X-RateLimit-Remaining", left.to_string());
    if cloud {
        return if left * 5 < burst {
            reply.header("X-RateLimit-NearLimit", "true")
        } else {
            reply
        };
    }
    reply
        .header("X-RateLimit-Interval-Seconds", "1")
        .header(
            "X-RateLimit-FillRate",
            format!("{:.0}", world.knobs.rate_limit.max(1.0)),
        )
        .header("Retry-After", "0")
}

/// A colleague saves the page that the request names, so that its version is stale.
fn save_behind_the_back(world: &mut World, request: &Request) {
    let now = world.now();
    if let Some(id) = Call::page_id(&request.segments).and_then(|id| id.parse().ok()) {
        let change = Change {
            message: "a small correction".to_owned(),
            ..Change::default()
        };
        // A page that is not there gets its 404 from the handler.
        let _unless_missing = world.store.save(id, change, COLLEAGUE, now);
    }
}

/// The request below the mount of the product; `None` when the address is outside of it.
fn mount(site: &Site, world: &World, parts: &Parts, path: &str, query: &str, body: Bytes) -> Option<Request> {
    let mut gateway = false;
    let below = if site.is_cloud() {
        let prefix = format!("/ex/confluence/{}", site.cloud_id);
        match path.strip_prefix(&prefix) {
            Some(rest) => {
                gateway = true;
                // It takes addresses without it as well.
                rest.strip_prefix("/wiki").unwrap_or(rest).strip_prefix('/')?
            }
            None if path == "/_edge/tenant_info" || path.starts_with("/_media/") => path,
            None => path.strip_prefix("/wiki/")?,
        }
    } else {
        path.strip_prefix(site.context(&world.knobs))?.strip_prefix('/')?
    };
    let segments = below
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(decode)
        .collect();
    let headers = parts.headers.clone();
    Some(Request {
        method: parts.method.as_str().to_owned(),
        segments,
        query: Query::parse(query),
        headers,
        body,
        gateway,
    })
}

/// Between nothing and `most`, spread evenly over the numbers of the requests.
fn random_share(most: Duration, number: u64) -> Duration {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48;
    most * u32::try_from(mixed).unwrap_or_default() / 65_536
}

/// Turns the answer into bytes, in the shape the fault gives them.
fn deliver(reply: Reply, fault: Option<Fault>) -> Response<Body> {
    let Reply {
        status,
        headers,
        payload,
    } = reply;
    let (mut bytes, mut kind) = Reply::content(payload);
    match fault {
        Some(Fault::WrongContentType) => kind = Some("text/plain;charset=UTF-8".to_owned()),
        Some(Fault::TruncatedJson) => bytes.truncate(bytes.len() / 2),
        Some(Fault::Oversized) => {
            return Reply::respond(200, &headers, Some("application/json"), oversized());
        }
        Some(Fault::StalledBody | Fault::TruncatedBody) => {
            let whole = bytes.len();
            bytes.truncate(whole / 2);
            let half = HalfBody {
                half: Some(Bytes::from(bytes)),
                stalls: fault == Some(Fault::StalledBody),
            };
            let headers: Vec<_> = headers
                .into_iter()
                .chain([("content-length", whole.to_string())])
                .collect();
            return Reply::respond(status, &headers, kind.as_deref(), Body::new(half));
        }
        _ => {}
    }
    Reply::respond(status, &headers, kind.as_deref(), Body::from(bytes))
}

/// A JSON document of [`OVERSIZE`] bytes and a few, out of one piece that is sent again and again.
fn oversized() -> Body {
    const PIECE: usize = 1024 * 1024;
    let piece = Bytes::from(vec![b'x'; PIECE]);
    let pieces = std::iter::repeat_n(piece, OVERSIZE / PIECE);
    let head = Bytes::from_static(br#"{"results":[],"filler":""#);
    let tail = Bytes::from_static(br#""}"#);
    let all = std::iter::once(head).chain(pieces).chain([tail]);
    Body::from_stream(futures_util::stream::iter(all.map(Ok::<_, Cut>)))
}

/// Half of an answer, and then nothing or the end of the connection.
struct HalfBody {
    half: Option<Bytes>,
    stalls: bool,
}

impl hyper::body::Body for HalfBody {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        match self.half.take() {
            Some(half) => Poll::Ready(Some(Ok(Frame::data(half)))),
            // Nobody wakes this up: it ends with the connection.
            None if self.stalls => Poll::Pending,
            None => Poll::Ready(Some(Err(Cut))),
        }
    }
}

/// For handlers that answer without content.
pub(crate) fn no_content() -> Reply {
    Reply {
        status: 204,
        headers: Vec::new(),
        payload: Payload::Empty,
    }
}
