//! Every page below the root.

use super::paging::{MOST_ENTRIES, Paging};
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
    parameters: &[
        Parameter::fresh(),
        Parameter::limit(MOST_ENTRIES, None),
        Parameter::cursor(),
    ],
    output: |generator| generator.subschema_for::<Vec<String>>(),
    faults: &[],
    run: Some(Run::Pages(|pages, arguments| Box::pin(run(pages, arguments)))),
};

async fn run(pages: Pages, arguments: Arguments) -> Result<Outcome, Failure> {
    let paging = Paging::of(&arguments, &pages, &[OPERATION.id])?;
    let listing = pages.all(arguments.freshness()).await?;
    let (paths, next) = paging.part(&listing.pages, tree::paths(&listing.pages))?;
    Ok(Outcome::of(&paths)?.complete(listing.as_of).part(next))
}
