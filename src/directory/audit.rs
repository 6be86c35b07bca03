//! One line for each attempt to take somebody out of a group, whatever came of it: target `audit`.

use std::error::Error as _;

use super::error::Addresses;
use super::{Error, Removal};
use crate::config::EndpointName;
use crate::confluence::{Call, Group, Person};

/// The most characters of a caller's words that are entered.
const LONGEST: usize = 200;

/// An attempt. Its line is written when it is dropped, so one that is given up half-way has one too.
#[derive(Debug)]
pub(super) struct Attempt {
    endpoint: String,
    request_id: Option<String>,
    user: String,
    user_id: Option<String>,
    group: String,
    group_id: Option<String>,
    dry_run: bool,
    outcome: &'static str,
    cause: Option<String>,
}

impl Attempt {
    /// Somebody wants to take somebody out of a group.
    pub(super) fn begin(
        endpoint: &EndpointName,
        call: Option<&Call>,
        user: &str,
        group: &str,
        dry_run: bool,
    ) -> Self {
        let request_id = call.and_then(|call| call.request_id.as_deref());
        Self {
            endpoint: endpoint.to_string(),
            request_id: request_id.map(str::to_owned),
            user: user.chars().take(LONGEST).collect(),
            user_id: None,
            group: group.chars().take(LONGEST).collect(),
            group_id: None,
            dry_run,
            outcome: "given up",
            cause: None,
        }
    }

    /// It is known whom the caller means.
    pub(super) fn found_user(&mut self, found: Result<Person, Error>) -> Result<Person, Error> {
        if let Ok(person) = &found {
            self.user.clone_from(&person.name);
            self.user_id = Some(person.id.clone());
        }
        found
    }

    /// It is known which group the caller means.
    pub(super) fn found_group(&mut self, found: Result<Group, Error>) -> Result<Group, Error> {
        if let Ok(group) = &found {
            self.group.clone_from(&group.name);
            self.group_id.clone_from(&group.id);
        }
        found
    }

    /// It is known what came of it.
    pub(super) fn ended(mut self, outcome: &Result<Removal, Error>) {
        self.outcome = match outcome {
            Ok(removal) if !removal.changed => "no member",
            Ok(_) if self.dry_run => "would be removed",
            Ok(_) => "removed",
            Err(error) => word(error),
        };
        let error = outcome.as_ref().err();
        self.cause = error.and_then(|error| error.source()).map(ToString::to_string);
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        tracing::info!(
            target: "audit",
            endpoint = self.endpoint,
            request_id = self.request_id,
            user = self.user,
            user_id = self.user_id,
            group = self.group,
            group_id = self.group_id,
            dry_run = self.dry_run,
            outcome = self.outcome,
            cause = self.cause,
            "removal from a group"
        );
    }
}

fn word(error: &Error) -> &'static str {
    match error {
        Error::NoUser {
            addresses: Addresses::Seen,
            ..
        } => "no such user",
        Error::NoUser { .. } => "no such user to be seen",
        Error::NoGroup { .. } => "no such group",
        Error::SeveralUsers { .. } => "several users",
        Error::SeveralGroups { .. } => "several groups",
        Error::TooMany { .. } => "too many to tell",
        Error::NoWords | Error::Cursor => "no such question",
        Error::OwnUser => "refused: own user",
        Error::OwnUserUnknown => "refused: own user unknown",
        Error::LastAdministrator { .. } => "refused: last administrator",
        Error::Refused(_) => "refused by Confluence",
        Error::InDoubt(_) => "in doubt",
        Error::Upstream(_) => "failed",
    }
}
