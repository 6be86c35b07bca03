//! What went wrong with users and groups, as the caller hears of it. Nothing of what Confluence said is in here.

use serde_json::{Value, json};

use super::of_pages::{echo, upstream};
use super::{Failure, Fault};
use crate::confluence::{self, ErrorKind, Person};
use crate::directory;
use crate::directory::error::Addresses;
use crate::operations::users::{GroupRow, UserRow};

impl From<directory::Error> for Failure {
    fn from(error: directory::Error) -> Self {
        use directory::Error;
        match error {
            Error::NoUser {
                asked,
                addresses,
                similar,
            } => no_user(&asked, addresses, similar),
            Error::NoGroup { asked } => Self::new(Fault::NotFound, format!("Group {} not found.", echo(&asked)))
                .hint("Call listGroups (as a tool: list_groups) for the names of all groups."),
            Error::SeveralUsers { asked, candidates } => {
                let rows: Vec<UserRow> = candidates.into_iter().map(UserRow::from).collect();
                several("users", &asked, &json!(rows))
            }
            Error::SeveralGroups { asked, candidates } => {
                let rows: Vec<GroupRow> = candidates.into_iter().map(GroupRow::from).collect();
                several("groups", &asked, &json!(rows))
            }
            Error::TooMany { asked } => Self::new(
                Fault::InvalidInput,
                format!("There are too many entries to look through for {}.", echo(&asked)),
            )
            .hint("Find the user with findUsers (as a tool: find_users) and name them by id:, such as id:5b10ac8d82e05b22cc7d4ef5."),
            Error::NoWords => Self::new(Fault::InvalidInput, "query has no word in it.")
                .hint("Give a name or the beginning of one, an e-mail address, or an id."),
            Error::Cursor => Self::new(Fault::InvalidInput, "The cursor does not belong to this list.").hint(
                "Send nextCursor of the last answer as cursor, together with the same arguments; or leave cursor out.",
            ),
            Error::OwnUser => Self::new(
                Fault::InvalidOperation,
                "This endpoint's own user cannot be taken out of a group.",
            )
            .hint("Nothing was changed. A person must do this in Confluence."),
            Error::OwnUserUnknown => Self::new(
                Fault::InvalidOperation,
                "Confluence does not say who this endpoint's own user is, who must not be taken out of a group.",
            )
            .hint("Nothing was changed. A person must do this in Confluence."),
            Error::LastAdministrator { name, group, certain } => last(&name, &group, certain),
            Error::Refused(cause) => Self::new(Fault::InvalidOperation, "Confluence refused to change this group.")
                .hint("Nothing was changed. The group may be managed elsewhere: a person must look.")
                .because(cause),
            Error::InDoubt(cause) => in_doubt(cause),
            Error::Upstream(cause) => upstream(cause),
        }
    }
}

fn no_user(asked: &str, addresses: Addresses, similar: Vec<Person>) -> Failure {
    let hint = match addresses {
        Addresses::Seen => {
            "Call findUsers (as a tool: find_users) with a part of the name; then use the id it answers."
                .to_owned()
        }
        Addresses::Hidden(accounts) => format!(
            "{accounts} accounts do not show their e-mail address, and one of them may be meant: call findUsers (as a \
             tool: find_users) with a part of the name."
        ),
        Addresses::Secret => {
            "Confluence shows this endpoint no e-mail addresses: call findUsers (as a tool: \
                              find_users) with a part of the name."
                .to_owned()
        }
    };
    let failure = Failure::new(Fault::NotFound, format!("User {} not found.", echo(asked))).hint(hint);
    if similar.is_empty() {
        return failure;
    }
    let names = similar.iter().map(|person| person.name.clone()).collect();
    let similar: Vec<UserRow> = similar.into_iter().map(UserRow::from).collect();
    failure.suggest(names).details(json!({ "similar": similar }))
}

/// A name that several have: all of them, and how to say which.
fn several(what: &str, asked: &str, candidates: &Value) -> Failure {
    Failure::new(
        Fault::Ambiguous,
        format!("Several {what} are called {}.", echo(asked)),
    )
    .hint(
        "Say which of details.candidates is meant, by id: and its id, such as id:5b10ac8d82e05b22cc7d4ef5; ask the user \
         if in doubt.",
    )
    .details(json!({ "candidates": candidates }))
}

fn last(name: &str, group: &str, certain: bool) -> Failure {
    let (name, group) = (echo(name), echo(group));
    let (message, hint) = if certain {
        (
            format!("{name} is the last administrator in {group}."),
            "Nothing was changed. A person must first make somebody else an administrator.",
        )
    } else {
        (
            format!(
                "{name} is the last in {group}, and Confluence does not say whether that group administers the site."
            ),
            "Nothing was changed. A person must do this in Confluence.",
        )
    };
    Failure::new(Fault::InvalidOperation, message).hint(hint)
}

/// A removal that was lost on the way, there or back.
fn in_doubt(cause: confluence::Error) -> Failure {
    let fault = match cause.kind {
        ErrorKind::Failed | ErrorKind::Nonsense => Fault::Upstream,
        _ => Fault::UpstreamTimeout,
    };
    Failure::new(
        fault,
        "Confluence did not confirm this removal; it may have been carried out.",
    )
    .hint("Look first: list the groups of the user. Repeat the call only if the group is still among them.")
    .because(cause)
}
