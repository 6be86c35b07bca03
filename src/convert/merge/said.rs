//! Whether storage that was made of new text has its words: what is written anew is compared with nothing else.

use std::collections::HashSet;

use crate::convert::shown::of_markdown;
use crate::convert::shown::of_storage;
use crate::convert::shown::{Block, Kind};
use crate::convert::source::{Id, Source};
use crate::convert::tree::Page;

/// Whether it shows the same letters as the blocks that are wanted, and no more than those where they say all of them.
pub(super) fn is_said(wanted: &Page, storage: &str) -> bool {
    let Ok(source) = Source::parse(storage) else {
        return false;
    };
    let asked = of_markdown::read(wanted);
    let shown = of_storage::read(&source, &HashSet::<Id>::new());
    let (mut said, mut found) = (String::new(), String::new());
    letters(&asked, &mut said);
    letters(&shown.root, &mut found);
    if says_more(&asked) {
        let mut rest = found.chars();
        return said.chars().all(|letter| rest.any(|other| other == letter));
    }
    said == found
}

fn letters<B, I>(block: &Block<B, I>, out: &mut String) {
    out.extend(block.text.chars.chars().filter(|c| c.is_alphanumeric()));
    for child in &block.children {
        letters(child, out);
    }
}

/// Whether there is more to show than their text: storage, a token that is shown in another place, or the title of a
/// panel, which can become text.
fn says_more<B, I>(block: &Block<B, I>) -> bool {
    matches!(
        block.kind,
        Kind::Island(_) | Kind::Token { .. } | Kind::Alert { title: Some(_), .. }
    ) || block
        .text
        .things
        .iter()
        .any(|thing| thing.key.starts_with("island:") || thing.key.starts_with("token:"))
        || block.children.iter().any(says_more)
}
