//! The load generator: fixed requests over keep-alive connections, answers read no further than to their end.
//!
//! It shares the cores with what it measures, so it does as little as it can: one thread, no HTTP library, one read
//! for most answers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Longer than any answer should take; a run that stands still must end.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request as it goes over the wire.
#[derive(Clone)]
pub(crate) struct Request(Arc<[u8]>);

impl Request {
    pub(crate) fn get(path: &str, authorization: &str) -> Self {
        let text = format!(
            "GET {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: {authorization}\r\n\
             accept: application/json\r\n\r\n"
        );
        Self(text.into_bytes().into())
    }

    /// The same request of a caller who takes compressed answers.
    pub(crate) fn accepting_gzip(&self) -> Self {
        let text = String::from_utf8_lossy(&self.0);
        let text = text.replacen("\r\n\r\n", "\r\naccept-encoding: gzip\r\n\r\n", 1);
        Self(text.into_bytes().into())
    }

    pub(crate) fn post(path: &str, authorization: &str, body: &str) -> Self {
        let text = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: {authorization}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        Self(text.into_bytes().into())
    }
}

/// One keep-alive connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("cannot connect")?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(64 * 1024),
        })
    }

    /// Sends a request and reads its answer: how long that took. Anything but a 200 is an error.
    pub(crate) async fn time(&mut self, request: &Request) -> anyhow::Result<Duration> {
        let begun = Instant::now();
        let asked = tokio::time::timeout(PATIENCE, self.ask(request));
        let _body = asked.await.context("no answer")??;
        Ok(begun.elapsed())
    }

    /// Sends a request and reads its answer: the body.
    pub(crate) async fn ask(&mut self, Request(request): &Request) -> anyhow::Result<&[u8]> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let mut head = None;
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the connection was closed instead of an answer");
            }
            if head.is_none()
                && let Some(end) = find(&self.buffer, b"\r\n\r\n")
            {
                head = Some((end + 4, End::of(&self.buffer[..end])?));
            }
            let Some((head, end)) = head else { continue };
            if !end.is_reached(&self.buffer[head..]) {
                continue;
            }
            if self.buffer.get(9..12) != Some(b"200") {
                bail!("refused: {}", String::from_utf8_lossy(&self.buffer));
            }
            return Ok(&self.buffer[head..]);
        }
    }
}

/// How an answer ends.
#[derive(Clone, Copy)]
enum End {
    /// After so many bytes.
    Length(usize),
    /// After an empty chunk, as what is compressed on the way does.
    EmptyChunk,
}

impl End {
    fn of(head: &[u8]) -> anyhow::Result<Self> {
        let head = std::str::from_utf8(head)?.to_ascii_lowercase();
        let value = |wanted: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(':'));
            lines
                .find(|(name, _)| *name == wanted)
                .map(|(_, value)| value.trim())
        };
        match value("content-length") {
            Some(length) => Ok(Self::Length(length.parse()?)),
            None if value("transfer-encoding") == Some("chunked") => Ok(Self::EmptyChunk),
            None => bail!("an answer without an end"),
        }
    }

    fn is_reached(self, body: &[u8]) -> bool {
        match self {
            Self::Length(length) => body.len() >= length,
            Self::EmptyChunk => body.ends_with(b"\r\n0\r\n\r\n"),
        }
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// What came of a run.
pub(crate) struct Run {
    /// How long each answer took.
    pub(crate) taken: Vec<Duration>,
    /// How long all of it took.
    pub(crate) elapsed: Duration,
}

impl Run {
    /// Answers per second.
    pub(crate) fn rate(&self) -> f64 {
        let answers = u32::try_from(self.taken.len()).unwrap_or(u32::MAX);
        f64::from(answers) / self.elapsed.as_secs_f64()
    }
}

/// So many connections, each of which asks again as soon as it has its answer, until `count` requests were sent or
/// `most` time is over.
pub(crate) async fn closed_loop(
    address: SocketAddr,
    request: &Request,
    connections: usize,
    count: usize,
    most: Duration,
) -> anyhow::Result<Run> {
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(Connection::open(address).await?);
    }
    let left = Arc::new(AtomicUsize::new(count));
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for mut connection in open {
        let (request, left) = (request.clone(), Arc::clone(&left));
        tasks.spawn(async move {
            let mut taken = Vec::new();
            let take = |left: usize| left.checked_sub(1);
            while begun.elapsed() < most
                && left
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
                    .is_ok()
            {
                taken.push(connection.time(&request).await?);
            }
            anyhow::Ok(taken)
        });
    }
    let mut taken = Vec::with_capacity(count);
    while let Some(done) = tasks.join_next().await {
        taken.extend(done??);
    }
    Ok(Run {
        taken,
        elapsed: begun.elapsed(),
    })
}
