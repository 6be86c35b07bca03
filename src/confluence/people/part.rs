//! One part of a list of v1, whichever way it goes on: by cursor, or by offset with guards for lists that never end
//! (CONFSERVER-95396).

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::super::Error;
use super::super::paging::{cursor_of, start_of};
use super::super::request::Request;
use super::super::search::Spot;
use super::super::transport::Transport;
use super::super::wire::Links;
use super::Part;

/// An entry, told from others.
pub(in super::super) trait Row: DeserializeOwned {
    /// What no two entries share.
    fn key(&self) -> &str;
}

#[derive(Debug, Deserialize)]
#[serde(bound = "R: DeserializeOwned")]
struct List<R> {
    results: Vec<R>,
    limit: Option<usize>,
    #[serde(rename = "_links")]
    links: Option<Links>,
}

/// A place in a list.
#[derive(Debug)]
enum Place {
    Cursor(String),
    /// Behind so many entries, and what the part before held.
    Offset(usize, Option<String>),
}

impl Place {
    fn of(spot: Option<&Spot>) -> Self {
        let Some(spot) = spot.map(Spot::as_str) else {
            return Self::Offset(0, None);
        };
        if let Some(cursor) = spot.strip_prefix("c:") {
            return Self::Cursor(cursor.to_owned());
        }
        let (start, before) = spot.split_once('.').unwrap_or((spot, ""));
        let before = Some(before).filter(|before| !before.is_empty());
        Self::Offset(start.parse().unwrap_or_default(), before.map(str::to_owned))
    }

    fn spot(&self) -> Option<Spot> {
        match self {
            Self::Cursor(cursor) => Spot::parse(&format!("c:{cursor}")),
            Self::Offset(start, before) => {
                Spot::parse(&format!("{start}.{}", before.as_deref().unwrap_or_default()))
            }
        }
    }
}

/// Asks for one part of a list, of at most `size` entries; `request` is without place and limit.
///
/// An empty part may be one that the account cannot see, with more behind it; two in a row are the end, and so are the
/// same entries again.
pub(in super::super) async fn read<'a, R: Row>(
    wire: &Transport,
    request: impl Fn() -> Request<'a>,
    at: Option<&Spot>,
    size: usize,
) -> Result<Part<R>, Error> {
    let mut place = Place::of(at);
    for _ in 0..2 {
        let mut request = request().query("limit", size.to_string());
        match &place {
            Place::Cursor(cursor) => request.at_cursor(cursor.clone()),
            Place::Offset(start, _) => request = request.query("start", start.to_string()),
        }
        let answer = wire.send(&request).await?;
        let list: List<R> = answer.json()?;
        let count = list.results.len();
        let these = fingerprint(&list.results);
        if matches!(&place, Place::Offset(_, Some(before)) if count > 0 && *before == these) {
            break;
        }
        let full = count > 0 && count >= list.limit.unwrap_or(size).min(size);
        let link = list.links.as_ref().map(|links| links.next.as_deref());
        let start = match &place {
            Place::Offset(start, _) => *start,
            Place::Cursor(_) => 0,
        };
        let next = match link {
            Some(Some(link)) => match cursor_of(link) {
                Some(cursor) if matches!(&place, Place::Cursor(here) if *here == cursor) => {
                    return Err(answer.nonsense("the list repeats a cursor"));
                }
                Some(cursor) => Place::Cursor(cursor),
                None => {
                    let offered = start_of(link).unwrap_or_default();
                    Place::Offset(offered.max(start + count.max(1)), Some(these))
                }
            },
            // Without any links, only the number of entries tells.
            None if full => Place::Offset(start + count, Some(these)),
            Some(None) | None => {
                return Ok(Part {
                    rows: list.results,
                    next: None,
                });
            }
        };
        if count > 0 {
            let spot = next.spot();
            let spot = spot.ok_or_else(|| answer.nonsense("a cursor that cannot be one"))?;
            return Ok(Part {
                rows: list.results,
                next: Some(spot),
            });
        }
        place = next;
    }
    Ok(Part {
        rows: Vec::new(),
        next: None,
    })
}

/// Tells one set of entries from another.
fn fingerprint<R: Row>(rows: &[R]) -> String {
    let mut digest = Sha256::new();
    for row in rows {
        digest.update(row.key());
        digest.update(",");
    }
    let mut first = [0; 8];
    first.copy_from_slice(&digest.finalize()[..8]);
    format!("{:x}", u64::from_be_bytes(first))
}
