//! The little CSS that a page can express: colours and alignment.

use crate::convert::tree::{Align, Colour};

/// The value of a property in a `style` attribute.
pub(super) fn property<'s>(style: &'s str, name: &str) -> Option<&'s str> {
    style.split(';').find_map(|declaration| {
        let (key, value) = declaration.split_once(':')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// What `text-align` and the old `align` attribute say.
pub(super) fn align(value: &str) -> Option<Align> {
    match value.trim().to_ascii_lowercase().as_str() {
        "center" | "middle" => Some(Align::Center),
        "right" | "end" => Some(Align::Right),
        _ => None,
    }
}

/// `#rgb`, `#rrggbb`, `rgb(r, g, b)` or a basic name.
pub(super) fn colour(value: &str) -> Option<Colour> {
    let value = value
        .trim()
        .trim_end_matches("!important")
        .trim()
        .to_ascii_lowercase();
    if let Some(hex) = value.strip_prefix('#') {
        return hexadecimal(hex);
    }
    if let Some(inside) = value
        .strip_prefix("rgb")
        .and_then(|rest| rest.trim_start_matches('a').strip_prefix('('))
    {
        let mut parts = inside
            .trim_end_matches(')')
            .split([',', ' ', '/'])
            .filter(|part| !part.is_empty());
        let mut part = || parts.next()?.parse::<u8>().ok();
        return Some(Colour(part()?, part()?, part()?));
    }
    NAMES
        .iter()
        .find(|(name, _)| *name == value)
        .map(|(_, colour)| *colour)
}

fn hexadecimal(hex: &str) -> Option<Colour> {
    if !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let pair = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    let digit = |at: usize| {
        u8::from_str_radix(hex.get(at..=at)?, 16)
            .ok()
            .map(|digit| digit * 17)
    };
    match hex.len() {
        3 => Some(Colour(digit(0)?, digit(1)?, digit(2)?)),
        6 => Some(Colour(pair(0)?, pair(2)?, pair(4)?)),
        _ => None,
    }
}

const NAMES: &[(&str, Colour)] = &[
    ("black", Colour(0, 0, 0)),
    ("silver", Colour(192, 192, 192)),
    ("gray", Colour(128, 128, 128)),
    ("grey", Colour(128, 128, 128)),
    ("white", Colour(255, 255, 255)),
    ("maroon", Colour(128, 0, 0)),
    ("red", Colour(255, 0, 0)),
    ("purple", Colour(128, 0, 128)),
    ("fuchsia", Colour(255, 0, 255)),
    ("magenta", Colour(255, 0, 255)),
    ("green", Colour(0, 128, 0)),
    ("lime", Colour(0, 255, 0)),
    ("olive", Colour(128, 128, 0)),
    ("yellow", Colour(255, 255, 0)),
    ("navy", Colour(0, 0, 128)),
    ("blue", Colour(0, 0, 255)),
    ("teal", Colour(0, 128, 128)),
    ("aqua", Colour(0, 255, 255)),
    ("cyan", Colour(0, 255, 255)),
    ("orange", Colour(255, 165, 0)),
    ("pink", Colour(255, 192, 203)),
    ("brown", Colour(165, 42, 42)),
];

#[cfg(test)]
mod tests {
    use super::{colour, property};
    use crate::convert::tree::Colour;

    #[test]
    fn colours_are_read_in_every_common_notation() {
        for value in ["#f00", "#FF0000", "rgb(255,0,0)", "rgba(255 0 0 / 50)", " Red "] {
            assert_eq!(colour(value), Some(Colour(255, 0, 0)), "{value}");
        }
        for value in ["", "#ff", "#ggg", "rgb(300,0,0)", "rgb(1,2)", "url(x)", "#\u{e9}"] {
            assert_eq!(colour(value), None, "{value}");
        }
    }

    #[test]
    fn a_property_is_found_whatever_its_case_and_place() {
        assert_eq!(property("width: 1px; COLOR : red ;", "color"), Some("red"));
        assert_eq!(property("background-color: red", "color"), None);
    }
}
