//! What is sent and what comes back: a call as a value, and the answer to it.

use std::borrow::Cow;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::{Error, ErrorKind, failure};

/// One kind of call.
#[derive(Debug)]
pub(super) struct Route {
    /// Its name in logs and errors.
    pub(super) name: &'static str,
    /// Whether doing it twice is the same as doing it once.
    pub(super) idempotent: bool,
}

impl Route {
    pub(super) const fn reading(name: &'static str) -> Self {
        Self {
            name,
            idempotent: true,
        }
    }

    pub(super) const fn writing(name: &'static str) -> Self {
        Self {
            name,
            idempotent: false,
        }
    }

    /// An error in what an answer said, rather than in getting one.
    pub(super) fn nonsense(&self, detail: impl Into<String>) -> Error {
        Error {
            kind: ErrorKind::Nonsense,
            operation: self.name,
            status: None,
            elapsed: Duration::ZERO,
            detail: Some(detail.into()),
            source: None,
        }
    }
}

/// What a successful answer must carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expect {
    Json,
    Nothing,
}

/// A call to be made. Borrowed by `send`, so that the same one can be sent again where that is right.
#[derive(Debug)]
pub(super) struct Request<'a> {
    pub(super) route: &'static Route,
    pub(super) method: Method,
    path: Vec<&'a str>,
    query: Vec<(&'static str, Cow<'a, str>)>,
    cursor: Option<String>,
    about: Option<&'a str>,
    pub(super) header: Option<(HeaderName, HeaderValue)>,
    pub(super) body: Option<Vec<u8>>,
    pub(super) expect: Expect,
}

impl<'a> Request<'a> {
    /// `path` is given in segments below the base address; each is encoded, so none can add another.
    pub(super) fn new(route: &'static Route, method: Method, path: &[&'a str]) -> Self {
        Self {
            route,
            method,
            path: path.to_vec(),
            query: Vec::new(),
            cursor: None,
            about: None,
            header: None,
            body: None,
            expect: Expect::Json,
        }
    }

    pub(super) fn get(route: &'static Route, path: &[&'a str]) -> Self {
        Self::new(route, Method::GET, path)
    }

    pub(super) fn query(mut self, name: &'static str, value: impl Into<Cow<'a, str>>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    pub(super) fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.header = Some((HeaderName::from_static(name), HeaderValue::from_static(value)));
        self
    }

    pub(super) fn json(mut self, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("our own bodies are maps with string keys");
        self.body = Some(body);
        self
    }

    /// Names a page that must be there for this to work, beside those in the path.
    pub(super) fn about(mut self, id: &'a str) -> Self {
        self.about = Some(id);
        self
    }

    /// Whether it is about the page or folder with this id.
    pub(super) fn mentions(&self, id: &str) -> bool {
        self.about == Some(id) || self.path.contains(&id)
    }

    /// The answer is of no interest beyond its status, and may be empty.
    pub(super) fn expect_nothing(mut self) -> Self {
        self.expect = Expect::Nothing;
        self
    }

    /// Goes on where the list left off.
    pub(super) fn at_cursor(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }

    /// Its address, below that of the API.
    pub(super) fn url(&self, base: &Url) -> Url {
        let mut url = base.clone();
        url.path_segments_mut()
            .expect("setup accepts http and https only")
            .pop_if_empty()
            .extend(&self.path);
        url.set_query(None);
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        if let Some(cursor) = &self.cursor {
            // Kept as the server wrote it: see `paging::cursor_of`.
            let query = url.query().map(|query| format!("{query}&")).unwrap_or_default();
            url.set_query(Some(&format!("{query}cursor={cursor}")));
        }
        url
    }
}

/// A successful answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) route: &'static Route,
    pub(super) status: u16,
    pub(super) elapsed: Duration,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// Reads the body.
    ///
    /// # Errors
    /// It is not JSON of this shape.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| self.nonsense(error.to_string()))
    }

    /// An error in what this answer says.
    pub(super) fn nonsense(&self, detail: impl Into<String>) -> Error {
        Error {
            status: Some(self.status),
            elapsed: self.elapsed,
            ..self.route.nonsense(failure::shortened(&detail.into()))
        }
    }
}
