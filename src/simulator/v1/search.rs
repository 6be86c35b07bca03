//! `GET /search` and `GET /content/search`.

use chrono::TimeDelta;
use serde_json::{Map, Value, json};

use super::{
    children::cap,
    content, errors,
    expand::Expand,
    links,
    lists::{Window, envelope},
    people, spaces,
};
use crate::simulator::{
    cql::{self, Dialect, Document, Fault, Query, Searcher, Terms},
    knobs::TotalSize,
    moment,
    paging::Cursor,
    reply::{Answer, Reply},
    request::encode,
    saved,
    store::Content,
    world::Call,
};

/// Where short pages are asked for, every hit at such a position is one the caller may not see.
const GAP: usize = 10;
/// Words before and after the first one that is marked in an excerpt.
const EXCERPT: usize = 18;

pub(crate) fn search(call: &mut Call<'_>) -> Answer {
    if let Some(people) = people::of_search(call) {
        return people;
    }
    let (query, hits) = run(call, true)?;
    let terms = query.terms();
    let (page, list) = page(call, &hits, 1000);
    let rows = page.into_iter().map(|hit| row(call, hit, &terms)).collect();
    let mut list = list(rows);
    let found = hits.iter().flatten().count();
    let total = match call.knobs().search_total {
        TotalSize::Exact => found,
        TotalSize::Inflated if found == 0 => 1,
        TotalSize::Inflated => found + 7,
    };
    list.insert("totalSize".to_owned(), json!(total));
    list.insert("cqlQuery".to_owned(), json!(call.query("cql")));
    list.insert("searchDuration".to_owned(), json!(31));
    list.insert("archivedResultCount".to_owned(), json!(0));
    Ok(Reply::json(Value::Object(list)))
}

pub(crate) fn content_search(call: &mut Call<'_>) -> Answer {
    let (_, hits) = run(call, false)?;
    let expand = Expand::parse(call.query("expand"), "");
    let (page, list) = page(call, &hits, cap(&expand));
    let rows = page.into_iter().filter_map(|hit| match hit {
        Document::Content(id) => Some(content::content(call, call.store().content(id), &expand)),
        Document::Space(_) => None,
    });
    Ok(Reply::json(Value::Object(list(rows.collect()))))
}

/// All hits the caller may see; `None` for those that the gap knob hides.
fn run(call: &mut Call<'_>, with_spaces: bool) -> Result<(Query, Vec<Option<Document>>), Reply> {
    let deployment = call.deployment();
    let text = call
        .query("cql")
        .ok_or_else(|| errors::bad_request(deployment, "The cql parameter is required"))?;
    let refused = |fault: &Fault| match fault.message(text) {
        Some(message) => errors::bad_request(deployment, &message),
        None => errors::reply(
            deployment,
            500,
            "ServiceException",
            "java.lang.NullPointerException",
        ),
    };
    let knobs = &call.world.knobs;
    let dialect = Dialect {
        precedence: knobs.cql_precedence,
        drops_site_search: call.site.is_cloud(),
    };
    let query = cql::parse(text, dialect).map_err(|fault| refused(&fault))?;
    let lag = TimeDelta::from_std(knobs.index_lag).unwrap_or_default();
    let zone = moment::zone(if call.site.is_cloud() {
        0
    } else {
        knobs.utc_offset_minutes
    });
    let searcher = Searcher {
        store: &call.world.store,
        users: &call.world.users,
        current_user: call.caller.user(),
        now: call.now,
        zone,
        as_of: call.now - lag,
        finds_deleted: knobs.search_finds_deleted,
        ignores_ancestor: knobs.cql_ignores_ancestor,
        with_spaces,
    };
    let hits = searcher
        .run(&query, &mut call.world.index)
        .map_err(|fault| refused(&fault))?;
    let sees = |hit: &Document| match *hit {
        Document::Content(id) => call.visible(id).is_some(),
        Document::Space(space) => call.sees_space(call.store().space(space)),
    };
    let mut visible: Vec<Option<Document>> = hits.into_iter().filter(sees).map(Some).collect();
    if call.knobs().search_short_pages {
        let mut at = GAP - 1;
        while at < visible.len() {
            visible.insert(at, None);
            at += GAP;
        }
    }
    Ok((query, visible))
}

type Envelope<'a> = Box<dyn FnOnce(Vec<Value>) -> Map<String, Value> + 'a>;

/// The hits of the page asked for, and the list around their rows: by `start` on Data Center, by cursor on
/// Cloud, where `start` is ignored.
fn page<'a>(call: &'a Call<'_>, hits: &[Option<Document>], most: usize) -> (Vec<Document>, Envelope<'a>) {
    let mut window = Window::of(call, 25, most);
    let total = hits.len();
    if !call.site.is_cloud() {
        let shown = window.of_list(hits).iter().copied().flatten().collect();
        return (shown, Box::new(move |rows| envelope(call, window, total, rows)));
    }
    window.limit = window.limit.min(250);
    window.start = call
        .query("cursor")
        .and_then(Cursor::decode)
        .map_or(0, |cursor| cursor.offset.min(total));
    let shown = window.of_list(hits).iter().copied().flatten().collect();
    (
        shown,
        Box::new(move |rows| cloud_envelope(call, window, total, rows)),
    )
}

/// Context-relative links without `/wiki`, and without the `excerpt` that was asked for.
pub(crate) fn cloud_envelope(
    call: &Call<'_>,
    window: Window,
    total: usize,
    rows: Vec<Value>,
) -> Map<String, Value> {
    let mut list = envelope(call, window, 0, rows);
    let Window { start, limit } = window;
    let mut links = json!({ "base": call.base(), "context": "/wiki" });
    let path = format!("/rest/api/{}", call.path.join("/"));
    let asked = call.request.query.without(&["cursor", "next", "start"]).join("&");
    links["self"] = json!(format!("{}{path}?{asked}", call.base()));
    let end = start + limit;
    if limit > 0 && end < total {
        let cursor = Cursor { last: 0, offset: end }.encode();
        let rest = call
            .request
            .query
            .without(&["cursor", "next", "start", "limit", "excerpt"])
            .join("&");
        links["next"] = json!(format!(
            "{path}?next=true&cursor={}&limit={limit}&start={end}&{rest}",
            encode(&cursor)
        ));
    }
    list.insert("_links".to_owned(), links);
    list
}

fn row(call: &Call<'_>, hit: Document, terms: &[Terms]) -> Value {
    let id = match hit {
        Document::Content(id) => id,
        Document::Space(index) => return space_row(call, index, terms),
    };
    let found = call.store().content(id);
    let expand = Expand::parse(call.query("expand"), "");
    let space = call.store().space_of(id);
    let url = links::web_link(call, found);
    let display = space_link(call, &space.key);
    let at = found.version().at;
    json!({
        "content": content::content(call, found, expand.below("content")),
        "title": marked(found.title(), terms, true),
        "excerpt": excerpt(call, found, terms),
        "url": url,
        "resultGlobalContainer": { "title": space.name, "displayUrl": display },
        "breadcrumbs": [],
        "entityType": "content",
        "iconCssClass": format!("aui-icon content-type-{}", found.kind.name()),
        "lastModified": content::time(call, at),
        "friendlyLastModified": at.format("%b %d, %Y").to_string(),
        "score": 0.0,
    })
}

fn space_link(call: &Call<'_>, key: &str) -> String {
    let place = if call.site.is_cloud() { "spaces" } else { "display" };
    format!("/{place}/{}", encode(key))
}

/// A space is found too; such a row has no content.
fn space_row(call: &Call<'_>, index: usize, terms: &[Terms]) -> Value {
    let space = call.store().space(index);
    json!({
        "space": spaces::space(call, index, &Expand::default()),
        "title": marked(&space.name, terms, true),
        "excerpt": "",
        "url": space_link(call, &space.key),
        "breadcrumbs": [],
        "entityType": "space",
        "iconCssClass": "aui-icon content-type-space",
        "lastModified": content::time(call, space.created),
        "friendlyLastModified": space.created.format("%b %d, %Y").to_string(),
        "score": 0.0,
    })
}

/// The strategy of the `excerpt` parameter; one that does not exist gives nothing.
fn excerpt(call: &Call<'_>, found: &Content, terms: &[Terms]) -> String {
    let strategy = call.query("excerpt").unwrap_or("highlight");
    let (with_marks, escaped) = match strategy {
        "highlight" => (true, true),
        "highlight_unescaped" => (true, false),
        "indexed" => (false, true),
        "indexed_unescaped" => (false, false),
        _ => return String::new(),
    };
    let text = saved::text(found.body());
    let words: Vec<&str> = text.split(' ').collect();
    let first = words.iter().position(|word| is_marked(word, terms)).unwrap_or(0);
    let part = words[first.saturating_sub(EXCERPT)..words.len().min(first + EXCERPT)].join(" ");
    if with_marks {
        return marked(&part, terms, escaped);
    }
    if escaped { marked(&part, &[], true) } else { part }
}

fn is_marked(word: &str, terms: &[Terms]) -> bool {
    cql::words(word)
        .iter()
        .any(|word| terms.iter().any(|terms| terms.marks(word)))
}

/// Text with what was looked for between the server's markers.
fn marked(text: &str, terms: &[Terms], escaped: bool) -> String {
    let word = |word: &str| {
        let mut shown = String::new();
        if escaped {
            saved::escape(&mut shown, word);
        } else {
            shown.push_str(word);
        }
        if is_marked(word, terms) {
            format!("@@@hl@@@{shown}@@@endhl@@@")
        } else {
            shown
        }
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}
