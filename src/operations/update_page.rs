//! A new body for a page.

use schemars::JsonSchema;
use serde::Serialize;

use super::parameter::body_of;
use super::{Arguments, Effect, Failure, Fault, Method, Operation, Outcome, Parameter, Place, Run, Tag};
use crate::convert::{Format, Removed};
use crate::pages::section::MOST_SECTION;
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
        Parameter::text(
            "section",
            Place::Body,
            MOST_SECTION,
            "Replace this section alone, named as in readPageByTitle; body is the section, its heading first.",
        ),
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

/// The most things that are told one by one, and the most characters of each.
const MOST_REMOVED: usize = 200;
const MOST_LABEL: usize = 200;

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
            label: removed.label.chars().take(MOST_LABEL).collect(),
        }
    }
}

async fn run(pages: Pages, arguments: Arguments) -> Result<Outcome, Failure> {
    let dry_run = arguments.is_dry_run();
    let body = body_of(&arguments);
    let section = arguments
        .text("section")
        .map(str::trim)
        .filter(|section| !section.is_empty());
    if section.is_some() && body.format == Some(Format::Storage) {
        return Err(
            Failure::new(Fault::InvalidInput, "section goes with format=markdown only.")
                .hint("Send the section as Markdown, or the whole page as storage without section."),
        );
    }
    let edit = Edit {
        body,
        section,
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
    let untold = updated.removed.len().saturating_sub(MOST_REMOVED);
    let outcome = Outcome::of(&UpdatedPage {
        version: page.version,
        id: page.id.to_string(),
        title: page.title,
        path: updated.path,
        url: page.url,
        changed: updated.changed,
        merged: updated.merged,
        removed: updated
            .removed
            .into_iter()
            .take(MOST_REMOVED)
            .map(RemovedThing::from)
            .collect(),
        dry_run,
    })?;
    let more = (untold > 0).then(|| format!("{untold} more things were removed than are listed."));
    Ok(outcome.warn(more).warn(updated.warnings))
}
