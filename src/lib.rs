//! Conflagent lets an AI agent work inside a sandboxed subtree of an Atlassian Confluence space.
//!
//! Callers name pages by title or path and write Markdown; they never see Confluence's own API, its
//! credentials, or anything above the root page of their endpoint.
//!
//! # The tour
//!
//! In reading order, outermost last. A module may use those above it that the arrows name, and nobody else
//! (`tests/it/layers.rs` holds that):
//!
//! | module | what it is | may use |
//! |---|---|---|
//! | [`clock`] | the only reader of the time | |
//! | [`config`] | settings of the process, `.properties` files of the endpoints | |
//! | [`convert`] | Markdown to Confluence storage format and back | |
//! | [`confluence`] | one client over two API generations | `config`, `clock` |
//! | [`pages`] | what one endpoint may do below its root page; the sandbox | `confluence`, `convert` |
//! | [`directory`] | users and groups of the site, for endpoints that switch it on | `confluence` |
//! | [`operations`] | the Catalog: the one list the outside world is made from | `pages`, `directory` |
//! | [`describe`] | views of the Catalog, such as the OpenAPI document | `operations` |
//! | [`endpoint`] | a named configuration and its pages; the registry of all of them | `pages`, `directory`, `confluence`, `config` |
//! | [`dispatch`] | running an operation for a caller, whatever the door | `operations`, `endpoint` |
//! | [`mcp`] | the Model Context Protocol: tools and resources | `dispatch`, `operations`, `describe`, `endpoint` |
//! | [`http`] | the Catalog as routes, with authentication and the envelope | `dispatch`, `mcp`, `operations`, `describe`, `endpoint` |
//! | [`telemetry`] | logs for people and for machines | |
//! | [`serve`] | listener, limits, signals, drain | |
//! | [`app`] | the composition root | `http`, `dispatch`, `endpoint`, `telemetry` |
//! | [`simulator`] | a Confluence on a loopback port, for the demo and the tests; knows the wire only | |
//! | [`cli`] | the commands | all of the above |

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod confluence;
pub mod convert;
pub mod describe;
pub mod directory;
pub mod dispatch;
pub mod endpoint;
pub mod http;
pub mod mcp;
pub mod operations;
pub mod pages;
pub mod serve;
pub mod simulator;
pub mod telemetry;
