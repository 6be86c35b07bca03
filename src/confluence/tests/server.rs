//! A server for one test: hears requests, answers from a function, and keeps what it heard. Written on the bare
//! socket, so that an answer may be as broken as a test needs it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::TaskTracker;
use url::Url;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    pub(super) method: String,
    /// Path and query, as sent.
    pub(super) target: String,
    /// Header lines, names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Heard {
    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    /// The value of a query parameter, decoded.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        let url = Url::parse("http://host").unwrap().join(&self.target).unwrap();
        url.query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    delay: Duration,
    /// Bytes of the body that are withheld before the connection is cut.
    withheld: usize,
}

impl Reply {
    pub(super) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("Content-Type".to_owned(), content_type.to_owned())],
            body: body.into(),
            delay: Duration::ZERO,
            withheld: 0,
        }
    }

    pub(super) fn json(status: u16, body: &str) -> Self {
        Self::new(status, "application/json;charset=UTF-8", body)
    }

    pub(super) fn html(status: u16, body: &str) -> Self {
        Self::new(status, "text/html;charset=utf-8", body)
    }

    pub(super) fn empty(status: u16) -> Self {
        Self {
            headers: Vec::new(),
            ..Self::new(status, "", "")
        }
    }

    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn late(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    pub(super) fn cut_short(mut self, withheld: usize) -> Self {
        self.withheld = withheld;
        self
    }
}

impl From<serde_json::Value> for Reply {
    fn from(body: serde_json::Value) -> Self {
        Self::json(200, &body.to_string())
    }
}

type Answering = dyn Fn(&Heard) -> Reply + Send + Sync;

/// The server. Its tasks end with the runtime of the test.
pub(super) struct Server {
    port: u16,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Server {
    pub(super) async fn start(answer: impl Fn(&Heard) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (log, answer): (_, Arc<Answering>) = (Arc::clone(&heard), Arc::new(answer));
        let tasks = TaskTracker::new();
        let connections = tasks.clone();
        tasks.spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                connections.spawn(converse(socket, Arc::clone(&log), Arc::clone(&answer)));
            }
        });
        Self { port, heard }
    }

    pub(super) fn url(&self, context: &str) -> Url {
        Url::parse(&format!("http://127.0.0.1:{}/{context}", self.port)).unwrap()
    }

    /// Everything heard so far, in order of arrival.
    pub(super) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// `METHOD path?query` of everything heard so far, sorted: calls made side by side arrive in any order.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines: Vec<_> = self
            .heard()
            .iter()
            .map(|heard| format!("{} {}", heard.method, heard.target))
            .collect();
        lines.sort();
        lines
    }
}

async fn converse(mut socket: TcpStream, log: Arc<Mutex<Vec<Heard>>>, answer: Arc<Answering>) {
    let mut buffer = Vec::new();
    while let Some(heard) = hear(&mut socket, &mut buffer).await {
        log.lock().unwrap().push(heard.clone());
        let reply = answer(&heard);
        tokio::time::sleep(reply.delay).await;
        let fields: String = reply
            .headers
            .iter()
            .map(|(name, value)| name.clone() + ": " + value + "\r\n")
            .collect();
        let (status, length) = (reply.status, reply.body.len());
        let head = format!("HTTP/1.1 {status} Status\r\n{fields}Content-Length: {length}\r\n\r\n");
        let sent = reply.body.len() - reply.withheld;
        let done = socket.write_all(head.as_bytes()).await.is_ok()
            && socket.write_all(&reply.body[..sent]).await.is_ok();
        if !done || reply.withheld > 0 {
            return;
        }
    }
}

async fn hear(socket: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Heard> {
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if socket.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8(buffer[..end].to_vec()).unwrap();
    let mut lines = text.lines();
    let mut first = lines.next()?.split(' ');
    let mut heard = Heard {
        method: first.next()?.to_owned(),
        target: first.next()?.to_owned(),
        headers: lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect(),
        body: String::new(),
    };
    let length: usize = heard
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    while buffer.len() < end + 4 + length {
        if socket.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    heard.body = String::from_utf8(buffer[end + 4..end + 4 + length].to_vec()).unwrap();
    buffer.drain(..end + 4 + length);
    Some(heard)
}
