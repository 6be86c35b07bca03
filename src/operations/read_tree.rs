//! The hierarchy from a page downward.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::outcome::{MOST_DATA, written_length};
use super::paging::{MOST_ENTRIES, Paging};
use super::{Arguments, Effect, Failure, Fault, Method, Operation, Outcome, Parameter, Place, Run, Tag};
use crate::pages::Pages;
use crate::pages::tree::Below;

/// The deepest tree one call answers. Deeper wikis are read in parts, with `startTitle`.
const MAX_DEPTH: i64 = 50;

pub(super) static OPERATION: Operation = Operation {
    id: "getPageTree",
    name: "get_page_tree",
    method: Method::Get,
    path: "/pages/tree",
    tag: Tag::Read,
    effect: Effect::Read,
    summary: "Get the page tree",
    description: "Get the hierarchy of pages as nested nodes, from the root page or from startTitle, down to depth levels. Use it to \
                  understand structure. For a flat list of everything use listSubpages.",
    success: "Page tree retrieved.",
    parameters: &[
        Parameter::integer(
            "depth",
            Place::Query,
            (0, MAX_DEPTH),
            Some(2),
            "Levels below the start; 0 is the start page alone.",
        ),
        Parameter::page(
            "startTitle",
            Place::Query,
            "Title or path of the page to start at. Left out: the root page.",
        ),
        Parameter::fresh(),
        Parameter::limit(MOST_ENTRIES, None),
        Parameter::cursor(),
        Parameter::response_format("concise: titles alone, without paths."),
    ],
    output: |generator| generator.subschema_for::<PageTree>(),
    faults: &[Fault::NotFound],
    run: Some(Run::Pages(|pages, arguments| Box::pin(run(pages, arguments)))),
};

/// The most characters that pages of an earlier part take in a later one, to show where its own belong.
const MOST_SPINE: usize = MOST_DATA / 4;

/// A page and the pages below it.
#[derive(Debug, Serialize, JsonSchema)]
struct PageTree {
    /// Title of the page.
    title: String,
    /// Titles from the root page down to this page. With concise, of the first alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<Vec<String>>,
    /// The pages directly below, as far down as was asked for. With concise, absent if none.
    #[serde(skip_serializing_if = "Option::is_none")]
    children: Option<Vec<PageTree>>,
}

/// A tree of which parts are taken. Pages are named by their places in the listing; None is the page it starts at.
struct Whole {
    below: Below,
    concise: bool,
}

impl Whole {
    fn parent(&self, place: usize) -> Option<usize> {
        self.below.entries[place].parent
    }

    fn path(&self, page: Option<usize>) -> Vec<String> {
        let upwards = std::iter::successors(page, |place| self.parent(*place));
        let mut titles: Vec<String> = upwards
            .map(|place| self.below.entries[place].title.clone())
            .collect();
        titles.reverse();
        [self.below.path.as_slice(), &titles].concat()
    }

    /// A page with these below it.
    fn node(&self, page: Option<usize>, is_first: bool, children: Vec<PageTree>) -> PageTree {
        let title = match page {
            Some(place) => self.below.entries[place].title.clone(),
            None => self.below.path.last().cloned().unwrap_or_default(),
        };
        PageTree {
            title,
            path: (is_first || !self.concise).then(|| self.path(page)),
            children: (!self.concise || !children.is_empty()).then_some(children),
        }
    }

    /// How long a page is in an answer, without those below it.
    fn length(&self, page: Option<usize>, is_first: bool) -> usize {
        const CHILDREN: usize = r#","children":[]"#.len();
        written_length(&self.node(page, is_first, Vec::new())).map_or(MOST_DATA, |length| length + CHILDREN)
    }

    /// The pages above one, uppermost first: from the start of the tree, or from further down where so much would not
    /// leave room for the rest.
    fn spine(&self, place: usize) -> Vec<Option<usize>> {
        let mut spine = Vec::new();
        let mut left = MOST_SPINE;
        let mut above = self.parent(place);
        loop {
            let length = self.length(above, true);
            if length > left && !spine.is_empty() {
                break;
            }
            left = left.saturating_sub(length);
            spine.push(above);
            match above {
                Some(page) => above = self.parent(page),
                None => break,
            }
        }
        spine.reverse();
        spine
    }

    /// The part that is asked for, with the cursor to go on with.
    fn part(&self, paging: &Paging) -> Result<(PageTree, Option<String>), Failure> {
        let entries = &self.below.entries;
        let start = paging.start(entries)?;
        if start == entries.len() {
            return Ok((self.node(None, true, Vec::new()), None));
        }
        let spine = self.spine(start);
        let first = spine[0];
        // A page is below the first as long as its parents are, or are the first: parents come before it.
        let mut inside = vec![false; entries.len()];
        let mut last = start;
        for place in first.map_or(0, |place| place + 1)..entries.len() {
            inside[place] =
                self.parent(place) == first || self.parent(place).is_some_and(|above| inside[above]);
            if !inside[place] {
                break;
            }
            last = place + 1;
        }
        let taken: usize = spine.iter().map(|page| self.length(*page, true)).sum();
        let lengths = (start..last).map(|place| self.length(Some(place), false));
        let end = paging.end(start, MOST_DATA.saturating_sub(taken), lengths);
        let places: Vec<usize> = spine[1..].iter().copied().flatten().chain(start..end).collect();
        Ok((self.grown(first, &places), paging.next(entries, end)))
    }

    /// A page with those of these pages that are below it. Last first, so that what is below a page is complete when it
    /// is reached.
    fn grown(&self, first: Option<usize>, places: &[usize]) -> PageTree {
        let mut below: HashMap<Option<usize>, Vec<PageTree>> = HashMap::new();
        let complete = |page: Option<usize>, below: &mut HashMap<Option<usize>, Vec<PageTree>>| {
            let mut children = below.remove(&page).unwrap_or_default();
            children.reverse();
            self.node(page, page == first, children)
        };
        for place in places.iter().rev() {
            let page = complete(Some(*place), &mut below);
            below.entry(self.parent(*place)).or_default().push(page);
        }
        complete(first, &mut below)
    }
}

async fn run(pages: Pages, arguments: Arguments) -> Result<Outcome, Failure> {
    let depth = arguments
        .integer("depth")
        .and_then(|depth| usize::try_from(depth).ok())
        .unwrap_or_default();
    let start = arguments.optional_reference("startTitle");
    let named = start.as_ref().map_or("", |start| start.as_str());
    let paging = Paging::of(&arguments, &pages, &[OPERATION.id, &depth.to_string(), named])?;
    let listing = pages.tree(start.as_ref(), depth, arguments.freshness()).await?;
    let whole = Whole {
        below: listing.pages,
        concise: arguments.is_concise(),
    };
    let (tree, next) = whole.part(&paging)?;
    Ok(Outcome::of(&tree)?.complete(listing.as_of).part(next))
}
