//! Pages by what is in them.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::outcome::{MOST_DATA, written_length};
use super::{Arguments, Effect, Failure, Fault, Method, Operation, Outcome, Parameter, Place, Run, Tag};
use crate::confluence::Criteria;
use crate::pages::search::Hit;
use crate::pages::{Pages, Search};

/// Hits that are answered when nothing is said.
const USUAL: i64 = 10;

/// The most hits of one answer.
const MOST: i64 = 50;

pub(super) static OPERATION: Operation = Operation {
    id: "searchPages",
    name: "search_pages",
    method: Method::Get,
    path: "/pages/search",
    tag: Tag::Read,
    effect: Effect::Read,
    summary: "Search pages",
    description: "Find pages by words, title, label, or who changed them and when; all criteria given must hold. Use it \
                  when you know what a page is about but not its title. Changes of the last minute may be missing.",
    success: "Search results retrieved.",
    parameters: &[
        Parameter::text(
            "query",
            Place::Query,
            300,
            "Words it has, all of them; a phrase in double quotes.",
        )
        .example("rollback checklist"),
        Parameter::text("title", Place::Query, 255, "Title, or words of it."),
        Parameter::text("label", Place::Query, 255, "A label it has."),
        Parameter::text(
            "updatedSince",
            Place::Query,
            40,
            "Changed since: 2025-01-31 or 2025-01-31T09:00:00Z.",
        ),
        Parameter::text(
            "updatedBy",
            Place::Query,
            255,
            "Who ever changed it: account id (Cloud), user name (Data Center).",
        ),
        Parameter::text(
            "cql",
            Place::Query,
            1_000,
            "A condition in Confluence Query Language, without ORDER BY.",
        ),
        Parameter::limit(MOST, Some(USUAL)),
        Parameter::cursor(),
        Parameter::response_format("concise: of each page title, path and id alone."),
    ],
    output: |generator| generator.subschema_for::<Vec<SearchHit>>(),
    faults: &[],
    run: Some(Run::Pages(|pages, arguments| Box::pin(run(pages, arguments)))),
};

/// A page that was found.
#[derive(Debug, Serialize, JsonSchema)]
struct SearchHit {
    /// Title of the page.
    title: String,
    /// Path of titles from below the root page.
    path: String,
    /// Stable id; id:12345 names the page.
    id: String,
    /// Address for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// Text around what was found, which stands between **.
    #[serde(skip_serializing_if = "Option::is_none")]
    excerpt: Option<String>,
    /// When it was last changed, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<String>,
    /// Version number.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
}

async fn run(pages: Pages, arguments: Arguments) -> Result<Outcome, Failure> {
    let text = |name| arguments.text(name).map(str::to_owned);
    let criteria = Criteria {
        words: text("query"),
        title: text("title"),
        label: text("label"),
        updated_since: arguments.text("updatedSince").map_or(Ok(None), instant)?,
        updated_by: text("updatedBy"),
        cql: text("cql"),
    };
    let limit = arguments.integer("limit").unwrap_or(USUAL);
    let mut search = Search {
        criteria,
        limit: usize::try_from(limit).unwrap_or(1),
        cursor: text("cursor").filter(|cursor| !cursor.trim().is_empty()),
    };
    let concise = arguments.is_concise();
    loop {
        let found = pages.search(&search).await?;
        let hits: Vec<SearchHit> = found.hits.into_iter().map(|hit| told(hit, concise)).collect();
        if hits.len() > 1 && written_length(&hits)? > MOST_DATA {
            // Titles and paths as long as they can be: fewer of them, then.
            search.limit = hits.len() / 2;
            continue;
        }
        let cut_short = found.next.is_some() && hits.len() < search.limit;
        let outcome = Outcome::of(&hits)?.part(found.next);
        return Ok(outcome.warn(cut_short.then(|| {
            "Many matches had to be left out, and the search is not done: go on with nextCursor.".to_owned()
        })));
    }
}

/// What is answered of a hit.
fn told(hit: Hit, concise: bool) -> SearchHit {
    let page = hit.found.into_page();
    let mut told = SearchHit {
        title: page.title,
        path: hit.path,
        id: page.id.to_string(),
        url: None,
        excerpt: None,
        updated: None,
        version: None,
    };
    if !concise {
        told.url = page.url;
        told.excerpt = Some(hit.excerpt).filter(|excerpt| !excerpt.is_empty());
        told.updated = page.updated.map(crate::clock::written);
        told.version = Some(page.version);
    }
    told
}

/// A date, which begins at midnight UTC, or a date and time. Blank: none.
fn instant(text: &str) -> Result<Option<DateTime<Utc>>, Failure> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    // A plus sign that was not encoded arrives as a blank.
    let zoned = text.replace(' ', "+");
    let unzoned = text.replace(' ', "T");
    let read = DateTime::parse_from_rfc3339(&zoned)
        .map(|instant| instant.to_utc())
        .or_else(|_| NaiveDateTime::parse_from_str(&unzoned, "%Y-%m-%dT%H:%M:%S").map(|it| it.and_utc()))
        .or_else(|_| NaiveDateTime::parse_from_str(&unzoned, "%Y-%m-%dT%H:%M").map(|it| it.and_utc()))
        .or_else(|_| {
            NaiveDate::parse_from_str(text, "%Y-%m-%d").map(|day| day.and_time(NaiveTime::MIN).and_utc())
        })
        .ok()
        .filter(|instant| (1970..=9999).contains(&instant.year()));
    read.map(Some).ok_or_else(|| {
        let short: String = text.chars().take(40).collect();
        Failure::new(
            Fault::InvalidInput,
            "updatedSince must be a date, or a date and time.",
        )
        .hint(format!(
            "Got '{short}'; send such as 2025-01-31 or 2025-01-31T09:00:00Z."
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::instant;

    #[test]
    fn dates_come_with_and_without_time_and_zone() {
        for (text, expected) in [
            ("2025-01-31", "2025-01-31T00:00:00+00:00"),
            ("2025-01-31T09:00:00Z", "2025-01-31T09:00:00+00:00"),
            ("2025-01-31T09:00:00+02:00", "2025-01-31T07:00:00+00:00"),
            ("2025-01-31T09:00:00 02:00", "2025-01-31T07:00:00+00:00"),
            ("2025-01-31 09:00", "2025-01-31T09:00:00+00:00"),
            (" 2025-01-31T09:00:01 ", "2025-01-31T09:00:01+00:00"),
        ] {
            let read = instant(text).expect(text).expect("given");
            assert_eq!(read.to_rfc3339(), expected, "{text}");
        }
        assert_eq!(instant(" ").expect("blank"), None);
        for text in [
            "yesterday",
            "2025-13-01",
            "0001-01-01",
            "-9999-01-01",
            "2025-01-31\" or type=page",
        ] {
            assert!(instant(text).is_err(), "{text}");
        }
    }
}
