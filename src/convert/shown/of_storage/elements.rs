//! Which elements are blocks, by their names and by what is in them.

use super::Reader;
use crate::convert::source::Id;

impl Reader<'_, '_> {
    pub(super) fn is_block(&self, id: Id) -> bool {
        if !self.source.is_element(id) {
            return false;
        }
        match self.source.name(id) {
            "ac:structured-macro" | "ac:macro" => !self.is_inline_macro(id),
            "ac:image" => self.source.child(id, "ac:caption").is_some(),
            name if is_block_name(name) => true,
            name if is_inline_name(name) => self.holds_block(id),
            _ => self.holds_block(id),
        }
    }

    /// Whether something that cannot be in running text is in an element.
    pub(super) fn holds_block(&self, id: Id) -> bool {
        let end = self.source.node(id).outer.end;
        let mut skip = 0;
        self.source.descendants(id).any(|inside| {
            let node = self.source.node(inside);
            if node.outer.start < skip || !self.source.is_element(inside) {
                return false;
            }
            debug_assert!(node.outer.end <= end, "descendants are inside");
            let name = self.source.name(inside);
            match name {
                "ac:structured-macro" | "ac:macro" => {
                    skip = node.outer.end;
                    !self.is_inline_macro(inside)
                }
                "ac:image" => {
                    skip = node.outer.end;
                    self.source.child(inside, "ac:caption").is_some()
                }
                // What is in a link is running text, whatever it is.
                "ac:link" | "ac:placeholder" => {
                    skip = node.outer.end;
                    false
                }
                name => is_block_name(name),
            }
        })
    }
}

fn is_block_name(name: &str) -> bool {
    matches!(
        name,
        "p" | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "ul"
            | "ol"
            | "li"
            | "dl"
            | "dt"
            | "dd"
            | "table"
            | "tbody"
            | "thead"
            | "tfoot"
            | "tr"
            | "td"
            | "th"
            | "colgroup"
            | "col"
            | "blockquote"
            | "pre"
            | "hr"
            | "div"
            | "section"
            | "article"
            | "center"
            | "figure"
            | "figcaption"
            | "address"
            | "aside"
            | "header"
            | "footer"
            | "main"
            | "nav"
            | "ac:layout"
            | "ac:layout-section"
            | "ac:layout-cell"
            | "ac:task-list"
            | "ac:task"
            | "ac:rich-text-body"
            | "ac:adf-extension"
            | "ac:adf-node"
            | "ac:adf-content"
            | "ac:adf-fallback"
            | "ac:adf-attribute"
            | "ac:adf-mark"
            | "ac:parameter"
    )
}

fn is_inline_name(name: &str) -> bool {
    matches!(
        name,
        "ac:link" | "ac:emoticon" | "ac:placeholder" | "ac:inline-comment-marker" | "br" | "time"
    )
}
