//! Users and groups as callers see them, and the parameters that name them.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Arguments, Failure, Outcome, Parameter, Place};
use crate::confluence::{Group, Person};
use crate::directory::List;

/// Entries that are answered when nothing is said.
const USUAL: i64 = 50;

/// The most entries of one answer, which holds them whatever their names are: Confluence allows 255 characters.
const MOST: i64 = 50;

/// The most characters of a name.
const MAX_NAME: usize = 255;

/// A user.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "User")]
pub(super) struct UserRow {
    /// Account id (Cloud) or user name (Data Center).
    id: String,
    /// Full name.
    name: String,
    /// E-mail address, if shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
}

impl From<Person> for UserRow {
    fn from(person: Person) -> Self {
        Self {
            id: person.id,
            name: person.name,
            email: person.email,
        }
    }
}

/// A group.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Group")]
pub(super) struct GroupRow {
    /// Its name.
    name: String,
    /// Its id (Cloud).
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
}

impl From<Group> for GroupRow {
    fn from(group: Group) -> Self {
        Self {
            name: group.name,
            id: group.id,
        }
    }
}

/// The parameter that names a user.
pub(super) const fn user(place: Place) -> Parameter {
    Parameter::text("user", place, MAX_NAME, "E-mail address, full name, or id.").required(None)
}

/// The parameter that names a group.
pub(super) const fn group(place: Place) -> Parameter {
    Parameter::text("group", place, MAX_NAME, "Name of the group.").required(None)
}

/// How many entries at most.
pub(super) const LIMIT: Parameter = Parameter::limit(MOST, Some(USUAL));

/// How many entries a call wants, and where they begin.
pub(super) fn wanted(arguments: &Arguments) -> (usize, Option<&str>) {
    let limit = arguments.integer("limit").unwrap_or(USUAL);
    let cursor = arguments.text("cursor").map(str::trim);
    (
        usize::try_from(limit).unwrap_or(1),
        cursor.filter(|cursor| !cursor.is_empty()),
    )
}

/// A part of a list as an outcome.
pub(super) fn listed<T, R: From<T> + Serialize>(list: List<T>) -> Result<Outcome, Failure> {
    let rows: Vec<R> = list.rows.into_iter().map(R::from).collect();
    Ok(Outcome::of(&rows)?.part(list.next))
}
