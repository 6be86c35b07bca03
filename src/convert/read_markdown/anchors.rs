//! Links to places of the same page: `[t](#slug)` as GitHub makes slugs becomes a link to what Confluence makes of
//! the heading.

use std::collections::HashMap;

use crate::convert::tree::{Inline, Link, Page, Target, each_heading, each_run, plain_text};

/// What a slug may stand for.
enum Place {
    Heading { text: String, earlier: usize },
    Anchor(String),
}

/// Resolves the links of the page; returns the slugs that nothing on it has.
pub(super) fn resolve(page: &mut Page) -> Vec<String> {
    let places = places(page);
    let mut unknown = Vec::new();
    each_run(page, &mut |run| in_run(run, &places, &mut unknown));
    unknown
}

fn places(page: &mut Page) -> HashMap<String, Place> {
    let mut places = HashMap::new();
    each_run(page, &mut |run| anchors(run, &mut places));
    let mut slugs: HashMap<String, usize> = HashMap::new();
    let mut texts: HashMap<String, usize> = HashMap::new();
    each_heading(page, &mut |anchor, content| {
        let text = plain_text(content)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let slug = slug(&text);
        let same = slugs.entry(slug.clone()).or_default();
        let numbered = if *same == 0 {
            slug
        } else {
            format!("{slug}-{same}")
        };
        *same += 1;
        let earlier = texts.entry(text.clone()).or_default();
        places.entry(numbered).or_insert(Place::Heading {
            text,
            earlier: *earlier,
        });
        *earlier += 1;
        if let Some(anchor) = anchor {
            places.insert(anchor.to_owned(), Place::Anchor(anchor.to_owned()));
        }
    });
    places
}

fn anchors(run: &[Inline], places: &mut HashMap<String, Place>) {
    for inline in run {
        match inline {
            Inline::Anchor(name) => {
                places.insert(name.clone(), Place::Anchor(name.clone()));
            }
            Inline::Mark(_, content) | Inline::Link(Link { content, .. }) => anchors(content, places),
            _ => {}
        }
    }
}

fn in_run(run: &mut [Inline], places: &HashMap<String, Place>, unknown: &mut Vec<String>) {
    for inline in run {
        match inline {
            Inline::Mark(_, content) => in_run(content, places, unknown),
            Inline::Link(link) => in_link(link, places, unknown),
            _ => {}
        }
    }
}

fn in_link(link: &mut Link, places: &HashMap<String, Place>, unknown: &mut Vec<String>) {
    let Target::Url(url) = &link.target else { return };
    let Some(fragment) = url.strip_prefix('#').filter(|fragment| !fragment.is_empty()) else {
        return;
    };
    let decoded = percent_encoding::percent_decode_str(fragment).decode_utf8_lossy();
    let found = places
        .get(decoded.as_ref())
        .or_else(|| places.get(&decoded.to_lowercase()));
    match found {
        Some(Place::Heading { text, earlier }) => {
            link.target = Target::Heading {
                text: text.clone(),
                earlier: *earlier,
            };
        }
        Some(Place::Anchor(name)) => link.target = Target::Anchor(name.clone()),
        None => unknown.push(fragment.to_owned()),
    }
}

/// Letters and digits in lower case, hyphens for spaces.
fn slug(text: &str) -> String {
    text.trim()
        .to_lowercase()
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            '-' | '_' => Some(c),
            c => c.is_alphanumeric().then_some(c),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn slugs_are_those_of_github() {
        assert_eq!(slug("What's new, in 2.0?"), "whats-new-in-20");
        assert_eq!(slug("\u{DC}ber_uns - a"), "\u{FC}ber_uns---a");
    }
}
