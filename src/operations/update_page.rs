//! A new body for a page.

use schemars::JsonSchema;
use serde::Serialize;

use super::parameter::body_of;
use super::{Arguments, Effect, Failure, Fault, Method, Operation, Outcome, Parameter, Place, Run, Tag};
use crate::convert::Removed;
use crate::pages::{Edit, Pages};

/// The longest message of a version that Confluence keeps.
const MAX_MESSAGE: usize = 500;

pub(super) static OPERATION: Operation = Operation {
    id: "updatePageByTitle",
    name: "update_page",
    method: Method::Put,
    path: "/pages/{title}",
    tag: Tag::Manage,
    effect: Effect::Destroy,
    summary: "Update a page",
    description: "Replace the body of an existing page. Best: read it with format=markdown, change only what should \
                  change, and send the whole text back with expectedVersion; everything else on the page stays as it \
                  is. The title stays; to change it use renamePage.",
    success: "Page updated.",
    parameters: &[
        Parameter::title_in_path(super::parameter::TITLE),
        Parameter::body(
            "The complete new content. Keep tokens such as ::macro[...]{#id} as they were read: they stand for what Markdown cannot \
             show.",
        )
        .given("Body is required")
        .example("# Steps\n\nAll done."),
        Parameter::format(),
        Parameter::expected_version(
            Place::Body,
            "The version you read and edited. Changes since are kept if they touch other blocks, else your edit is refused. Left \
             out: applied to the page as it is now.",
        ),
        Parameter::text(
            "versionMessage",
            Place::Body,
            MAX_MESSAGE,
            "A short note for the page's history, such as: Corrected the port.",
        ),
        Parameter::flag("minorEdit", Place::Body, "true: spare watchers a notification, where Confluence can."),
        Parameter::client_request_id(),
        Parameter::dry_run(Place::Body),
        Parameter::flag(
            "allowRemovals",
            Place::Body,
            "true: the edit may remove macros, images, tasks, comments or most of the page. Only when refused for that, and meant.",
        ),
    ],
    output: |generator| generator.subschema_for::<UpdatedPage>(),
    faults: &[
        Fault::NotFound,
        Fault::VersionConflict,
        Fault::RequestIdReused,
        Fault::TooLarge,
        Fault::InvalidOperation,
    ],
    run: Some(Run::Pages(|pages, arguments| Box::pin(run(pages, arguments)))),
};

/// A page after an update.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct UpdatedPage {
    /// Version number of the page now.
    version: u64,
    /// Stable id; id:12345 names the page.
    id: String,
    /// Title of the page.
    title: String,
    /// Path of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// Address of the page for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// False when the page says this already and nothing was written; with dryRun, whether something would be.
    changed: bool,
    /// True when changes of others since expectedVersion are in it as well.
    merged: bool,
    /// What the edit removes from the page.
    removed: Vec<RemovedThing>,
    /// True when nothing was written because that was asked for.
    dry_run: bool,
}

/// A thing that an edit removes.
#[derive(Debug, Serialize, JsonSchema)]
struct RemovedThing {
    /// What it is, such as macro, mention, image, task, row, link or inline comment.
    kind: String,
    /// Its name or the beginning of its text.
    label: String,
}

impl From<Removed> for RemovedThing {
    fn from(removed: Removed) -> Self {
        Self {
            kind: removed.kind.name().to_owned(),
            label: removed.label,
        }
    }
}

async fn run(pages: Pages, arguments: Arguments) -> Result<Outcome, Failure> {
    let dry_run = arguments.is_dry_run();
    let edit = Edit {
        body: body_of(&arguments),
        expected_version: arguments.expected_version(),
        message: arguments
            .text("versionMessage")
            .filter(|message| !message.trim().is_empty()),
        minor_edit: arguments.flag("minorEdit"),
        dry_run,
        allow_removals: arguments.flag("allowRemovals"),
    };
    let updated = pages.update(&arguments.reference("title"), &edit).await?;
    let page = updated.page;
    let outcome = Outcome::of(&UpdatedPage {
        version: page.version,
        id: page.id.to_string(),
        title: page.title,
        path: updated.path,
        url: page.url,
        changed: updated.changed,
        merged: updated.merged,
        removed: updated.removed.into_iter().map(RemovedThing::from).collect(),
        dry_run,
    })?;
    Ok(outcome.warn(updated.warnings))
}
