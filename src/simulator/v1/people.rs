//! Who has an account: searches for users, and the lists that Data Center has of all of them.

use serde_json::{Map, Value, json};

use super::{
    errors,
    lists::{Window, envelope},
    search::cloud_envelope,
    users,
};
use crate::simulator::{
    auth::Role,
    cql::{self, Dialect, Fault, Query},
    paging::Cursor,
    reply::{Answer, Reply},
    request::encode,
    store::UserIndex,
    world::Call,
};

/// Cloud: `GET /search/user?cql=`. Users who may not sign in are not found.
pub(crate) fn search(call: &mut Call<'_>) -> Answer {
    let text = call.query("cql").unwrap_or_default();
    let query = parsed(call, text).map_err(|fault| refused(call, &fault, text))?;
    if !query.asks_for_people() {
        let fault = Fault::Syntax("only fields of users are supported here".to_owned());
        return Err(refused(call, &fault, text));
    }
    found(call, &query, text)
}

/// Data Center: the answer of `GET /search` where its query asks for users; None where it does not.
pub(crate) fn of_search(call: &Call<'_>) -> Option<Answer> {
    if call.site.is_cloud() || !call.knobs().user_cql {
        return None;
    }
    let text = call.query("cql")?;
    let query = parsed(call, text).ok().filter(Query::asks_for_people)?;
    Some(found(call, &query, text))
}

fn parsed(call: &Call<'_>, text: &str) -> Result<Query, Fault> {
    let dialect = Dialect {
        precedence: call.knobs().cql_precedence,
        drops_site_search: false,
    };
    cql::parse(text, dialect)
}

fn found(call: &Call<'_>, query: &Query, text: &str) -> Answer {
    let people = cql::people(query, &call.world.users, call.knobs().names_by_prefix);
    let mut found = people.map_err(|fault| refused(call, &fault, text))?;
    found.retain(|index| call.world.users[*index].active);
    Ok(list(call, &found))
}

fn refused(call: &Call<'_>, fault: &Fault, text: &str) -> Reply {
    errors::bad_request(call.deployment(), &fault.message(text).unwrap_or_default())
}

/// The hits that the window shows, in the envelope of a search.
fn list(call: &Call<'_>, found: &[UserIndex]) -> Reply {
    let by_cursor = call.site.is_cloud() && call.knobs().user_search_by_cursor;
    let mut window = Window::of(call, 25, 200);
    if by_cursor {
        let cursor = call.query("cursor").and_then(Cursor::decode);
        window.start = cursor.map_or(0, |cursor| cursor.offset.min(found.len()));
    }
    let rows = window
        .of_list(found)
        .iter()
        .map(|index| hit(call, *index))
        .collect();
    let mut list: Map<String, Value> = if by_cursor {
        cloud_envelope(call, window, found.len(), rows)
    } else {
        envelope(call, window, found.len(), rows)
    };
    list.insert("totalSize".to_owned(), json!(found.len()));
    list.insert("cqlQuery".to_owned(), json!(call.query("cql")));
    list.insert("searchDuration".to_owned(), json!(9));
    Reply::json(Value::Object(list))
}

fn hit(call: &Call<'_>, index: UserIndex) -> Value {
    let user = &call.world.users[index];
    let url = if call.site.is_cloud() {
        format!("/people/{}", encode(&user.account_id))
    } else {
        format!("/display/~{}", encode(&user.username))
    };
    json!({
        "user": users::user(call, index),
        "title": user.display_name,
        "excerpt": "",
        "url": url,
        "breadcrumbs": [],
        "entityType": "user",
        "iconCssClass": "aui-icon content-type-profile",
        "lastModified": null,
        "score": 0.0,
    })
}

/// Data Center: `GET /user/list`, everybody.
pub(crate) fn registered(call: &mut Call<'_>) -> Answer {
    let everybody: Vec<UserIndex> = (0..call.world.users.len()).collect();
    rows(call, &everybody, users::user)
}

/// Data Center: `GET /admin/users/list/active`, for administrators: those who count into the licence, with their
/// addresses.
pub(crate) fn active(call: &mut Call<'_>) -> Answer {
    let is_administrator = call
        .caller
        .user()
        .is_some_and(|index| call.world.users[index].role == Role::Admin);
    if call.knobs().user_lists && !is_administrator {
        return Err(errors::permission(call.deployment(), "Only for administrators"));
    }
    let active = |index: &UserIndex| call.world.users[*index].active;
    let those: Vec<UserIndex> = (0..call.world.users.len()).filter(active).collect();
    rows(call, &those, |call, index| {
        let mut shown = users::user(call, index);
        shown["email"] = json!(call.world.users[index].email);
        shown
    })
}

fn rows(call: &Call<'_>, those: &[UserIndex], show: fn(&Call<'_>, UserIndex) -> Value) -> Answer {
    if !call.knobs().user_lists {
        return Err(errors::no_route("users"));
    }
    let window = Window::of(call, 100, 200);
    let rows = window
        .of_list(those)
        .iter()
        .map(|index| show(call, *index))
        .collect();
    Ok(Reply::json(Value::Object(envelope(
        call,
        window,
        those.len(),
        rows,
    ))))
}
