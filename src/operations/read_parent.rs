//! The page above a page.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use super::{Arguments, Effect, Failure, Fault, Method, Operation, Outcome, Parameter, Run, Tag};
use crate::confluence::WithBody;
use crate::pages::{Pages, Role};

pub(super) static OPERATION: Operation = Operation {
    id: "getParentPage",
    name: "get_parent_page",
    method: Method::Get,
    path: "/pages/{title}/parent",
    tag: Tag::Read,
    effect: Effect::Read,
    summary: "Get the parent page",
    description: "Get the title of the page directly above a page, and the path from the root page to the page you named. Nothing for the \
                  root page.",
    success: "Parent metadata retrieved.",
    parameters: &[Parameter::title_in_path(super::parameter::TITLE)],
    output: schema,
    faults: &[Fault::NotFound],
    run: Some(Run::Pages(|pages, arguments| Box::pin(run(pages, arguments)))),
};

/// Where a page stands.
#[derive(Debug, Serialize, JsonSchema)]
struct ParentPage {
    /// Title of the page directly above.
    title: String,
    /// Titles from the root page down to the page that was asked about.
    path: Vec<String>,
}

/// The schema without `type`: it holds for an object and for null alike, and consumers that know neither unions
/// nor type arrays can read it.
fn schema(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = ParentPage::json_schema(generator);
    schema.remove("type");
    schema.remove("required");
    schema.insert(
        "description".to_owned(),
        "Where the page stands; null for the root page.".into(),
    );
    schema
}

async fn run(pages: Pages, arguments: Arguments) -> Result<Outcome, Failure> {
    let found = pages
        .find(&arguments.reference("title"), Role::Page, WithBody::No)
        .await?;
    let path = pages.path_of(&found).await?;
    let parent = path.len().checked_sub(2).map(|above| ParentPage {
        title: path[above].clone(),
        path,
    });
    Outcome::of(&parent)
}
