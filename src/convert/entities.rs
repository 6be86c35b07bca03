//! The named entities a page body may use: those of HTML 4 and XHTML, and XML's own `&apos;`.
//!
//! Confluence refuses every other name, among them all that came with HTML 5. Resolving a reference needs no list
//! of values: quick-xml has them.

use std::borrow::Cow;

use quick_xml::escape::resolve_html5_entity;

/// The character a named reference stands for, or nothing where Confluence does not know the name.
pub(super) fn resolve(name: &str) -> Option<char> {
    match name {
        "apos" => Some('\''),
        // HTML 5 moved these two to other code points.
        "lang" => Some('\u{2329}'),
        "rang" => Some('\u{232A}'),
        _ => HTML4
            .binary_search(&name)
            .ok()
            .and_then(|_| resolve_html5_entity(name)?.chars().next()),
    }
}

/// The character a numeric reference stands for: what follows `&#`, less the `;`. Nothing where XML forbids it.
pub(super) fn numeric(digits: &str) -> Option<char> {
    let (digits, radix) = digits.strip_prefix('x').map_or((digits, 10), |hex| (hex, 16));
    if !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    char::from_u32(u32::from_str_radix(digits, radix).ok()?).filter(|&c| super::escape::is_legal(c))
}

/// The text with its references resolved; unknown ones stay as they are.
pub(super) fn resolve_all(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut resolved = String::with_capacity(text.len());
    let mut pieces = text.split('&');
    resolved.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let known = piece
            .split_once(';')
            .and_then(|(name, after)| Some((reference(name)?, after)));
        if let Some((characters, after)) = known {
            resolved.push_str(&characters);
            resolved.push_str(after);
        } else {
            resolved.push('&');
            resolved.push_str(piece);
        }
    }
    Cow::Owned(resolved)
}

/// What stands between `&` and `;`, with all the names that HTML 5 has.
fn reference(name: &str) -> Option<Cow<'static, str>> {
    match name.strip_prefix('#') {
        Some(digits) => numeric(&digits.replace('X', "x")).map(|character| character.to_string().into()),
        None => resolve_html5_entity(name).map(Cow::Borrowed),
    }
}

/// Sorted, for the binary search.
#[rustfmt::skip]
const HTML4: &[&str] = &[
    "AElig", "Aacute", "Acirc", "Agrave", "Alpha", "Aring", "Atilde", "Auml", "Beta", "Ccedil", "Chi",
    "Dagger", "Delta", "ETH", "Eacute", "Ecirc", "Egrave", "Epsilon", "Eta", "Euml", "Gamma", "Iacute",
    "Icirc", "Igrave", "Iota", "Iuml", "Kappa", "Lambda", "Mu", "Ntilde", "Nu", "OElig", "Oacute", "Ocirc",
    "Ograve", "Omega", "Omicron", "Oslash", "Otilde", "Ouml", "Phi", "Pi", "Prime", "Psi", "Rho", "Scaron",
    "Sigma", "THORN", "Tau", "Theta", "Uacute", "Ucirc", "Ugrave", "Upsilon", "Uuml", "Xi", "Yacute",
    "Yuml", "Zeta", "aacute", "acirc", "acute", "aelig", "agrave", "alefsym", "alpha", "amp", "and", "ang",
    "aring", "asymp", "atilde", "auml", "bdquo", "beta", "brvbar", "bull", "cap", "ccedil", "cedil",
    "cent", "chi", "circ", "clubs", "cong", "copy", "crarr", "cup", "curren", "dArr", "dagger", "darr",
    "deg", "delta", "diams", "divide", "eacute", "ecirc", "egrave", "empty", "emsp", "ensp", "epsilon",
    "equiv", "eta", "eth", "euml", "euro", "exist", "fnof", "forall", "frac12", "frac14", "frac34",
    "frasl", "gamma", "ge", "gt", "hArr", "harr", "hearts", "hellip", "iacute", "icirc", "iexcl", "igrave",
    "image", "infin", "int", "iota", "iquest", "isin", "iuml", "kappa", "lArr", "lambda", "lang", "laquo",
    "larr", "lceil", "ldquo", "le", "lfloor", "lowast", "loz", "lrm", "lsaquo", "lsquo", "lt", "macr",
    "mdash", "micro", "middot", "minus", "mu", "nabla", "nbsp", "ndash", "ne", "ni", "not", "notin",
    "nsub", "ntilde", "nu", "oacute", "ocirc", "oelig", "ograve", "oline", "omega", "omicron", "oplus",
    "or", "ordf", "ordm", "oslash", "otilde", "otimes", "ouml", "para", "part", "permil", "perp", "phi",
    "pi", "piv", "plusmn", "pound", "prime", "prod", "prop", "psi", "quot", "rArr", "radic", "rang",
    "raquo", "rarr", "rceil", "rdquo", "real", "reg", "rfloor", "rho", "rlm", "rsaquo", "rsquo", "sbquo",
    "scaron", "sdot", "sect", "shy", "sigma", "sigmaf", "sim", "spades", "sub", "sube", "sum", "sup",
    "sup1", "sup2", "sup3", "supe", "szlig", "tau", "there4", "theta", "thetasym", "thinsp", "thorn",
    "tilde", "times", "trade", "uArr", "uacute", "uarr", "ucirc", "ugrave", "uml", "upsih", "upsilon",
    "uuml", "weierp", "xi", "yacute", "yen", "yuml", "zeta", "zwj", "zwnj",
];

#[cfg(test)]
mod tests {
    use super::{HTML4, numeric, resolve, resolve_all};

    #[test]
    fn every_name_of_the_table_is_found_and_has_a_character() {
        assert_eq!(HTML4.len(), 252);
        for name in HTML4 {
            assert!(resolve(name).is_some(), "{name}");
        }
        assert_eq!(resolve("nbsp"), Some('\u{A0}'));
        assert_eq!(resolve("rang"), Some('\u{232A}'));
        assert_eq!(resolve("apos"), Some('\''));
    }

    #[test]
    fn references_in_a_text_are_resolved_and_the_rest_stays() {
        assert_eq!(
            resolve_all("a &amp;lt; b&#x41;&#66;&check;"),
            "a &lt; bAB\u{2713}"
        );
        assert_eq!(resolve_all("R&D &; &nope; & x;"), "R&D &; &nope; & x;");
    }

    #[test]
    fn names_of_html_5_are_unknown() {
        assert_eq!(resolve("check"), None);
        assert_eq!(resolve("NewLine"), None);
        assert_eq!(resolve(""), None);
    }

    #[test]
    fn numeric_references_that_xml_forbids_are_unknown() {
        assert_eq!(numeric("8217"), Some('\u{2019}'));
        assert_eq!(numeric("x1F600"), Some('\u{1F600}'));
        for bad in [
            "",
            "x",
            "0",
            "1",
            "xFFFF",
            "xD800",
            "x110000",
            "99999999999",
            "-1",
            "+65",
            "X41",
            "6_5",
        ] {
            assert_eq!(numeric(bad), None, "{bad}");
        }
    }
}
