//! A storage body as a tree of places in its own text: every node is a range of bytes, nothing is copied, resolved or
//! put right. The nodes without children, put end to end with the tags around them, are the source.
//!
//! What an element means is not asked here; see [`super::shown`].

use std::borrow::Cow;
use std::ops::Range;

use super::entities;
use super::storage::attributes::Attribute;
use super::storage::lex::{Kind, Lexer};
use super::well_formed::{Malformed, locate};

/// A node of a [`Source`], by its number. The root is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Id(u32);

impl Id {
    pub(super) const ROOT: Self = Self(0);

    fn index(self) -> usize {
        self.0 as usize
    }
}

/// A piece of the source.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) what: What,
    /// All of it.
    pub(super) outer: Range<usize>,
    /// Between its tags, or between the marks of a CDATA section. Empty for an empty element.
    pub(super) inner: Range<usize>,
    /// The name in the start tag.
    pub(super) name: Range<usize>,
    attributes: Vec<Attribute>,
    parent: Id,
    first: Option<Id>,
    last: Option<Id>,
    next: Option<Id>,
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Root,
    /// An element; `empty` where it is a single tag.
    Element {
        empty: bool,
    },
    Text,
    Reference,
    Cdata,
    Comment,
}

/// A storage body and its tree.
pub(super) struct Source<'s> {
    pub(super) text: &'s str,
    nodes: Vec<Node>,
}

impl<'s> Source<'s> {
    /// # Errors
    /// The first place where the body is not well-formed.
    pub(super) fn parse(text: &'s str) -> Result<Self, Malformed> {
        // A page has a node for every twenty bytes or so.
        let mut nodes = Vec::with_capacity(1 + text.len() / 20);
        nodes.push(Node {
            what: What::Root,
            outer: 0..text.len(),
            inner: 0..text.len(),
            name: 0..0,
            attributes: Vec::new(),
            parent: Id::ROOT,
            first: None,
            last: None,
            next: None,
        });
        let mut source = Self { text, nodes };
        let mut open = Id::ROOT;
        for token in Lexer::new(text) {
            let token = token.map_err(|fault| locate(text, fault))?;
            let (what, name, attributes) = match token.kind {
                Kind::Open {
                    name,
                    attributes,
                    empty,
                } => (What::Element { empty }, name, attributes),
                Kind::Close => {
                    let node = &mut source.nodes[open.index()];
                    node.inner.end = token.span.start;
                    node.outer.end = token.span.end;
                    open = node.parent;
                    continue;
                }
                Kind::Text => (What::Text, 0..0, Vec::new()),
                Kind::Reference => (What::Reference, 0..0, Vec::new()),
                Kind::Cdata => (What::Cdata, 0..0, Vec::new()),
                Kind::Comment => (What::Comment, 0..0, Vec::new()),
            };
            let inner = match what {
                What::Element { .. } => token.span.end..token.span.end,
                What::Cdata => token.span.start + "<![CDATA[".len()..token.span.end - "]]>".len(),
                _ => token.span.clone(),
            };
            let id = source.add(Node {
                what,
                outer: token.span,
                inner,
                name,
                attributes,
                parent: open,
                first: None,
                last: None,
                next: None,
            });
            if what == (What::Element { empty: false }) {
                open = id;
            }
        }
        Ok(source)
    }

    fn add(&mut self, node: Node) -> Id {
        let id = Id(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        let parent = &mut self.nodes[node.parent.index()];
        let before = parent.last.replace(id);
        if before.is_none() {
            parent.first = Some(id);
        }
        if let Some(before) = before {
            self.nodes[before.index()].next = Some(id);
        }
        self.nodes.push(node);
        id
    }

    pub(super) fn node(&self, id: Id) -> &Node {
        &self.nodes[id.index()]
    }

    pub(super) fn children(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        std::iter::successors(self.node(id).first, |id| self.node(*id).next)
    }

    pub(super) fn parent(&self, id: Id) -> Option<Id> {
        (id != Id::ROOT).then(|| self.node(id).parent)
    }

    /// The node and what it is in, innermost first, without the root.
    pub(super) fn up(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        std::iter::successors(Some(id).filter(|id| *id != Id::ROOT), |id| {
            self.parent(*id).filter(|parent| *parent != Id::ROOT)
        })
    }

    /// The name of an element; empty for everything else.
    pub(super) fn name(&self, id: Id) -> &'s str {
        &self.text[self.node(id).name.clone()]
    }

    pub(super) fn is_element(&self, id: Id) -> bool {
        matches!(self.node(id).what, What::Element { .. })
    }

    /// Where the value of an attribute stands.
    pub(super) fn attribute_at(&self, id: Id, name: &str) -> Option<Range<usize>> {
        let found = self.node(id).attributes.iter();
        found
            .filter(|attribute| &self.text[attribute.name.clone()] == name)
            .map(|attribute| attribute.value.clone())
            .next()
    }

    pub(super) fn attribute(&self, id: Id, name: &str) -> Option<Cow<'s, str>> {
        self.attribute_at(id, name)
            .map(|value| entities::resolve_all(&self.text[value]))
    }

    /// The first child element with this name.
    pub(super) fn child(&self, id: Id, name: &str) -> Option<Id> {
        self.children(id).find(|child| self.name(*child) == name)
    }

    pub(super) fn has_element(&self, id: Id) -> bool {
        self.children(id).any(|child| self.is_element(child))
    }

    /// The parameter of a macro.
    pub(super) fn parameter(&self, id: Id, name: &str) -> Option<Id> {
        self.children(id).find(|child| {
            self.name(*child) == "ac:parameter" && self.attribute(*child, "ac:name").as_deref() == Some(name)
        })
    }

    /// The text of one node that is not an element, as people read it.
    pub(super) fn literal(&self, id: Id) -> Cow<'s, str> {
        let node = self.node(id);
        match node.what {
            What::Text | What::Cdata => Cow::Borrowed(&self.text[node.inner.clone()]),
            What::Reference => entities::resolve_all(&self.text[node.outer.clone()]),
            What::Root | What::Element { .. } | What::Comment => Cow::Borrowed(""),
        }
    }

    /// All the text in a node.
    pub(super) fn plain(&self, id: Id) -> String {
        let mut text = String::new();
        for inside in self.descendants(id) {
            text.push_str(&self.literal(inside));
        }
        text
    }

    /// What is in a node, in the order of the source; the node itself is not.
    pub(super) fn descendants(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        let end = self.node(id).outer.end;
        let first = id.index() + 1;
        (first..self.nodes.len())
            .take_while(move |&index| id == Id::ROOT || self.nodes[index].outer.start < end)
            .map(|index| Id(u32::try_from(index).unwrap_or(u32::MAX)))
    }

    /// The bytes of a node.
    pub(super) fn bytes(&self, id: Id) -> &'s str {
        &self.text[self.node(id).outer.clone()]
    }
}

#[cfg(test)]
mod tests {
    use super::{Id, Source, What};

    /// The source again, from the leaves and the tags around them.
    fn put_together(source: &Source<'_>, id: Id, out: &mut String) {
        let node = source.node(id);
        if source.children(id).next().is_none() {
            out.push_str(source.bytes(id));
            return;
        }
        out.push_str(&source.text[node.outer.start..node.inner.start]);
        for child in source.children(id) {
            put_together(source, child, out);
        }
        out.push_str(&source.text[node.inner.end..node.outer.end]);
    }

    #[test]
    fn the_leaves_and_tags_end_to_end_are_the_source() {
        for text in [
            "",
            "a<p x='1' >b&nbsp;c<br/><!-- n --><q><![CDATA[<&]]></q >\r\n</p>\u{e9}",
            "<ac:link><ri:page ri:content-title=\"A &amp; B\" /><ac:link-body>x</ac:link-body></ac:link>",
        ] {
            let source = Source::parse(text).unwrap();
            let mut out = String::new();
            put_together(&source, Id::ROOT, &mut out);
            assert_eq!(out, text);
        }
    }

    #[test]
    fn attributes_and_text_are_read_with_their_references_resolved() {
        let source = Source::parse("<p a=\"1 &lt; 2\">x &rsquo; <b>y</b><![CDATA[ &z]]></p>").unwrap();
        let p = source.children(Id::ROOT).next().unwrap();
        assert_eq!(source.attribute(p, "a").as_deref(), Some("1 < 2"));
        assert_eq!(source.plain(p), "x \u{2019} y &z");
        assert_eq!(source.node(p).what, What::Element { empty: false });
    }
}
