//! Pages as resources: a template for any page, and the first level below the root as a list. Tools remain the way to
//! work with pages; some clients let people attach resources to a conversation.

use rmcp::ErrorData;
use rmcp::model::{
    CacheScope, ListResourceTemplatesResult, ListResourcesResult, MetaObject, ReadResourceResult, Resource,
    ResourceContents, ResourceTemplate,
};
use serde_json::{Map, Value, json};

use super::{Entry, Server, answer, pair, tools};
use crate::describe::tools::find;
use crate::operations::{Failure, Fault};

/// How many resources one answer lists.
const PER_PAGE: usize = 100;

const MARKDOWN: &str = "text/markdown";

/// Whether the endpoint offers reading, without which there are no resources.
pub(super) fn offered(server: &Server) -> bool {
    find("read_page").is_some_and(|tool| server.caller.offers(tool.operation))
}

/// What comes before the id in the address of a page.
fn prefix(server: &Server) -> String {
    let name = server.endpoint.name().as_str();
    let name = if name.is_empty() { "-" } else { name };
    format!("conflagent://{name}/page/")
}

/// The one template.
pub(super) fn templates(server: &Server) -> ListResourceTemplatesResult {
    let template = ResourceTemplate::new(format!("{}{{id}}", prefix(server)), "page")
        .with_title("A page by its id")
        .with_description(
            "A page as Markdown. Ids come with list_child_pages and with every page that is read.",
        )
        .with_mime_type(MARKDOWN);
    let mut list = ListResourceTemplatesResult::with_all_items(vec![template]);
    list.ttl_ms = Some(tools::KEPT_MS);
    list.cache_scope = Some(CacheScope::Private);
    list
}

/// The pages directly below the root, from where the cursor stands.
///
/// # Errors
/// A cursor that is none; what keeps the pages from being listed.
pub(super) async fn list(
    server: &Server,
    entry: &mut dyn Entry,
    cursor: Option<&str>,
) -> Result<ListResourcesResult, Failure> {
    let children = find("list_child_pages").ok_or_else(|| Failure::internal("no tool to list pages with"))?;
    let root = format!("id:{}", server.endpoint.config().root_page_id);
    let mut given = Map::from_iter([
        ("title".to_owned(), Value::from(root)),
        ("limit".to_owned(), Value::from(PER_PAGE)),
    ]);
    if let Some(cursor) = cursor {
        given.insert("cursor".to_owned(), Value::from(cursor));
    }
    let outcome = server.run(entry, children.operation, given).await?;
    let pages = outcome.data.as_array().map_or(&[][..], Vec::as_slice);
    let resources = pages
        .iter()
        .map(|page| {
            let text = |name: &str| page[name].as_str().unwrap_or_default();
            let title = text("title");
            Resource::new(prefix(server) + text("id"), title)
                .with_title(title)
                .with_mime_type(MARKDOWN)
        })
        .collect();
    let mut list = ListResourcesResult::with_all_items(resources);
    list.next_cursor = outcome.next_cursor;
    // The list is answered from an index that is kept fresh anyway.
    list.ttl_ms = Some(0);
    list.cache_scope = Some(CacheScope::Private);
    Ok(list)
}

/// A page as Markdown. None: the address is not of this endpoint.
///
/// # Errors
/// What keeps the page from being read.
pub(super) async fn read(
    server: &Server,
    entry: &mut dyn Entry,
    uri: &str,
) -> Result<Option<ReadResourceResult>, Failure> {
    let Some(id) = uri.strip_prefix(&prefix(server)) else {
        return Ok(None);
    };
    let reader = find("read_page").ok_or_else(|| Failure::internal("no tool to read pages with"))?;
    let page = pair::read_by_id(server, entry, reader, id).await?;
    let text = page.get("body").and_then(Value::as_str).unwrap_or_default();
    let mime = match page.get("format").and_then(Value::as_str) {
        Some("markdown") => MARKDOWN,
        _ => "text/html",
    };
    let mut about = Map::new();
    for (name, member) in [
        ("lastModified", "updated"),
        ("totalChars", "totalChars"),
        ("nextOffset", "nextOffset"),
    ] {
        about.extend(page.get(member).map(|value| (name.to_owned(), value.clone())));
    }
    let contents = ResourceContents::text(text, uri)
        .with_mime_type(mime)
        .with_meta(MetaObject::from(about));
    let mut read = ReadResourceResult::new(vec![contents]).with_ttl_ms(0);
    read.cache_scope = Some(CacheScope::Private);
    Ok(Some(read))
}

/// Why a resource was not read or listed, as an error of the protocol: there is no other way to say it here.
pub(super) fn refused(failure: &Failure, request_id: &str, uri: Option<&str>) -> ErrorData {
    let told = answer::told(failure, request_id);
    match failure.fault {
        Fault::NotFound => missing(uri.unwrap_or_default()),
        Fault::InvalidInput => ErrorData::invalid_params(told, None),
        _ => ErrorData::internal_error(told, None),
    }
}

/// There is no such resource. The SDK makes -32602 of it for clients of 2026-07-28; older ones get -32002, as their
/// revisions say.
pub(super) fn missing(uri: &str) -> ErrorData {
    ErrorData::resource_not_found("Resource not found.", Some(json!({ "uri": uri })))
}
