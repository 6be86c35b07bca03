//! Links to places of the same page: `[t](#slug)` as GitHub makes slugs becomes a link to what Confluence makes of
//! the heading.

use std::collections::HashMap;

use crate::convert::tree::{Block, Inline, Link, Target, each_heading, each_run_among, plain_text};

/// The places of a page that links can point at, in the order in which they were noted.
#[derive(Default)]
pub(in crate::convert) struct Places {
    anchors: Vec<String>,
    headings: Vec<Heading>,
}

struct Heading {
    /// Its own name, beside that made of its text.
    anchor: Option<String>,
    /// With single spaces between its words.
    text: String,
}

/// What a slug may stand for.
enum Place<'p> {
    Heading { text: &'p str, earlier: usize },
    Anchor(&'p str),
}

impl Places {
    /// Notes the places among blocks; returns whether a link among them points at a place of the page.
    pub(in crate::convert) fn note(&mut self, blocks: &mut [Block]) -> bool {
        let mut links = false;
        each_run_among(blocks, &mut |run| links |= self.note_run(run));
        each_heading(blocks, &mut |anchor, content| {
            self.headings.push(Heading {
                anchor: anchor.map(str::to_owned),
                text: single_spaced(&plain_text(content)),
            });
        });
        links
    }

    /// Notes a heading that has this text and no name of its own.
    pub(in crate::convert) fn note_heading(&mut self, text: &str) {
        self.headings.push(Heading {
            anchor: None,
            text: single_spaced(text),
        });
    }

    fn note_run(&mut self, run: &[Inline]) -> bool {
        let mut links = false;
        for inline in run {
            match inline {
                Inline::Anchor(name) => self.anchors.push(name.clone()),
                Inline::Mark(_, content) => links |= self.note_run(content),
                Inline::Link(Link { target, content, .. }) => {
                    links |= fragment(target).is_some();
                    links |= self.note_run(content);
                }
                _ => {}
            }
        }
        links
    }

    /// Resolves the links among blocks; returns the slugs that nothing on the page has.
    pub(in crate::convert) fn resolve<'b>(
        &self,
        blocks: impl IntoIterator<Item = &'b mut [Block]>,
    ) -> Vec<String> {
        let places = self.by_slug();
        let mut unknown = Vec::new();
        for blocks in blocks {
            each_run_among(blocks, &mut |run| in_run(run, &places, &mut unknown));
        }
        unknown
    }

    fn by_slug(&self) -> HashMap<String, Place<'_>> {
        let mut places = HashMap::new();
        for name in &self.anchors {
            places.insert(name.clone(), Place::Anchor(name));
        }
        let mut slugs: HashMap<String, usize> = HashMap::new();
        let mut texts: HashMap<&str, usize> = HashMap::new();
        for Heading { anchor, text } in &self.headings {
            let slug = slug(text);
            let same = slugs.entry(slug.clone()).or_default();
            let numbered = if *same == 0 {
                slug
            } else {
                format!("{slug}-{same}")
            };
            *same += 1;
            let earlier = texts.entry(text).or_default();
            places.entry(numbered).or_insert(Place::Heading {
                text,
                earlier: *earlier,
            });
            *earlier += 1;
            if let Some(anchor) = anchor {
                places.insert(anchor.clone(), Place::Anchor(anchor));
            }
        }
        places
    }
}

fn single_spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push_str(word);
    }
    spaced
}

fn in_run(run: &mut [Inline], places: &HashMap<String, Place<'_>>, unknown: &mut Vec<String>) {
    for inline in run {
        match inline {
            Inline::Mark(_, content) => in_run(content, places, unknown),
            Inline::Link(link) => in_link(link, places, unknown),
            _ => {}
        }
    }
}

/// What a link points at on its own page.
fn fragment(target: &Target) -> Option<&str> {
    let Target::Url(url) = target else { return None };
    url.strip_prefix('#').filter(|fragment| !fragment.is_empty())
}

fn in_link(link: &mut Link, places: &HashMap<String, Place<'_>>, unknown: &mut Vec<String>) {
    let Some(fragment) = fragment(&link.target) else {
        return;
    };
    let decoded = percent_encoding::percent_decode_str(fragment).decode_utf8_lossy();
    let found = places
        .get(decoded.as_ref())
        .or_else(|| places.get(&decoded.to_lowercase()));
    match found {
        Some(Place::Heading { text, earlier }) => {
            link.target = Target::Heading {
                text: (*text).to_owned(),
                earlier: *earlier,
            };
        }
        Some(Place::Anchor(name)) => link.target = Target::Anchor((*name).to_owned()),
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
