//! Images, as far as Markdown can name them.

use std::borrow::Cow;

use super::Reader;
use super::inline::Step;
use super::links::escaped_destination;
use crate::convert::read_markdown::image_source;
use crate::convert::shown::of_markdown::image_key;
use crate::convert::shown::text::Thing;
use crate::convert::source::Id;

impl Reader<'_, '_> {
    pub(super) fn image(&mut self, id: Id) -> Step {
        let attribute = |name| self.source.attribute(id, name).unwrap_or_default();
        let Some(url) = self.image_url(id) else {
            return Step::Thing(self.inline_token(id));
        };
        let title = Some(attribute("ac:title")).filter(|title| !title.trim().is_empty());
        self.picture(id, &url, &attribute("ac:alt"), title.as_deref())
    }

    fn image_url(&self, id: Id) -> Option<String> {
        let resource = self
            .source
            .children(id)
            .find(|child| self.source.name(*child).starts_with("ri:"))?;
        match self.source.name(resource) {
            "ri:url" => self.source.attribute(resource, "ri:value").map(Cow::into_owned),
            "ri:attachment" => {
                let name = self.source.attribute(resource, "ri:filename")?;
                Some(format!("attachment:{}", name.replace('%', "%25")))
            }
            _ => None,
        }
    }

    pub(super) fn picture(&mut self, id: Id, url: &str, alt: &str, title: Option<&str>) -> Step {
        match picture(url, alt, title) {
            Some(thing) => Step::Thing(thing),
            None => Step::Thing(self.inline_token(id)),
        }
    }

    /// An image with a caption, without the caption.
    pub(super) fn captioned(&mut self, id: Id) -> Option<Thing> {
        match self.image(id) {
            Step::Thing(thing) if thing.markdown.starts_with('!') => Some(thing),
            _ => None,
        }
    }
}

/// An image as Markdown, unless Markdown cannot name it.
fn picture(url: &str, alt: &str, title: Option<&str>) -> Option<Thing> {
    const SPECIAL: &[char] = &['[', ']', '*', '_', '`', '<', '&', '!', '~', '^', ':', '|'];
    let source = image_source(url)?;
    let alt = alt.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = title.map(|title| title.split_whitespace().collect::<Vec<_>>().join(" "));
    let shown_title = title
        .as_deref()
        .map(|title| format!(" \"{}\"", escaped(title, &['"', '&', '|'])))
        .unwrap_or_default();
    let destination = escaped_destination(url);
    Some(Thing {
        key: image_key(&source, &alt, title.as_deref()),
        markdown: format!("![{}]({destination}{shown_title})", escaped(&alt, SPECIAL)),
    })
}

fn escaped(text: &str, special: &[char]) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\\' || special.contains(&c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
