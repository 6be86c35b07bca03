//! Users and groups on Data Center: by user name and by group name.

use reqwest::Method;

use super::super::people::{self, part, wire};
use super::super::request::{Request, Route};
use super::super::search::{self, Spot};
use super::super::{Error, ErrorKind, Group, NameQuery, Part, Person};
use super::{DataCenter, present};

const PERSON: Route = Route::reading("user.read");
const PEOPLE: Route = Route::reading("user.search");
const GROUP: Route = Route::reading("group.read");
const GROUPS: Route = Route::reading("group.list");
const MEMBERS: Route = Route::reading("group.members");
const GRANTED: Route = Route::reading("group.permissions");
const EXPEL: Route = Route::writing("group.expel");

/// The most entries of these lists at once.
const MOST: usize = 200;

impl DataCenter {
    pub(in super::super) async fn person(&self, name: &str) -> Result<Option<Person>, Error> {
        let request = Request::get(&PERSON, &["rest", "api", "user"]).query("username", name);
        let answer = present(self.wire.send(&request).await)?;
        let user = answer.map(|answer| answer.json::<wire::User>()).transpose()?;
        Ok(user.and_then(wire::User::person))
    }

    /// What the query finds, where this release takes user fields: otherwise refused, and everybody must be looked at.
    pub(in super::super) async fn people_named(
        &self,
        query: &NameQuery,
        at: Option<&Spot>,
        size: usize,
    ) -> Result<Part<Person>, Error> {
        let cql = format!("type = user AND ({})", query.as_str());
        let request = || Request::get(&PEOPLE, &["rest", "api", "search"]).query("cql", cql.as_str());
        let part = part::read(&self.wire, request, at, size.min(MOST)).await;
        Ok(people::listed(part.map_err(search::refusal)?, wire::Hit::person))
    }

    pub(in super::super) async fn everybody(
        &self,
        at: Option<&Spot>,
        size: usize,
    ) -> Result<Part<Person>, Error> {
        let path = ["rest", "api", "user", "list"];
        let part = part::read(&self.wire, || Request::get(&PEOPLE, &path), at, size.min(MOST)).await?;
        Ok(people::listed(part, wire::User::person))
    }

    /// Everybody who counts into the licence, with addresses: administrators alone may see that.
    pub(in super::super) async fn addresses(
        &self,
        at: Option<&Spot>,
        size: usize,
    ) -> Result<Part<Person>, Error> {
        let path = ["rest", "api", "admin", "users", "list", "active"];
        let part = part::read(&self.wire, || Request::get(&PEOPLE, &path), at, size.min(MOST)).await?;
        Ok(people::listed(part, wire::User::person))
    }

    pub(in super::super) async fn groups(
        &self,
        at: Option<&Spot>,
        size: usize,
    ) -> Result<Part<Group>, Error> {
        let path = ["rest", "api", "group"];
        let part = part::read(&self.wire, || Request::get(&GROUPS, &path), at, size.min(MOST)).await?;
        Ok(people::listed(part, wire::GroupRow::group))
    }

    /// The group of this name; the product does not mind its case.
    pub(in super::super) async fn groups_like(
        &self,
        name: &str,
        _: Option<&Spot>,
    ) -> Result<Part<Group>, Error> {
        let request = of_group(&GROUP, name, &[], "info");
        let rows = match self.wire.send(&request).await {
            Ok(answer) => answer.json::<wire::GroupRow>()?.group().into_iter().collect(),
            // The document knows only 403 for a group that is not there.
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Forbidden) => Vec::new(),
            Err(error) => return Err(error),
        };
        Ok(Part { rows, next: None })
    }

    pub(in super::super) async fn groups_of(
        &self,
        person: &Person,
        at: Option<&Spot>,
        size: usize,
    ) -> Result<Part<Group>, Error> {
        let request = || {
            Request::get(&GROUPS, &["rest", "api", "user", "memberof"]).query("username", person.id.as_str())
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
        let request = || of_group(&MEMBERS, &group.name, &["member"], "member").query("expand", "status");
        let part = part::read(&self.wire, request, at, size.min(MOST)).await?;
        Ok(people::listed(part, wire::User::person))
    }

    /// None where the site does not say what a group may do.
    pub(in super::super) async fn administers(&self, group: &Group) -> Result<Option<bool>, Error> {
        if is_no_segment(&group.name) {
            return Ok(None);
        }
        let request = Request::get(&GRANTED, &["rest", "api", "permissions", "group", &group.name]);
        match self.wire.send(&request).await {
            Ok(answer) => {
                let granted: Vec<wire::Granted> = answer.json()?;
                Ok(Some(granted.iter().any(wire::Granted::is_administration)))
            }
            Err(error) if error.is_no_answer() => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(in super::super) async fn expel(&self, person: &Person, group: &Group) -> Result<(), Error> {
        if [&person.id, &group.name]
            .into_iter()
            .any(|name| is_no_segment(name))
        {
            return Err(Error {
                kind: ErrorKind::Refused,
                ..EXPEL.nonsense("a name that no address can hold")
            });
        }
        let path = ["rest", "api", "user", &person.id, "group", &group.name];
        let request = Request::new(&EXPEL, Method::DELETE, &path).expect_nothing();
        self.wire.send(&request).await.map(|_| ())
    }
}

/// A request about a group: its name in the path, as every release takes it, or in the query where no path can hold it.
fn of_group<'a>(route: &'static Route, name: &'a str, below: &[&'a str], by_query: &'a str) -> Request<'a> {
    if is_no_segment(name) {
        return Request::get(route, &["rest", "api", "group", by_query]).query("groupName", name);
    }
    let path: Vec<&str> = ["rest", "api", "group", name]
        .iter()
        .chain(below)
        .copied()
        .collect();
    Request::get(route, &path)
}

/// Whether a name cannot stand in a path, however encoded: servers refuse or resolve it.
fn is_no_segment(name: &str) -> bool {
    matches!(name, "" | "." | "..") || name.contains(['/', '\\', ';', '%'])
}
