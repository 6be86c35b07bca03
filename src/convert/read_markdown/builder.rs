//! The stack of open frames: what opens, what closes what, and how deep it may get.
//!
//! Nothing here recurses, whatever the depth of the input. Beyond the tree's depth, nothing more is opened: content
//! goes to the frame around it.

use std::collections::HashSet;

use super::attributes::braced;
use super::close::close;
use super::footnotes::Footnotes;
use super::frame::{Frame, Kind, Origin, Part};
use super::held::{Entry, Held, Piece};
use crate::convert::Notice;
use crate::convert::tree::{Inline, MAX_DEPTH};

/// How many different notices one conversion gives.
const MOST_NOTICES: usize = 50;

/// Builds parts of a tree out of what is read.
pub(super) struct Builder<'s> {
    frames: Vec<Frame>,
    pub(super) held: &'s Held,
    pub(super) footnotes: Footnotes,
    /// Open links; a link inside another is only its text.
    links: usize,
    /// Task numbers that islands of storage have taken.
    pub(super) tasks: HashSet<String>,
    notices: Vec<Notice>,
    /// Whether the text is that of a page, so that tokens stand for something.
    pub(super) edited: bool,
}

impl<'s> Builder<'s> {
    pub(super) fn new(held: &'s Held) -> Self {
        Self {
            frames: vec![Frame::new(Kind::Document, Origin::Markdown)],
            held,
            footnotes: Footnotes::default(),
            links: 0,
            tasks: HashSet::new(),
            notices: Vec::new(),
            edited: false,
        }
    }

    /// Tells the caller something, once.
    pub(super) fn notice(&mut self, message: impl Into<String>) {
        let message = message.into();
        if self.notices.len() < MOST_NOTICES && !self.notices.iter().any(|notice| notice.message == message) {
            self.notices.push(Notice { message });
        }
    }

    // --- what is open ---

    pub(super) fn frames(&self) -> &[Frame] {
        &self.frames
    }

    pub(super) fn top(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::new(Kind::Document, Origin::Markdown));
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// The innermost open thing that `wanted` knows.
    pub(super) fn innermost<T>(&mut self, wanted: impl FnMut(&mut Kind) -> Option<&mut T>) -> Option<&mut T> {
        self.frames
            .iter_mut()
            .rev()
            .map(|frame| &mut frame.kind)
            .find_map(wanted)
    }

    pub(super) fn in_link(&self) -> bool {
        self.links > 0
    }

    /// Whether what is read now would stand at the top of the page.
    pub(super) fn at_top(&self) -> bool {
        self.frames.iter().all(|frame| match frame.kind {
            Kind::Document => true,
            Kind::Transparent => matches!(frame.origin, Origin::Fence { .. }),
            _ => false,
        })
    }

    /// What stands at the top of the page, when nothing else is open.
    pub(super) fn top_of_page(&mut self) -> Option<&mut Vec<Part>> {
        match self.frames.as_mut_slice() {
            [page] => Some(&mut page.content),
            _ => None,
        }
    }

    // --- content ---

    pub(super) fn push(&mut self, part: Part) {
        self.top().push(part);
    }

    pub(super) fn inline(&mut self, inline: Inline) {
        self.push(Part::Inline(inline));
    }

    /// Text in which marks stand for what was taken out of it.
    pub(super) fn text(&mut self, text: &str) {
        if matches!(self.top().kind, Kind::Code(_)) {
            let text = self.held.restore(text).into_owned();
            self.literal(&text);
            return;
        }
        for piece in Held::pieces(text) {
            match piece {
                Piece::Text(text) => self.literal(text),
                Piece::Held(number) => self.with_held(number, Self::held_in_text),
            }
        }
    }

    /// Text that means only itself.
    pub(super) fn literal(&mut self, text: &str) {
        if let Kind::Code(code) = &mut self.top().kind {
            code.text.push_str(text);
        } else {
            let text = self.after_image(text);
            self.top().text(text);
        }
    }

    /// Braces right after an image belong to it; returns what is left of the text.
    fn after_image<'t>(&mut self, text: &'t str) -> &'t str {
        match self.top().content.last_mut() {
            Some(Part::Inline(Inline::Image(image))) if text.starts_with('{') => match braced(text) {
                Some((attributes, length)) => {
                    attributes.apply_to(image);
                    &text[length..]
                }
                None => text,
            },
            _ => text,
        }
    }

    /// Lends one thing that was taken out to `take`, which needs the rest of us as well.
    pub(super) fn with_held(&mut self, number: usize, take: fn(&mut Self, &Entry)) {
        if let Some(entry) = self.held.entry(number) {
            take(self, entry);
        }
    }

    // --- opening and closing ---

    /// Opens a frame that needs `levels` below the present one. What cannot nest needs none and always fits.
    pub(super) fn open(&mut self, kind: Kind, origin: Origin, levels: usize) -> bool {
        if self.frames.len() + levels > MAX_DEPTH {
            self.notice("nesting is too deep; the innermost levels were flattened");
            return false;
        }
        self.links += usize::from(matches!(kind, Kind::Link { .. }));
        self.frames.push(Frame::new(kind, origin));
        true
    }

    /// Closes the innermost frame that pulldown-cmark opened, and whatever is still open in it.
    pub(super) fn close_markdown(&mut self) {
        while self.frames.len() > 1 && !self.top().is_markdown() {
            self.give_up();
        }
        if self.frames.len() > 1 {
            self.close_top();
        }
    }

    /// The index of the innermost frame that `wanted` knows, among those that may be closed from here.
    pub(super) fn find_open(&self, wanted: impl Fn(&Frame) -> bool) -> Option<usize> {
        let open = self
            .frames
            .iter()
            .enumerate()
            .rev()
            .take_while(|(_, frame)| !frame.is_markdown());
        open.filter(|(_, frame)| wanted(frame))
            .map(|(index, _)| index)
            .next()
    }

    /// Closes the frame with this index, and whatever is still open in it.
    pub(super) fn close_to(&mut self, index: usize) {
        while self.frames.len() > index + 1 {
            self.give_up();
        }
        self.close_top();
    }

    /// Ends a frame that was never closed. In running text its tag was not meant as one.
    fn give_up(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        self.links -= usize::from(matches!(frame.kind, Kind::Link { .. })).min(self.links);
        let Frame {
            kind,
            origin,
            mut content,
        } = frame;
        match (&kind, &origin) {
            (
                _,
                Origin::Tag {
                    raw, in_text: true, ..
                },
            ) => {
                self.literal(raw);
                self.top().extend(content);
            }
            // Nobody said where it ends, so nothing is lost with it.
            (Kind::Dropped, _) => self.top().extend(content),
            (Kind::Group { .. }, _) => self.put_closed(Frame {
                kind: Kind::Group { align: None },
                origin,
                content,
            }),
            // One line of it was meant, not the rest of the page.
            (kind_of_line, _) if is_one_line(kind_of_line) => {
                let end = content
                    .iter()
                    .position(|part| !matches!(part, Part::Inline(_)))
                    .unwrap_or(content.len());
                let rest = content.split_off(end);
                if !content.iter().all(Part::is_blank) {
                    self.put_closed(Frame {
                        kind,
                        origin,
                        content,
                    });
                }
                self.top().extend(rest);
            }
            _ => self.put_closed(Frame {
                kind,
                origin,
                content,
            }),
        }
    }

    fn close_top(&mut self) {
        if let Some(frame) = self.frames.pop() {
            self.links -= usize::from(matches!(frame.kind, Kind::Link { .. })).min(self.links);
            self.put_closed(frame);
        }
    }

    fn put_closed(&mut self, frame: Frame) {
        if let Kind::Footnote { label } = frame.kind {
            self.footnotes.define(label, frame.content);
            return;
        }
        close(frame, self.top());
    }

    /// Takes the block of code that is about to close away, when its language says that it is storage.
    pub(super) fn take_storage_fence(&mut self) -> Option<String> {
        match &mut self.top().kind {
            Kind::Code(code) if code.language.as_deref() == Some("storage") => {
                let text = std::mem::take(&mut code.text);
                self.frames.pop();
                Some(text)
            }
            _ => None,
        }
    }

    /// Everything that was read, at the end.
    pub(super) fn finish(mut self) -> Finished {
        while self.frames.len() > 1 {
            if self.top().is_markdown() {
                self.close_top();
            } else {
                self.give_up();
            }
        }
        let parts = self.frames.pop().map(|frame| frame.content).unwrap_or_default();
        Finished {
            parts,
            footnotes: self.footnotes,
            tasks: self.tasks,
            notices: self.notices,
        }
    }
}

fn is_one_line(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Heading { .. }
            | Kind::Summary
            | Kind::Caption
            | Kind::Term
            | Kind::Mark(_)
            | Kind::Link { .. }
            | Kind::InlineCode
            | Kind::Quotation
    )
}

/// What a builder leaves.
pub(super) struct Finished {
    pub(super) parts: Vec<Part>,
    pub(super) footnotes: Footnotes,
    pub(super) tasks: HashSet<String>,
    pub(super) notices: Vec<Notice>,
}
