//! The groups of a user.

use super::users::{self, GroupRow};
use super::{Arguments, Effect, Failure, Fault, Method, Operation, Outcome, Parameter, Place, Run, Tag};
use crate::directory::Directory;

pub(super) static OPERATION: Operation = Operation {
    id: "listUserGroups",
    name: "list_user_groups",
    method: Method::Get,
    path: "/directory/user-groups",
    tag: Tag::Read,
    effect: Effect::Read,
    summary: "List a user's groups",
    description: "List the groups that a user is in.",
    success: "Groups of the user retrieved.",
    parameters: &[users::user(Place::Query), users::LIMIT, Parameter::cursor()],
    output: |generator| generator.subschema_for::<Vec<GroupRow>>(),
    faults: &[Fault::NotFound, Fault::Ambiguous],
    run: Some(Run::Directory(|directory, arguments| {
        Box::pin(run(directory, arguments))
    })),
};

async fn run(directory: Directory, arguments: Arguments) -> Result<Outcome, Failure> {
    let (limit, cursor) = users::wanted(&arguments);
    let groups = directory
        .groups_of(arguments.required("user"), limit, cursor)
        .await?;
    users::listed::<_, GroupRow>(groups)
}
