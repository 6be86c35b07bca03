//! Bad requests and what each is told. The table in `docs/api.md` is made here: the test sends every request and
//! holds the table against the answers.

use std::path::Path;

use conflagent::config::{DirectoryAccess, EndpointConfig};

use crate::support::{Bridge, Product, SECRET};

/// Where the table stands in the document.
const MARKS: (&str, &str) = ("<!-- bad requests: begin -->\n", "<!-- bad requests: end -->");

/// A bad request: what it is, method, path, and body. The secret is sent unless the words say otherwise.
struct Bad(&'static str, &'static str, &'static str, Option<&'static [u8]>);

const CASES: &[Bad] = &[
    Bad("no secret", "GET", "/endpoint/wiki/pages", None),
    Bad("a wrong secret", "GET", "/endpoint/wiki/pages", None),
    Bad("another scheme", "GET", "/endpoint/wiki/pages", None),
    Bad("unknown endpoint", "GET", "/endpoint/other/pages", None),
    Bad("endpoint without a name", "GET", "/endpoint", None),
    Bad("endpoint without an operation", "GET", "/endpoint/wiki", None),
    Bad("unknown operation", "GET", "/endpoint/wiki/page", None),
    Bad("page operation outside an endpoint", "GET", "/pages", None),
    Bad("unknown route", "GET", "/wp-login.php", None),
    Bad("wrong method for the list", "PATCH", "/endpoint/wiki/pages", None),
    Bad(
        "wrong method for a page",
        "POST",
        "/endpoint/wiki/pages/Setup",
        Some(b"{}"),
    ),
    Bad(
        "wrong method for the tree",
        "POST",
        "/endpoint/wiki/pages/tree",
        Some(b"{}"),
    ),
    Bad(
        "wrong method for children",
        "POST",
        "/endpoint/wiki/pages/Setup/children",
        Some(b"{}"),
    ),
    Bad("wrong method for health", "DELETE", "/endpoint/wiki/health", None),
    Bad(
        "wrong method for the document",
        "PUT",
        "/endpoint/wiki/openapi.json",
        Some(b"{}"),
    ),
    Bad("blank title in the path", "GET", "/endpoint/wiki/pages/%20", None),
    Bad(
        "title in the path that is not UTF-8",
        "GET",
        "/endpoint/wiki/pages/%FF%FE",
        None,
    ),
    Bad(
        "depth in words",
        "GET",
        "/endpoint/wiki/pages/tree?depth=lots",
        None,
    ),
    Bad(
        "negative depth",
        "GET",
        "/endpoint/wiki/pages/tree?depth=-1",
        None,
    ),
    Bad(
        "fractional depth",
        "GET",
        "/endpoint/wiki/pages/tree?depth=1.5",
        None,
    ),
    Bad(
        "depth beyond the limit",
        "GET",
        "/endpoint/wiki/pages/tree?depth=51",
        None,
    ),
    Bad(
        "depth beyond all numbers",
        "GET",
        "/endpoint/wiki/pages/tree?depth=99999999999999999999",
        None,
    ),
    Bad(
        "read: a negative offset",
        "GET",
        "/endpoint/wiki/pages/Setup?offset=-1",
        None,
    ),
    Bad(
        "read: no characters wanted",
        "GET",
        "/endpoint/wiki/pages/Setup?maxChars=0",
        None,
    ),
    Bad(
        "read: more characters than an answer has",
        "GET",
        "/endpoint/wiki/pages/Setup?maxChars=80001",
        None,
    ),
    Bad(
        "read: a section of storage format",
        "GET",
        "/endpoint/wiki/pages/Setup?format=storage&section=Steps",
        None,
    ),
    Bad(
        "update: a section of storage format",
        "PUT",
        "/endpoint/wiki/pages/Setup",
        Some(br#"{"body": "<h1>Steps</h1>", "format": "storage", "section": "Steps"}"#),
    ),
    Bad(
        "list: a cursor of something else",
        "GET",
        "/endpoint/wiki/pages?cursor=abc",
        None,
    ),
    Bad(
        "list: more entries than an answer has",
        "GET",
        "/endpoint/wiki/pages/Setup/children?limit=1001",
        None,
    ),
    Bad(
        "tree: neither concise nor detailed",
        "GET",
        "/endpoint/wiki/pages/tree?responseFormat=short",
        None,
    ),
    Bad("search: no criterion", "GET", "/endpoint/wiki/pages/search", None),
    Bad(
        "search: blank criteria",
        "GET",
        "/endpoint/wiki/pages/search?query=%20&label=",
        None,
    ),
    Bad(
        "search: nothing but punctuation",
        "GET",
        "/endpoint/wiki/pages/search?query=%3F%21",
        None,
    ),
    Bad(
        "search: no hits wanted",
        "GET",
        "/endpoint/wiki/pages/search?query=cache&limit=0",
        None,
    ),
    Bad(
        "search: too many hits wanted",
        "GET",
        "/endpoint/wiki/pages/search?query=cache&limit=51",
        None,
    ),
    Bad(
        "search: since when, in words",
        "GET",
        "/endpoint/wiki/pages/search?updatedSince=yesterday",
        None,
    ),
    Bad(
        "search: cql with an open parenthesis",
        "GET",
        "/endpoint/wiki/pages/search?cql=(label%3Dx",
        None,
    ),
    Bad(
        "search: cql that closes our parenthesis",
        "GET",
        "/endpoint/wiki/pages/search?cql=label%3Dx)%20or%20(type%3Dpage",
        None,
    ),
    Bad(
        "search: cql with an open quote",
        "GET",
        "/endpoint/wiki/pages/search?cql=title%20~%20%22x",
        None,
    ),
    Bad(
        "search: cql that sorts",
        "GET",
        "/endpoint/wiki/pages/search?cql=label%3Dx%20order%20by%20created",
        None,
    ),
    Bad(
        "search: cql that is words",
        "GET",
        "/endpoint/wiki/pages/search?cql=how%20to%20deploy",
        None,
    ),
    Bad(
        "search: a cursor of something else",
        "GET",
        "/endpoint/wiki/pages/search?query=cache&cursor=abc",
        None,
    ),
    Bad("create: no body at all", "POST", "/endpoint/wiki/pages", None),
    Bad(
        "create: empty object",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"{}"),
    ),
    Bad(
        "create: not JSON",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"title=Setup"),
    ),
    Bad(
        "create: JSON cut short",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"{\"title\": \"Set"),
    ),
    Bad(
        "create: text after the JSON",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"{\"title\": \"Setup\"} {}"),
    ),
    Bad(
        "create: raw line break in a string",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"{\"title\": \"a\nb\"}"),
    ),
    Bad(
        "create: bytes that are not UTF-8",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"{\"title\": \"\xff\"}"),
    ),
    Bad(
        "create: half a surrogate pair",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"{\"title\": \"\\ud800\"}"),
    ),
    Bad(
        "create: a list",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"[{\"title\": \"Setup\"}]"),
    ),
    Bad(
        "create: a string",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"\"Setup\""),
    ),
    Bad("create: null", "POST", "/endpoint/wiki/pages", Some(b"null")),
    Bad(
        "create: title is a number",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"{\"title\": 42}"),
    ),
    Bad(
        "create: title is a list",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"{\"title\": [\"Setup\"]}"),
    ),
    Bad(
        "create: title is null",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"{\"title\": null}"),
    ),
    Bad(
        "create: blank title",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"{\"title\": \" \\t\"}"),
    ),
    Bad(
        "create: line break in the title",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"{\"title\": \"a\\nb\"}"),
    ),
    Bad(
        "create: NUL in the title",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"{\"title\": \"a\\u0000b\"}"),
    ),
    Bad(
        "create: title of 256 characters",
        "POST",
        "/endpoint/wiki/pages",
        Some(LONG_TITLE),
    ),
    Bad(
        "create: body is an object",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"{\"title\": \"T\", \"body\": {}}"),
    ),
    Bad(
        "create: body is a boolean",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"{\"title\": \"T\", \"body\": true}"),
    ),
    Bad(
        "create: parent is a number",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"{\"title\": \"T\", \"parentTitle\": 7}"),
    ),
    Bad(
        "create: unknown format",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"{\"title\": \"T\", \"format\": \"html\"}"),
    ),
    Bad(
        "create: format is a number",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"{\"title\": \"T\", \"format\": 1}"),
    ),
    Bad(
        "create: storage with an unclosed tag",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"{\"title\": \"T\", \"format\": \"storage\", \"body\": \"<p>a<br></p>\"}"),
    ),
    Bad(
        "create: storage with an unknown entity",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"{\"title\": \"T\", \"format\": \"storage\", \"body\": \"<p>&bogus;</p>\"}"),
    ),
    Bad(
        "create: storage with a bare ampersand",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"{\"title\": \"T\", \"format\": \"storage\", \"body\": \"<p>a & b</p>\"}"),
    ),
    Bad(
        "create: storage with an attribute twice",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"{\"title\": \"T\", \"format\": \"storage\", \"body\": \"<p id='a' id='b'>x</p>\"}"),
    ),
    Bad(
        "create: storage with a DOCTYPE",
        "POST",
        "/endpoint/wiki/pages",
        Some(b"{\"title\": \"T\", \"format\": \"storage\", \"body\": \"<!DOCTYPE p><p>x</p>\"}"),
    ),
    Bad(
        "update: no body",
        "PUT",
        "/endpoint/wiki/pages/Setup",
        Some(b"{}"),
    ),
    Bad(
        "update: body is null",
        "PUT",
        "/endpoint/wiki/pages/Setup",
        Some(b"{\"body\": null}"),
    ),
    Bad(
        "update: body is a number",
        "PUT",
        "/endpoint/wiki/pages/Setup",
        Some(b"{\"body\": 3}"),
    ),
    Bad(
        "update: a section as storage",
        "PUT",
        "/endpoint/wiki/pages/Setup",
        Some(b"{\"body\": \"<h1>a</h1>\", \"section\": \"a\", \"format\": \"storage\"}"),
    ),
    Bad(
        "rename: nothing given",
        "POST",
        "/endpoint/wiki/pages/rename",
        Some(b"{}"),
    ),
    Bad(
        "rename: no new title",
        "POST",
        "/endpoint/wiki/pages/rename",
        Some(b"{\"old_title\": \"Setup\"}"),
    ),
    Bad(
        "rename: blank new title",
        "POST",
        "/endpoint/wiki/pages/rename",
        Some(b"{\"old_title\": \"Setup\", \"new_title\": \"\"}"),
    ),
    Bad(
        "rename: tab in the new title",
        "POST",
        "/endpoint/wiki/pages/rename",
        Some(b"{\"old_title\": \"Setup\", \"new_title\": \"a\\tb\"}"),
    ),
    Bad(
        "rename: the names of another style",
        "POST",
        "/endpoint/wiki/pages/rename",
        Some(b"{\"oldTitle\": \"Setup\", \"newTitle\": \"X\"}"),
    ),
    Bad(
        "move: no target",
        "POST",
        "/endpoint/wiki/pages/Setup/move",
        Some(b"{}"),
    ),
    Bad(
        "move: blank target",
        "POST",
        "/endpoint/wiki/pages/Setup/move",
        Some(b"{\"newParentTitle\": \" \"}"),
    ),
    Bad(
        "move: target is a list",
        "POST",
        "/endpoint/wiki/pages/Setup/move",
        Some(b"{\"newParentTitle\": []}"),
    ),
    Bad(
        "write: an id of 65 characters",
        "POST",
        "/endpoint/wiki/pages",
        Some(
            b"{\"title\": \"T\", \"clientRequestId\": \"12345678901234567890123456789012345678901234567890123456789012345\"}",
        ),
    ),
    Bad(
        "write: a version in words",
        "DELETE",
        "/endpoint/wiki/pages/Setup?expectedVersion=latest",
        None,
    ),
    Bad(
        "write: a version that Confluence cannot count to",
        "POST",
        "/endpoint/wiki/pages/Setup/move",
        Some(b"{\"newParentTitle\": \"x\", \"expectedVersion\": 2147483648}"),
    ),
    Bad(
        "write: neither a dry run nor none",
        "POST",
        "/endpoint/wiki/pages/rename",
        Some(b"{\"old_title\": \"a\", \"new_title\": \"b\", \"dryRun\": \"maybe\"}"),
    ),
    Bad(
        "directory: nobody to find",
        "GET",
        "/endpoint/wiki/directory/users",
        None,
    ),
    Bad(
        "directory: more than may be listed",
        "GET",
        "/endpoint/wiki/directory/groups?limit=51",
        None,
    ),
    Bad(
        "directory: cursor of nowhere",
        "GET",
        "/endpoint/wiki/directory/groups?cursor=x",
        None,
    ),
    Bad(
        "remove member: no group",
        "POST",
        "/endpoint/wiki/directory/remove-member",
        Some(br#"{"user": "Grace Person"}"#),
    ),
    Bad(
        "remove member: wrong method",
        "DELETE",
        "/endpoint/wiki/directory/remove-member",
        None,
    ),
    Bad(
        "tools: unknown format",
        "GET",
        "/endpoint/wiki/tools?format=xml",
        None,
    ),
    Bad(
        "tools: unknown tag",
        "GET",
        "/endpoint/wiki/tools?tags=pages",
        None,
    ),
    Bad(
        "tools: unknown parameter",
        "GET",
        "/endpoint/wiki/tools?formt=mcp",
        None,
    ),
    Bad(
        "tools: strict where it means nothing",
        "GET",
        "/endpoint/wiki/tools?format=mcp&strict=true",
        None,
    ),
    Bad(
        "tools: wrong method for the list",
        "POST",
        "/endpoint/wiki/tools",
        Some(b"{}"),
    ),
    Bad(
        "tools: unknown tool",
        "POST",
        "/endpoint/wiki/tools/readPage",
        Some(b"{}"),
    ),
    Bad(
        "tools: unknown tool that resembles none",
        "POST",
        "/endpoint/wiki/tools/xyz",
        Some(b"{}"),
    ),
    Bad(
        "tools: a tool is called by POST",
        "GET",
        "/endpoint/wiki/tools/read_page",
        None,
    ),
    Bad(
        "tools: argument missing",
        "POST",
        "/endpoint/wiki/tools/read_page",
        Some(b"{}"),
    ),
    Bad(
        "tools: arguments in a list",
        "POST",
        "/endpoint/wiki/tools/read_page",
        Some(b"[]"),
    ),
];

const LONG_TITLE: &[u8] = concat!(
    "{\"title\": \"",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "\"}"
)
.as_bytes();

/// The table's row of an answer.
async fn row(bridge: &Bridge, bad: &Bad) -> String {
    let Bad(what, method, path, body) = bad;
    let authorization = match *what {
        "no secret" => None,
        "a wrong secret" => Some("Bearer wrong".to_owned()),
        "another scheme" => Some(format!("Basic {SECRET}")),
        _ => Some(format!("Bearer {SECRET}")),
    };
    let answer = bridge
        .send_bytes(method, path, authorization.as_deref(), *body)
        .await;
    assert!(
        (400..500).contains(&answer.status),
        "{what}: {} {}",
        answer.status,
        answer.text
    );
    let json = answer.json();
    assert_eq!(json["success"], false, "{what}");
    let text = |field: &str| json[field].as_str().expect(field).replace('|', "\\|");
    let path = path
        .strip_prefix("/endpoint/wiki")
        .filter(|below| below.starts_with('/'))
        .unwrap_or(path);
    format!(
        "| {what} | `{method} {path}` | {} `{}` | {} | {} |\n",
        answer.status,
        text("code"),
        text("message"),
        text("hint")
    )
}

#[tokio::test]
async fn the_table_of_bad_requests_is_true_and_none_reaches_confluence() {
    let mut tables = Vec::new();
    for product in [Product::Cloud, Product::DataCenter] {
        let configure = |config: &mut EndpointConfig| config.directory = DirectoryAccess::Admin;
        let bridge = Bridge::with(product, |_| {}, configure).await;
        let mut table = String::from("| request | | answer | message | hint |\n|---|---|---|---|---|\n");
        for bad in CASES {
            table.push_str(&row(&bridge, bad).await);
        }
        assert_eq!(bridge.upstream_calls(), 0, "a bad request reached Confluence");
        tables.push(table);
    }
    assert_eq!(tables[0], tables[1], "the products differ");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/api.md");
    let document = std::fs::read_to_string(file).expect("docs/api.md");
    let written = document
        .split(MARKS.0)
        .nth(1)
        .and_then(|rest| rest.split(MARKS.1).next());
    if written != Some(tables[0].as_str()) {
        let fresh = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bad-requests.md");
        std::fs::write(&fresh, &tables[0]).expect("a writable target folder");
        panic!(
            "the table in docs/api.md is not what is answered; the true one is in {}",
            fresh.display()
        );
    }
    assert!(CASES.len() >= 40);
}
