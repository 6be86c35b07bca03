//! The pages directly below a page.

use schemars::JsonSchema;
use serde::Serialize;

use super::paging::{MOST_ENTRIES, Paging};
use super::{Arguments, Effect, Failure, Fault, Method, Operation, Outcome, Parameter, Run, Tag};
use crate::pages::Pages;

pub(super) static OPERATION: Operation = Operation {
    id: "listChildPages",
    name: "list_child_pages",
    method: Method::Get,
    path: "/pages/{title}/children",
    tag: Tag::Read,
    effect: Effect::Read,
    summary: "List child pages",
    description: "List the pages directly below one page, each with title, path and id. Use it to walk down step by step. For several \
                  levels at once use getPageTree.",
    success: "Child pages retrieved.",
    parameters: &[
        Parameter::title_in_path(super::parameter::TITLE),
        Parameter::fresh(),
        Parameter::limit(MOST_ENTRIES, None),
        Parameter::cursor(),
    ],
    output: |generator| generator.subschema_for::<Vec<ChildPage>>(),
    faults: &[Fault::NotFound],
    run: Some(Run::Pages(|pages, arguments| Box::pin(run(pages, arguments)))),
};

/// A page directly below another.
#[derive(Debug, Serialize, JsonSchema)]
struct ChildPage {
    /// Title of the page.
    title: String,
    /// Titles from the root page down to this page.
    path: Vec<String>,
    /// Stable id; id:12345 names the page.
    id: String,
}

async fn run(pages: Pages, arguments: Arguments) -> Result<Outcome, Failure> {
    let reference = arguments.reference("title");
    let paging = Paging::of(&arguments, &pages, &[OPERATION.id, reference.as_str()])?;
    let listing = pages.children(&reference, arguments.freshness()).await?;
    let below = listing.pages;
    let children = below.entries.iter().map(|child| {
        let mut path = below.path.clone();
        path.push(child.title.clone());
        ChildPage {
            title: child.title.clone(),
            path,
            id: child.id.to_string(),
        }
    });
    let (children, next) = paging.part(&below.entries, children.collect())?;
    Ok(Outcome::of(&children)?.complete(listing.as_of).part(next))
}
