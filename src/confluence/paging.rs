//! When a list goes on and when it ends: cursors of Cloud, offsets of Data Center, and guards for servers that
//! get either wrong. Asks nothing itself; the walks are told what each page held.

use std::collections::HashSet;

use reqwest::header::{HeaderMap, LINK};

/// The most entries any list or tree is read to; more than that is a server going in circles, or a site this
/// product is not for.
pub(super) const MOST_ENTRIES: usize = 100_000;

/// Pages in a row that may bring nothing new before a Cloud list is given up as broken.
const MOST_BARREN_PAGES: usize = 5;

/// The value of `cursor` in a next link, exactly as written: it may hold `+`, `=` and `/`, raw or encoded, and a
/// decoded and re-encoded cursor may silently start again at page one. Everything else of the link is ignored,
/// so that it can lead nowhere else.
pub(super) fn cursor_of(link: &str) -> Option<String> {
    let query = link.split_once('?')?.1;
    let query = query.split_once('#').map_or(query, |(query, _)| query);
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix("cursor="))
        .filter(|cursor| !cursor.is_empty())
        .map(str::to_owned)
}

/// The cursor of the `rel="next"` entry of a `Link` header.
pub(super) fn cursor_of_header(headers: &HeaderMap) -> Option<String> {
    let values = headers
        .get_all(LINK)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut entries = values
        .flat_map(|value| value.split('<').skip(1))
        .filter_map(|entry| entry.split_once('>'));
    entries.find_map(|(link, parameters)| {
        let mut parameters = parameters.split([';', ',']).map(str::trim);
        parameters.find(|parameter| matches!(*parameter, "rel=\"next\"" | "rel=next"))?;
        cursor_of(link)
    })
}

/// The walk along the cursors of one Cloud list.
#[derive(Debug, Default)]
pub(super) struct CursorWalk {
    cursors: HashSet<String>,
    ids: HashSet<String>,
    barren: usize,
}

impl CursorWalk {
    /// Whether this entry is new to the walk.
    pub(super) fn is_new(&mut self, id: &str) -> bool {
        self.ids.insert(id.to_owned())
    }

    /// Takes note of a page with `fresh` new entries. The cursor to go on with, or None at the end of the list.
    ///
    /// # Errors
    /// Says what is wrong with a list that would never end. Half a list is not passed on as a whole one.
    pub(super) fn advance(
        &mut self,
        fresh: usize,
        next: Option<String>,
    ) -> Result<Option<String>, &'static str> {
        if self.ids.len() > MOST_ENTRIES {
            return Err("the list has more entries than any we would read");
        }
        let Some(cursor) = next else { return Ok(None) };
        self.barren = if fresh == 0 { self.barren + 1 } else { 0 };
        if self.barren >= MOST_BARREN_PAGES {
            return Err("the list goes on without new entries");
        }
        if !self.cursors.insert(cursor.clone()) {
            return Err("the list repeats a cursor");
        }
        Ok(Some(cursor))
    }
}

/// The walk along the offsets of one Data Center list.
///
/// Two faults of servers are at work here. A page shorter than the limit is not the end, for deployments cap
/// `limit` and results are filtered by permission; and above some 200 entries `next` may be offered for ever
/// (CONFSERVER-95396). So a list ends where neither its `next` link nor its size says more, or where two pages
/// in a row bring nothing new.
#[derive(Debug, Default)]
pub(super) struct OffsetWalk {
    start: usize,
    ids: HashSet<String>,
    stale: usize,
}

/// What a page of an offset list said of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct OffsetPage<'a> {
    /// Entries on it.
    pub(super) rows: usize,
    /// Those not seen before.
    pub(super) fresh: usize,
    /// The limit the server says it applied.
    pub(super) limit: Option<usize>,
    /// Its next link.
    pub(super) next: Option<&'a str>,
}

impl OffsetWalk {
    /// The offset to ask for.
    pub(super) fn start(&self) -> usize {
        self.start
    }

    /// Whether this entry is new to the walk.
    pub(super) fn is_new(&mut self, id: &str) -> bool {
        self.ids.insert(id.to_owned())
    }

    /// Takes note of a page. Whether to ask for another one, at [`OffsetWalk::start`].
    ///
    /// # Errors
    /// The list is longer than any that would be read.
    pub(super) fn advance(&mut self, page: OffsetPage<'_>) -> Result<bool, &'static str> {
        if self.ids.len() > MOST_ENTRIES {
            return Err("the list has more entries than any we would read");
        }
        let full = page
            .limit
            .is_some_and(|limit| page.rows > 0 && page.rows >= limit);
        if page.next.is_none() && !full {
            return Ok(false);
        }
        let offered = page.next.and_then(start_of);
        if page.fresh > 0 {
            self.stale = 0;
            self.start += page.rows;
        } else {
            self.stale += 1;
            if self.stale == 2 {
                return Ok(false);
            }
            self.start = offered.unwrap_or_default().max(self.start + page.rows.max(1));
        }
        Ok(true)
    }
}

/// The value of `start` in a next link.
pub(super) fn start_of(link: &str) -> Option<usize> {
    link.split_once('?')?
        .1
        .split('&')
        .find_map(|pair| pair.strip_prefix("start="))?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderValue, LINK};

    use super::{CursorWalk, OffsetPage, OffsetWalk, cursor_of, cursor_of_header};

    #[test]
    fn a_cursor_is_taken_as_it_is_written() {
        let link = "/wiki/api/v2/pages?limit=1&title=a&cursor=eyJ%2Ba+b/c==&status=current";
        assert_eq!(cursor_of(link).as_deref(), Some("eyJ%2Ba+b/c=="));
        assert_eq!(cursor_of("/wiki/api/v2/pages?limit=1"), None);
        assert_eq!(cursor_of("/wiki/api/v2/pages?cursor="), None);
        assert_eq!(
            cursor_of("https://elsewhere.example/x?cursor=abc#top").as_deref(),
            Some("abc")
        );
    }

    #[test]
    fn a_link_header_offers_its_next_entry_only() {
        let mut headers = HeaderMap::new();
        let value = r#"</p?cursor=back>; rel="prev", </wiki/api/v2/pages?cursor=abc&limit=25>; rel="next""#;
        headers.insert(LINK, HeaderValue::from_static(value));
        assert_eq!(cursor_of_header(&headers).as_deref(), Some("abc"));
        headers.insert(LINK, HeaderValue::from_static(r#"</p?cursor=back>; rel="prev""#));
        assert_eq!(cursor_of_header(&headers), None);
    }

    #[test]
    fn a_repeated_cursor_is_a_broken_list() {
        let mut walk = CursorWalk::default();
        assert!(walk.is_new("1"));
        assert!(!walk.is_new("1"));
        assert_eq!(walk.advance(1, Some("a".to_owned())), Ok(Some("a".to_owned())));
        assert!(walk.advance(1, Some("a".to_owned())).is_err());
    }

    #[test]
    fn an_empty_cloud_page_is_not_the_end_but_a_row_of_them_is_a_fault() {
        let mut walk = CursorWalk::default();
        for cursor in ["a", "b", "c", "d"] {
            assert_eq!(
                walk.advance(0, Some(cursor.to_owned())),
                Ok(Some(cursor.to_owned()))
            );
        }
        assert!(walk.advance(0, Some("e".to_owned())).is_err());
    }

    fn page(rows: usize, fresh: usize, limit: usize, next: Option<&str>) -> OffsetPage<'_> {
        OffsetPage {
            rows,
            fresh,
            limit: Some(limit),
            next,
        }
    }

    #[test]
    fn a_short_page_with_a_next_link_goes_on_and_one_without_ends() {
        let mut walk = OffsetWalk::default();
        assert_eq!(
            walk.advance(page(50, 50, 200, Some("/rest/api/x?limit=50&start=50"))),
            Ok(true)
        );
        assert_eq!(walk.start(), 50);
        assert_eq!(walk.advance(page(20, 20, 200, None)), Ok(false));
    }

    #[test]
    fn a_full_page_goes_on_even_without_a_next_link() {
        let mut walk = OffsetWalk::default();
        assert_eq!(walk.advance(page(25, 25, 25, None)), Ok(true));
        assert_eq!(walk.advance(page(0, 0, 25, None)), Ok(false));
    }

    #[test]
    fn a_next_link_that_never_ends_is_followed_for_two_stale_pages() {
        let mut walk = OffsetWalk::default();
        let next = Some("/rest/api/x?start=200");
        assert_eq!(walk.advance(page(200, 200, 200, next)), Ok(true));
        assert_eq!(walk.advance(page(200, 0, 200, next)), Ok(true));
        assert_eq!(walk.advance(page(200, 0, 200, next)), Ok(false));
    }

    #[test]
    fn a_stretch_hidden_by_permissions_is_stepped_over() {
        let mut walk = OffsetWalk::default();
        assert_eq!(
            walk.advance(page(0, 0, 50, Some("/rest/api/x?limit=50&start=50"))),
            Ok(true)
        );
        assert_eq!(walk.start(), 50);
        assert_eq!(walk.advance(page(50, 50, 50, None)), Ok(true));
    }
}
