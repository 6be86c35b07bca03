//! The Confluence Query Language: text to hits.
//!
//! A parser and an evaluator of their own, strict where the server is, so that text which was escaped badly does
//! what it would do there: change the query, or fail.

mod dates;
mod evaluate;
mod fields;
mod lexer;
mod parser;
mod people;
mod words;

pub(crate) use evaluate::{Document, Index, Searcher};
pub(crate) use parser::{Dialect, parse};
pub(crate) use people::people;
pub(crate) use words::{Terms, words};

use fields::Field;

/// Why a query is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Not CQL, or not a query that could be run.
    Syntax(String),
    /// Named in the answer, with the fields there are.
    UnknownField(String),
    /// Not a type of content; the answer lists the types.
    UnknownType(String),
    /// The server trips over it.
    Crash,
}

impl Fault {
    /// The message of the answer; `None` for an answer without one.
    pub(crate) fn message(&self, cql: &str) -> Option<String> {
        match self {
            Self::Syntax(why) => Some(format!("Could not parse cql : {cql} ({why})")),
            Self::UnknownField(name) => Some(format!(
                "No field exists with the name: '{name}' Did you mean one of : {}",
                Field::NAMES.map(|(name, _)| name).join(", ")
            )),
            Self::UnknownType(name) => Some(format!(
                "Unsupported content type '{name}' supplied for the field 'type', supported types are: [{}]",
                fields::TYPES.join(", ")
            )),
            Self::Crash => None,
        }
    }
}

/// A query, parsed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Query {
    pub(crate) condition: Condition,
    pub(crate) order: Vec<(Field, bool)>,
}

/// What a hit must fulfil.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Clause(Clause),
    /// A clause that the server drops without a word.
    Dropped,
}

/// `field operator value`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Clause {
    pub(crate) field: Field,
    pub(crate) operator: Operator,
    pub(crate) values: Vec<Operand>,
}

/// The relation of a clause; negated ones become [`Condition::Not`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Equals,
    Matches,
    Above,
    AtLeast,
    Below,
    AtMost,
}

/// The right side of a clause.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operand {
    Text(String),
    Call { name: String, arguments: Vec<String> },
}
