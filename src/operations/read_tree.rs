//! The hierarchy from a page downward.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Arguments, Effect, Failure, Fault, Method, Operation, Outcome, Parameter, Place, Run, Tag};
use crate::pages::{Branch, Pages};

/// The deepest tree one call answers. Deeper wikis are read in parts, with `startTitle`.
const MAX_DEPTH: i64 = 50;

pub(super) static OPERATION: Operation = Operation {
    id: "getPageTree",
    name: "get_page_tree",
    method: Method::Get,
    path: "/pages/tree",
    tag: Tag::Read,
    effect: Effect::Read,
    summary: "Get the page tree",
    description: "Get the hierarchy of pages as nested nodes, from the root page or from startTitle, down to depth levels. Use it to \
                  understand structure. For a flat list of everything use listSubpages.",
    success: "Page tree retrieved.",
    parameters: &[
        Parameter::integer(
            "depth",
            Place::Query,
            (0, MAX_DEPTH),
            Some(2),
            "Levels below the start; 0 is the start page alone.",
        ),
        Parameter::page(
            "startTitle",
            Place::Query,
            "Title or path of the page to start at. Left out: the root page.",
        ),
        Parameter::fresh(),
    ],
    output: |generator| generator.subschema_for::<PageTree>(),
    faults: &[Fault::NotFound],
    run: Some(Run::Pages(|pages, arguments| Box::pin(run(pages, arguments)))),
};

/// A page and the pages below it.
#[derive(Debug, Serialize, JsonSchema)]
struct PageTree {
    /// Title of the page.
    title: String,
    /// Titles from the root page down to this page.
    path: Vec<String>,
    /// The pages directly below, as far down as was asked for.
    children: Vec<PageTree>,
}

impl PageTree {
    /// Adds paths to a branch. The depth is bounded by [`MAX_DEPTH`], so recursion is.
    fn new(branch: Branch, path: Vec<String>) -> Self {
        let children = branch
            .children
            .into_iter()
            .map(|child| {
                let mut below = path.clone();
                below.push(child.title.clone());
                Self::new(child, below)
            })
            .collect();
        Self {
            title: branch.title,
            path,
            children,
        }
    }
}

async fn run(pages: Pages, arguments: Arguments) -> Result<Outcome, Failure> {
    let depth = arguments
        .integer("depth")
        .and_then(|depth| usize::try_from(depth).ok())
        .unwrap_or_default();
    let start = arguments.optional_reference("startTitle");
    let listing = pages.tree(start.as_ref(), depth, arguments.freshness()).await?;
    let (path, branch) = listing.pages;
    Ok(Outcome::of(&PageTree::new(branch, path))?.complete(listing.as_of))
}
