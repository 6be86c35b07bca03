//! Another place for a page.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Arguments, Effect, Failure, Fault, Method, Operation, Outcome, Parameter, Place, Run, Tag};
use crate::pages::Pages;

pub(super) static OPERATION: Operation = Operation {
    id: "movePage",
    name: "move_page",
    method: Method::Post,
    path: "/pages/{title}/move",
    tag: Tag::Manage,
    effect: Effect::Write,
    summary: "Move a page",
    description: "Move a page, with everything below it, under another existing page. The root page cannot be moved, nor a page into its \
                  own subtree. To change the title use renamePage.",
    success: "Page moved.",
    parameters: &[
        Parameter::title_in_path(super::parameter::TITLE),
        Parameter::page(
            "newParentTitle",
            Place::Body,
            "Title or path of the existing page to move it under.",
        )
        .required(Some("newParentTitle is required"))
        .example("Archive/2026"),
        Parameter::required_version(Place::Body),
        Parameter::dry_run(Place::Body),
    ],
    output: |generator| generator.subschema_for::<MovedPage>(),
    faults: &[Fault::NotFound, Fault::VersionConflict, Fault::InvalidOperation],
    run: Some(Run::Pages(|pages, arguments| Box::pin(run(pages, arguments)))),
};

/// A page that was moved.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct MovedPage {
    /// The page as you named it.
    title: String,
    /// Title of the page it was below.
    #[serde(skip_serializing_if = "Option::is_none")]
    old_parent_title: Option<String>,
    /// The page it is below now, as you named it.
    new_parent_title: String,
    /// Path of the page now.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// Version number of the page now.
    version: u64,
    /// Stable id; id:12345 names the page.
    id: String,
    /// False when the page was there already; with dryRun, whether it would be moved.
    changed: bool,
    /// True when nothing was written because that was asked for.
    dry_run: bool,
    /// Address of the page for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

async fn run(pages: Pages, arguments: Arguments) -> Result<Outcome, Failure> {
    let reference = arguments.reference("title");
    let target = arguments.reference("newParentTitle");
    let moved = pages.move_below(&reference, &target, arguments.terms()).await?;
    Outcome::of(&MovedPage {
        title: reference.as_str().to_owned(),
        old_parent_title: moved.old_parent,
        new_parent_title: target.as_str().to_owned(),
        path: moved.path,
        version: moved.page.version,
        id: moved.page.id.to_string(),
        changed: moved.changed,
        dry_run: arguments.is_dry_run(),
        url: moved.page.url,
    })
}
