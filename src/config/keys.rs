//! The keys of a properties file, documented once: the reader's messages, the example file and the tables of the
//! documentation all come from, or are held against, this list.

/// One key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// As written in the file; upper-cased behind the endpoint's prefix as an environment variable.
    pub name: &'static str,
    /// An endpoint without it is disabled.
    pub required: bool,
    /// What holds when the key is absent and not required, in words where it is not one value.
    pub default: Option<&'static str>,
    /// Never shown; can also be given as `<name>_file` or `<name>_env`.
    pub secret: bool,
    /// What a value must look like. Ends every message about a wrong one.
    pub allowed: &'static str,
    /// What it is for.
    pub help: &'static str,
}

impl Key {
    /// The names it can be given under: its own, and for secrets those of the references.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let references = if self.secret { &["_file", "_env"][..] } else { &[] };
        std::iter::once("")
            .chain(references.iter().copied())
            .map(|suffix| format!("{}{suffix}", self.name))
    }
}

/// Every key there is, in the order of the documentation. A new one needs a row here, a field in
/// [`EndpointConfig`](super::EndpointConfig), a line in its reader and a paragraph in `conflagent.properties.example`.
pub const KEYS: &[Key] = &[
    Key {
        name: "email",
        required: false,
        default: Some("none: the token is sent as `Authorization: Bearer`"),
        secret: false,
        allowed: "the account's e-mail address (Cloud) or user name (Data Center), without blanks and colons",
        help: "Account of `api_token`. Leave it out for a Data Center personal access token, or for a Cloud OAuth access token together with `cloud_id`; required otherwise.",
    },
    Key {
        name: "api_token",
        required: true,
        default: None,
        secret: true,
        allowed: "one line of text",
        help: "What Confluence is asked with: a Cloud API token, a Data Center personal access token or password. The account's permissions bound what an endpoint can do.",
    },
    Key {
        name: "base_url",
        required: true,
        default: None,
        secret: false,
        allowed: "an http or https address with a host and without user, query or fragment",
        help: "Address of Confluence: `https://SITE.atlassian.net/wiki` for Cloud, the address of the start page without `/index.action` for Data Center.",
    },
    Key {
        name: "space_key",
        required: true,
        default: None,
        secret: false,
        allowed: "the key of a space, without blanks, quotes and slashes",
        help: "Key of the space that holds the root page: what follows `/spaces/` or `/display/` in its addresses.",
    },
    Key {
        name: "root_page_id",
        required: true,
        default: None,
        secret: false,
        allowed: "1 to 19 digits, the first one not 0",
        help: "Id of the page whose subtree callers may use, itself included: the number after `/pages/` or `pageId=` in its address. Nothing outside is ever shown or touched.",
    },
    Key {
        name: "gpt_shared_secret",
        required: true,
        default: None,
        secret: true,
        allowed: "one line of text, 16 characters or more recommended",
        help: "What callers must present, as `Authorization: Bearer` or `X-GPT-Secret`. Make a long random one for each endpoint.",
    },
    Key {
        name: "flavor",
        required: false,
        default: Some("default"),
        secret: false,
        allowed: "default, read or upload",
        help: "Which operations are offered: everything, reading only, or creating pages only. The others are refused, not just left undocumented.",
    },
    Key {
        name: "allow",
        required: false,
        default: Some("everything the flavor has"),
        secret: false,
        allowed: "operation ids or tool names such as readPageByTitle or read_page, separated by commas",
        help: "The only operations of the flavor that are offered. The others are refused, not just left undocumented.",
    },
    Key {
        name: "deny",
        required: false,
        default: Some("no operation"),
        secret: false,
        allowed: "operation ids or tool names such as deletePageByTitle or delete_page, separated by commas",
        help: "Operations that are not offered, even if `allow` names them.",
    },
    Key {
        name: "directory",
        required: false,
        default: Some("off"),
        secret: false,
        allowed: "off, read or admin",
        help: "Whether callers may find and list the users and groups of the whole site (read), and take users out of groups too (admin). The root page does not bound this; the account's permissions do.",
    },
    Key {
        name: "deployment",
        required: false,
        default: Some(
            "cloud for hosts below atlassian.net and jira.com and for api.atlassian.com, else datacenter",
        ),
        secret: false,
        allowed: "cloud or datacenter",
        help: "Which product answers at `base_url`. Needed for a Cloud site with a domain of its own.",
    },
    Key {
        name: "cloud_id",
        required: false,
        default: Some("none: API calls go to `base_url`"),
        secret: false,
        allowed: "a UUID like 01234567-89ab-cdef-0123-456789abcdef, for Cloud only",
        help: "Sends API calls to the gateway `https://api.atlassian.com/ex/confluence/CLOUD_ID/wiki`, which scoped API tokens and OAuth access tokens need. Shown by `https://SITE.atlassian.net/_edge/tenant_info`.",
    },
    Key {
        name: "public_url",
        required: false,
        default: Some("the process-wide setting, else what the request was addressed to"),
        secret: false,
        allowed: "an http or https address with a host and without user, query or fragment",
        help: "Address callers reach this service at, without `/endpoint/NAME`; goes into the OpenAPI document.",
    },
    Key {
        name: "read_format",
        required: false,
        default: Some("storage"),
        secret: false,
        allowed: "storage, markdown or text",
        help: "What the body of a page is answered in unless a caller says `format=`. Without it tools answer Markdown, whatever this says.",
    },
    Key {
        name: "index_freshness",
        required: false,
        default: Some("30s"),
        secret: false,
        allowed: "at most 1h, such as 30s or 5m or a bare number of seconds, or 0 to ask Confluence each time",
        help: "How old the hierarchy may be that listings show. What this endpoint writes shows at once; what people do in Confluence shows after this time at the latest, or at once to a caller who says `fresh=true`. Never about what a page holds, nor about who may reach it.",
    },
];

/// The key of that name, when it is one.
#[must_use]
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// Whether `name` is a key or a reference to the value of one.
#[must_use]
pub fn is_known(name: &str) -> bool {
    KEYS.iter().any(|key| key.names().any(|known| known == name))
}

/// The known name a misspelt one was probably meant to be.
#[must_use]
pub fn nearest(misspelt: &str) -> Option<String> {
    let misspelt = misspelt.to_lowercase().replace(['-', '.', ' '], "_");
    let similarity = |known: &str| {
        let part_of_it = misspelt.len() >= 4 && (known.contains(&misspelt) || misspelt.contains(known));
        strsim::jaro_winkler(&misspelt, known).max(if part_of_it { 0.85 } else { 0.0 })
    };
    KEYS.iter()
        .flat_map(Key::names)
        .map(|known| (similarity(&known), known))
        .filter(|(similarity, _)| *similarity >= 0.8)
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::{KEYS, find, is_known, nearest};

    #[track_caller]
    fn meant(misspelt: &str, expected: &str) {
        assert_eq!(nearest(misspelt).as_deref(), Some(expected), "{misspelt}");
    }

    #[test]
    fn misspelt_keys_are_recognized() {
        meant("Email", "email");
        meant("e_mail", "email");
        meant("api-token", "api_token");
        meant("token", "api_token");
        meant("apiToken", "api_token");
        meant("API_TOKEN_FILE", "api_token_file");
        meant("baseurl", "base_url");
        meant("spacekey", "space_key");
        meant("space.key", "space_key");
        meant("root_page", "root_page_id");
        meant("flavour", "flavor");
        meant("shared_secret", "gpt_shared_secret");
        meant("gpt_sharedsecret_env", "gpt_shared_secret_env");
    }

    #[test]
    fn what_resembles_nothing_gets_no_suggestion() {
        assert_eq!(nearest("colour_of_the_sky"), None);
        assert_eq!(nearest("x"), None);
        assert_eq!(nearest(""), None);
    }

    #[test]
    fn only_secrets_can_be_referred_to() {
        assert!(is_known("api_token_file") && is_known("gpt_shared_secret_env"));
        assert!(!is_known("email_file") && !is_known("space_key_env"));
    }

    #[test]
    fn every_key_is_plain_unique_and_explained() {
        for (index, key) in KEYS.iter().enumerate() {
            assert!(super::super::properties::is_plain(key.name), "{}", key.name);
            assert_eq!(KEYS.iter().position(|other| other.name == key.name), Some(index));
            assert!(key.help.ends_with('.') && !key.allowed.is_empty(), "{}", key.name);
            assert!(!(key.required && key.default.is_some()), "{}", key.name);
            assert_eq!(find(key.name), Some(key));
        }
    }
}
