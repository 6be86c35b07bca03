//! The product as its callers see it: over HTTP, in front of a simulated Confluence of either kind.

mod process;
#[expect(clippy::print_stdout, reason = "says which product a test failed on")]
mod support;

mod bad_requests;
mod bounds;
mod cli;
mod directory;
mod docs;
#[cfg(feature = "docs-ui")]
mod documentation;
mod doors;
mod editing;
mod http;
mod index;
mod lag;
mod layers;
mod lifecycle;
mod limits;
mod listings;
mod logs;
mod mcp;
mod naming;
mod openapi;
mod operations;
mod paging;
mod reload;
mod repeats;
mod sandbox;
mod search;
mod suggestions;
mod titles;
mod tools;
mod whole;
mod windows;
mod writes;
