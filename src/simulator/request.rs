//! A request as the handlers see it: decoded path segments, decoded query, whole body.

use hyper::{HeaderMap, body::Bytes};
use serde_json::Value;

/// A request, read to its end.
pub(crate) struct Request {
    /// Upper case.
    pub(crate) method: String,
    /// Below the mount (`/wiki`, the gateway prefix or the context path), percent-decoded per segment.
    pub(crate) segments: Vec<String>,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Came in through the API gateway's address.
    pub(crate) gateway: bool,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON; `None` when it is none.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// The parameters of a query string in their order; names may repeat.
#[derive(Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(raw: &str) -> Self {
        let pairs = raw.split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(name, value)| (form_decode(name), form_decode(value)))
                .collect(),
        )
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// All values of `name`, comma-separated lists and repetition alike.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        let values = self.0.iter().filter(|(key, _)| key == name);
        values
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .collect()
    }

    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    /// The query again without the parameters named, encoded; for links to the next page.
    pub(crate) fn without(&self, names: &[&str]) -> Vec<String> {
        let kept = self.0.iter().filter(|(key, _)| !names.contains(&key.as_str()));
        kept.map(|(key, value)| format!("{}={}", encode(key), encode(value)))
            .collect()
    }
}

/// Percent-decoding of a path segment; `+` stays.
pub(crate) fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}

/// Percent-encoding of everything but letters, digits and `-._~`.
pub(crate) fn encode(text: &str) -> String {
    const PLAIN: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    percent_encoding::utf8_percent_encode(text, PLAIN).to_string()
}

fn form_decode(text: &str) -> String {
    if text.contains('+') {
        decode(&text.replace('+', " "))
    } else {
        decode(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_decodes_plus_and_percent_and_keeps_repetition() {
        let query = Query::parse("title=A+b%2Bc&status=current&status=archived,trashed&flag");
        assert_eq!(query.get("title"), Some("A b+c"));
        assert_eq!(query.list("status"), ["current", "archived", "trashed"]);
        assert_eq!(query.get("flag"), Some(""));
        assert_eq!(query.without(&["status"]), ["title=A%20b%2Bc", "flag="]);
    }

    #[test]
    fn a_path_segment_keeps_its_plus() {
        assert_eq!(decode("a+b%20c%2Fd"), "a+b c/d");
    }
}
