//! One client over two generations of Confluence's REST API.
//!
//! [`Client`] offers the same typed calls whether the site is Confluence Cloud (v2, and v1 only where v2 has
//! nothing) or Confluence Data Center (v1). It knows nothing of sandboxes, titles with slashes or Markdown:
//! those are decided in `pages`. Absence is not an error here: a call that finds nothing answers `None`.
//!
//! | file | what it holds |
//! |---|---|
//! | `client` | [`Client`]: every call, handed to the API generation of the site |
//! | `call` | [`Call`] and [`Tally`]: one caller's deadline, priority and account |
//! | `page`, `error` | the vocabulary that leaves this module |
//! | `setup` | addresses, credentials and TLS, checked once when an endpoint is loaded |
//! | `request` | a call as a value, and the answer to it |
//! | `transport` | the single `send()` |
//! | `retry` | what may be sent again, when, and the budget |
//! | `limit` | how many at once and how fast, learned from what a site answers |
//! | `failure` | status, headers and body of a refusal, read as an error kind |
//! | `paging` | cursors and offsets, and when to stop following them |
//! | `forest` | rows of a tree, put back in order |
//! | `wire` | shapes that both generations share |
//! | `cql` | the caller's words as part of a query |
//! | `search` | queries, and what they find |
//! | `cursor` | where a list goes on, as callers see it |
//! | `settle` | writes whose answer was lost |
//! | `people` | users and groups of the site |
//! | `cloud`, `data_center` | paths and bodies of each generation |

pub mod error;
pub mod page;
pub mod seal;
pub mod search;
pub mod settle;

mod call;
mod client;
mod cloud;
mod cql;
mod cursor;
mod data_center;
mod failure;
mod forest;
mod limit;
mod paging;
mod people;
mod request;
mod retry;
mod setup;
mod transport;
mod wire;

#[cfg(test)]
mod tests;

pub use call::{Call, Priority, Tally};
pub use client::Client;
pub use cql::BadCql;
pub use cursor::Cursor;
pub use error::{Error, Kind as ErrorKind};
pub use limit::{Governors, Quota};
pub use page::{
    Ancestor, Located, NewPage, Node, NodeKind, Page, PageId, Permissions, Space, Update, User, WithBody,
};
pub use people::{Group, NameQuery, Part, Person};
pub use search::{BadCriteria, Criteria, Query};
pub use setup::{Limits, SetupError};
