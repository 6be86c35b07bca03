//! Every page below the root.

use super::{Arguments, Effect, Failure, Method, Operation, Outcome, Parameter, Run, Tag};
use crate::pages::{Pages, tree};

pub(super) static OPERATION: Operation = Operation {
    id: "listSubpages",
    name: "list_pages",
    method: Method::Get,
    path: "/pages",
    tag: Tag::Read,
    effect: Effect::Read,
    summary: "List all pages",
    description: "List every page below the root page as paths of titles joined by '/', in wiki order. Use it to see what exists and how \
                  pages are named. For a part of a large wiki use getPageTree or listChildPages.",
    success: "Subpages retrieved.",
    parameters: &[Parameter::fresh()],
    output: |generator| generator.subschema_for::<Vec<String>>(),
    faults: &[],
    run: Some(Run::Pages(|pages, arguments| Box::pin(run(pages, arguments)))),
};

async fn run(pages: Pages, arguments: Arguments) -> Result<Outcome, Failure> {
    let listing = pages.all(arguments.freshness()).await?;
    Ok(Outcome::of(&tree::paths(&listing.pages))?.complete(listing.as_of))
}
