//! Another title for a page.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Arguments, Effect, Failure, Fault, Method, Operation, Outcome, Parameter, Place, Run, Tag};
use crate::pages::{Pages, Title, title};

/// What the original bridge answers when either is missing.
const MISSING: Option<&str> = Some("Both 'old_title' and 'new_title' are required.");

pub(super) static OPERATION: Operation = Operation {
    id: "renamePage",
    name: "rename_page",
    method: Method::Post,
    path: "/pages/rename",
    tag: Tag::Manage,
    effect: Effect::Write,
    summary: "Rename a page",
    description: "Give a page another title, which must be free in the whole Confluence space. The root page cannot be renamed. To change \
                  the place use movePage.",
    success: "Page renamed.",
    parameters: &[
        Parameter::page(
            "old_title",
            Place::Body,
            "Title or path of the page as it is now.",
        )
        .required(MISSING)
        .example("Guide/Setup"),
        Parameter::text(
            "new_title",
            Place::Body,
            title::MAX_CHARACTERS,
            "The new title alone, not a path.",
        )
        .required(MISSING)
        .example("Installation"),
        Parameter::required_version(Place::Body),
        Parameter::dry_run(Place::Body),
    ],
    output: |generator| generator.subschema_for::<RenamedPage>(),
    faults: &[
        Fault::NotFound,
        Fault::AlreadyExists,
        Fault::VersionConflict,
        Fault::InvalidOperation,
    ],
    run: Some(Run::Pages(|pages, arguments| Box::pin(run(pages, arguments)))),
};

/// A page that was renamed.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct RenamedPage {
    /// The page as you named it.
    old_title: String,
    /// The new title.
    new_title: String,
    /// Its title now.
    title: String,
    /// Path of the page now.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// Version number of the page now.
    version: u64,
    /// Stable id; id:12345 names the page.
    id: String,
    /// False when the page had this title already; with dryRun, whether it would be written.
    changed: bool,
    /// True when nothing was written because that was asked for.
    dry_run: bool,
    /// Address of the page for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

async fn run(pages: Pages, arguments: Arguments) -> Result<Outcome, Failure> {
    let reference = arguments.reference("old_title");
    let title = Title::parse(arguments.required("new_title")).map_err(crate::pages::Error::from)?;
    let renamed = pages.rename(&reference, &title, arguments.terms()).await?;
    let page = renamed.page;
    Outcome::of(&RenamedPage {
        old_title: reference.as_str().to_owned(),
        new_title: title.to_string(),
        title: page.title,
        path: renamed.path,
        version: page.version,
        id: page.id.to_string(),
        changed: renamed.changed,
        dry_run: arguments.is_dry_run(),
        url: page.url,
    })
}
