//! Links in running text: around text, or things where Confluence names what they point at.

use std::borrow::Cow;

use super::inline::Step;
use super::{Reader, Spot};
use crate::convert::read_markdown::{target, wiki_page};
use crate::convert::shown::of_markdown::target_key;
use crate::convert::shown::text::{Marks, Thing, Writer};
use crate::convert::source::{Id, What};
use crate::convert::tree::{PageName, Target};

impl Reader<'_, '_> {
    pub(super) fn web_link(&mut self, id: Id, href: &str, marks: Marks, writer: &mut Writer<Spot>) -> Step {
        match target(href) {
            Some(target) => {
                let title = self
                    .source
                    .attribute(id, "title")
                    .filter(|title| !title.is_empty());
                let link = writer.link(target_key(&target, title.as_deref()));
                Step::Into(Marks { link, ..marks })
            }
            None => Step::Into(marks),
        }
    }

    /// A link of Confluence: around text, or a thing where Confluence names it.
    pub(super) fn link(&mut self, id: Id, marks: Marks, writer: &mut Writer<Spot>) -> Step {
        let body = self.source.children(id).find(|child| {
            matches!(
                self.source.name(*child),
                "ac:link-body" | "ac:plain-text-link-body" | "ac:plain-text-body"
            )
        });
        let target = self.link_target(id);
        let has_text = body.is_some_and(|body| self.has_text(body));
        if has_text && !matches!(target, Some(Target::User(_))) {
            return match target.and_then(|target| Self::read_back(&target)) {
                Some(key) if marks.link == 0 => {
                    let link = writer.link(key);
                    Step::Into(Marks { link, ..marks })
                }
                _ => Step::Into(marks),
            };
        }
        match target {
            Some(Target::User(user)) if !user.contains(['<', '>', '\\', '[', ']']) => Step::Thing(Thing {
                key: target_key(&Target::User(user.clone()), None),
                markdown: format!("[@{user}]({})", escaped_destination(&format!("user:{user}"))),
            }),
            Some(Target::Page(page)) if wiki(&page).is_some() && marks.link == 0 => Step::Thing(Thing {
                key: target_key(&Target::Page(page.clone()), None),
                markdown: format!("[[{}]]", wiki(&page).unwrap_or_default()),
            }),
            // A title with brackets, which double ones around it would hide.
            Some(Target::Page(page)) if marks.link == 0 && page.anchor.is_none() => {
                let title = page.title.clone();
                match Self::read_back(&Target::Page(page)) {
                    Some(key) => Step::Text(
                        title,
                        Marks {
                            link: writer.link(key),
                            ..marks
                        },
                    ),
                    None => Step::Thing(self.inline_token(id)),
                }
            }
            _ => Step::Thing(self.inline_token(id)),
        }
    }

    /// Whether a reader sees anything in the body of a link.
    fn has_text(&self, body: Id) -> bool {
        self.source
            .descendants(body)
            .any(|inside| match self.source.node(inside).what {
                What::Element { .. } => {
                    matches!(self.source.name(inside), "ac:image" | "ac:emoticon" | "img")
                }
                _ => !self.source.literal(inside).trim().is_empty(),
            })
    }

    /// The key under which Markdown will give a target back.
    fn read_back(wanted: &Target) -> Option<String> {
        let address = target_key(wanted, None);
        target(&address).map(|target| target_key(&target, None))
    }

    fn link_target(&self, id: Id) -> Option<Target> {
        let anchor = self.source.attribute(id, "ac:anchor").map(Cow::into_owned);
        let resource = self
            .source
            .children(id)
            .find(|child| self.source.name(*child).starts_with("ri:"));
        let Some(resource) = resource else {
            return anchor.map(|anchor| Target::Url(format!("#{anchor}")));
        };
        let attribute = |name| self.source.attribute(resource, name).map(Cow::into_owned);
        Some(match self.source.name(resource) {
            "ri:page" => Target::Page(PageName {
                space: attribute("ri:space-key"),
                title: attribute("ri:content-title")?,
                anchor,
            }),
            "ri:attachment" => Target::Attachment(attribute("ri:filename")?),
            "ri:space" => Target::Space(attribute("ri:space-key")?),
            "ri:blog-post" => Target::BlogPost {
                space: attribute("ri:space-key"),
                day: attribute("ri:posting-day")?,
                title: attribute("ri:content-title")?,
            },
            "ri:content-entity" => Target::Content(attribute("ri:content-id")?),
            "ri:user" => {
                let names = ["ri:account-id", "ri:userkey", "ri:username"];
                Target::User(names.into_iter().find_map(attribute)?)
            }
            "ri:url" => Target::Url(attribute("ri:value")?),
            _ => return None,
        })
    }
}

/// An address between the parentheses of a link.
pub(in crate::convert) fn escaped_destination(url: &str) -> String {
    let needs_care = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '<' | '>' | '(' | ')' | '\\' | '&' | '|' | '[' | ']')
    };
    let named = ["attachment:", "page:", "blog:"]
        .iter()
        .any(|scheme| url.starts_with(scheme));
    if !url.contains(needs_care) && !named && !url.is_empty() {
        return url.to_owned();
    }
    let mut out = String::with_capacity(url.len() + 8);
    out.push('<');
    for c in url.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            '<' | '>' | '\\' | '|' => {
                out.push('\\');
                out.push(c);
            }
            '&' if named => out.push_str("&amp;"),
            other => out.push(other),
        }
    }
    out.push('>');
    out
}

/// The inside of `[[…]]` for a page, where that gives the page back.
pub(in crate::convert) fn wiki(page: &PageName) -> Option<String> {
    let mut text = String::new();
    if let Some(space) = &page.space {
        text.push_str(space);
        text.push(':');
    }
    text.push_str(&page.title);
    if let Some(anchor) = &page.anchor {
        text.push('#');
        text.push_str(anchor);
    }
    let special = |c: char| matches!(c, '[' | ']' | '|' | '\n' | '\\' | '`' | '<' | '&' | '*' | '_');
    let fits = text.len() < 500 && text.trim() == text && !text.contains(special);
    (fits && wiki_page(&text).as_ref() == Some(page)).then_some(text)
}
