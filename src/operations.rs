//! The Catalog: the one list the outside world is made from.
//!
//! Each operation is one file: its id, method, path, who it is for, what it takes ([`Parameter`]s), what it
//! answers (a type with a JSON Schema), and `run`. Routes and the OpenAPI document are folds over [`CATALOG`];
//! adding an operation is a file and a line here. Nothing here knows of HTTP libraries or of Confluence's API.

pub mod arguments;
pub mod failure;
pub mod outcome;
pub mod parameter;

mod bound;
mod create_page;
mod delete_page;
mod find_users;
mod health;
mod list_children;
mod list_group_members;
mod list_groups;
mod list_pages;
mod list_user_groups;
mod move_page;
mod openapi;
mod paging;
mod read_page;
mod read_parent;
mod read_tree;
mod remove_group_member;
mod rename_page;
mod search_pages;
mod update_page;
mod users;

use futures_util::future::BoxFuture;
use schemars::{Schema, SchemaGenerator};

pub use arguments::Arguments;
pub use failure::{Code, Failure, Fault};
pub use health::health;
pub use outcome::{Envelope, Outcome};
pub use parameter::{Kind, Parameter, Place};
pub use read_page::MOST_CHARS;

use crate::config::{DirectoryAccess, EndpointConfig, Flavor, Only};
use crate::directory::Directory;
use crate::pages::Pages;

/// Every operation, in the order in which documents show them.
pub static CATALOG: &[&Operation] = &[
    &list_pages::OPERATION,
    &search_pages::OPERATION,
    &read_tree::OPERATION,
    &read_page::OPERATION,
    &list_children::OPERATION,
    &read_parent::OPERATION,
    &create_page::OPERATION,
    &update_page::OPERATION,
    &rename_page::OPERATION,
    &move_page::OPERATION,
    &delete_page::OPERATION,
    &find_users::OPERATION,
    &list_user_groups::OPERATION,
    &list_groups::OPERATION,
    &list_group_members::OPERATION,
    &remove_group_member::OPERATION,
    &openapi::OPERATION,
    &health::OPERATION,
];

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reading.
    Get,
    /// Creating, and actions.
    Post,
    /// Replacing.
    Put,
    /// Deleting.
    Delete,
}

impl Method {
    /// As written in a request line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// Which flavors offer an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// Every flavor, and without a secret.
    Always,
    /// `default` and `read`.
    Read,
    /// `default` and `upload`.
    Upload,
    /// `default` only.
    Manage,
}

impl Tag {
    /// Whether an endpoint of this flavor offers operations with this tag.
    #[must_use]
    pub const fn offered_by(self, flavor: Flavor) -> bool {
        match (self, flavor) {
            (Self::Always, _)
            | (_, Flavor::Default)
            | (Self::Read, Flavor::Read)
            | (Self::Upload, Flavor::Upload) => true,
            (Self::Read | Self::Manage, Flavor::Upload) | (Self::Upload | Self::Manage, Flavor::Read) => {
                false
            }
        }
    }

    /// As written in documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Read => "read",
            Self::Upload => "upload",
            Self::Manage => "manage",
        }
    }
}

/// Which operations are offered: those of a flavor, or what an endpoint leaves of them.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'config> {
    flavor: Flavor,
    directory: DirectoryAccess,
    only: Option<&'config Only>,
}

impl From<Flavor> for Offer<'_> {
    fn from(flavor: Flavor) -> Self {
        Self::from((flavor, DirectoryAccess::Off))
    }
}

impl From<(Flavor, DirectoryAccess)> for Offer<'_> {
    fn from((flavor, directory): (Flavor, DirectoryAccess)) -> Self {
        Self {
            flavor,
            directory,
            only: None,
        }
    }
}

impl<'config> From<&'config EndpointConfig> for Offer<'config> {
    fn from(config: &'config EndpointConfig) -> Self {
        Self {
            flavor: config.flavor,
            directory: config.directory,
            only: Some(&config.only),
        }
    }
}

impl Offer<'_> {
    /// Whether an operation is among them. Those without a secret always are.
    #[must_use]
    pub fn has(&self, operation: &Operation) -> bool {
        let left = self.only.is_none_or(|only| only.keeps(operation.id));
        operation.is_open()
            || (operation.tag.offered_by(self.flavor) && operation.needs() <= self.directory && left)
    }
}

/// What an operation does to the wiki.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    Read,
    /// Adds something; the same call again may add once more.
    Add,
    /// Changes where or how something is found, without taking content away; the same call again changes nothing more.
    Write,
    /// Replaces or removes content; the same call again changes nothing more.
    Destroy,
}

/// What runs an operation: a handle of the endpoint and checked arguments in, outcome out. An operation on pages cannot
/// reach the directory, nor one on the directory a page.
#[derive(Clone, Copy, Debug)]
pub enum Run {
    /// On the pages at and below the root page.
    Pages(fn(Pages, Arguments) -> BoxFuture<'static, Result<Outcome, Failure>>),
    /// On users and groups, which are the whole site's.
    Directory(fn(Directory, Arguments) -> BoxFuture<'static, Result<Outcome, Failure>>),
}

/// One operation.
pub struct Operation {
    /// Its public id, unchanged since the original bridge.
    pub id: &'static str,
    /// The name of its file, its log field and its tool.
    pub name: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Path below the endpoint; `{title}` stands for a title or a path of titles.
    pub path: &'static str,
    /// Who it is for.
    pub tag: Tag,
    /// What it does.
    pub effect: Effect,
    /// A few words, at most 80 characters.
    pub summary: &'static str,
    /// A prompt for models: what it does, when to use it, when not. At most 280 characters.
    pub description: &'static str,
    /// The `message` of a success.
    pub success: &'static str,
    /// What it takes.
    pub parameters: &'static [Parameter],
    /// The JSON Schema of `data`.
    pub output: fn(&mut SchemaGenerator) -> Schema,
    /// The ways in which it can fail, beyond those every guarded operation has.
    pub faults: &'static [Fault],
    /// What runs it; None for those that are answered by the HTTP layer itself.
    pub run: Option<Run>,
}

impl Operation {
    /// Whether it is answered without a secret.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.tag, Tag::Always)
    }

    /// How far the directory must be switched on for it.
    #[must_use]
    pub const fn needs(&self) -> DirectoryAccess {
        match (self.run, self.effect) {
            (Some(Run::Directory(_)), Effect::Read) => DirectoryAccess::Read,
            (Some(Run::Directory(_)), _) => DirectoryAccess::Admin,
            _ => DirectoryAccess::Off,
        }
    }

    /// Whether its callers may give a call an id, under which it is done once.
    #[must_use]
    pub fn takes_request_id(&self) -> bool {
        self.takes(parameter::CLIENT_REQUEST_ID)
    }

    /// Whether it answers from the index, and so says how whole and how old its answer is.
    #[must_use]
    pub fn is_listing(&self) -> bool {
        self.takes("fresh")
    }

    /// Whether it answers a list in parts, of which `cursor` asks for the next.
    #[must_use]
    pub fn is_paged(&self) -> bool {
        self.takes("cursor")
    }

    /// Whether it answers a body in parts, of which `offset` asks for the next.
    #[must_use]
    pub fn is_windowed(&self) -> bool {
        self.takes("offset")
    }

    fn takes(&self, name: &str) -> bool {
        self.parameters.iter().any(|parameter| parameter.name == name)
    }

    /// The parameters that stand in this part of a request.
    pub fn parameters_in(&self, place: Place) -> impl Iterator<Item = &'static Parameter> {
        self.parameters
            .iter()
            .filter(move |parameter| parameter.place == place)
    }
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.id)
    }
}
