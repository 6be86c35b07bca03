//! Users, their credentials, and what each product makes of a request's `Authorization`.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

use super::{
    cloud,
    faults::{tomcat_page, tomcat_unauthorized},
    knobs::Knobs,
    options::Deployment,
    reply::Reply,
    request::Request,
    store::UserIndex,
    v1,
};

/// What a caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Everything in the space, trash and purge included.
    Admin,
    /// Reads everything, changes nothing.
    Reader,
    /// Shows up in histories only.
    Colleague,
}

/// Somebody with an account.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) account_id: String,
    pub(crate) username: String,
    pub(crate) key: String,
    pub(crate) email: String,
    pub(crate) display_name: String,
    pub(crate) role: Role,
    /// Cloud: the profile shows no e-mail address.
    pub(crate) hides_email: bool,
    /// May sign in and counts into the licence.
    pub(crate) active: bool,
}

impl User {
    /// Somebody new, the `number`th of the site.
    pub(crate) fn new(number: usize, name: &str, display: &str, role: Role) -> Self {
        Self {
            account_id: format!("557058:593d9e9f-0d3c-4cb2-8d4b-00000000{number:04}"),
            username: name.to_owned(),
            key: format!("2c9d802a8067b72f018067b87642{number:04}"),
            email: format!("{name}@example.com"),
            display_name: display.to_owned(),
            role,
            hides_email: false,
            active: true,
        }
    }
}

/// What a user signs in with. Cloud: e-mail and API tokens; Data Center: user name, password and PAT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The user half of Basic: an e-mail address on Cloud, a user name on Data Center.
    pub user: String,
    /// The secret half of Basic: a classic API token on Cloud, the password on Data Center.
    pub secret: String,
    /// Cloud: a scoped API token, for Basic at the gateway only.
    pub scoped_token: String,
    /// A personal access token (Data Center) or OAuth access token (Cloud, gateway only), for Bearer.
    pub bearer: String,
}

/// The writer, who may do everything.
pub(crate) const WRITER: UserIndex = 0;
/// Somebody who may only look.
pub(crate) const READER: UserIndex = 1;
/// Somebody who edits the wiki in a browser.
pub(crate) const COLLEAGUE: UserIndex = 2;

/// The accounts, in the order of their [`UserIndex`].
pub(crate) fn directory() -> Vec<User> {
    vec![
        User::new(1, "agent", "Agent Writer", Role::Admin),
        User::new(2, "reader", "Rea Reader", Role::Reader),
        User::new(3, "ada", "Ada Person", Role::Colleague),
        User::new(4, "grace", "Grace Person", Role::Colleague),
    ]
}

pub(crate) fn credentials(user: &User, deployment: Deployment) -> Credentials {
    let name = &user.username;
    if deployment.is_cloud() {
        Credentials {
            user: user.email.clone(),
            secret: format!("ATATT3x-classic-{name}"),
            scoped_token: format!("ATATT3x-scoped-{name}"),
            bearer: format!("eyJ-oauth-{name}"),
        }
    } else {
        Credentials {
            user: name.clone(),
            secret: format!("{name}-password"),
            scoped_token: String::new(),
            bearer: format!("pat-{name}"),
        }
    }
}

/// Whom a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    User {
        index: UserIndex,
        scoped: bool,
        bearer: bool,
    },
    Anonymous,
}

impl Caller {
    pub(crate) fn user(self) -> Option<UserIndex> {
        match self {
            Self::User { index, .. } => Some(index),
            Self::Anonymous => None,
        }
    }
}

enum Presented {
    Nothing,
    Basic(String, String),
    Bearer(String),
    Other,
}

fn presented(request: &Request) -> Presented {
    let Some(header) = request.header("authorization") else {
        return Presented::Nothing;
    };
    let Some((scheme, rest)) = header.split_once(' ') else {
        return Presented::Other;
    };
    if scheme.eq_ignore_ascii_case("bearer") {
        return Presented::Bearer(rest.trim().to_owned());
    }
    let decoded = STANDARD
        .decode(rest.trim())
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    match decoded.as_deref().and_then(|pair| pair.split_once(':')) {
        Some((user, secret)) if scheme.eq_ignore_ascii_case("basic") => {
            Presented::Basic(user.to_owned(), secret.to_owned())
        }
        _ => Presented::Other,
    }
}

/// Cloud: who it is, or how the request is turned away.
pub(crate) fn on_cloud(request: &Request, users: &[User]) -> Result<Caller, Reply> {
    let mut keys = users
        .iter()
        .map(|user| credentials(user, Deployment::Cloud))
        .enumerate();
    match presented(request) {
        Presented::Basic(name, secret) => {
            let known = keys.find(|(_, keys)| keys.user.eq_ignore_ascii_case(&name));
            match known {
                Some((index, keys)) if keys.secret == secret => Ok(Caller::User {
                    index,
                    scoped: false,
                    bearer: false,
                }),
                Some((index, keys)) if keys.scoped_token == secret => {
                    if request.gateway {
                        Ok(Caller::User {
                            index,
                            scoped: true,
                            bearer: false,
                        })
                    } else {
                        Err(tomcat_unauthorized())
                    }
                }
                _ => Err(rejected(request)),
            }
        }
        Presented::Bearer(token) if request.gateway => match keys.find(|(_, keys)| keys.bearer == token) {
            Some((index, _)) => Ok(Caller::User {
                index,
                scoped: true,
                bearer: true,
            }),
            None => Err(Reply::json_with(
                401,
                json!({ "code": 401, "message": "Unauthorized" }),
            )),
        },
        Presented::Bearer(_) => {
            let body = json!({ "statusCode": 403, "message": "Failed to parse Connect Session Auth Token" });
            Err(Reply::json_with(403, body))
        }
        Presented::Nothing | Presented::Other => Err(rejected(request)),
    }
}

/// Wrong, revoked and absent credentials look the same: v2 hides behind a bare 404, v1 says 403.
fn rejected(request: &Request) -> Reply {
    match request.segments.first().map(String::as_str) {
        Some("api") => cloud::errors::bare_not_found(),
        _ if request
            .segments
            .ends_with(&["user".to_owned(), "current".to_owned()]) =>
        {
            v1::errors::permission(Deployment::Cloud, "caller cannot access Confluence")
        }
        _ => v1::errors::permission(Deployment::Cloud, "Current user not permitted to use Confluence"),
    }
}

/// Data Center: who it is, or how the request is turned away.
pub(crate) fn on_data_center(request: &Request, users: &[User], knobs: &Knobs) -> Result<Caller, Reply> {
    let mut keys = users
        .iter()
        .map(|user| credentials(user, Deployment::DataCenter))
        .enumerate();
    let nobody = || {
        if knobs.anonymous_access {
            Ok(Caller::Anonymous)
        } else {
            Err(tomcat_unauthorized())
        }
    };
    match presented(request) {
        Presented::Basic(_, _) if !knobs.basic_password => Err(Reply::html(
            403,
            tomcat_page(403, "Basic Auth with password is disabled for your user"),
        )),
        Presented::Basic(name, secret) => keys
            .find(|(_, keys)| keys.user == name && keys.secret == secret)
            .map(|(index, _)| Caller::User {
                index,
                scoped: false,
                bearer: false,
            })
            .ok_or_else(tomcat_unauthorized),
        Presented::Bearer(token) => match keys.find(|(_, keys)| keys.bearer == token) {
            Some((index, _)) => Ok(Caller::User {
                index,
                scoped: false,
                bearer: true,
            }),
            None => nobody(),
        },
        Presented::Nothing | Presented::Other => nobody(),
    }
}
