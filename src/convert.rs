//! Markdown and Confluence storage format, both ways, and the rule for bodies that already are storage.
//!
//! Entry points: [`body_to_storage`] for the body of a new page, [`markdown_to_storage`] for text known to be Markdown,
//! [`storage_to_markdown`] for a page as Markdown, [`write_back`] and [`write_back_onto`] for an edited text of one,
//! [`check_well_formed`] and [`check_acceptable`] for storage. Everything is a pure function: no I/O, no clock, no other module of ours. Nothing
//! panics. Making storage never fails; what a page cannot express is told in notices. Writing back refuses what it
//! cannot do exactly.
//!
//! ```text
//! Markdown --read_markdown--> tree --write_storage--> storage, block by block (translate)
//! storage  --storage::lex---> tokens with byte ranges --> well_formed, detect, storage::lint
//! storage  --source--> tree of byte ranges --shown--> what Markdown shows of it --project--> Markdown
//! edited Markdown --read_markdown--> tree --shown--> what it asks for --merge--> replacements in the storage
//! ```
//!
//! `docs/content.md` tells how the last two work and what was measured.
//!
//! The dialect is `CommonMark` with GitHub's extensions, generic directives for what only Confluence has
//! (`:status[Done]`, `::toc`, `:::panel` … `:::`), `[[Title]]` for links to pages, and storage itself where nothing else
//! will do. The fixtures in `tests/fixtures/convert` show every construct.

mod canonical;
mod detect;
mod entities;
mod escape;
mod layout;
mod merge;
mod project;
mod read_markdown;
mod shown;
mod source;
mod storage;
mod text;
mod translate;
mod tree;
mod well_formed;
mod write_storage;

pub use canonical::same_content;
pub use detect::detect;
pub use layout::{Heading, Layout};
pub use merge::{
    Collision, Gate, Refusal, Removed, RemovedKind, WriteBack, replace, replace_onto, write_back,
    write_back_onto,
};
pub use text::storage_to_text;
pub use well_formed::{Malformed, check_well_formed};

/// Which Confluence the storage is for; they differ in a few constructs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// Confluence Cloud.
    Cloud,
    /// Confluence Data Center.
    DataCenter,
}

/// The format of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Markdown in our dialect.
    Markdown,
    /// Confluence storage format.
    Storage,
}

/// Something that could not be expressed, for the `warnings` of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What happened, as a sentence for the caller.
    pub message: String,
}

/// Storage, and what did not make it there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converted {
    /// The body in storage format.
    pub storage: String,
    /// What could not be expressed.
    pub notices: Vec<Notice>,
}

/// A page as Markdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Projection {
    /// The Markdown.
    pub markdown: String,
    /// Where its blocks stand in it.
    pub layout: Layout,
    /// The version of the rules that made it; the same rules make the same Markdown of the same page.
    pub version: u32,
}

/// The version of the rules by which a page is shown.
const PROJECTION: u32 = 1;

/// Shows a page as Markdown. Both products are shown alike.
///
/// # Errors
/// When the body is not well-formed.
pub fn storage_to_markdown(storage: &str, _flavour: Flavour) -> Result<Projection, Malformed> {
    let source = source::Source::parse(storage)?;
    let projected = project::project(&source)?;
    Ok(Projection {
        layout: Layout::of_markdown(&projected.markdown, &projected.marks),
        markdown: projected.markdown,
        version: PROJECTION,
    })
}

/// Converts Markdown. Any text is Markdown; the result is always well-formed.
#[must_use]
pub fn markdown_to_storage(markdown: &str, flavour: Flavour) -> Converted {
    translate::translate(markdown, flavour)
}

/// Whether Confluence keeps well-formed storage as it is: elements it knows, where they may be, and nothing that it would
/// refuse, drop or mangle. Style is not judged.
///
/// # Errors
/// The first objection, for people.
pub fn check_acceptable(storage: &str) -> Result<(), String> {
    storage::lint::lint(storage).map(|_| ())
}

/// The rule for the body of a write: Markdown is converted, storage is checked and left as it is, a blank body is an
/// empty page. Without a `format`, [`detect()`] decides.
///
/// # Errors
/// When the body is storage and not well-formed.
pub fn body_to_storage(body: &str, format: Option<Format>, flavour: Flavour) -> Result<Converted, Malformed> {
    if body.trim().is_empty() {
        return Ok(Converted {
            storage: String::new(),
            notices: Vec::new(),
        });
    }
    match format.unwrap_or_else(|| detect(body)) {
        Format::Markdown => Ok(markdown_to_storage(body, flavour)),
        Format::Storage => {
            check_well_formed(body)?;
            Ok(Converted {
                storage: body.to_owned(),
                notices: Vec::new(),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Flavour, Format, body_to_storage};

    #[track_caller]
    fn check(body: &str, format: Option<Format>, expected: Result<&str, &str>) {
        let outcome = body_to_storage(body, format, Flavour::Cloud);
        let outcome = outcome
            .map(|converted| converted.storage)
            .map_err(|malformed| malformed.to_string());
        assert_eq!(
            outcome,
            expected.map(str::to_owned).map_err(str::to_owned),
            "{body}"
        );
    }

    #[test]
    fn a_blank_body_is_an_empty_page_in_any_format() {
        for format in [None, Some(Format::Markdown), Some(Format::Storage)] {
            check(" \n\t", format, Ok(""));
        }
    }

    #[test]
    fn storage_is_left_as_it_is_and_markdown_converted() {
        check("<p>a</p>\n", None, Ok("<p>a</p>\n"));
        check("*a*", None, Ok("<p><em>a</em></p>"));
        check("a <String> b", None, Ok("<p>a &lt;String&gt; b</p>"));
    }

    #[test]
    fn the_named_format_wins_over_the_look_of_the_body() {
        check("plain", Some(Format::Storage), Ok("plain"));
        check(
            "*a* <br>",
            Some(Format::Storage),
            Err("line 1, column 5: <br> is never closed"),
        );
    }

    #[test]
    fn what_was_left_out_is_told_once() {
        let converted = super::markdown_to_storage("[a](javascript:a) [b](javascript:b)", Flavour::Cloud);
        assert_eq!(converted.notices.len(), 1, "{:?}", converted.notices);
    }
}
