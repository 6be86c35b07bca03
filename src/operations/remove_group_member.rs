//! A user out of a group.

use schemars::JsonSchema;
use serde::Serialize;

use super::users::{self, GroupRow, UserRow};
use super::{Arguments, Effect, Failure, Fault, Method, Operation, Outcome, Parameter, Place, Run, Tag};
use crate::directory::Directory;

pub(super) static OPERATION: Operation = Operation {
    id: "removeGroupMember",
    name: "remove_group_member",
    method: Method::Post,
    path: "/directory/remove-member",
    tag: Tag::Manage,
    effect: Effect::Destroy,
    summary: "Remove a user from a group",
    description: "Take a user out of a group of the Confluence site, which can end their access to it. Never the last \
                  administrator or this endpoint's own user. Ask before you do this.",
    success: "The user is not in the group now.",
    parameters: &[
        users::user(Place::Body),
        users::group(Place::Body),
        Parameter::dry_run(Place::Body),
    ],
    output: |generator| generator.subschema_for::<RemovedMember>(),
    faults: &[Fault::NotFound, Fault::Ambiguous, Fault::InvalidOperation],
    run: Some(Run::Directory(|directory, arguments| {
        Box::pin(run(directory, arguments))
    })),
};

/// What became of a membership.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct RemovedMember {
    user: UserRow,
    group: GroupRow,
    /// False when the user was not in the group.
    changed: bool,
    /// True when nothing was done because that was asked for.
    dry_run: bool,
}

async fn run(directory: Directory, arguments: Arguments) -> Result<Outcome, Failure> {
    let (user, group) = (arguments.required("user"), arguments.required("group"));
    let removal = directory.remove(user, group, arguments.is_dry_run()).await?;
    Outcome::of(&RemovedMember {
        user: removal.person.into(),
        group: removal.group.into(),
        changed: removal.changed,
        dry_run: arguments.is_dry_run(),
    })
}
