//! What a tool does, in the few words by which lists of tools are filtered.

use super::Tool;
use crate::operations::Effect;

/// The kind of a tool, as Truto's lists have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Answers several things.
    List,
    /// Answers one thing.
    Get,
    /// Adds one.
    Create,
    /// Changes one.
    Update,
    /// Removes one.
    Delete,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::List, Self::Get, Self::Create, Self::Update, Self::Delete];

    /// As callers write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Get => "get",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

impl Tool {
    /// The kind of this tool, told from the verb its name begins with.
    #[must_use]
    pub fn method(&self) -> Method {
        let verb = self.name.split('_').next().unwrap_or_default();
        match (verb, self.operation.effect) {
            ("list" | "search" | "find", Effect::Read) => Method::List,
            (_, Effect::Read) => Method::Get,
            ("create", _) => Method::Create,
            ("delete" | "remove", _) => Method::Delete,
            _ => Method::Update,
        }
    }
}

/// What a caller may say to get some of the tools.
#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    /// Those that only read, or only those that write.
    Reading(bool),
    /// Those of a kind.
    Of(Method),
    /// This one.
    Named(&'static Tool),
}

impl Wanted {
    /// As callers write it: `read`, `write`, the word of a [`Method`], or the name of a tool.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "read" => Some(Self::Reading(true)),
            "write" => Some(Self::Reading(false)),
            _ => {
                let method = Method::ALL.into_iter().find(|method| method.as_str() == word);
                method
                    .map(Self::Of)
                    .or_else(|| super::find(word).map(Self::Named))
            }
        }
    }

    /// Every word that [`Wanted::parse`] knows.
    pub fn words() -> impl Iterator<Item = &'static str> {
        let methods = Method::ALL.into_iter().map(Method::as_str);
        let names = super::all().iter().map(|tool| tool.name);
        ["read", "write"].into_iter().chain(methods).chain(names)
    }

    /// Whether a tool is wanted.
    #[must_use]
    pub fn takes(self, tool: &Tool) -> bool {
        match self {
            Self::Reading(reading) => tool.hints.read_only == reading,
            Self::Of(method) => tool.method() == method,
            Self::Named(named) => tool.name == named.name,
        }
    }
}
