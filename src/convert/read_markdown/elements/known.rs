//! The elements of HTML by what is done with their tags.

/// What is done with a start tag.
pub(super) enum Known {
    /// Opens a frame that needs `levels`, after ending the elements in `ends`.
    Frame {
        levels: usize,
        ends: &'static [&'static str],
    },
    Break,
    Rule,
    Image,
    Checkbox,
    /// Leaves nothing, and has no content.
    Nothing,
    /// Leaves nothing, nor does its content.
    Dropped,
    /// No element of HTML.
    Not,
}

pub(super) fn known(name: &str) -> Known {
    const TEXT: Known = Known::Frame { levels: 2, ends: &[] };
    const BLOCK: Known = Known::Frame {
        levels: 3,
        ends: &["p"],
    };
    match name {
        "br" => Known::Break,
        "hr" => Known::Rule,
        "img" => Known::Image,
        "input" => Known::Checkbox,
        "a" | "abbr" | "acronym" | "b" | "bdi" | "bdo" | "big" | "cite" | "code" | "del" | "dfn" | "em"
        | "font" | "i" | "ins" | "kbd" | "label" | "mark" | "q" | "rp" | "rt" | "ruby" | "s" | "samp"
        | "small" | "span" | "strike" | "strong" | "sub" | "sup" | "time" | "tt" | "u" | "var"
        | "picture" | "noscript" | "nobr" => TEXT,
        "address" | "article" | "aside" | "blockquote" | "body" | "center" | "details" | "dialog" | "div"
        | "dl" | "fieldset" | "figcaption" | "figure" | "footer" | "form" | "h1" | "h2" | "h3" | "h4"
        | "h5" | "h6" | "header" | "hgroup" | "html" | "legend" | "main" | "menu" | "nav" | "ol" | "p"
        | "pre" | "search" | "section" | "summary" | "ul" | "button" => BLOCK,
        "li" => Known::Frame {
            levels: 2,
            ends: &["p", "li"],
        },
        "dt" | "dd" => Known::Frame {
            levels: 2,
            ends: &["p", "dt", "dd"],
        },
        // Rows and cells come on top of it.
        "table" => Known::Frame {
            levels: 5,
            ends: &["p"],
        },
        "caption" | "thead" | "tbody" | "tfoot" => Known::Frame {
            levels: 2,
            ends: &["td", "th", "tr", "caption", "thead", "tbody", "tfoot"],
        },
        "tr" => Known::Frame {
            levels: 2,
            ends: &["td", "th", "tr", "caption"],
        },
        "td" | "th" => Known::Frame {
            levels: 2,
            ends: &["td", "th"],
        },
        "area" | "base" | "col" | "colgroup" | "frame" | "link" | "meta" | "param" | "source" | "track"
        | "wbr" => Known::Nothing,
        "applet" | "audio" | "canvas" | "embed" | "frameset" | "head" | "iframe" | "math" | "object"
        | "script" | "select" | "style" | "svg" | "template" | "textarea" | "title" | "video" => {
            Known::Dropped
        }
        _ => Known::Not,
    }
}

/// Where the search for an element with an implied end stops.
pub(super) fn bounds(name: &str) -> &'static [&'static str] {
    match name {
        "li" => &["ul", "ol", "menu"],
        "dt" | "dd" => &["dl"],
        "p" => &[
            "table",
            "td",
            "th",
            "caption",
            "li",
            "dd",
            "dt",
            "details",
            "blockquote",
            "button",
        ],
        _ => &["table"],
    }
}
