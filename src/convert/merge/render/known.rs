//! Blocks with everything in them that is on the page already: that comes as the bytes it has there.

use super::Render;
use crate::convert::read_markdown::TOKEN;
use crate::convert::shown::of_markdown;
use crate::convert::tree::{self, Alert, Inline, Island, Item, Link, List, Macro, Paragraph, Value};

impl Render<'_, '_> {
    /// The block as bytes of the page where one that shows the same has been taken away.
    pub(super) fn with_spare(
        &mut self,
        original: &tree::Block,
        block: tree::Block,
    ) -> Result<tree::Block, String> {
        let hash = self.hashes.get(&std::ptr::from_ref(original)).copied();
        match hash.and_then(|hash| self.spare.remove(&hash)) {
            Some(storage) => Ok(tree::Block::Island(Island { storage })),
            None => self.substituted_from(original, block),
        }
    }

    pub(super) fn substituted(&mut self, block: tree::Block) -> Result<tree::Block, String> {
        let original = block.clone();
        self.substituted_from(&original, block)
    }

    /// The block with everything of the page that it names.
    fn substituted_from(
        &mut self,
        original: &tree::Block,
        block: tree::Block,
    ) -> Result<tree::Block, String> {
        use tree::Block;
        Ok(match (original, block) {
            (_, Block::Paragraph(paragraph)) => Block::Paragraph(Paragraph {
                content: self.run(paragraph.content)?,
                ..paragraph
            }),
            (_, Block::Plain(content)) => Block::Plain(self.run(content)?),
            (
                _,
                Block::Heading {
                    level,
                    anchor,
                    content,
                },
            ) => Block::Heading {
                level,
                anchor,
                content: self.run(content)?,
            },
            (Block::Quote(inside), Block::Quote(_)) => Block::Quote(self.all(inside)?),
            (Block::Alert(alert), Block::Alert(_)) => Block::Alert(Alert {
                body: self.all(&alert.body)?,
                ..alert.clone()
            }),
            (Block::List(list), Block::List(_)) => {
                let mut items = Vec::with_capacity(list.items.len());
                for item in &list.items {
                    items.push(Item {
                        task: item.task,
                        content: self.all(&item.content)?,
                    });
                }
                Block::List(List {
                    start: list.start,
                    items,
                })
            }
            (Block::Table(rows), Block::Table(_)) => {
                let mut rows = rows.clone();
                for cell in rows.iter_mut().flat_map(|row| &mut row.cells) {
                    cell.content = self.all(&cell.content)?;
                }
                Block::Table(rows)
            }
            (Block::Macro(native), Block::Macro(_)) if native.name == TOKEN && native.body.is_none() => {
                let id = match native.parameters.first() {
                    Some((_, Value::Text(id))) => id.as_str(),
                    _ => "",
                };
                Block::Island(
                    self.token(id)
                        .ok_or_else(|| format!("no token of the page is {id:?}"))?,
                )
            }
            (Block::Macro(native), Block::Macro(_)) => {
                let body = match &native.body {
                    Some(body) => Some(self.all(body)?),
                    None => None,
                };
                Block::Macro(Macro {
                    body,
                    ..native.clone()
                })
            }
            (_, Block::Decisions(decisions)) => {
                let runs = decisions.into_iter().map(|decision| self.run(decision));
                Block::Decisions(runs.collect::<Result<_, _>>()?)
            }
            (_, block) => block,
        })
    }

    fn all(&mut self, blocks: &[tree::Block]) -> Result<Vec<tree::Block>, String> {
        blocks
            .iter()
            .map(|block| self.with_spare(block, block.clone()))
            .collect()
    }

    fn run(&mut self, run: Vec<Inline>) -> Result<Vec<Inline>, String> {
        run.into_iter()
            .map(|inline| match inline {
                Inline::Mark(mark, content) => Ok(Inline::Mark(mark, self.run(content)?)),
                Inline::Link(link)
                    if !link.content.is_empty() && !of_markdown::is_thing(&Inline::Link(link.clone())) =>
                {
                    Ok(Inline::Link(Link {
                        content: self.run(link.content)?,
                        ..link
                    }))
                }
                Inline::Text(_) | Inline::Code(_) | Inline::Break | Inline::Island(_) | Inline::Anchor(_) => {
                    Ok(inline)
                }
                thing => self.thing(&thing),
            })
            .collect()
    }
}
