//! [`Client`]: every call, handed to the API generation of the site.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use super::cloud::Cloud;
use super::data_center::DataCenter;
use super::search::{Matches, Query, Spot};
use super::setup::Connection;
use super::transport::Transport;
use super::{
    Call, Error, ErrorKind, Group, Limits, Located, NameQuery, NewPage, Node, NodeKind, Page, PageId, Part,
    Permissions, Person, Quota, SetupError, Space, Update, User, WithBody,
};
use crate::config::{Deployment, EndpointConfig};

/// One site of Confluence, seen through one account.
///
/// Cheap to clone. Clones, and those made with [`Client::on`], share connections and what is cached.
#[derive(Clone)]
pub struct Client {
    api: Api,
}

/// The closed set of API generations.
#[derive(Clone)]
enum Api {
    Cloud(Cloud),
    DataCenter(DataCenter),
}

/// The same call on whichever generation it is.
macro_rules! either {
    ($self:ident . $call:ident ( $($argument:expr),* )) => {
        match &$self.api {
            Api::Cloud(api) => api.$call($($argument),*).await,
            Api::DataCenter(api) => api.$call($($argument),*).await,
        }
    };
}

impl Client {
    /// A client for the site of an endpoint. Connects to nothing yet.
    ///
    /// # Errors
    /// The configuration cannot work: see [`SetupError`].
    pub fn new(config: &EndpointConfig, limits: &Limits) -> Result<Self, SetupError> {
        let transport = Transport::new(Connection::new(config, limits)?);
        let api = match config.deployment {
            Deployment::Cloud => Api::Cloud(Cloud::new(transport, &config.space_key)),
            Deployment::DataCenter => Api::DataCenter(DataCenter::new(transport, &config.space_key)),
        };
        Ok(Self { api })
    }

    /// The same client, for one caller's request: everything it does ends by the call's deadline and is counted
    /// in the call's tally.
    #[must_use]
    pub fn on(&self, call: &Call) -> Self {
        let api = match &self.api {
            Api::Cloud(api) => Api::Cloud(api.on(call)),
            Api::DataCenter(api) => Api::DataCenter(api.on(call)),
        };
        Self { api }
    }

    /// Which product the site is.
    #[must_use]
    pub fn deployment(&self) -> Deployment {
        match self.api {
            Api::Cloud(_) => Deployment::Cloud,
            Api::DataCenter(_) => Deployment::DataCenter,
        }
    }

    /// The limit of the account at its site: as Confluence named it, else as its refusals taught us, else None.
    #[must_use]
    pub fn quota(&self) -> Option<Quota> {
        match &self.api {
            Api::Cloud(api) => api.quota(),
            Api::DataCenter(api) => api.quota(),
        }
    }

    /// The failure that every call would meet that must be sent by this time, if that is certain already: Confluence
    /// asked for a longer wait, or is known to be down.
    #[must_use]
    pub fn held_back(&self, operation: &'static str, by: Instant) -> Option<Error> {
        match &self.api {
            Api::Cloud(api) => api.held_back(operation, by),
            Api::DataCenter(api) => api.held_back(operation, by),
        }
    }

    /// Who Confluence thinks we are.
    ///
    /// # Errors
    /// [`ErrorKind::CredentialsRejected`] also when the site takes us for an anonymous visitor.
    pub async fn current_user(&self) -> Result<User, Error> {
        either!(self.current_user())
    }

    /// The space of the endpoint. Asked for once; None when there is none of that key, or none that we may see.
    ///
    /// # Errors
    /// Confluence could not be asked.
    pub async fn space(&self) -> Result<Option<Space>, Error> {
        either!(self.space())
    }

    /// A page and its ancestors. None unless it is a page and its status is `current`.
    ///
    /// # Errors
    /// Confluence could not be asked.
    pub async fn located(&self, id: &PageId, body: WithBody) -> Result<Option<Located>, Error> {
        either!(self.located(id, body))
    }

    /// Those of these pages that are there and `current`, each with its ancestors: from `top` down where that is one
    /// of them, else from the top of the space. On Cloud several are asked for in one call, and `likely` along with
    /// them: pages that are probably among the ancestors. A wrong guess costs nothing but a longer address.
    ///
    /// # Errors
    /// Confluence could not be asked.
    pub async fn located_all(
        &self,
        ids: &[PageId],
        top: &PageId,
        likely: &[PageId],
    ) -> Result<Vec<Located>, Error> {
        match &self.api {
            Api::Cloud(api) => api.located_all(ids, top, likely).await,
            Api::DataCenter(api) => api.located_all(ids).await,
        }
    }

    /// Pages that match a query, as the index has them, `size` at a time; `at` is where an earlier call left off.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`] when Confluence does not take the query.
    pub async fn search(&self, query: &Query, at: Option<&Spot>, size: usize) -> Result<Matches, Error> {
        either!(self.search(query, at, size))
    }

    /// A page without its ancestors, which on Cloud are a call of their own. None unless it is a page and its status is
    /// `current`.
    ///
    /// # Errors
    /// Confluence could not be asked.
    pub async fn page(&self, id: &PageId, body: WithBody) -> Result<Option<Page>, Error> {
        either!(self.alone(id, body))
    }

    /// The body, in storage format, that a page had in this version. None when there is no such page or version.
    ///
    /// # Errors
    /// Confluence could not be asked.
    pub async fn past_body(&self, id: &PageId, version: u64) -> Result<Option<String>, Error> {
        either!(self.past_body(id, version))
    }

    /// The current page of this exact title in the endpoint's space, and its ancestors. Cloud does not tell upper
    /// from lower case; on Data Center, which does, a second look ignores the case.
    ///
    /// # Errors
    /// Confluence could not be asked.
    pub async fn find(&self, title: &str, body: WithBody) -> Result<Option<Located>, Error> {
        either!(self.find(title, body))
    }

    /// Titles of pages. Those that are not there, or are no pages, are left out.
    ///
    /// # Errors
    /// Confluence could not be asked.
    pub async fn titles(&self, ids: &[PageId]) -> Result<HashMap<PageId, String>, Error> {
        either!(self.titles(ids))
    }

    /// The pages and folders directly below a page or folder, all of them, in Confluence's order. None when the
    /// parent is not there.
    ///
    /// # Errors
    /// Confluence could not be asked, or did not send all of them.
    pub async fn children(&self, id: &PageId, kind: NodeKind) -> Result<Option<Vec<Node>>, Error> {
        either!(self.children(id, kind))
    }

    /// The whole tree below a page in pre-order, the page itself not included; `depth` limits it to so many levels
    /// of pages. Folders are nodes but no level. Nodes of other kinds (and archived pages) appear, as
    /// [`NodeKind::Other`], only where pages or folders lie below them. None when the page is not there.
    ///
    /// # Errors
    /// Confluence could not be asked, or the tree is over 100,000 entries.
    pub async fn descendants(&self, id: &PageId, depth: Option<usize>) -> Result<Option<Vec<Node>>, Error> {
        either!(self.descendants(id, depth))
    }

    /// Creates a page. Sent at most once: where [`Error::outcome_unknown`], look it up before trying again.
    ///
    /// # Errors
    /// The page was not created, or Confluence did not say whether it was.
    pub async fn create(&self, page: &NewPage<'_>) -> Result<Page, Error> {
        either!(self.create(page))
    }

    /// Writes a new version of a page. Sent at most once.
    ///
    /// # Errors
    /// [`ErrorKind::VersionConflict`] when somebody else was quicker.
    pub async fn update(&self, update: &Update<'_>) -> Result<Page, Error> {
        either!(self.update(update))
    }

    /// Moves a page, and all below it, to the end of the children of `new_parent`. Sent at most once. Answers the
    /// version that the page has then: on Data Center a move makes one.
    ///
    /// # Errors
    /// [`ErrorKind::Circular`] when `new_parent` is the page itself or lies below it.
    pub async fn move_below(&self, page: &Page, new_parent: &PageId) -> Result<u64, Error> {
        if page.id == *new_parent {
            return Err(Error {
                kind: ErrorKind::Circular,
                operation: "page.move",
                status: None,
                elapsed: Duration::ZERO,
                detail: None,
                source: None,
            });
        }
        either!(self.move_below(page, new_parent))
    }

    /// Moves a page to the trash. False when it was not there.
    ///
    /// # Errors
    /// The page was not deleted, or Confluence did not say whether it was.
    pub async fn delete(&self, id: &PageId) -> Result<bool, Error> {
        either!(self.delete(id))
    }

    /// The user of this account id (Cloud) or user name (Data Center).
    ///
    /// # Errors
    /// Confluence could not be asked.
    pub async fn person(&self, id: &str) -> Result<Option<Person>, Error> {
        either!(self.person(id))
    }

    /// Users by words of their names, as the index has them; lists go on where `at` says.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`] from a Data Center that takes no such query.
    pub async fn people_named(
        &self,
        query: &NameQuery,
        at: Option<&Spot>,
        size: usize,
    ) -> Result<Part<Person>, Error> {
        either!(self.people_named(query, at, size))
    }

    /// All users.
    ///
    /// # Errors
    /// Confluence could not be asked, or an older Data Center has no such list.
    pub async fn everybody(&self, at: Option<&Spot>, size: usize) -> Result<Part<Person>, Error> {
        either!(self.everybody(at, size))
    }

    /// All users who may sign in, with their e-mail addresses as far as the account may see them.
    ///
    /// # Errors
    /// Confluence could not be asked; on Data Center, also where the account does not administer it.
    pub async fn addresses(&self, at: Option<&Spot>, size: usize) -> Result<Part<Person>, Error> {
        either!(self.addresses(at, size))
    }

    /// All groups.
    ///
    /// # Errors
    /// Confluence could not be asked.
    pub async fn groups(&self, at: Option<&Spot>, size: usize) -> Result<Part<Group>, Error> {
        either!(self.groups(at, size))
    }

    /// Groups among which are all of this name; others may be.
    ///
    /// # Errors
    /// Confluence could not be asked.
    pub async fn groups_like(&self, name: &str, at: Option<&Spot>) -> Result<Part<Group>, Error> {
        either!(self.groups_like(name, at))
    }

    /// The group of this id, which Data Center has none of.
    ///
    /// # Errors
    /// Confluence could not be asked.
    pub async fn group_of_id(&self, id: &str) -> Result<Option<Group>, Error> {
        match &self.api {
            Api::Cloud(api) => api.group_of_id(id).await,
            Api::DataCenter(_) => Ok(None),
        }
    }

    /// The groups of a user.
    ///
    /// # Errors
    /// Confluence could not be asked.
    pub async fn groups_of(
        &self,
        person: &Person,
        at: Option<&Spot>,
        size: usize,
    ) -> Result<Part<Group>, Error> {
        either!(self.groups_of(person, at, size))
    }

    /// The users in a group.
    ///
    /// # Errors
    /// Confluence could not be asked; on Data Center, also where the account does not administer it.
    pub async fn members(
        &self,
        group: &Group,
        at: Option<&Spot>,
        size: usize,
    ) -> Result<Part<Person>, Error> {
        either!(self.members(group, at, size))
    }

    /// Whether a group grants administration of the site or of the product. None where the site does not tell.
    ///
    /// # Errors
    /// Confluence could not be asked.
    pub async fn administers(&self, group: &Group) -> Result<Option<bool>, Error> {
        either!(self.administers(group))
    }

    /// Takes a user out of a group. Sent at most once.
    ///
    /// # Errors
    /// The user was not taken out, or Confluence did not say whether that was done.
    pub async fn expel(&self, person: &Person, group: &Group) -> Result<(), Error> {
        either!(self.expel(person, group))
    }

    /// What the account may do with a page. None when it is not there.
    ///
    /// # Errors
    /// Confluence could not be asked.
    pub async fn permissions(&self, id: &PageId) -> Result<Option<Permissions>, Error> {
        either!(self.permissions(id))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Client")
            .field("deployment", &self.deployment())
            .finish_non_exhaustive()
    }
}
