//! Users and groups on Cloud: v1, by account id and by group id.

use reqwest::Method;

use super::super::people::{self, part, wire};
use super::super::request::{Request, Route};
use super::super::search::{self, Spot};
use super::super::{Error, ErrorKind, Group, NameQuery, Part, Person};
use super::Cloud;

const PERSON: Route = Route::reading("user.read");
const PEOPLE: Route = Route::reading("user.search");
const GROUP: Route = Route::reading("group.read");
const GROUPS: Route = Route::reading("group.list");
const MEMBERS: Route = Route::reading("group.members");
const EXPEL: Route = Route::writing("group.expel");

/// The most entries of these lists at once; for members, more is refused.
const MOST: usize = 200;

/// How many parts of the groups that grant administration are looked through.
const MOST_PARTS: usize = 20;

impl Cloud {
    pub(in super::super) async fn person(&self, id: &str) -> Result<Option<Person>, Error> {
        let request = Request::get(&PERSON, &["rest", "api", "user"]).query("accountId", id);
        let answer = absent_or(self.wire.send(&request).await)?;
        let user = answer.map(|answer| answer.json::<wire::User>()).transpose()?;
        Ok(user.and_then(wire::User::person))
    }

    pub(in super::super) async fn people_named(
        &self,
        query: &NameQuery,
        at: Option<&Spot>,
        size: usize,
    ) -> Result<Part<Person>, Error> {
        self.people(query.as_str(), at, size).await
    }

    pub(in super::super) async fn everybody(
        &self,
        at: Option<&Spot>,
        size: usize,
    ) -> Result<Part<Person>, Error> {
        self.people("type = user", at, size).await
    }

    /// The same: profiles show the addresses that they show.
    pub(in super::super) async fn addresses(
        &self,
        at: Option<&Spot>,
        size: usize,
    ) -> Result<Part<Person>, Error> {
        self.everybody(at, size).await
    }

    async fn people(&self, cql: &str, at: Option<&Spot>, size: usize) -> Result<Part<Person>, Error> {
        let request = || Request::get(&PEOPLE, &["rest", "api", "search", "user"]).query("cql", cql);
        let part = part::read(&self.wire, request, at, size.min(MOST)).await;
        Ok(people::listed(part.map_err(search::refusal)?, wire::Hit::person))
    }

    pub(in super::super) async fn groups(
        &self,
        at: Option<&Spot>,
        size: usize,
    ) -> Result<Part<Group>, Error> {
        let request = || Request::get(&GROUPS, &["rest", "api", "group"]);
        let part = part::read(&self.wire, request, at, size.min(MOST)).await?;
        Ok(people::listed(part, wire::GroupRow::group))
    }

    /// The groups whose names have this text in them somewhere, a part at a time: there is no route by name.
    pub(in super::super) async fn groups_like(
        &self,
        name: &str,
        at: Option<&Spot>,
    ) -> Result<Part<Group>, Error> {
        let request = || Request::get(&GROUPS, &["rest", "api", "group", "picker"]).query("query", name);
        let part = part::read(&self.wire, request, at, MOST).await?;
        Ok(people::listed(part, wire::GroupRow::group))
    }

    pub(in super::super) async fn group_of_id(&self, id: &str) -> Result<Option<Group>, Error> {
        let request = Request::get(&GROUP, &["rest", "api", "group", "by-id"]).query("id", id);
        let answer = absent_or(self.wire.send(&request).await)?;
        let group = answer.map(|answer| answer.json::<wire::GroupRow>()).transpose()?;
        Ok(group.and_then(wire::GroupRow::group))
    }

    pub(in super::super) async fn groups_of(
        &self,
        person: &Person,
        at: Option<&Spot>,
        size: usize,
    ) -> Result<Part<Group>, Error> {
        let request = || {
            Request::get(&GROUPS, &["rest", "api", "user", "memberof"]).query("accountId", person.id.as_str())
        };
        let part = part::read(&self.wire, request, at, size.min(MOST)).await?;
        Ok(people::listed(part, wire::GroupRow::group))
    }

    pub(in super::super) async fn members(
        &self,
        group: &Group,
        at: Option<&Spot>,
        size: usize,
    ) -> Result<Part<Person>, Error> {
        let path = ["rest", "api", "group", identified(group)?, "membersByGroupId"];
        let part = part::read(&self.wire, || Request::get(&MEMBERS, &path), at, size.min(MOST)).await?;
        Ok(people::listed(part, wire::User::person))
    }

    /// None where the site does not say which groups grant administration.
    pub(in super::super) async fn administers(&self, group: &Group) -> Result<Option<bool>, Error> {
        for access in ["admin", "site-admin"] {
            let request = || Request::get(&GROUPS, &["rest", "api", "group"]).query("accessType", access);
            let mut at = None;
            for _ in 0..MOST_PARTS {
                let part = match part::read::<wire::GroupRow>(&self.wire, request, at.as_ref(), MOST).await {
                    Ok(part) => people::listed(part, wire::GroupRow::group),
                    Err(error) if error.is_no_answer() => return Ok(None),
                    Err(error) => return Err(error),
                };
                if part.rows.iter().any(|row| row.id == group.id) {
                    return Ok(Some(true));
                }
                at = part.next;
                if at.is_none() {
                    break;
                }
            }
            if at.is_some() {
                return Ok(None);
            }
        }
        Ok(Some(false))
    }

    pub(in super::super) async fn expel(&self, person: &Person, group: &Group) -> Result<(), Error> {
        let request = Request::new(&EXPEL, Method::DELETE, &["rest", "api", "group", "userByGroupId"])
            .query("groupId", identified(group)?)
            .query("accountId", person.id.as_str())
            .expect_nothing();
        self.wire.send(&request).await.map(|_| ())
    }
}

/// The id that a group has on Cloud.
fn identified(group: &Group) -> Result<&str, Error> {
    let id = group.id.as_deref().filter(|id| !id.is_empty());
    id.ok_or_else(|| GROUP.nonsense("a group without an id"))
}

/// None instead of "not there", and for an id that cannot be one.
fn absent_or<T>(outcome: Result<T, Error>) -> Result<Option<T>, Error> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind == ErrorKind::NotFound || error.status == Some(400) => Ok(None),
        Err(error) => Err(error),
    }
}
