//! Things whose look was edited, and parameters of macros: what changed is replaced in place.

use super::splice::Splices;
use crate::convert::escape;
use crate::convert::source::{Id, Source};

fn attribute(text: &str) -> String {
    let mut out = String::new();
    escape::attribute(&mut out, text);
    out
}

/// Turns a thing into another of its kind; false where that cannot be done in place.
pub(super) fn patch(source: &Source<'_>, element: Id, old: &str, new: &str, splices: &mut Splices) -> bool {
    if let (Some(_), Some(day)) = (old.strip_prefix("date:"), new.strip_prefix("date:")) {
        let Some(value) = source.attribute_at(element, "datetime") else {
            return false;
        };
        splices.replace(value, attribute(day));
        return true;
    }
    if let (Some(old), Some(new)) = (old.strip_prefix("status:"), new.strip_prefix("status:")) {
        return status(source, element, old, new, splices);
    }
    if let (Some(old), Some(new)) = (old.strip_prefix("image:"), new.strip_prefix("image:")) {
        return image(source, element, old, new, splices);
    }
    false
}

fn status(source: &Source<'_>, element: Id, old: &str, new: &str, splices: &mut Splices) -> bool {
    let fields = |key: &str| {
        let mut parts = key.rsplitn(3, ':').map(str::to_owned);
        let subtle = parts.next()?;
        let colour = parts.next()?;
        Some((parts.next()?, colour, subtle))
    };
    let (Some(old), Some(new)) = (fields(old), fields(new)) else {
        return false;
    };
    let mut colour = new.1.clone();
    if let Some(first) = colour.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let changes = [
        ("title", old.0 != new.0, Some(new.0.as_str())),
        (
            "colour",
            old.1 != new.1,
            Some(colour.as_str()).filter(|colour| !colour.is_empty()),
        ),
        ("subtle", old.2 != new.2, Some("true").filter(|_| new.2 == "true")),
    ];
    changes
        .into_iter()
        .filter(|(_, changed, _)| *changed)
        .all(|(name, _, value)| parameter(source, element, name, value, splices).is_ok())
}

/// Another description or title of the same image.
fn image(source: &Source<'_>, element: Id, old: &str, new: &str, splices: &mut Splices) -> bool {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split('\u{1}').collect(), new.split('\u{1}').collect());
    let ([old_source, old_alt, old_title], [new_source, new_alt, new_title]) =
        (old.as_slice(), new.as_slice())
    else {
        return false;
    };
    if source.name(element) != "ac:image" || old_source != new_source {
        return false;
    }
    for (name, old, new) in [("ac:alt", old_alt, new_alt), ("ac:title", old_title, new_title)] {
        if old == new {
            continue;
        }
        if let Some(value) = source.attribute_at(element, name) {
            splices.replace(value, attribute(new));
        } else {
            let at = source.node(element).name.end;
            splices.insert(at, format!(" {name}=\"{}\"", attribute(new)));
        }
    }
    true
}

/// Sets a parameter of a macro, or takes it away.
pub(super) fn parameter(
    source: &Source<'_>,
    element: Id,
    name: &str,
    value: Option<&str>,
    splices: &mut Splices,
) -> Result<(), String> {
    let known = source.parameter(element, name);
    let text = value.map(|value| {
        let mut out = String::new();
        escape::text(&mut out, value);
        out
    });
    match (known, text) {
        (Some(known), _) if source.has_element(known) => Err(format!(
            "the parameter {name:?} names something of Confluence and cannot be changed as text"
        )),
        (Some(known), Some(text)) if source.node(known).inner.start < source.node(known).outer.end => {
            splices.replace(source.node(known).inner.clone(), text);
            Ok(())
        }
        (Some(known), text) => {
            splices.delete(source.node(known).outer.clone());
            match text {
                Some(text) => add(source, element, name, &text, splices),
                None => Ok(()),
            }
        }
        (None, Some(text)) => add(source, element, name, &text, splices),
        (None, None) => Ok(()),
    }
}

fn add(
    source: &Source<'_>,
    element: Id,
    name: &str,
    text: &str,
    splices: &mut Splices,
) -> Result<(), String> {
    let node = source.node(element);
    let storage = format!(
        "<ac:parameter ac:name=\"{}\">{text}</ac:parameter>",
        attribute(name)
    );
    if node.inner.start < node.outer.end {
        splices.insert(node.inner.start, storage);
        return Ok(());
    }
    // `<ac:structured-macro … />` has to be opened first.
    let tag = &source.text[node.outer.clone()];
    let open = tag.strip_suffix("/>").ok_or("the macro has no end")?.trim_end();
    splices.replace(
        node.outer.clone(),
        format!("{open}>{storage}</{}>", source.name(element)),
    );
    Ok(())
}
