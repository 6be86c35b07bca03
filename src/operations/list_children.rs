//! The pages directly below a page.

use schemars::JsonSchema;
use serde::Serialize;

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
    let listing = pages
        .children(&arguments.reference("title"), arguments.freshness())
        .await?;
    let (path, children) = listing.pages;
    let children: Vec<ChildPage> = children
        .into_iter()
        .map(|child| {
            let mut below = path.clone();
            below.push(child.title.clone());
            ChildPage {
                title: child.title,
                path: below,
                id: child.id.to_string(),
            }
        })
        .collect();
    Ok(Outcome::of(&children)?.complete(listing.as_of))
}
