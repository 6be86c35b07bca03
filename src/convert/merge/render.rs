//! Storage for what is new on a page. Things of the page that are named in it (tokens, images, people) come as the
//! bytes they have there; a copy of what stays comes without its ids, which Confluence then gives anew.

mod known;

use std::borrow::Cow;
use std::collections::HashMap;

use super::copy::{CAPTION, copy, without_caption};
use super::said;
use crate::convert::Flavour;
use crate::convert::read_markdown::{TOKEN, settle};
use crate::convert::shown::Kind;
use crate::convert::shown::of_markdown::{self, Asked, Wish};
use crate::convert::shown::of_storage::{Page, Shown};
use crate::convert::shown::text::THING;
use crate::convert::source::{Id, Source};
use crate::convert::tree::{self, Division, Inline, Island, Item, List, Macro, Paragraph, Value};
use crate::convert::write_storage::{write_blocks, write_inlines};

/// Writes storage for one page.
pub(super) struct Render<'a, 's> {
    source: &'a Source<'s>,
    page: &'a Page,
    flavour: Flavour,
    /// The highest number of a task.
    tasks: u64,
    /// Where the things of the page stand, by what they show.
    things: HashMap<String, Vec<std::ops::Range<usize>>>,
    /// How often the text wants each of them.
    wanted: HashMap<String, usize>,
    /// The bytes of blocks that are taken away, by what they show.
    pub(super) spare: HashMap<u64, String>,
    /// What the blocks of the text show.
    hashes: HashMap<*const tree::Block, u64>,
}

impl<'a, 's> Render<'a, 's> {
    pub(super) fn new(source: &'a Source<'s>, page: &'a Page, asked: &Asked<'_>, flavour: Flavour) -> Self {
        let mut things = HashMap::new();
        collect(&page.root, &mut things);
        let (mut wanted, mut hashes) = (HashMap::new(), HashMap::new());
        count(asked, &mut wanted, &mut hashes);
        Self {
            source,
            page,
            flavour,
            tasks: highest_task(source),
            things,
            wanted,
            spare: HashMap::new(),
            hashes,
        }
    }

    pub(super) fn inlines(&self, inlines: &[Inline]) -> String {
        write_inlines(inlines, self.flavour)
    }

    /// A thing in new text: the one of the page, where it is one of the page.
    pub(super) fn thing(&self, inline: &Inline) -> Result<Inline, String> {
        let key = of_markdown::thing_key(inline);
        if let Inline::Macro(Macro { name, parameters, .. }) = inline
            && name == TOKEN
        {
            let id = match parameters.first() {
                Some((_, Value::Text(id))) => id.as_str(),
                _ => "",
            };
            return self
                .token(id)
                .map(Inline::Island)
                .ok_or_else(|| format!("no token of the page is {id:?}"));
        }
        // An image with a caption is a block, not one of the things in text.
        let has_caption = matches!(inline, Inline::Image(image) if !image.caption.is_empty());
        let Some(places) = self.things.get(&key).filter(|_| !has_caption) else {
            return Ok(inline.clone());
        };
        let stays = self.wanted.get(&key).is_some_and(|wanted| *wanted > places.len());
        let all = places.iter().map(|place| &self.source.text[place.clone()]);
        let bytes = all.clone().find(|bytes| !bytes.contains(CAPTION));
        let bytes = match bytes {
            Some(bytes) => Cow::Borrowed(bytes),
            None => Cow::Owned(all.map(without_caption).next().unwrap_or_default()),
        };
        let storage = if stays { copy(&bytes) } else { bytes.into_owned() };
        Ok(Inline::Island(Island { storage }))
    }

    fn token(&self, id: &str) -> Option<Island> {
        let node = *self.page.tokens.get(id)?;
        let bytes = self.source.bytes(node);
        let several = self
            .wanted
            .get(&format!("token:{id}"))
            .is_some_and(|wanted| *wanted > 1);
        let storage = if several { copy(bytes) } else { bytes.to_owned() };
        Some(Island { storage })
    }

    /// A block for a place among blocks.
    pub(super) fn block(&mut self, asked: &Asked<'_>) -> Result<String, String> {
        let block = match &asked.from {
            Wish::Block(tree::Block::Plain(content)) => paragraph(content.clone()),
            Wish::Block(block) => (*block).clone(),
            Wish::List { start, items } => {
                if asked
                    .children
                    .iter()
                    .any(|item| self.spare.contains_key(&item.hash))
                {
                    return self.list(asked, *start);
                }
                tree::Block::List(List {
                    start: *start,
                    items: items.iter().map(|item| (*item).clone()).collect(),
                })
            }
            Wish::Island(island) => return Ok(island.storage.clone()),
            Wish::Part => {
                return Err("sections of a layout cannot be added to a page that is there".to_owned());
            }
            Wish::Page | Wish::Item(_) | Wish::Row(_) | Wish::Cell(_) | Wish::Decision(_) => {
                return Err("it has no place of its own".to_owned());
            }
        };
        let wanted = vec![block.clone()];
        // A copy has other addresses than the original; what is known of that is known under the original's.
        let known = match (&asked.from, &block) {
            (Wish::Block(original), _) => self.with_spare(original, block)?,
            (_, block) => self.substituted(block.clone())?,
        };
        self.write(wanted, vec![known])
    }

    /// A list some of whose items were in one that is there no longer.
    fn list(&mut self, asked: &Asked<'_>, start: Option<u64>) -> Result<String, String> {
        let Kind::List { ordered, tasks, .. } = asked.kind else {
            return Err("it is no list".to_owned());
        };
        let start = start
            .filter(|start| ordered && *start != 1)
            .map(|start| format!(" start=\"{start}\""));
        let (open, close) = match (tasks, ordered) {
            (true, _) => ("<ac:task-list>".to_owned(), "</ac:task-list>"),
            (false, true) => (format!("<ol{}>", start.unwrap_or_default()), "</ol>"),
            (false, false) => ("<ul>".to_owned(), "</ul>"),
        };
        let mut storage = open;
        let loose = self.spare.values().any(|bytes| bytes.starts_with("<li><p"));
        for item in &asked.children {
            match (self.spare.remove(&item.hash), &item.from) {
                (Some(bytes), _) => storage.push_str(&bytes),
                (None, Wish::Item(wanted)) => {
                    let written = self.item(wanted, loose)?;
                    storage.push_str(&written);
                }
                (None, _) => return Err("it is no item".to_owned()),
            }
        }
        storage.push_str(close);
        Ok(storage)
    }

    /// An item of a list.
    pub(super) fn item(&mut self, item: &Item, loose: bool) -> Result<String, String> {
        let Some(done) = item.task else {
            let content = self.content(&item.content, loose)?;
            return Ok(format!("<li>{content}</li>"));
        };
        let status = if done { "complete" } else { "incomplete" };
        let number = self.next_task();
        let content = self.content(&item.content, false)?;
        Ok(format!(
            "<ac:task><ac:task-id>{number}</ac:task-id><ac:task-status>{status}</ac:task-status>\
             <ac:task-body>{content}</ac:task-body></ac:task>"
        ))
    }

    /// One of the decisions that only Cloud's editor knows.
    pub(super) fn decision(&mut self, decision: &[Inline]) -> Result<String, String> {
        let content = self.content(&[tree::Block::Plain(decision.to_vec())], false)?;
        Ok(format!(
            "<ac:adf-node type=\"decision-item\"><ac:adf-attribute key=\"state\">DECIDED</ac:adf-attribute>\
             <ac:adf-content>{content}</ac:adf-content></ac:adf-node>"
        ))
    }

    /// The content of an item, a cell or the like.
    pub(super) fn content(&mut self, blocks: &[tree::Block], loose: bool) -> Result<String, String> {
        let mut content = Vec::with_capacity(blocks.len());
        for block in blocks {
            let block_of_page = self.with_spare(block, block.clone())?;
            content.push(match block_of_page {
                tree::Block::Plain(text) if loose => paragraph(text),
                tree::Block::Paragraph(Paragraph { content, .. }) if !loose && blocks.len() == 1 => {
                    tree::Block::Plain(content)
                }
                block => block,
            });
        }
        self.write(blocks.to_vec(), content)
    }

    /// Writes the blocks `known`, which are the blocks `wanted` with what is on the page already.
    fn write(&mut self, wanted: Vec<tree::Block>, known: Vec<tree::Block>) -> Result<String, String> {
        let page = settled(known);
        let Some(Division::Flow(blocks)) = page.divisions.first() else {
            return Err("nothing is left of it".to_owned());
        };
        let (storage, tasks) = write_blocks(blocks, self.flavour, self.tasks);
        self.tasks = tasks;
        if !said::is_said(&settled(wanted), &storage) {
            return Err("it would not be shown as it reads".to_owned());
        }
        Ok(storage)
    }

    /// The number for a new task.
    fn next_task(&mut self) -> u64 {
        self.tasks = self.tasks.saturating_add(1);
        self.tasks
    }
}

fn settled(blocks: Vec<tree::Block>) -> tree::Page {
    let mut page = tree::Page {
        divisions: vec![Division::Flow(blocks)],
        tasks_taken: 0,
    };
    settle(&mut page);
    page
}

fn paragraph(content: Vec<Inline>) -> tree::Block {
    tree::Block::Paragraph(Paragraph {
        content,
        ..Paragraph::default()
    })
}

fn collect(block: &Shown, things: &mut HashMap<String, Vec<std::ops::Range<usize>>>) {
    let mut keys = block.text.things.iter();
    for (start, span) in block.text.stretches() {
        if block.text.chars[start..span.end].starts_with(THING)
            && let Some(thing) = keys.next()
        {
            things
                .entry(thing.key.clone())
                .or_default()
                .push(span.from.at.clone());
        }
    }
    for child in &block.children {
        collect(child, things);
    }
}

fn count(
    block: &Asked<'_>,
    wanted: &mut HashMap<String, usize>,
    hashes: &mut HashMap<*const tree::Block, u64>,
) {
    for thing in &block.text.things {
        *wanted.entry(thing.key.clone()).or_default() += 1;
    }
    if let Kind::Token { id, .. } = &block.kind {
        *wanted.entry(format!("token:{id}")).or_default() += 1;
    }
    if let Wish::Block(original) = &block.from {
        hashes.insert(std::ptr::from_ref(*original), block.hash);
    }
    for child in &block.children {
        count(child, wanted, hashes);
    }
}

fn highest_task(source: &Source<'_>) -> u64 {
    source
        .descendants(Id::ROOT)
        .filter(|id| source.name(*id) == "ac:task-id")
        .filter_map(|id| source.plain(id).trim().parse().ok())
        .max()
        .unwrap_or(0)
}
