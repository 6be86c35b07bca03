//! What a link or image may point at.

use crate::convert::tree::ImageSource;

/// Schemes that run code or smuggle content.
const DANGEROUS: &[&str] = &["javascript", "vbscript", "data"];

/// Whether following the address could run something. Browsers ignore white space and control characters in a
/// scheme, so these are ignored here as well.
pub(super) fn is_dangerous(url: &str) -> bool {
    let squeezed: String = url
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .take(32)
        .collect::<String>();
    squeezed
        .split_once(':')
        .is_some_and(|(scheme, _)| DANGEROUS.contains(&scheme.to_ascii_lowercase().as_str()))
}

/// Where an image is: an address with a scheme or host is a URL, anything else names an attachment by its last part.
pub(super) fn image_source(url: &str) -> Option<ImageSource> {
    if url.trim().is_empty() || is_dangerous(url) {
        return None;
    }
    if url.starts_with("//") || has_scheme(url) {
        return Some(ImageSource::Url(url.to_owned()));
    }
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
    (!name.trim().is_empty()).then(|| ImageSource::Attachment(name.into_owned()))
}

/// <https://www.rfc-editor.org/rfc/rfc3986#section-3.1>; one letter is a Windows drive.
pub(super) fn has_scheme(url: &str) -> bool {
    url.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

#[cfg(test)]
mod tests {
    use super::{image_source, is_dangerous};
    use crate::convert::tree::ImageSource;

    #[test]
    fn disguised_script_addresses_are_dangerous() {
        for url in [
            "javascript:alert(1)",
            " JavaScript:x",
            "java\tscript:x",
            "vbscript:x",
            "data:text/html,x",
        ] {
            assert!(is_dangerous(url), "{url}");
        }
        for url in [
            "https://a/javascript:x",
            "mailto:a@b",
            "page#data",
            "notes-on-javascript",
        ] {
            assert!(!is_dangerous(url), "{url}");
        }
    }

    #[test]
    fn bare_names_are_attachments() {
        assert_eq!(
            image_source("a%20b.png"),
            Some(ImageSource::Attachment("a b.png".into()))
        );
        assert_eq!(
            image_source("./img/c.png?raw=1"),
            Some(ImageSource::Attachment("c.png".into()))
        );
        assert_eq!(
            image_source("https://e/c.png"),
            Some(ImageSource::Url("https://e/c.png".into()))
        );
        assert_eq!(image_source("img/"), None);
        assert_eq!(image_source("data:image/png;base64,AA"), None);
    }
}
