//! From text to the values of settings. The errors say what is wrong; what is allowed is said by the table.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use tracing_subscriber::filter::{LevelFilter, Targets};
use url::Url;

use super::super::values::Address;
use super::super::{Cidr, duration as durations};

/// Which web pages may call from within a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CorsOrigins {
    /// All.
    Any,
    /// None: no CORS header is sent.
    Nobody,
    /// Those of these origins, such as `https://chat.example`.
    Listed(Vec<String>),
}

/// The shape of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one object a line.
    Json,
}

/// What a parser answers.
type Parsed<T> = Result<T, String>;

/// Nothing, or what another parser reads.
pub(super) fn or_none<T>(parse: impl Fn(&str) -> Parsed<T>) -> impl Fn(&str) -> Parsed<Option<T>> {
    move |text| {
        if text.is_empty() {
            Ok(None)
        } else {
            parse(text).map(Some)
        }
    }
}

/// Any number of what another parser reads, with commas between.
pub(super) fn list<T>(parse: impl Fn(&str) -> Parsed<T>) -> impl Fn(&str) -> Parsed<Vec<T>> {
    move |text| {
        text.split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(&parse)
            .collect()
    }
}

pub(super) fn path(text: &str) -> Parsed<PathBuf> {
    if text.is_empty() {
        Err("is empty".to_owned())
    } else {
        Ok(PathBuf::from(text))
    }
}

pub(super) fn socket(text: &str) -> Parsed<SocketAddr> {
    text.parse().map_err(|_| "is not an address".to_owned())
}

pub(super) fn url(text: &str) -> Parsed<Url> {
    Address::try_from(text.to_owned())
        .map(|address| address.0)
        .map_err(str::to_owned)
}

pub(super) fn range(text: &str) -> Parsed<Cidr> {
    text.parse()
        .map_err(|_| "is not a list of IP addresses and ranges".to_owned())
}

pub(super) fn duration(text: &str) -> Parsed<Duration> {
    durations::parse(text)
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| "is not a duration".to_owned())
}

/// A duration whose zero means never.
pub(super) fn interval(text: &str) -> Parsed<Option<Duration>> {
    let interval = durations::parse(text).ok_or("is not a duration")?;
    Ok(Some(interval).filter(|interval| !interval.is_zero()))
}

pub(super) fn count(text: &str) -> Parsed<usize> {
    within(text, 1, 1_000_000).ok_or_else(|| "is not a count".to_owned())
}

pub(super) fn size(text: &str) -> Parsed<usize> {
    let (number, unit) = match text.strip_suffix("KiB").map(|number| (number, 1024)) {
        Some(parts) => parts,
        None => text
            .strip_suffix("MiB")
            .map_or((text, 1), |number| (number, 1024 * 1024)),
    };
    let largest = 256 * 1024 * 1024;
    let bytes = within(number.trim_end(), 1, largest).map(|number| number.saturating_mul(unit));
    bytes
        .filter(|bytes| (1024..=largest).contains(bytes))
        .ok_or_else(|| "is not a size".to_owned())
}

pub(super) fn origins(text: &str) -> Parsed<CorsOrigins> {
    let origin = |text: &str| match Url::parse(text) {
        Ok(url) if url.origin().ascii_serialization() == text => Ok(text.to_owned()),
        _ => Err("is not a list of origins".to_owned()),
    };
    match text {
        "*" => Ok(CorsOrigins::Any),
        "none" => Ok(CorsOrigins::Nobody),
        "" => Err("is empty".to_owned()),
        _ => list(origin)(text).map(CorsOrigins::Listed),
    }
}

pub(super) fn log_format(text: &str) -> Parsed<LogFormat> {
    match text.to_ascii_lowercase().as_str() {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("is not a format".to_owned()),
    }
}

/// [`Targets`] would take a misspelt level for a target, and log nothing but that.
pub(super) fn log_filter(text: &str) -> Parsed<Targets> {
    let is_level = |text: &str| !text.is_empty() && text.parse::<LevelFilter>().is_ok();
    let is_target = |text: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_:-.".contains(&byte);
        !text.is_empty() && text.bytes().all(plain)
    };
    let is_directive = |text: &str| match text.split_once('=') {
        Some((target, level)) => is_target(target) && is_level(level),
        None => is_level(text),
    };
    let wrong = || "is not a filter".to_owned();
    if !text.split(',').all(is_directive) {
        return Err(wrong());
    }
    text.parse().map_err(|_| wrong())
}

/// A number without a sign.
fn within(text: &str, least: usize, most: usize) -> Option<usize> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|number| digits && (least..=most).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_binary_units() {
        for (text, bytes) in [
            ("6MiB", 6_291_456),
            ("64 KiB", 65_536),
            ("5000000", 5_000_000),
            ("256MiB", 268_435_456),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in [
            "",
            "0",
            "1023",
            "257MiB",
            "6MB",
            "6M",
            "-1",
            "+6MiB",
            "1.5MiB",
            "MiB",
            "999999999999999999999",
        ] {
            assert_eq!(size(text), Err("is not a size".to_owned()), "{text}");
        }
    }

    #[test]
    fn origins_are_all_none_or_listed() {
        assert_eq!(origins("*"), Ok(CorsOrigins::Any));
        assert_eq!(origins("none"), Ok(CorsOrigins::Nobody));
        let listed = ["https://chat.example", "http://localhost:3000"]
            .map(str::to_owned)
            .to_vec();
        assert_eq!(
            origins("https://chat.example, http://localhost:3000"),
            Ok(CorsOrigins::Listed(listed))
        );
        for text in [
            "https://chat.example/",
            "https://chat.example/x",
            "chat.example",
            "*,https://chat.example",
            "null",
        ] {
            assert_eq!(
                origins(text),
                Err("is not a list of origins".to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn filters_name_levels() {
        for text in [
            "info",
            "WARN",
            "off",
            "info,conflagent=debug",
            "conflagent::http=trace,warn",
        ] {
            assert!(log_filter(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "infoo",
            "conflagent",
            "conflagent=loud",
            "=info",
            "info,",
            "conflagent[span]=info",
        ] {
            assert!(log_filter(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_interval_of_zero_is_none() {
        assert_eq!(interval("0"), Ok(None));
        assert_eq!(interval("0ms"), Ok(None));
        assert_eq!(interval("1"), Ok(Some(Duration::from_secs(1))));
        assert_eq!(duration("0"), Err("is not a duration".to_owned()));
    }

    #[test]
    fn proxies_are_a_list() {
        let proxies = list(range);
        assert_eq!(proxies("").unwrap(), []);
        assert_eq!(
            proxies("10.0.0.0/8, ::1,").unwrap(),
            ["10.0.0.0/8", "::1"].map(|range| range.parse().unwrap())
        );
        assert!(proxies("10.0.0.0/8 ::1").is_err());
    }
}
