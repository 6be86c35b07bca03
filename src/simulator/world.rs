//! Everything that changes while the simulator runs, and a request's view of it.

use std::{net::SocketAddr, time::Duration};

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::time::Instant;

use super::{
    auth::{Caller, Role, User, WRITER, directory},
    cql::Index,
    faults::Scene,
    knobs::Knobs,
    moment,
    options::Deployment,
    request::Request,
    store::{Content, Id, Rules, Space, Store, UserIndex},
};

/// What does not change: where the site is and which product it runs.
pub(crate) struct Site {
    pub(crate) deployment: Deployment,
    pub(crate) address: SocketAddr,
    pub(crate) cloud_id: String,
    pub(crate) started: Instant,
}

impl Site {
    pub(crate) fn is_cloud(&self) -> bool {
        self.deployment.is_cloud()
    }

    /// `/wiki`, or the context path of Data Center.
    pub(crate) fn context<'a>(&self, knobs: &'a Knobs) -> &'a str {
        if self.is_cloud() {
            "/wiki"
        } else {
            knobs.context_path.trim_end_matches('/')
        }
    }

    pub(crate) fn base(&self, knobs: &Knobs) -> String {
        format!("http://{}{}", self.address, self.context(knobs))
    }
}

/// Users under a name.
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) members: Vec<UserIndex>,
    /// It grants administration of the product.
    pub(crate) administers: bool,
}

impl Group {
    /// The `number`th group of the site.
    pub(crate) fn new(number: usize, name: &str, members: &[UserIndex]) -> Self {
        Self {
            id: format!("7e8b2f0c-4d51-4c1f-9a53-00000000{number:04}"),
            name: name.to_owned(),
            members: members.to_vec(),
            administers: false,
        }
    }
}

/// The wiki, its users, and the switches.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) users: Vec<User>,
    pub(crate) groups: Vec<Group>,
    pub(crate) knobs: Knobs,
    pub(crate) index: Index,
    /// Long tasks are done when they are asked for; by id, what they are called.
    pub(crate) tasks: Vec<(String, &'static str)>,
    /// Conversions of bodies are done when they are asked for as well; by id, what they came to.
    pub(crate) conversions: Vec<(String, Value)>,
    /// The page an endpoint is meant to be rooted at, and its space.
    pub(crate) root: Id,
    pub(crate) main_space: usize,
}

impl World {
    pub(crate) fn new(deployment: Deployment, knobs: Knobs) -> Self {
        let store = Store::new(rules(deployment, &knobs));
        let administrators = Group {
            administers: true,
            ..Group::new(2, "confluence-administrators", &[0])
        };
        let groups = vec![Group::new(1, "confluence-users", &[0, 1, 2, 3]), administrators];
        Self {
            store,
            users: directory(),
            groups,
            knobs,
            index: Index::default(),
            tasks: Vec::new(),
            conversions: Vec::new(),
            root: 0,
            main_space: 0,
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        moment::now(self.knobs.frozen_clock)
    }

    /// The store's share of the knobs, after they were changed.
    pub(crate) fn apply_knobs(&mut self, deployment: Deployment) {
        self.store.rules = rules(deployment, &self.knobs);
    }
}

fn rules(deployment: Deployment, knobs: &Knobs) -> Rules {
    Rules {
        trashed_reserve_titles: knobs.trashed_reserve_titles,
        rename_rewrites_links: knobs.rename_rewrites_links,
        archived_in_tree: knobs.archived_in_tree,
        macro_ids: knobs.macro_ids,
        cloud: deployment.is_cloud(),
    }
}

/// One request on its way through the handlers.
pub(crate) struct Call<'a> {
    pub(crate) request: &'a Request,
    /// Below the root of the API that answers.
    pub(crate) path: Vec<&'a str>,
    pub(crate) site: &'a Site,
    pub(crate) world: &'a mut World,
    pub(crate) caller: Caller,
    pub(crate) now: DateTime<Utc>,
}

impl<'a> Call<'a> {
    pub(crate) fn store(&self) -> &Store {
        &self.world.store
    }

    pub(crate) fn knobs(&self) -> &Knobs {
        &self.world.knobs
    }

    pub(crate) fn base(&self) -> String {
        self.site.base(&self.world.knobs)
    }

    pub(crate) fn query(&self, name: &str) -> Option<&'a str> {
        self.request.query.get(name)
    }

    pub(crate) fn deployment(&self) -> Deployment {
        self.site.deployment
    }

    /// Who saves; for routes that anonymous callers cannot reach.
    pub(crate) fn author(&self) -> UserIndex {
        self.caller.user().unwrap_or(WRITER)
    }

    pub(crate) fn may_write(&self) -> bool {
        self.caller
            .user()
            .is_some_and(|index| self.world.users[index].role == Role::Admin)
    }

    /// Whether the caller may change this content.
    pub(crate) fn may_edit(&self, content: &Content) -> bool {
        let named = content.editors.is_empty() || content.editors.contains(&self.author());
        named && self.may_write() && !content.locked
    }

    pub(crate) fn sees_space(&self, space: &Space) -> bool {
        space.public || self.caller.user().is_some()
    }

    /// Whether the caller may look at this content.
    pub(crate) fn sees(&self, content: &Content) -> bool {
        let named = content.readers.is_empty()
            || self
                .caller
                .user()
                .is_some_and(|user| content.readers.contains(&user));
        named && !content.hidden && self.sees_space(self.store().space(content.space))
    }

    /// Content that the caller may look at.
    pub(crate) fn visible(&self, id: Id) -> Option<&Content> {
        self.store().get(id).filter(|content| self.sees(content))
    }

    /// A page made so recently that reads do not find it yet.
    pub(crate) fn is_too_new(&self, content: &Content) -> bool {
        let lag = self.knobs().create_lag;
        !lag.is_zero() && (self.now - content.created).to_std().is_ok_and(|age| age < lag)
    }

    /// For faults that borrow the product's words.
    pub(crate) fn page_id(path: &[String]) -> Option<&str> {
        path.iter()
            .map(String::as_str)
            .find(|segment| !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit()))
    }
}

/// The scene of a fault, from what is known before anything is routed.
pub(crate) fn scene<'a>(site: &Site, world: &World, request: &'a Request, wait: Duration) -> Scene<'a> {
    Scene {
        deployment: site.deployment,
        v2: site.is_cloud() && request.segments.first().is_some_and(|first| first == "api"),
        now: world.now(),
        wait,
        id: Call::page_id(&request.segments).unwrap_or("0"),
    }
}
