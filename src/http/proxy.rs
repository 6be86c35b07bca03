//! Who is asking, and at which address this service was asked: proxies are believed only when they are trusted.

use std::net::SocketAddr;

use axum::http::{HeaderMap, header};
use url::Url;

use crate::config::Settings;

/// The other end of the connection, put into each request by the listener.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// The address callers reach this service at, without a trailing slash: the configured one, else what a trusted
/// proxy forwards, else the Host header. Header values that are no host are not used.
pub(super) fn public_base(
    settings: &Settings,
    configured: Option<&Url>,
    headers: &HeaderMap,
    peer: Option<Peer>,
) -> String {
    if let Some(url) = configured.or(settings.public_url.as_ref()) {
        return url.as_str().trim_end_matches('/').to_owned();
    }
    let forwarded = |name: &str| forwarded(settings, headers, peer, name);
    let scheme = forwarded("x-forwarded-proto").filter(|scheme| *scheme == "https" || *scheme == "http");
    let prefix = forwarded("x-forwarded-prefix")
        .filter(|prefix| is_prefix(prefix))
        .unwrap_or_default();
    let host = asked_host(settings, headers, peer).filter(|host| is_host(host));
    let host = host.map_or_else(|| settings.listen.to_string(), str::to_owned);
    format!(
        "{}://{host}{}",
        scheme.unwrap_or("http"),
        prefix.trim_end_matches('/')
    )
}

/// The host that the caller addressed, as a trusted proxy forwards it or else as the Host header has it: whatever
/// stands there. None: neither is there, or is no text.
pub(super) fn asked_host<'h>(
    settings: &Settings,
    headers: &'h HeaderMap,
    peer: Option<Peer>,
) -> Option<&'h str> {
    forwarded(settings, headers, peer, "x-forwarded-host")
        .filter(|host| is_host(host))
        .or_else(|| headers.get(header::HOST)?.to_str().ok())
}

/// What the first proxy put into a header, if the peer is trusted.
fn forwarded<'h>(
    settings: &Settings,
    headers: &'h HeaderMap,
    peer: Option<Peer>,
    name: &str,
) -> Option<&'h str> {
    let Peer(peer) = peer?;
    let mut ranges = settings.trusted_proxies.iter();
    if !ranges.any(|range| range.contains(peer.ip())) {
        return None;
    }
    let first = headers.get(name)?.to_str().ok()?.split(',').next()?.trim();
    (!first.is_empty()).then_some(first)
}

/// A host name or address with an optional port, and nothing that could start another part of a URL.
fn is_host(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    text.len() <= 255 && text.bytes().all(plain) && Url::parse(&format!("http://{text}/")).is_ok()
}

/// A path a proxy strips before it forwards.
fn is_prefix(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
    text.len() <= 255 && text.starts_with('/') && !text.contains("//") && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::{Peer, public_base};
    use crate::config::Settings;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                let name = axum::http::HeaderName::from_static(name);
                (name, axum::http::HeaderValue::from_static(value))
            })
            .collect()
    }

    #[track_caller]
    fn check(trusted: &str, peer: &str, pairs: &[(&'static str, &'static str)], expected: &str) {
        let settings = Settings {
            trusted_proxies: trusted
                .split(',')
                .filter(|range| !range.is_empty())
                .map(|range| range.parse().expect("a range"))
                .collect(),
            ..Settings::default()
        };
        let peer = Peer(peer.parse().expect("an address"));
        assert_eq!(
            public_base(&settings, None, &headers(pairs), Some(peer)),
            expected
        );
    }

    #[test]
    fn the_host_header_serves_when_nothing_better_is_known() {
        check(
            "",
            "10.0.0.9:1",
            &[("host", "wiki.example.com:8443")],
            "http://wiki.example.com:8443",
        );
        check("", "10.0.0.9:1", &[], "http://127.0.0.1:5000");
    }

    #[test]
    fn forwarded_headers_count_from_trusted_proxies_only() {
        let forwarded = [
            ("host", "inner:5000"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "wiki.example.com, other"),
            ("x-forwarded-prefix", "/agents/"),
        ];
        check(
            "10.0.0.0/8",
            "10.0.0.9:1",
            &forwarded,
            "https://wiki.example.com/agents",
        );
        check("10.0.0.0/8", "192.168.0.9:1", &forwarded, "http://inner:5000");
    }

    #[test]
    fn header_values_that_are_no_host_are_not_used() {
        check(
            "",
            "10.0.0.9:1",
            &[("host", "evil.example/path?x=")],
            "http://127.0.0.1:5000",
        );
        check(
            "10.0.0.0/8",
            "10.0.0.9:1",
            &[
                ("host", "inner"),
                ("x-forwarded-host", "a@b"),
                ("x-forwarded-proto", "javascript"),
            ],
            "http://inner",
        );
    }
}
