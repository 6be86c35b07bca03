//! What went wrong with pages, as the caller hears of it: a message for each, and what to do next.
//!
//! Nothing of what Confluence said is in here; causes go along for the log.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Failure, Fault};
use crate::confluence::{self, BadCriteria, ErrorKind};
use crate::convert::{Malformed, Refusal};
use crate::pages;
use crate::pages::error::{RootWrite, Taken};
use crate::pages::{BadSearch, BadSection, Role, title};

impl From<pages::Error> for Failure {
    fn from(error: pages::Error) -> Self {
        use pages::Error;
        match error {
            Error::NotFound {
                role,
                ref reference,
                suggestions,
            } => absent(role, reference, suggestions),
            Error::TitleTaken { ref title, ref taken } => taken_title(title, taken),
            Error::InvalidTitle(reason) => invalid_title(reason),
            Error::MalformedBody(ref problem) => malformed(problem),
            Error::RefusedEdit(refusal) => refused_edit(&refusal),
            Error::EditConflict { refusal, current } => edit_conflict(&refusal, current),
            Error::RefusedBody(cause) => {
                Self::new(Fault::InvalidInput, "Confluence could not parse the body.")
                    .hint("Send Markdown (format=markdown), or correct the storage markup.")
                    .because(cause)
            }
            Error::TooLarge => Self::new(
                Fault::TooLarge,
                "The body is larger than Confluence takes (5 MB).",
            )
            .hint("Split the content over several pages."),
            Error::VersionConflict { current } => {
                let failure = Self::new(
                    Fault::VersionConflict,
                    "The page was changed by somebody else meanwhile.",
                )
                .hint("Read the page again, apply your change to its present content, and retry.");
                match current {
                    Some(version) => failure.details(json!({ "currentVersion": version })),
                    None => failure,
                }
            }
            Error::Circular => Self::new(Fault::InvalidOperation, "Cannot move page into its own subtree")
                .hint("Choose a new parent that is neither the page itself nor below it."),
            Error::RootProtected(write) => root_protected(write),
            Error::RootMissing => Self::new(
                Fault::Upstream,
                "The root page of this endpoint cannot be read in Confluence.",
            )
            .hint("Nothing to retry: the operator must check root_page_id and the account's permissions."),
            Error::BadSection(bad) => bad_section(bad),
            Error::BadSearch(bad) => bad_search(&bad),
            Error::RefusedSearch(cause) => Self::new(
                Fault::InvalidInput,
                "Confluence cannot run this search.",
            )
            .hint(format!(
                "updatedBy takes an account id on Confluence Cloud, a user name on Data Center; {CQL_EXAMPLE}"
            ))
            .because(cause),
            Error::Refused(cause) => Self::new(Fault::InvalidInput, "Confluence refused this write.")
                .hint("Check title and body; try a simpler title or body to find what it does not accept.")
                .because(cause),
            Error::InDoubt(cause) => in_doubt(cause),
            Error::Upstream(cause) => upstream(cause),
        }
    }
}

/// What a condition in CQL looks like.
const CQL_EXAMPLE: &str = "cql takes a condition such as: title ~ \"deploy*\" AND label = \"runbook\" AND \
                           lastmodified >= \"2025-01-31\".";

fn bad_search(bad: &BadSearch) -> Failure {
    let (message, hint) = match bad {
        BadSearch::Cursor => (
            "The cursor does not belong to this search.".to_owned(),
            "Send nextCursor of the last answer as cursor, together with the same criteria; or leave cursor out."
                .to_owned(),
        ),
        BadSearch::Criteria(BadCriteria::Nothing) => (
            "Nothing to search for.".to_owned(),
            "Give at least one of query, title, label, updatedSince, updatedBy, cql; for example query=deployment. A \
             page titled 'search' is read as /pages/%2Fsearch."
                .to_owned(),
        ),
        BadSearch::Criteria(BadCriteria::NoWords) => (
            "query has no word in it.".to_owned(),
            "Give letters or digits, such as query=deployment; punctuation is not searched for.".to_owned(),
        ),
        BadSearch::Criteria(BadCriteria::TooLong) => (
            "The search is too long.".to_owned(),
            "Shorten query or cql; a few words find more than many.".to_owned(),
        ),
        BadSearch::Criteria(BadCriteria::Cql(problem)) => (
            format!("cql cannot be read: {problem}."),
            format!("{CQL_EXAMPLE} Other fields: text, creator, contributor, created, parent."),
        ),
    };
    Failure::new(Fault::InvalidInput, message).hint(hint)
}

fn bad_section(bad: BadSection) -> Failure {
    let refused = |message: &str, hint: &str| Failure::new(Fault::InvalidOperation, message).hint(hint);
    match bad {
        BadSection::Missing { asked, near } => {
            let hint = if near.is_empty() {
                "This page has no headings: leave section out, or read in parts by offset and maxChars."
            } else {
                "Send the text of a heading of this page; reading it with outline=true lists them."
            };
            Failure::new(
                Fault::NotFound,
                format!("Section '{asked}' not found on this page."),
            )
            .hint(hint)
            .suggest(near)
        }
        BadSection::Ambiguous {
            asked,
            count,
            candidates,
        } => {
            let candidates: Vec<Value> = candidates
                .iter()
                .map(|candidate| {
                    json!({ "section": candidate.section, "level": candidate.level, "offset": candidate.offset })
                })
                .collect();
            refused(
                &format!("{count} sections of this page are called '{asked}'."),
                "Send the section of one of details.candidates; where two are the same, read by its offset too, and update \
                 the whole page.",
            )
            .details(json!({ "candidates": candidates }))
        }
        BadSection::Elsewhere { asked } => Failure::new(
            Fault::InvalidInput,
            format!("The offset is not in the section '{asked}'."),
        )
        .hint("Leave offset out to read the section from its beginning, or section to read from the offset."),
        BadSection::Inside { asked } => refused(
            &format!("The section '{asked}' stands in a quote or a list."),
            "Nothing was written. Read the whole page, change the section there, and send the whole page without section.",
        ),
        BadSection::Headless => refused(
            "The body does not begin with the heading of the section.",
            "Nothing was written. Send the section as it is read with section=, its heading line first.",
        ),
        BadSection::Empty => refused(
            "The body is empty, which would take the section away.",
            "Nothing was written. Send the section with its heading, or allowRemovals=true if it is to go.",
        ),
        BadSection::Spills => refused(
            "The body would change what stands around the section.",
            "Nothing was written. Close every fence, panel and HTML element that the body opens, or send the whole page \
             without section.",
        ),
    }
}

/// At most so many characters of the caller's words are repeated in a message.
const ECHO: usize = 200;

pub(super) fn echo(text: &str) -> String {
    let short: String = text.chars().take(ECHO).collect();
    if short.len() < text.len() {
        format!("'{short}…'")
    } else {
        format!("'{text}'")
    }
}

fn absent(role: Role, reference: &str, suggestions: Vec<String>) -> Failure {
    let (what, field) = match role {
        Role::Page => ("Page", ""),
        Role::Parent => (
            "Parent page",
            " Parents are never created on the way: create the parent first.",
        ),
        Role::NewParent => ("New parent page", ""),
        Role::Start => ("Start page", ""),
    };
    let hint = if suggestions.is_empty() {
        format!(
            "Call listSubpages (as a tool: list_pages) to see every page, then use a title or a path such as 'Guide/Setup' from it.{field}"
        )
    } else {
        format!(
            "Did you mean one of the suggestions? If not, call listSubpages (as a tool: list_pages) to see every page.{field}"
        )
    };
    Failure::new(Fault::NotFound, format!("{what} {} not found.", echo(reference)))
        .hint(hint)
        .suggest(suggestions)
}

fn taken_title(title: &str, taken: &Taken) -> Failure {
    let title = echo(title);
    match taken {
        Taken::Inside(path) => Failure::new(
            Fault::AlreadyExists,
            format!("A page with the title {title} already exists at '{path}'."),
        )
        .hint("Titles are unique in a Confluence space: update that page, or choose another title.")
        .details(json!({ "existingPath": path })),
        Taken::Outside => Failure::new(
            Fault::AlreadyExists,
            format!("The title {title} is already taken elsewhere in the Confluence space."),
        )
        .hint("Titles are unique in a Confluence space, archived pages included: choose another title."),
    }
}

fn invalid_title(reason: title::Invalid) -> Failure {
    let reason = reason.to_string();
    let mut characters = reason.chars();
    let message: String = characters
        .next()
        .map(|c| c.to_ascii_uppercase())
        .into_iter()
        .chain(characters)
        .collect();
    Failure::new(Fault::InvalidInput, format!("{message}."))
        .hint("Give a title of one line, 1 to 255 characters; any character but control characters is fine.")
}

fn malformed(problem: &Malformed) -> Failure {
    Failure::new(
        Fault::InvalidInput,
        format!("The body is not well-formed storage format: {problem}."),
    )
    .hint("Close every tag, escape & and <, quote attributes; or send Markdown with format=markdown.")
}

/// An edit that was not written, with what to do about it.
fn refused_edit(refusal: &Refusal) -> Failure {
    let failure = Failure::new(Fault::InvalidOperation, sentence(&refusal.to_string()));
    match refusal {
        Refusal::Loss { removed, .. } => failure
            .hint("Nothing was written. Read the page as Markdown, keep what you do not mean to remove, and send the \
                   whole text again; or repeat the call with allowRemovals=true if the removal is meant.")
            .details(json!({ "removed": removed })),
        Refusal::UnknownToken { token, nearest } => failure
            .hint("Nothing was written. Tokens such as ::macro[...]{#id} stand for things of the page: keep, move or \
                   delete them as they were read.")
            .details(json!({ "token": token, "nearest": nearest })),
        Refusal::Block { place, excerpt, .. } => failure
            .hint("Nothing was written. Make a smaller change to this block, or send the page as storage format \
                   (format=storage).")
            .details(json!({ "block": place, "excerpt": excerpt })),
        Refusal::Malformed(_) => failure
            .hint("Nothing was written. This page cannot be edited as Markdown: read it with format=storage and send \
                   storage format."),
        Refusal::Conflict { .. } => failure.hint("Nothing was written. Read the page again and repeat the edit."),
    }
}

/// An edit that collides with another, block by block.
fn edit_conflict(refusal: &Refusal, current: u64) -> Failure {
    let blocks: Vec<Value> = match refusal {
        Refusal::Conflict { blocks } => blocks
            .iter()
            .map(|block| json!({ "base": block.base, "mine": block.mine, "theirs": block.theirs }))
            .collect(),
        _ => Vec::new(),
    };
    Failure::new(Fault::VersionConflict, sentence(&refusal.to_string()))
        .hint("Nothing was written. Bring your change together with theirs block by block (details.blocks), and send \
               the whole text again with expectedVersion set to details.currentVersion.")
        .details(json!({ "currentVersion": current, "blocks": blocks }))
}

/// A message that begins with a capital and ends with a full stop.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters
        .next()
        .map(|first| first.to_uppercase().collect::<String>())
        .unwrap_or_default();
    let rest = characters.as_str();
    let stop = if rest.ends_with('.') { "" } else { "." };
    format!("{first}{rest}{stop}")
}

fn root_protected(write: RootWrite) -> Failure {
    let verb = match write {
        RootWrite::Move => "moved",
        RootWrite::Rename => "renamed",
        RootWrite::Delete => "deleted",
    };
    Failure::new(
        Fault::InvalidOperation,
        format!("The root page cannot be {verb}."),
    )
    .hint("The root page can be read and updated only; choose a page below it.")
}

/// A write that was lost on the way, there or back.
fn in_doubt(cause: confluence::Error) -> Failure {
    let fault = match cause.kind {
        ErrorKind::Failed | ErrorKind::Nonsense => Fault::Upstream,
        _ => Fault::UpstreamTimeout,
    };
    Failure::new(
        fault,
        "Confluence did not confirm this write; it may have been carried out.",
    )
    .hint(
        "Look first: read the page (by its new title after a create or rename). Repeat the call only if the change \
         is not there.",
    )
    .because(cause)
}

/// A failure of Confluence that left the wiki as it was. Nothing of what it said reaches the caller.
pub(super) fn upstream(cause: confluence::Error) -> Failure {
    let later = "Try again later.";
    let operator = "Nothing to retry: the operator must check this endpoint (`conflagent check`).";
    let (fault, message, hint, retry_after) = match cause.kind {
        ErrorKind::Unreachable => (
            Fault::UpstreamUnavailable,
            "Confluence cannot be reached.",
            later,
            None,
        ),
        ErrorKind::Timeout => (
            Fault::UpstreamTimeout,
            "Confluence did not answer in time.",
            "Try again, or ask for less. Nothing was written.",
            None,
        ),
        ErrorKind::RateLimited { retry_after } => (
            Fault::RateLimited,
            "Confluence is refusing requests for a while.",
            "Wait for retryAfterSeconds before the next call.",
            Some(retry_after.unwrap_or(Duration::from_secs(5))),
        ),
        ErrorKind::Unavailable { retry_after } => (
            Fault::UpstreamUnavailable,
            "Confluence is not available now.",
            later,
            retry_after,
        ),
        ErrorKind::CredentialsRejected => (
            Fault::Upstream,
            "Confluence did not accept this endpoint's credentials.",
            operator,
            None,
        ),
        ErrorKind::Forbidden => (
            Fault::Upstream,
            "Confluence does not allow this endpoint's account to do this.",
            operator,
            None,
        ),
        ErrorKind::Gone => (
            Fault::Upstream,
            "Confluence no longer offers a route this needs.",
            operator,
            None,
        ),
        ErrorKind::NotFound
        | ErrorKind::VersionConflict { .. }
        | ErrorKind::TitleTaken
        | ErrorKind::BadStorage
        | ErrorKind::Circular
        | ErrorKind::TooLarge
        | ErrorKind::Failed
        | ErrorKind::Refused
        | ErrorKind::Nonsense => (
            Fault::Upstream,
            "Confluence gave an answer that cannot be used.",
            "Try once more later; if it stays, tell the operator the requestId.",
            None,
        ),
    };
    let mut failure = Failure::new(fault, message).hint(hint).because(cause);
    failure.retry_after = retry_after;
    failure
}
