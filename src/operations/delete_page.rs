//! A page into the trash.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Arguments, Effect, Failure, Fault, Method, Operation, Outcome, Parameter, Place, Run, Tag};
use crate::pages::Pages;

pub(super) static OPERATION: Operation = Operation {
    id: "deletePageByTitle",
    name: "delete_page",
    method: Method::Delete,
    path: "/pages/{title}",
    tag: Tag::Manage,
    effect: Effect::Destroy,
    summary: "Delete a page",
    description: "Move one page to the trash; a person can restore it in Confluence. Pages below it are kept and move up \
                  to its parent; the answer says how many. The root page cannot be deleted. Ask the user before you \
                  delete.",
    success: "Page deleted.",
    parameters: &[
        Parameter::title_in_path(super::parameter::TITLE),
        Parameter::required_version(Place::Query),
        Parameter::dry_run(Place::Query),
    ],
    output: |generator| generator.subschema_for::<DeletedPage>(),
    faults: &[Fault::NotFound, Fault::VersionConflict, Fault::InvalidOperation],
    run: Some(Run::Pages(|pages, arguments| Box::pin(run(pages, arguments)))),
};

/// A page that was deleted.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DeletedPage {
    /// The page as you named it.
    deleted_title: String,
    /// Id it had.
    id: String,
    /// Title it had.
    title: String,
    /// Path it had.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// Version it had.
    version: u64,
    /// Address of the page for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// Always true; with dryRun, that it would be deleted.
    changed: bool,
    /// How many pages (and folders) directly below it moved up to its parent.
    promoted_children: usize,
    /// True when nothing was deleted because that was asked for.
    dry_run: bool,
}

async fn run(pages: Pages, arguments: Arguments) -> Result<Outcome, Failure> {
    let reference = arguments.reference("title");
    let deleted = pages.delete(&reference, arguments.terms()).await?;
    let page = deleted.page;
    Outcome::of(&DeletedPage {
        deleted_title: reference.as_str().to_owned(),
        id: page.id.to_string(),
        title: page.title,
        path: deleted.path,
        version: page.version,
        url: page.url,
        changed: true,
        promoted_children: deleted.promoted,
        dry_run: arguments.is_dry_run(),
    })
}
