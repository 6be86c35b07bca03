//! Whether a page that was written is the page before with the edit and nothing else.

use std::collections::BTreeMap;

use conflagent::convert::{Flavour, Gate, check_well_formed, storage_to_markdown, write_back};

use super::{Edit, Expect};

/// A piece of storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Token<'a> {
    Tag(&'a str),
    Word(&'a str),
}

/// The tags and words of storage; white space and signs between words are left out.
pub(super) fn tokens(storage: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = storage;
    while !rest.is_empty() {
        let length = if rest.starts_with("<!--") {
            rest.find("-->").map_or(rest.len(), |at| at + 3)
        } else if let Some(inner) = rest.strip_prefix("<![CDATA[") {
            let end = inner.find("]]>").unwrap_or(inner.len());
            words(&inner[..end], &mut tokens);
            rest = inner.get(end + 3..).unwrap_or_default();
            continue;
        } else if rest.starts_with('<') {
            let mut quote = None;
            let end = rest.char_indices().find(|(_, c)| {
                match quote {
                    Some(open) if *c == open => quote = None,
                    None if matches!(c, '"' | '\'') => quote = Some(*c),
                    _ => {}
                }
                quote.is_none() && *c == '>'
            });
            end.map_or(rest.len(), |(at, _)| at + 1)
        } else {
            let end = rest.find('<').unwrap_or(rest.len());
            for (index, piece) in rest[..end].split('&').enumerate() {
                // What a reference stands for is a sign, or is left to the other checks.
                let reference = piece.find(';').filter(|_| index > 0);
                words(reference.map_or(piece, |at| &piece[at..]), &mut tokens);
            }
            rest = &rest[end..];
            continue;
        };
        tokens.push(Token::Tag(&rest[..length]));
        rest = &rest[length..];
    }
    tokens
}

fn words<'a>(text: &'a str, tokens: &mut Vec<Token<'a>>) {
    let words = text.split(|c: char| !c.is_alphanumeric());
    tokens.extend(words.filter(|word| !word.is_empty()).map(Token::Word));
}

/// # Errors
/// With what is wrong.
pub(super) fn judge(
    before: &str,
    shown: &str,
    edit: &Edit,
    after: &str,
    flavour: Flavour,
) -> Result<(), String> {
    check_well_formed(after).map_err(|malformed| malformed.to_string())?;
    match &edit.expect {
        Expect::Nothing if before == after => return Ok(()),
        Expect::Nothing => return Err(difference(before, after)),
        Expect::Bytes(expected) if expected == after => return Ok(()),
        Expect::Bytes(expected) => return Err(difference(expected, after)),
        _ => {}
    }
    says(&edit.markdown, after, flavour)?;
    if edit.markdown == shown {
        return if before == after {
            Ok(())
        } else {
            Err(difference(before, after))
        };
    }
    let fits = match &edit.expect {
        Expect::Added => added(before, after),
        Expect::Removed => added(after, before) || walled(before, after),
        Expect::Moved => moved(before, after),
        Expect::Words { gone, come } => {
            let (lost, got) = exchanged(before, after);
            let is = |found: &[Token<'_>], wanted: &[&'static str]| {
                let wanted: Vec<Token<'_>> = wanted.iter().map(|word| Token::Word(word)).collect();
                // A panel of the editor has everything twice.
                *found == wanted || *found == [wanted.clone(), wanted].concat()
            };
            is(&lost, gone) && is(&got, come)
        }
        Expect::Cell => {
            let (mut lost, got) = exchanged(before, after);
            let structural = |token: &Token<'_>| match token {
                Token::Tag(tag) => ["<t", "</t", "<l", "</l", "<h", "</h"].iter().any(|sign| {
                    tag.starts_with(sign) && !tag.starts_with("<time") && !tag.starts_with("</time")
                }),
                Token::Word(_) => false,
            };
            // A single tag may be opened to hold the text.
            let is_empty = |token: &Token<'_>| matches!(token, Token::Tag(tag) if tag.ends_with("/>"));
            lost.retain(|token| !is_empty(token));
            got.len() <= 5 + lost.len() && !lost.iter().any(structural)
        }
        Expect::Level => {
            let (lost, got) = exchanged(before, after);
            let is_heading = |token: &Token<'_>| match token {
                Token::Tag(tag) => tag.trim_start_matches(['<', '/']).starts_with('h'),
                Token::Word(_) => false,
            };
            lost.len() == got.len() && lost.iter().chain(&got).all(is_heading)
        }
        Expect::Nothing | Expect::Bytes(_) => true,
    };
    if fits {
        Ok(())
    } else {
        Err(difference(before, after))
    }
}

/// The page shows the text: it has its words in their order, and writing the text again changes nothing.
fn says(markdown: &str, after: &str, flavour: Flavour) -> Result<(), String> {
    let shown = storage_to_markdown(after, flavour).map_err(|malformed| malformed.to_string())?;
    let (wanted, found) = (plain(markdown), plain(&shown.markdown));
    if wanted != found {
        return Err(format!(
            "the page says other words: {}",
            difference(&wanted, &found)
        ));
    }
    match write_back(after, markdown, flavour, Gate { allow_removals: true }) {
        Ok(again) if !again.changed => Ok(()),
        Ok(_) => Err("the page does not show the text".to_owned()),
        Err(refusal) => Err(format!("the page cannot be written again: {refusal}")),
    }
}

/// The words of a text, without the numbers of items and of tokens.
fn plain(markdown: &str) -> String {
    let mut plain = String::with_capacity(markdown.len());
    for line in markdown.lines() {
        let mut rest = line.trim_start_matches(['>', ' ']);
        while let Some((_, width)) = super::lines::marker(rest) {
            rest = rest.get(width..).unwrap_or_default().trim_start();
        }
        let rest = match rest.split_once("]{#") {
            Some((before, _)) if rest.contains("macro[") => before,
            _ => rest,
        };
        for word in rest
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
        {
            plain.push_str(word);
            plain.push(' ');
        }
    }
    plain
}

/// Whether the one is the other with something put in: in one place, or, for columns and for panels that stand on the
/// page twice, in several, each between tags and words that stay.
fn added(small: &str, large: &str) -> bool {
    let (head, tail) = common_ends(small, large);
    if head + tail == small.len() {
        return true;
    }
    let (small, large) = (tokens(small), tokens(large));
    let mut rest = large.iter();
    small.iter().all(|token| rest.any(|other| other == token))
}

/// Something taken out that left an empty paragraph, or the end of one and the beginning of the next.
fn walled(before: &str, after: &str) -> bool {
    let places = after
        .match_indices("<p></p>")
        .map(|(at, wall)| (at, at + wall.len()));
    let torn = after.match_indices("</p><p").filter_map(|(at, _)| {
        let end = after[at + 4..].find('>')?;
        Some((at, at + 4 + end + 1))
    });
    places.chain(torn).any(|(start, end)| {
        let without = format!("{}{}", &after[..start], &after[end..]);
        let (head, tail) = common_ends(&without, before);
        head + tail == without.len()
    })
}

/// One piece elsewhere: what is between the common ends is the same the other way round. The plain paragraphs and
/// lists that bare text and items are given to stand in are not counted, nor are walls.
fn moved(before: &str, after: &str) -> bool {
    let (before, after) = (&once(before), &once(after));
    if is_turned(&pieces(before), &pieces(after)) {
        return true;
    }
    let kept = |storage| {
        let is_glue = |token: &Token<'_>| match token {
            Token::Tag(tag) => {
                let name = tag.trim_matches(['<', '>', '/']);
                matches!(name, "p" | "ul" | "ol" | "ac:task-list") || name.starts_with("ol start=")
            }
            Token::Word(_) => false,
        };
        let mut kept = tokens(storage);
        kept.retain(|token| !is_glue(token));
        kept
    };
    is_turned(&kept(before), &kept(after))
}

/// A page without what panels of the editor say twice.
fn once(storage: &str) -> String {
    let mut parts = storage.split("<ac:adf-fallback>");
    let mut once = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        once.push_str(
            part.split_once("</ac:adf-fallback>")
                .map_or(part, |(_, rest)| rest),
        );
    }
    once
}

/// Tags, and what is between them, all of it.
fn pieces(storage: &str) -> Vec<&str> {
    storage
        .split_inclusive('>')
        .flat_map(|piece| {
            let at = piece.find('<').unwrap_or(piece.len());
            [&piece[..at], &piece[at..]]
        })
        .filter(|piece| !piece.is_empty())
        .collect()
}

/// Whether one is the other with a piece of it elsewhere. What is beside the piece may look like its ends.
fn is_turned<T: PartialEq>(a: &[T], b: &[T]) -> bool {
    const FEW: usize = 12;
    const MOST: usize = 300;
    if a.len() != b.len() {
        return false;
    }
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let tail = a[head..]
        .iter()
        .rev()
        .zip(b[head..].iter().rev())
        .take_while(|(x, y)| x == y)
        .count();
    let fits = |start: usize, end: usize| {
        let (a, b) = (&a[start..end], &b[start..end]);
        (0..a.len().max(1)).any(|at| a[at..] == b[..a.len() - at] && a[..at] == b[a.len() - at..])
    };
    let starts = |most: usize| (head.saturating_sub(most)..=head).rev();
    let ends = |most: usize| a.len() - tail..=(a.len() - tail + most).min(a.len());
    starts(FEW).any(|start| ends(MOST).any(|end| fits(start, end)))
        || ends(FEW).any(|end| starts(MOST).any(|start| fits(start, end)))
}

fn exchanged<'a>(before: &'a str, after: &'a str) -> (Vec<Token<'a>>, Vec<Token<'a>>) {
    let mut count: BTreeMap<Token<'_>, i64> = BTreeMap::new();
    for token in tokens(before) {
        *count.entry(token).or_default() += 1;
    }
    for token in tokens(after) {
        *count.entry(token).or_default() -= 1;
    }
    let (mut lost, mut got) = (Vec::new(), Vec::new());
    for (token, count) in count {
        let side = if count > 0 { &mut lost } else { &mut got };
        side.extend(std::iter::repeat_n(
            token,
            usize::try_from(count.abs()).unwrap_or(0),
        ));
    }
    (lost, got)
}

fn common_ends(a: &str, b: &str) -> (usize, usize) {
    let mut head = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    while !a.is_char_boundary(head) || !b.is_char_boundary(head) {
        head -= 1;
    }
    let (x, y) = (&a.as_bytes()[head..], &b.as_bytes()[head..]);
    let mut tail = x
        .iter()
        .rev()
        .zip(y.iter().rev())
        .take_while(|(x, y)| x == y)
        .count();
    while !a.is_char_boundary(a.len() - tail) || !b.is_char_boundary(b.len() - tail) {
        tail -= 1;
    }
    (head, tail)
}

fn difference(expected: &str, found: &str) -> String {
    let (head, tail) = common_ends(expected, found);
    format!(
        "{:.300?} became {:.300?}",
        &expected[head..expected.len() - tail],
        &found[head..found.len() - tail]
    )
}
