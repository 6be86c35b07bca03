//! Links to pages of spaces whose keys are not all capitals: `page:OurDocs/Title` reads as a title with a slash, since
//! most that look like it are. On a page that has the link, it is the link of the page.

use std::collections::HashMap;

use crate::convert::source::{Id, Source};
use crate::convert::tree::{Inline, Link, Page, PageName, Target, each_run};

/// Gives links to pages the spaces that the same links have on the page.
pub(super) fn name(page: &mut Page, source: &Source<'_>) {
    let known = known(source);
    if !known.is_empty() {
        each_run(page, &mut |run| in_run(run, &known));
    }
}

/// The spaces and titles of pages that the page links to, by both as one title.
fn known(source: &Source<'_>) -> HashMap<String, (String, String)> {
    let pages = source
        .descendants(Id::ROOT)
        .filter(|id| source.name(*id) == "ri:page");
    let names = pages.filter_map(|id| {
        let space = source.attribute(id, "ri:space-key")?;
        let title = source.attribute(id, "ri:content-title")?;
        Some((
            format!("{space}/{title}"),
            (space.into_owned(), title.into_owned()),
        ))
    });
    names.collect()
}

fn in_run(run: &mut [Inline], known: &HashMap<String, (String, String)>) {
    for inline in run {
        match inline {
            Inline::Mark(_, content) => in_run(content, known),
            Inline::Link(Link { target, content, .. }) => {
                if let Target::Page(PageName {
                    space: space @ None,
                    title,
                    ..
                }) = target
                    && let Some((key, name)) = known.get(title)
                {
                    *space = Some(key.clone());
                    title.clone_from(name);
                }
                in_run(content, known);
            }
            _ => {}
        }
    }
}
