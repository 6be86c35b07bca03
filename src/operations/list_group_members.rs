//! The users in a group.

use super::users::{self, UserRow};
use super::{Arguments, Effect, Failure, Fault, Method, Operation, Outcome, Parameter, Place, Run, Tag};
use crate::directory::Directory;

pub(super) static OPERATION: Operation = Operation {
    id: "listGroupMembers",
    name: "list_group_members",
    method: Method::Get,
    path: "/directory/group-members",
    tag: Tag::Read,
    effect: Effect::Read,
    summary: "List a group's members",
    description: "List the users in a group.",
    success: "Members retrieved.",
    parameters: &[users::group(Place::Query), users::LIMIT, Parameter::cursor()],
    output: |generator| generator.subschema_for::<Vec<UserRow>>(),
    faults: &[Fault::NotFound, Fault::Ambiguous],
    run: Some(Run::Directory(|directory, arguments| {
        Box::pin(run(directory, arguments))
    })),
};

async fn run(directory: Directory, arguments: Arguments) -> Result<Outcome, Failure> {
    let (limit, cursor) = users::wanted(&arguments);
    let members = directory
        .members(arguments.required("group"), limit, cursor)
        .await?;
    users::listed::<_, UserRow>(members)
}
