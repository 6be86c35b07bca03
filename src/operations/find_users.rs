//! Users by what a caller knows of them.

use super::users::{self, UserRow};
use super::{Arguments, Effect, Failure, Method, Operation, Outcome, Parameter, Place, Run, Tag};
use crate::directory::Directory;
use crate::directory::error::Addresses;

pub(super) static OPERATION: Operation = Operation {
    id: "findUsers",
    name: "find_users",
    method: Method::Get,
    path: "/directory/users",
    tag: Tag::Read,
    effect: Effect::Read,
    summary: "Find users",
    description: "Find users of the whole Confluence site by name, e-mail address or id.",
    success: "Users retrieved.",
    parameters: &[
        Parameter::text(
            "query",
            Place::Query,
            255,
            "Words of the name, or beginnings of them; or a whole e-mail address or id.",
        )
        .required(None),
        users::LIMIT,
        Parameter::cursor(),
    ],
    output: |generator| generator.subschema_for::<Vec<UserRow>>(),
    faults: &[],
    run: Some(Run::Directory(|directory, arguments| {
        Box::pin(run(directory, arguments))
    })),
};

async fn run(directory: Directory, arguments: Arguments) -> Result<Outcome, Failure> {
    let (limit, cursor) = users::wanted(&arguments);
    let found = directory.find(arguments.required("query"), limit, cursor).await?;
    let mut warnings = Vec::new();
    match found.addresses {
        Addresses::Secret => {
            warnings.push("Confluence shows this endpoint no e-mail addresses: search by name.".to_owned());
        }
        Addresses::Hidden(accounts) if found.rows.is_empty() => warnings.push(format!(
            "{accounts} of the accounts looked at do not show their e-mail address, and one of them may be meant: search by name."
        )),
        Addresses::Hidden(_) | Addresses::Seen => {}
    }
    if found.next.is_some() && found.rows.len() < limit {
        warnings.push("Many users were looked at, and not all yet: go on with nextCursor.".to_owned());
    }
    Ok(users::listed::<_, UserRow>(found)?.warn(warnings))
}
