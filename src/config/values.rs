//! The rules of single values, as types that serde reads from text. Each says what is wrong with its text; what is
//! allowed is said by [`super::keys`], and nobody repeats the text, which may be a secret typed into the wrong place.

use std::time::Duration;

use serde::Deserialize;
use url::{Host, Url};

use super::{Deployment, DirectoryAccess, Flavor, ReadFormat, duration};

/// `impl Deserialize` by way of a function from text, so that each rule is one function.
macro_rules! from_text {
    ($type:ty, $parse:expr) => {
        impl TryFrom<String> for $type {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                $parse(text)
            }
        }
    };
}

/// What the body of a page is answered in.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct ReadIn(pub(super) ReadFormat);

from_text!(ReadIn, |text: String| {
    ReadFormat::parse(&text).map(Self).ok_or("is not a format")
});

/// How old a listing may be.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Freshness(pub(super) Duration);

from_text!(Freshness, |text: String| {
    match duration::parse(&text) {
        Some(duration) if duration <= Duration::from_secs(3600) => Ok(Self(duration)),
        Some(_) => Err("is longer than an hour"),
        None => Err("is not a duration"),
    }
});

/// An http or https address without a trailing slash.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Address(pub(super) Url);

from_text!(Address, |text: String| {
    let mut url = Url::parse(&text).map_err(|_| "is not an absolute address")?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("is not an http or https address");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a user or password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("has a query or fragment");
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(Self(url))
});

impl Address {
    /// The address as one of a site: what product is there, when its host name tells.
    pub(super) fn deployment(&self) -> Deployment {
        if self.is_atlassian_site() || self.is_gateway() {
            Deployment::Cloud
        } else {
            Deployment::DataCenter
        }
    }

    /// A Cloud site under a name of the vendor's.
    pub(super) fn is_atlassian_site(&self) -> bool {
        self.0
            .host_str()
            .is_some_and(|host| host.ends_with(".atlassian.net") || host.ends_with(".jira.com"))
    }

    /// The address of the API gateway, which is nobody's site.
    pub(super) fn is_gateway(&self) -> bool {
        self.0.host_str() == Some("api.atlassian.com")
    }

    /// Whether what is sent there can be read on the way.
    pub(super) fn is_exposed(&self) -> bool {
        let loopback = match self.0.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        self.0.scheme() == "http" && !loopback
    }
}

/// The account a token belongs to: the part of `Basic` credentials before the colon.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Account(pub(super) String);

from_text!(Account, |text: String| {
    if text.contains(|character: char| character == ':' || character.is_whitespace()) {
        return Err("holds a blank or a colon");
    }
    Ok(Self(text))
});

/// Personal spaces have keys like `~jane.doe`, so only what can be in none of them is refused.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct SpaceKey(pub(super) String);

from_text!(SpaceKey, |text: String| {
    if text.contains(|character: char| character.is_whitespace() || "\"'/\\?#&".contains(character)) {
        return Err("is not the key of a space");
    }
    Ok(Self(text))
});

/// Ids are compared as text, so a leading zero would match nothing.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct RootPageId(pub(super) String);

from_text!(RootPageId, |text: String| {
    if text.len() > 19 || text.starts_with('0') || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("is not the id of a page");
    }
    Ok(Self(text))
});

/// In lower case.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub(super) struct CloudId(pub(super) String);

from_text!(CloudId, |text: String| {
    // The uuid crate also accepts braces, urn: and no hyphens at all, none of which the gateway does.
    match uuid::Uuid::try_parse(&text) {
        Ok(id) if text.len() == uuid::fmt::Hyphenated::LENGTH => Ok(Self(id.to_string())),
        _ => Err("is not a UUID"),
    }
});

from_text!(Flavor, |text: String| {
    match text.to_ascii_lowercase().as_str() {
        "default" => Ok(Self::Default),
        "read" => Ok(Self::Read),
        "upload" => Ok(Self::Upload),
        _ => Err("is not a flavor"),
    }
});

from_text!(DirectoryAccess, |text: String| {
    match text.to_ascii_lowercase().as_str() {
        "off" => Ok(Self::Off),
        "read" => Ok(Self::Read),
        "admin" => Ok(Self::Admin),
        _ => Err("is none of these"),
    }
});

from_text!(Deployment, |text: String| {
    match text.to_ascii_lowercase().as_str() {
        "cloud" => Ok(Self::Cloud),
        "datacenter" => Ok(Self::DataCenter),
        _ => Err("is not a deployment"),
    }
});

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;

    use super::*;

    fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
        config::Value::from(text)
            .try_deserialize()
            .map_err(|error| error.to_string())
    }

    #[track_caller]
    fn address(text: &str, expected: Result<&str, &str>) {
        let found = read::<Address>(text).map(|address| address.0.to_string());
        assert_eq!(found.as_deref().map_err(String::as_str), expected, "{text}");
    }

    #[test]
    fn addresses_are_absolute_and_bare() {
        address(
            "https://site.atlassian.net/wiki",
            Ok("https://site.atlassian.net/wiki"),
        );
        address(
            "https://site.atlassian.net/wiki//",
            Ok("https://site.atlassian.net/wiki"),
        );
        address(
            "HTTP://Host.Example:8090/Confluence/",
            Ok("http://host.example:8090/Confluence"),
        );
        address("http://[::1]:8090", Ok("http://[::1]:8090/"));
        address("site.atlassian.net/wiki", Err("is not an absolute address"));
        address("/wiki", Err("is not an absolute address"));
        address("https://", Err("is not an absolute address"));
        address("\"https://site.example\"", Err("is not an absolute address"));
        address("site:8090", Err("is not an http or https address"));
        address("ftp://site.example", Err("is not an http or https address"));
        address(
            "https://jane:hunter2@site.example",
            Err("holds a user or password"),
        );
        address("https://jane@site.example", Err("holds a user or password"));
        address(
            "https://site.example/?os_authType=basic",
            Err("has a query or fragment"),
        );
        address("https://site.example/#x", Err("has a query or fragment"));
    }

    #[track_caller]
    fn place(text: &str, deployment: Deployment, exposed: bool) {
        let address = read::<Address>(text).unwrap();
        assert_eq!(
            (address.deployment(), address.is_exposed()),
            (deployment, exposed),
            "{text}"
        );
    }

    #[test]
    fn host_names_tell_the_deployment_and_who_may_listen() {
        place("https://site.atlassian.net/wiki", Deployment::Cloud, false);
        place("https://SITE.Atlassian.NET", Deployment::Cloud, false);
        place("https://site.jira.com/wiki", Deployment::Cloud, false);
        place(
            "https://api.atlassian.com/ex/confluence/x/wiki",
            Deployment::Cloud,
            false,
        );
        place(
            "https://atlassian.net.evil.example",
            Deployment::DataCenter,
            false,
        );
        place("https://notatlassian.net", Deployment::DataCenter, false);
        place("https://xapi.atlassian.com", Deployment::DataCenter, false);
        place("http://wiki.example", Deployment::DataCenter, true);
        place("http://10.0.0.1", Deployment::DataCenter, true);
        place("http://127.0.0.2:1", Deployment::DataCenter, false);
        place("http://[::1]:1", Deployment::DataCenter, false);
        place("http://localhost:1", Deployment::DataCenter, false);
    }

    #[test]
    fn page_ids_are_digits() {
        assert_eq!(read::<RootPageId>("1").unwrap().0, "1");
        assert_eq!(
            read::<RootPageId>("9223372036854775807").unwrap().0,
            "9223372036854775807"
        );
        for text in [
            "0",
            "007",
            "12345678901234567890",
            "-1",
            "+1",
            "1.5",
            "1e5",
            "12 34",
            "१२",
            "x",
        ] {
            assert_eq!(
                read::<RootPageId>(text).unwrap_err(),
                "is not the id of a page",
                "{text}"
            );
        }
    }

    #[test]
    fn space_keys_may_be_personal() {
        for text in [
            "DEV",
            "~jane.doe",
            "~jane@example.com",
            "~712020abcdef",
            "my_space-1",
        ] {
            assert_eq!(read::<SpaceKey>(text).unwrap().0, text);
        }
        for text in ["A B", "\"DEV\"", "spaces/DEV", "DEV?x"] {
            assert_eq!(
                read::<SpaceKey>(text).unwrap_err(),
                "is not the key of a space",
                "{text}"
            );
        }
    }

    #[test]
    fn accounts_fit_into_basic_credentials() {
        assert_eq!(
            read::<Account>("jane+wiki@example.com").unwrap().0,
            "jane+wiki@example.com"
        );
        assert_eq!(read::<Account>("jane:x").unwrap_err(), "holds a blank or a colon");
        assert_eq!(
            read::<Account>("jane doe").unwrap_err(),
            "holds a blank or a colon"
        );
    }

    #[test]
    fn flavors_and_deployments_are_read_in_any_case() {
        assert_eq!(read::<DirectoryAccess>("Admin"), Ok(DirectoryAccess::Admin));
        assert_eq!(read::<DirectoryAccess>("read"), Ok(DirectoryAccess::Read));
        assert_eq!(read::<DirectoryAccess>("OFF"), Ok(DirectoryAccess::Off));
        assert!(read::<DirectoryAccess>("on").is_err());
        assert_eq!(read::<Flavor>("Read"), Ok(Flavor::Read));
        assert_eq!(read::<Flavor>("DEFAULT"), Ok(Flavor::Default));
        assert_eq!(read::<Flavor>("upload"), Ok(Flavor::Upload));
        assert_eq!(read::<Flavor>("write"), Err("is not a flavor".to_owned()));
        assert_eq!(read::<Deployment>("Cloud"), Ok(Deployment::Cloud));
        assert_eq!(read::<Deployment>("dataCenter"), Ok(Deployment::DataCenter));
        assert_eq!(
            read::<Deployment>("server"),
            Err("is not a deployment".to_owned())
        );
    }

    #[test]
    fn cloud_ids_are_hyphenated_uuids() {
        let id = "01234567-89AB-cdef-0123-456789abcdef";
        assert_eq!(read::<CloudId>(id).unwrap().0, id.to_lowercase());
        for text in [
            "0123456789abcdef0123456789abcdef",
            "{01234567-89ab-cdef-0123-456789abcdef}",
            "site",
        ] {
            assert_eq!(read::<CloudId>(text).unwrap_err(), "is not a UUID", "{text}");
        }
    }
}
