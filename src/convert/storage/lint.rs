//! Whether well-formed storage also makes sense to Confluence: elements it knows, in places where it keeps them.
//!
//! The rules are those whose breach is refused, silently dropped or mangled on save. Style is not judged.

mod rules;

use std::ops::Range;

use super::attributes::Attribute;
use super::lex::{Kind, Lexer};
use rules::Seen;
pub(in crate::convert) use rules::is_refused_macro;

/// What was noticed on the way through acceptable storage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::convert) struct Facts {
    /// The numbers of the tasks in it.
    pub(in crate::convert) tasks: Vec<String>,
    /// Whether it holds a link.
    pub(in crate::convert) links: bool,
    /// How deep its elements are nested.
    pub(in crate::convert) depth: usize,
}

/// An element that is open, and what has been seen directly inside it.
struct Open<'s> {
    name: &'s str,
    attributes: Vec<(&'s str, &'s str)>,
    seen: Seen<'s>,
}

impl Open<'_> {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| *value)
    }
}

/// Goes through `storage`.
///
/// # Errors
/// The first thing Confluence would refuse, drop or mangle.
pub(in crate::convert) fn lint(storage: &str) -> Result<Facts, String> {
    let mut facts = Facts::default();
    let mut open: Vec<Open<'_>> = Vec::new();
    for token in Lexer::new(storage) {
        let token = token.map_err(|fault| fault.problem)?;
        match token.kind {
            Kind::Open {
                name,
                attributes,
                empty,
            } => {
                let element = element(storage, name, &attributes);
                rules::may_open(&element, &open)?;
                facts.links |= matches!(element.name, "a" | "ac:link");
                if let Some(parent) = open.last_mut() {
                    parent.seen.child(element.name);
                }
                open.push(element);
                facts.depth = facts.depth.max(open.len());
                if empty {
                    close(&mut open)?;
                }
            }
            Kind::Close => close(&mut open)?,
            Kind::Text | Kind::Cdata | Kind::Reference => {
                let text = &storage[token.span];
                if let Some(parent) = open.last_mut().filter(|_| !text.trim().is_empty()) {
                    parent.seen.text(text);
                    if parent.name == "ac:task-id" {
                        facts.tasks.push(text.trim().to_owned());
                    }
                }
            }
            Kind::Comment => {}
        }
    }
    let mut tasks = facts.tasks.clone();
    tasks.sort_unstable();
    if tasks.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err("two tasks have the same number".to_owned());
    }
    Ok(facts)
}

fn element<'s>(storage: &'s str, name: Range<usize>, attributes: &[Attribute]) -> Open<'s> {
    let pair = |attribute: &Attribute| {
        (
            &storage[attribute.name.clone()],
            &storage[attribute.value.clone()],
        )
    };
    Open {
        name: &storage[name],
        attributes: attributes.iter().map(pair).collect(),
        seen: Seen::default(),
    }
}

fn close(open: &mut Vec<Open<'_>>) -> Result<(), String> {
    match open.pop() {
        Some(element) => rules::may_close(&element),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::lint;

    #[test]
    fn ordinary_storage_passes() {
        for storage in [
            "<p>a<br/><ac:emoticon ac:name=\"smile\"/> <time datetime=\"2026-01-02\"/></p>",
            "<ac:structured-macro ac:name=\"info\"><ac:parameter ac:name=\"title\">T</ac:parameter>\
             <ac:rich-text-body><p>x</p></ac:rich-text-body></ac:structured-macro>",
            "<ac:link><ri:page ri:content-title=\"T\"/><ac:link-body><em>x</em></ac:link-body></ac:link>",
            "<ac:layout><ac:layout-section ac:type=\"two_equal\"><ac:layout-cell/><ac:layout-cell/>\
             </ac:layout-section></ac:layout>",
            "<ac:image><ri:attachment ri:filename=\"a.png\"/><ac:caption><p>c</p></ac:caption></ac:image>",
        ] {
            assert!(lint(storage).is_ok(), "{storage}: {:?}", lint(storage));
        }
    }

    #[test]
    fn what_confluence_would_mangle_does_not() {
        for storage in [
            "<p><p>a</p></p>",
            "<details/>",
            "<P/>",
            "<li>x</li>",
            "<ul>text</ul>",
            "<ul><p/></ul>",
            "<table><tbody>x</tbody></table>",
            "<p onclick=\"x\"/>",
            "<a href=\" javascript:x\">x</a>",
            "<a href=\"&#106;avascript:x\">x</a>",
            "<a href=\"u\"><ac:link/></a>",
            "<ac:structured-macro/>",
            "<ac:structured-macro ac:name=\"html\"/>",
            "<ac:structured-macro ac:name=\"info\">x</ac:structured-macro>",
            "<ac:structured-macro ac:name=\"info\"><p/></ac:structured-macro>",
            "<ac:structured-macro ac:name=\"x\"><ac:plain-text-body/><ac:rich-text-body/></ac:structured-macro>",
            "<ac:structured-macro ac:name=\"x\"><ac:parameter>1</ac:parameter></ac:structured-macro>",
            "<ac:structured-macro ac:name=\"x\"><ac:parameter ac:name=\"a\"><b/></ac:parameter></ac:structured-macro>",
            "<ac:image/>",
            "<ac:link><ri:user/></ac:link>",
            "<ac:task-list><ac:task><ac:task-status>done</ac:task-status></ac:task></ac:task-list>",
            "<p><ac:layout/></p>",
            "<ac:layout><ac:layout-section ac:type=\"single\"/></ac:layout>",
            "<time/>",
            "<ac:emoticon/>",
        ] {
            assert!(lint(storage).is_err(), "{storage}");
        }
    }

    #[test]
    fn tasks_and_links_are_noticed() {
        let task = "<ac:task><ac:task-id>7</ac:task-id><ac:task-status>complete</ac:task-status></ac:task>";
        let facts = lint(&format!("<ac:task-list>{task}</ac:task-list>")).unwrap();
        assert_eq!(facts.tasks, ["7"]);
        assert!(!facts.links);
        assert!(lint(&format!("<ac:task-list>{task}{task}</ac:task-list>")).is_err());
        assert!(lint("<p><a href=\"u\">x</a></p>").unwrap().links);
    }
}
