//! Storage format as source text: what is read here keeps its place in the bytes it came from.
//!
//! [`lex`] cuts a body into tokens with exact byte ranges, [`attributes`] does the same inside a tag, and [`lint`]
//! judges whether Confluence would keep what the tokens say. None of them resolves, copies or repairs anything.

pub(super) mod attributes;
mod grammar;
pub(super) mod lex;
pub(super) mod lint;
