//! A new page.

use schemars::JsonSchema;
use serde::Serialize;

use super::parameter::body_of;
use super::{Arguments, Effect, Failure, Fault, Method, Operation, Outcome, Parameter, Place, Run, Tag};
use crate::pages::{Draft, Pages, Title, title};

pub(super) static OPERATION: Operation = Operation {
    id: "createPage",
    name: "create_page",
    method: Method::Post,
    path: "/pages",
    tag: Tag::Upload,
    effect: Effect::Add,
    summary: "Create a page",
    description: "Create a page below parentTitle (left out: below the root page) with a Markdown body. The parent must \
                  exist. Titles are unique in the whole Confluence space; if the title exists, update that page or \
                  choose another title.",
    success: "Page created.",
    parameters: &[
        Parameter::text(
            "title",
            Place::Body,
            title::MAX_CHARACTERS,
            "Title of the new page, unique in the space. A '/' in it is part of the title.",
        )
        .required(Some("Title is required"))
        .example("Release checklist"),
        Parameter::body("Content of the page. Left out: an empty page.")
            .example("# Steps\n\n- [ ] Tag the release"),
        Parameter::page(
            "parentTitle",
            Place::Body,
            "Title or path of the existing page to create it below. Left out: the root page.",
        )
        .example("Guide/Setup"),
        Parameter::format(),
        Parameter::client_request_id(),
        Parameter::dry_run(Place::Body),
    ],
    output: |generator| generator.subschema_for::<CreatedPage>(),
    faults: &[
        Fault::NotFound,
        Fault::AlreadyExists,
        Fault::RequestIdReused,
        Fault::TooLarge,
    ],
    run: Some(Run::Pages(|pages, arguments| Box::pin(run(pages, arguments)))),
};

/// A page that was created.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CreatedPage {
    /// Stable id; id:12345 names the page. Absent with dryRun.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// Title of the page.
    title: String,
    /// Version number: 1. Absent with dryRun.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
    /// Path of the page: titles from below the root page, joined by '/'.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// Address of the page for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// False when an earlier call had created it already.
    changed: bool,
    /// True when nothing was written because that was asked for.
    dry_run: bool,
}

async fn run(pages: Pages, arguments: Arguments) -> Result<Outcome, Failure> {
    let title = Title::parse(arguments.required("title")).map_err(crate::pages::Error::from)?;
    let draft = Draft {
        title: &title,
        body: &body_of(&arguments),
        parent: arguments.optional_reference("parentTitle"),
        dry_run: arguments.is_dry_run(),
        tries: arguments.tries(),
    };
    let created = pages.create(&draft).await?;
    let page = created.page.as_ref();
    let outcome = Outcome::of(&CreatedPage {
        id: page.map(|page| page.id.to_string()),
        title: page.map_or_else(|| title.to_string(), |page| page.title.clone()),
        version: page.map(|page| page.version),
        path: created.path,
        url: page.and_then(|page| page.url.clone()),
        changed: created.changed,
        dry_run: draft.dry_run,
    })?;
    Ok(outcome.warn(created.warnings))
}
