//! What only the editor of Cloud knows.

use super::{Reader, Shown};
use crate::convert::shown::{Block, Kind};
use crate::convert::source::{Id, Source};
use crate::convert::tree::AlertKind;

impl Reader<'_, '_> {
    /// What only Cloud's editor knows: panels, decisions, and others, which are gone through. What is edited is in
    /// `ac:adf-content`; the fallback says the same again.
    pub(super) fn adf(&mut self, id: Id, blocks: &mut Vec<Shown>) {
        let before = blocks.len();
        if let Some(node) = self.source.child(id, "ac:adf-node") {
            let content = self.source.child(node, "ac:adf-content");
            match (self.source.attribute(node, "type").as_deref(), content) {
                (Some("decision-list"), None) => blocks.extend(self.decisions(id, node)),
                (_, Some(content)) => match panel(self.source, node) {
                    Some(kind) => {
                        let children = self.flow(content);
                        let place = self.place(id, Some(content));
                        blocks.push(Block::container(
                            Kind::Alert { kind, title: None },
                            children,
                            place,
                        ));
                    }
                    None => self.flow_into(content, blocks),
                },
                (_, None) => {}
            }
        }
        if blocks.len() == before {
            let token = self.token(id);
            blocks.push(token);
        }
    }

    /// A list of decisions, unless one of them is more than running text.
    fn decisions(&mut self, id: Id, list: Id) -> Option<Shown> {
        let is_item = |child: &Id| self.source.attribute(*child, "type").as_deref() == Some("decision-item");
        let items: Vec<Id> = self.source.children(list).filter(is_item).collect();
        let mut decisions = Vec::new();
        for item in items {
            let content = self.source.child(item, "ac:adf-content")?;
            if self.holds_block(content) {
                return None;
            }
            let nodes: Vec<Id> = self.source.children(content).collect();
            let text = self.running(&nodes);
            if text.is_empty() {
                return None;
            }
            decisions.push(Block::leaf(Kind::Decision, text, self.place(item, Some(content))));
        }
        (!decisions.is_empty())
            .then(|| Block::container(Kind::Decisions, decisions, self.place(id, Some(list))))
    }
}

/// Which panel an `ac:adf-node` is; None where it is another thing, which is not shown around its content.
pub(in crate::convert) fn panel(source: &Source<'_>, node: Id) -> Option<AlertKind> {
    if source.attribute(node, "type").as_deref() != Some("panel") {
        return None;
    }
    let kind = source.children(node).find(|child| {
        source.name(*child) == "ac:adf-attribute"
            && source.attribute(*child, "key").as_deref() == Some("panel-type")
    })?;
    Some(match source.plain(kind).trim() {
        "note" => AlertKind::Important,
        "info" => AlertKind::Note,
        "tip" | "success" => AlertKind::Tip,
        "warning" => AlertKind::Warning,
        "error" => AlertKind::Caution,
        _ => return None,
    })
}
