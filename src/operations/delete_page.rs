//! A page into the trash.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Arguments, Effect, Failure, Fault, Method, Operation, Outcome, Parameter, Tag};
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
    parameters: &[Parameter::title_in_path(super::parameter::TITLE)],
    output: |generator| generator.subschema_for::<DeletedPage>(),
    faults: &[Fault::NotFound, Fault::InvalidOperation],
    run: Some(|pages, arguments| Box::pin(run(pages, arguments))),
};

/// A page that was deleted.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DeletedPage {
    /// The page as you named it.
    deleted_title: String,
    /// Id it had.
    id: String,
    /// How many pages (and folders) directly below it moved up to its parent.
    promoted_children: usize,
}

async fn run(pages: Pages, arguments: Arguments) -> Result<Outcome, Failure> {
    let reference = arguments.reference("title");
    let deleted = pages.delete(&reference).await?;
    Outcome::of(&DeletedPage {
        deleted_title: reference.as_str().to_owned(),
        id: deleted.page.id.to_string(),
        promoted_children: deleted.promoted,
    })
}
