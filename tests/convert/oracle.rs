//! A second opinion on well-formedness: roxmltree, which shares no code with the converter.

/// A few of the names that HTML 4 has, enough for what the tests write.
const ENTITIES: &[(&str, u32)] = &[
    ("nbsp", 160),
    ("rsquo", 8217),
    ("euro", 8364),
    ("copy", 169),
    ("hellip", 8230),
];

/// The problem roxmltree has with a storage body, if any.
pub(crate) fn problem(storage: &str) -> Option<String> {
    use std::fmt::Write as _;
    let mut document = String::from("<!DOCTYPE page [");
    for (name, code) in ENTITIES {
        write!(document, "<!ENTITY {name} \"&#{code};\">").expect("a string takes what is written");
    }
    document.push_str("]><page xmlns:ac='urn:ac' xmlns:ri='urn:ri' xmlns:at='urn:at' xmlns:fab='urn:fab'>");
    document.push_str(storage);
    document.push_str("</page>");
    let options = roxmltree::ParsingOptions {
        allow_dtd: true,
        ..roxmltree::ParsingOptions::default()
    };
    roxmltree::Document::parse_with_options(&document, options)
        .err()
        .map(|error| error.to_string())
}

/// Fails unless both our check and roxmltree take the body.
#[track_caller]
pub(crate) fn assert_well_formed(storage: &str) {
    assert_eq!(
        conflagent::convert::check_well_formed(storage),
        Ok(()),
        "{storage}"
    );
    assert_eq!(problem(storage), None, "{storage}");
}
