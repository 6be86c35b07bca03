//! A new body for a page.

use schemars::JsonSchema;
use serde::Serialize;

use super::parameter::body_of;
use super::{Arguments, Effect, Failure, Fault, Method, Operation, Outcome, Parameter, Tag};
use crate::pages::Pages;

pub(super) static OPERATION: Operation = Operation {
    id: "updatePageByTitle",
    name: "update_page",
    method: Method::Put,
    path: "/pages/{title}",
    tag: Tag::Manage,
    effect: Effect::Destroy,
    summary: "Update a page",
    description: "Replace the whole body of an existing page with Markdown or storage format. Read the page first and \
                  send the complete new body: what is left out is gone. The title stays; to change it use renamePage. \
                  An empty body empties the page.",
    success: "Page updated.",
    parameters: &[
        Parameter::title_in_path(super::parameter::TITLE),
        Parameter::body(
            "The complete new content: Markdown, or Confluence storage format. An empty string empties it.",
        )
        .given("Body is required")
        .example("# Steps\n\nAll done."),
        Parameter::format(),
    ],
    output: |generator| generator.subschema_for::<UpdatedPage>(),
    faults: &[Fault::NotFound, Fault::VersionConflict, Fault::TooLarge],
    run: Some(|pages, arguments| Box::pin(run(pages, arguments))),
};

/// A page that was updated.
#[derive(Debug, Serialize, JsonSchema)]
struct UpdatedPage {
    /// Version number of the page now.
    version: u64,
    /// Stable id of the page; id:12345 names the page with that id.
    id: String,
    /// Title of the page.
    title: String,
    /// Address of the page for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

async fn run(pages: Pages, arguments: Arguments) -> Result<Outcome, Failure> {
    let body = body_of(&arguments);
    let updated = pages.update(&arguments.reference("title"), &body).await?;
    let page = updated.page;
    let outcome = Outcome::of(&UpdatedPage {
        version: page.version,
        id: page.id.to_string(),
        title: page.title,
        url: page.url,
    })?;
    Ok(outcome.warn(updated.warnings))
}
