//! Addresses of content: for browsers, for short links, for downloads. All are below the base.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::simulator::{
    request::encode,
    store::{Content, Id},
    world::Call,
};

/// Where the bytes of an attachment are.
pub(crate) fn download_link(call: &Call<'_>, content: &Content, page: Id) -> String {
    if call.site.is_cloud() {
        return format!(
            "/rest/api/content/{page}/child/attachment/att{}/download",
            content.id
        );
    }
    let version = content.version();
    format!(
        "/download/attachments/{page}/{}?version={}&modificationDate={}&api=v2",
        encode(content.title()),
        version.number,
        version.at.timestamp_millis()
    )
}

/// The address of content in a browser, below the base.
pub(crate) fn web_link(call: &Call<'_>, content: &Content) -> String {
    let space = call.store().space(content.space);
    let key = encode(&space.key);
    if let Some(page) = content.container.and_then(|id| call.store().get(id)) {
        let page = web_link(call, page);
        let joint = if page.contains('?') { '&' } else { '?' };
        return format!(
            "{page}{joint}focusedCommentId={}#comment-{}",
            content.id, content.id
        );
    }
    if call.site.is_cloud() {
        if space.homepage == Some(content.id) {
            return format!("/spaces/{key}/overview");
        }
        let kind = if content.is_page() {
            "pages"
        } else {
            content.kind.name()
        };
        return format!("/spaces/{key}/{kind}/{}/{}", content.id, slug(content.title()));
    }
    if call.knobs().new_web_links {
        return format!("/spaces/{key}/pages/{}/{}", content.id, slug(content.title()));
    }
    if content
        .title()
        .contains(|letter: char| !(letter.is_alphanumeric() || " -_.,()'!".contains(letter)))
    {
        return format!("/pages/viewpage.action?pageId={}", content.id);
    }
    format!("/display/{key}/{}", encode(content.title()).replace("%20", "+"))
}

/// Words of a title joined by plus signs, punctuation dropped.
fn slug(title: &str) -> String {
    let kept: String = title
        .chars()
        .map(|letter| {
            if letter.is_alphanumeric() || "-_.".contains(letter) {
                letter
            } else {
                ' '
            }
        })
        .collect();
    kept.split_whitespace().map(encode).collect::<Vec<_>>().join("+")
}

/// The id, little-endian, in Base64 without the zeros at its end.
pub(crate) fn tiny_link(id: Id) -> String {
    let bytes = id.to_le_bytes();
    let text = URL_SAFE_NO_PAD.encode(bytes);
    // The product swaps the two characters that are special in URLs.
    let swapped: String = text
        .trim_end_matches('A')
        .chars()
        .map(|letter| match letter {
            '-' => '_',
            '_' => '-',
            other => other,
        })
        .collect();
    format!("/x/{swapped}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiny_links_are_those_of_the_documents() {
        for (id, link) in [
            (98_308, "/x/BIAB"),
            (3_965_072, "/x/kIA8"),
            (39_813_121, "/x/AYBfAg"),
            (393_239, "/x/FwAG"),
        ] {
            assert_eq!(tiny_link(id), link);
        }
    }

    #[test]
    fn slugs_keep_words_only() {
        assert_eq!(slug("MarkSync Spike — Storage"), "MarkSync+Spike+Storage");
        assert_eq!(slug("C++ & C#: tips / tricks"), "C+C+tips+tricks");
    }
}
