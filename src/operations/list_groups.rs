//! All groups.

use super::users::{self, GroupRow};
use super::{Arguments, Effect, Failure, Method, Operation, Outcome, Parameter, Run, Tag};
use crate::directory::Directory;

pub(super) static OPERATION: Operation = Operation {
    id: "listGroups",
    name: "list_groups",
    method: Method::Get,
    path: "/directory/groups",
    tag: Tag::Read,
    effect: Effect::Read,
    summary: "List groups",
    description: "List all groups of the whole Confluence site.",
    success: "Groups retrieved.",
    parameters: &[users::LIMIT, Parameter::cursor()],
    output: |generator| generator.subschema_for::<Vec<GroupRow>>(),
    faults: &[],
    run: Some(Run::Directory(|directory, arguments| {
        Box::pin(run(directory, arguments))
    })),
};

async fn run(directory: Directory, arguments: Arguments) -> Result<Outcome, Failure> {
    let (limit, cursor) = users::wanted(&arguments);
    users::listed::<_, GroupRow>(directory.groups(limit, cursor).await?)
}
