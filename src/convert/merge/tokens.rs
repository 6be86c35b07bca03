//! The tokens of a text: each must be one of the page's.

use std::collections::HashMap;

use super::Refusal;
use crate::convert::project::Projected;
use crate::convert::shown::of_markdown::Asked;
use crate::convert::shown::{Block, Kind};

/// Every token must be one of the page's, and say what it said: whoever edits a label expects something to change.
pub(super) fn check(asked: &Asked<'_>, projected: &Projected) -> Result<(), Refusal> {
    let mut labels: HashMap<String, String> = HashMap::new();
    labels_of(&projected.page.root, &mut |id, label| {
        let shown = label
            .strip_prefix(":macro[")
            .and_then(|label| label.rsplit_once("]{#"));
        labels.insert(id.to_owned(), shown.map_or(label, |(label, _)| label).to_owned());
    });
    let mut wanted: Vec<(String, String)> = Vec::new();
    labels_of(asked, &mut |id, label| {
        wanted.push((id.to_owned(), label.to_owned()));
    });
    for (token, label) in wanted {
        if !projected.page.tokens.contains_key(&token) {
            let known = projected.page.tokens.keys();
            let mut nearest: Vec<(usize, &String)> = known
                .map(|known| (strsim::levenshtein(known, &token), known))
                .collect();
            nearest.sort();
            let nearest = nearest
                .into_iter()
                .take(3)
                .map(|(_, known)| known.clone())
                .collect();
            return Err(Refusal::UnknownToken { token, nearest });
        }
        if labels
            .get(&token)
            .is_some_and(|known| squeezed(known) != squeezed(&label))
        {
            return Err(Refusal::Block {
                place: "token".to_owned(),
                excerpt: label,
                why: "the label of a token is not text of the page and cannot be edited".to_owned(),
            });
        }
    }
    Ok(())
}

fn squeezed(label: &str) -> String {
    label.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn labels_of<B, I>(block: &Block<B, I>, visit: &mut impl FnMut(&str, &str)) {
    if let Kind::Token { id, label } = &block.kind {
        visit(id, &label.0);
    }
    for thing in &block.text.things {
        if let Some(id) = thing.key.strip_prefix("token:") {
            visit(id, &thing.markdown);
        }
    }
    for child in &block.children {
        labels_of(child, visit);
    }
}
