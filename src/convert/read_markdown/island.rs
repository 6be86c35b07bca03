//! Storage inside Markdown: where an island of it ends, and whether it may come in.

use crate::convert::storage::lex::{Kind, Lexer};
use crate::convert::storage::lint::lint;
use crate::convert::tree::Island;
use crate::convert::{Format, detect};

use super::held::What;

/// The deepest island: with all that a tree can put around it, the page is still one that we take ourselves.
const MAX_DEPTH: usize = 200;

/// An island found in a text.
pub(super) struct Found {
    pub(super) length: usize,
    pub(super) what: What,
}

/// The island at the start of `text`, or how many bytes were read in vain.
pub(super) fn find(text: &str) -> Result<Found, usize> {
    let mut lexer = Lexer::new(text);
    let mut reached = 0;
    let mut root = None;
    while let Some(token) = lexer.next() {
        let token = match token {
            Ok(token) => token,
            Err(fault) => return Err(fault.at.max(reached)),
        };
        reached = token.span.end;
        if let (None, Kind::Open { name, .. }) = (&root, &token.kind) {
            root = Some(text[name.clone()].to_owned());
        }
        if lexer.depth() == 0 {
            break;
        }
    }
    match root {
        Some(root) if lexer.depth() == 0 => Ok(Found {
            length: reached,
            what: admit(&text[..reached], root),
        }),
        _ => Err(reached),
    }
}

/// A whole text that its author says is storage, as the inside of a `storage` fence.
pub(super) fn whole(storage: &str) -> What {
    let storage = storage.trim();
    if let Ok(Found { length, what }) = find(storage)
        && length == storage.len()
        && matches!(&what, What::Island { root, .. } if is_inline(root))
    {
        return what;
    }
    // Only the top of a page may hold a layout, wherever among the blocks it is.
    let root = if storage.contains("<ac:layout") {
        "ac:layout"
    } else {
        ""
    };
    match admit(storage, root.to_owned()) {
        What::Island { .. } if detect(storage) != Format::Storage => {
            What::Refused("it is not made of blocks".to_owned())
        }
        what => what,
    }
}

fn admit(storage: &str, root: String) -> What {
    match lint(storage) {
        Ok(facts) if facts.depth > MAX_DEPTH => What::Refused("it is nested too deep".to_owned()),
        Ok(facts) => What::Island {
            island: Island {
                storage: storage.to_owned(),
            },
            tasks: facts.tasks,
            links: facts.links,
            root,
        },
        Err(problem) => What::Refused(problem),
    }
}

/// Whether an island with this root can be in running text.
pub(super) fn is_inline(root: &str) -> bool {
    matches!(
        root,
        "ac:link"
            | "ac:image"
            | "ac:emoticon"
            | "ac:placeholder"
            | "ac:inline-comment-marker"
            | "ac:structured-macro"
            | "ac:macro"
    )
}

/// Whether an island with this root needs a paragraph around it.
pub(super) fn needs_paragraph(root: &str) -> bool {
    matches!(
        root,
        "ac:link" | "ac:emoticon" | "ac:placeholder" | "ac:inline-comment-marker"
    )
}

#[cfg(test)]
mod tests {
    use super::{What, find, whole};

    #[test]
    fn an_island_ends_with_its_root_element() {
        let text = "<ac:link><ri:user ri:account-id=\"1\"/></ac:link> and </ac:link>";
        let found = find(text).ok().unwrap();
        assert_eq!(&text[found.length..], " and </ac:link>");
        assert!(matches!(found.what, What::Island { links: true, .. }));
        assert!(find("<ac:emoticon ac:name='smile'/>x").is_ok_and(|found| found.length == 30));
    }

    #[test]
    fn what_is_not_closed_is_no_island() {
        for text in [
            "<ac:link>",
            "<ac:link",
            "<ac:a></ac:b>",
            "<ac:a>&nope;</ac:a>",
            "<ac:a b></ac:a>",
        ] {
            assert!(find(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_confluence_would_not_keep_is_refused_with_a_reason() {
        let found = find("<ac:structured-macro ac:name=\"html\"/>").ok().unwrap();
        assert!(matches!(found.what, What::Refused(problem) if problem.contains("html")));
        assert!(matches!(whole("<p>a</p><p>b</p>\n"), What::Island { .. }));
        for storage in ["<p>a", "text", "<p>a</p> text", "<b>a</b>", ""] {
            assert!(matches!(whole(storage), What::Refused(_)), "{storage}");
        }
        let layout = "<p/><ac:layout><ac:layout-section ac:type='single'><ac:layout-cell/></ac:layout-section></ac:layout>";
        assert!(matches!(whole(layout), What::Island { root, .. } if root == "ac:layout"));
    }
}
