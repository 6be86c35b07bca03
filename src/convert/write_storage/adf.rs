//! What only Cloud's editor has: its purple panel and its list of decisions. In storage both are `ac:adf-extension`,
//! with the content twice: for the editor, and as what everybody else shows instead.

use super::Writer;
use crate::convert::Flavour;
use crate::convert::tree::{Alert, Block, Inline, Mark};

/// The colours of the purple panel for those who cannot show it.
const PURPLE: &str = "background-color: rgb(234,230,255);border-color: rgb(153,141,217);border-width: 1.0px;";
const PURPLE_INSIDE: &str = "background-color: rgb(234,230,255);";

impl Writer {
    /// On Cloud the purple panel, as far as it can hold what is in it; elsewhere a blue one that says so.
    pub(super) fn important(&mut self, alert: &Alert) {
        if self.flavour != Flavour::Cloud || !alert.body.iter().all(is_simple) {
            let title = alert.title.as_deref().unwrap_or("Important");
            return self.panel("info", Some(title), alert);
        }
        let title = alert
            .title
            .clone()
            .map(|title| vec![Inline::Mark(Mark::Strong, vec![Inline::Text(title)])]);
        let body = |w: &mut Self| {
            if let Some(title) = &title {
                w.element("p", &[], |w| w.inlines(title));
            }
            w.some_blocks(&alert.body);
        };
        self.element("ac:adf-extension", &[], |w| {
            w.element("ac:adf-node", &[("type", "panel")], |w| {
                w.adf_attribute("panel-type", "note");
                w.element("ac:adf-content", &[], body);
            });
            w.element("ac:adf-fallback", &[], |w| {
                let outer = [("class", "panel conf-macro output-block"), ("style", PURPLE)];
                w.element("div", &outer, |w| {
                    w.element(
                        "div",
                        &[("class", "panelContent"), ("style", PURPLE_INSIDE)],
                        body,
                    );
                });
            });
        });
    }

    pub(super) fn decisions(&mut self, decisions: &[Vec<Inline>]) {
        let fallback = |w: &mut Self, attributes: super::Attributes<'_>| {
            w.element("ul", attributes, |w| {
                for decision in decisions {
                    w.element("li", &[], |w| w.inlines(decision));
                }
            });
        };
        if self.flavour != Flavour::Cloud {
            return fallback(self, &[]);
        }
        self.element("ac:adf-extension", &[], |w| {
            w.element("ac:adf-node", &[("type", "decision-list")], |w| {
                for decision in decisions {
                    w.element("ac:adf-node", &[("type", "decision-item")], |w| {
                        w.adf_attribute("state", "DECIDED");
                        w.element("ac:adf-content", &[], |w| w.inlines(decision));
                    });
                }
            });
            w.element("ac:adf-fallback", &[], |w| {
                fallback(w, &[("class", "decision-list")]);
            });
        });
    }

    fn adf_attribute(&mut self, key: &str, value: &str) {
        self.element("ac:adf-attribute", &[("key", key)], |w| w.text(value));
    }
}

/// What a panel of Cloud's editor holds, and what may stand on a page twice.
fn is_simple(block: &Block) -> bool {
    match block {
        Block::Paragraph(_) | Block::Plain(_) | Block::Heading { .. } => true,
        Block::List(list) => list
            .items
            .iter()
            .all(|item| item.task.is_none() && item.content.iter().all(is_simple)),
        _ => false,
    }
}
