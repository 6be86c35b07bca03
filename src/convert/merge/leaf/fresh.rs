//! New text, as it is written in the place that was chosen for it.

use std::ops::Range;

use super::Edit;
use super::positions::{self, Position};
use crate::convert::escape;
use crate::convert::merge::copy::without_ids;
use crate::convert::merge::render::Render;
use crate::convert::source::What;

impl Edit<'_, '_, '_> {
    /// New text for a place that has these marks already.
    pub(super) fn content(
        &self,
        range: Range<usize>,
        bits: u16,
        link: u64,
        position: &Position,
        render: &mut Render<'_, '_>,
    ) -> Result<String, String> {
        if position.text_only {
            let text: String = self.theirs.chars[range].iter().map(|char| char.c).collect();
            return Ok(self.literal(&text, position));
        }
        let inlines = self
            .theirs
            .inlines(range, bits, link != 0, self.leaf.asked, render)?;
        Ok(render.inlines(&inlines))
    }

    /// Text as it is written where there are no elements.
    fn literal(&self, text: &str, position: &Position) -> String {
        let mut out = String::new();
        if position.cdata {
            let before = &self.leaf.source.text[..position.at];
            let ends = before.ends_with("]]") && !before.ends_with("<![CDATA[]]");
            for (index, c) in text.chars().filter(|c| escape::is_legal(*c)).enumerate() {
                let closes = c == '>' && (out.ends_with("]]") || (index == 0 && ends));
                if closes {
                    out.push_str("]]><![CDATA[");
                }
                out.push(c);
            }
            let after = &self.leaf.source.text[position.at..];
            if out.ends_with("]]") && after.starts_with('>') {
                out.push_str("]]><![CDATA[");
            }
        } else {
            escape::text(&mut out, text);
        }
        if position.needs_cdata {
            out.clear();
            escape::cdata(&mut out, text);
        }
        out
    }

    /// New text in the middle of a mark that it does not have: the mark ends before it and begins again after it.
    pub(super) fn split(
        &self,
        position: &Position,
        range: Range<usize>,
        render: &mut Render<'_, '_>,
    ) -> Result<String, String> {
        let source = self.leaf.source;
        let (_, root) = self.leaf.bounds();
        let wanted = &self.theirs.chars[range.start];
        let mut closing = String::new();
        let mut opening = String::new();
        let mut at = position.within;
        while at != root {
            let (bits, link) = positions::marks(source, at, root, &self.links);
            if bits & !wanted.bits == 0 && (link == 0 || link == wanted.link) {
                let inside = self.content(range, bits, link, &Position::plain(position.at, at), render)?;
                return Ok(format!("{closing}{inside}{opening}"));
            }
            let name = source.name(at);
            let may_split = matches!(source.node(at).what, What::Element { .. })
                && (!name.contains(':') || name == "ac:inline-comment-marker");
            if !may_split {
                return Err(format!("the new text would tear <{name}> apart"));
            }
            closing.push_str("</");
            closing.push_str(name);
            closing.push('>');
            let tag = &source.text[source.node(at).outer.start..source.node(at).inner.start];
            opening.insert_str(0, &without_ids(tag));
            at = source.parent(at).unwrap_or(root);
        }
        let inside = self.content(range, 0, 0, &Position::plain(position.at, at), render)?;
        Ok(format!("{closing}{inside}{opening}"))
    }
}
