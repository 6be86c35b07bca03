//! One endpoint: its name and what is configured for it. How that is read is in `endpoint/read.rs`.

mod read;

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use url::Url;

use super::{Only, Secret};

pub(super) use read::{Reading, read};

/// The name of an endpoint, as in `conflagent.<name>.properties` and `/endpoint/<name>/`. The unnamed
/// `conflagent.properties` has the empty name and is mounted at `/`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EndpointName(String);

impl EndpointName {
    /// The endpoint of the unnamed file.
    #[must_use]
    pub fn unnamed() -> Self {
        Self(String::new())
    }

    /// Accepts 1 to 64 of `[A-Za-z0-9_-]`, first one a letter or digit.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let valid = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
            && text.as_bytes()[0].is_ascii_alphanumeric();
        valid.then(|| Self(text.to_owned()))
    }

    /// The name; empty for the unnamed endpoint.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the environment variables of this endpoint begin with. Several names can have the same one.
    #[must_use]
    pub fn environment_prefix(&self) -> String {
        let name = self.0.to_uppercase().replace('-', "_");
        if name.is_empty() {
            "CONFLAGENT__".to_owned()
        } else {
            format!("CONFLAGENT_{name}__")
        }
    }
}

impl fmt::Display for EndpointName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_empty() { "(unnamed)" } else { &self.0 })
    }
}

/// Which product an endpoint talks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Deployment {
    /// Confluence Cloud: REST v2, v1 where v2 has nothing.
    Cloud,
    /// Confluence Data Center: REST v1.
    DataCenter,
}

/// Which operations an endpoint offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "String")]
pub enum Flavor {
    /// Everything.
    #[default]
    Default,
    /// Reading only.
    Read,
    /// Creating pages only.
    Upload,
}

impl Flavor {
    /// As files write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Read => "read",
            Self::Upload => "upload",
        }
    }
}

/// What callers may do with the users and groups of the whole site, which no root page bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize)]
#[serde(try_from = "String")]
pub enum DirectoryAccess {
    /// Nothing.
    #[default]
    Off,
    /// Find and list them.
    Read,
    /// Take users out of groups too.
    Admin,
}

/// What the body of a page is answered in, unless the caller says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReadFormat {
    /// As Confluence stores it.
    #[default]
    Storage,
    /// Markdown, which can be edited and written back.
    Markdown,
    /// The words alone.
    Text,
}

impl ReadFormat {
    /// As callers and files write it; the case does not matter.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Storage, Self::Markdown, Self::Text]
            .into_iter()
            .find(|format| format.as_str().eq_ignore_ascii_case(text.trim()))
    }

    /// As callers and files write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Storage => "storage",
            Self::Markdown => "markdown",
            Self::Text => "text",
        }
    }
}

/// How old the hierarchy may be that listings show, unless configured.
pub const INDEX_FRESHNESS: Duration = Duration::from_secs(30);

/// A valid configuration of one endpoint.
#[derive(Clone, Debug)]
pub struct EndpointConfig {
    /// Its name.
    pub name: EndpointName,
    /// Account of `api_token`. None: the token is sent as `Authorization: Bearer` (Data Center personal access token).
    pub email: Option<String>,
    /// The Confluence credential.
    pub api_token: Secret,
    /// Address of the site, without a trailing slash; for Cloud usually `https://site.atlassian.net/wiki`. http or https.
    pub base_url: Url,
    /// Key of the space that holds the root page.
    pub space_key: String,
    /// Id of the root page: decimal digits.
    pub root_page_id: String,
    /// What callers must present.
    pub gpt_shared_secret: Secret,
    /// Which operations are offered.
    pub flavor: Flavor,
    /// What is left of them by name.
    pub only: Only,
    /// What is offered of the site's users and groups, as far as the flavor goes.
    pub directory: DirectoryAccess,
    /// Cloud or Data Center, given or told from the host name.
    pub deployment: Deployment,
    /// Cloud only: send API calls to the gateway `https://api.atlassian.com/ex/confluence/<cloud_id>/wiki`, which
    /// scoped tokens need. `base_url` still names the site for people.
    pub cloud_id: Option<String>,
    /// The address callers reach this service at, without a trailing slash, for the OpenAPI document.
    pub public_url: Option<Url>,
    /// What the body of a page is answered in, unless the caller says otherwise.
    pub read_format: ReadFormat,
    /// How old the hierarchy may be that listings show; zero: as of the question.
    pub index_freshness: Duration,
}
