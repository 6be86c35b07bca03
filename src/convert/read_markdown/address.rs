//! What links and images point at.
//!
//! Besides URLs there are our own schemes for what Confluence addresses by name: `page:SPACE/Title#Heading`,
//! `attachment:file.pdf`, `space:KEY`, `blog:SPACE/2026/01/31/Title`, `content:123`, `user:ACCOUNT`.

use std::borrow::Cow;

use crate::convert::escape::runs_code;
use crate::convert::tree::{ImageSource, PageName, Target};

/// The target of a link, unless following it could run something.
pub(in crate::convert) fn target(url: &str) -> Option<Target> {
    if runs_code(url) {
        return None;
    }
    Some(named(url).unwrap_or_else(|| Target::Url(url.to_owned())))
}

/// Whether a link to this address is just that.
pub(in crate::convert) fn is_web(url: &str) -> bool {
    !runs_code(url) && named(url).is_none()
}

/// The schemes of what Confluence addresses by name.
const SCHEMES: &[&str] = &["page", "attachment", "space", "blog", "content", "user"];

fn named(url: &str) -> Option<Target> {
    let (scheme, name) = url
        .split_once(':')
        .filter(|(scheme, _)| SCHEMES.contains(scheme))?;
    let name = decoded(name);
    if name.trim().is_empty() {
        return None;
    }
    Some(match scheme {
        "page" => Target::Page(page(&name)?),
        "attachment" => Target::Attachment(name.into_owned()),
        "space" => Target::Space(name.into_owned()),
        "blog" => blog_post(&name)?,
        "content" if name.bytes().all(|byte| byte.is_ascii_digit()) => Target::Content(name.into_owned()),
        "user" => Target::User(name.into_owned()),
        _ => return None,
    })
}

fn page(name: &str) -> Option<PageName> {
    let (title, anchor) = split_anchor(name);
    let (space, title) = match title.split_once('/') {
        Some((space, title)) if is_space_key(space) => (Some(space.to_owned()), title),
        _ => (None, title),
    };
    let title = title.trim();
    (!title.is_empty()).then(|| PageName {
        space,
        title: title.to_owned(),
        anchor: anchor.map(str::to_owned),
    })
}

/// The inside of `[[SPACE:Title#Heading]]`.
pub(in crate::convert) fn wiki_page(text: &str) -> Option<PageName> {
    let (title, anchor) = split_anchor(text);
    let (space, title) = match title.split_once(':') {
        Some((space, title)) if is_space_key(space) => (Some(space.to_owned()), title),
        _ => (None, title),
    };
    let title = title.trim();
    (!title.is_empty()).then(|| PageName {
        space,
        title: title.to_owned(),
        anchor: anchor.map(str::to_owned),
    })
}

/// A heading after `#`; `C#` and `C# in depth` are titles.
fn split_anchor(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once('#') {
        Some((title, anchor)) if !title.is_empty() && anchor.starts_with(|c: char| !c.is_whitespace()) => {
            (title, Some(anchor))
        }
        _ => (name, None),
    }
}

/// Keys are capital letters and digits; those of personal spaces begin with `~`.
fn is_space_key(text: &str) -> bool {
    let personal = text
        .strip_prefix('~')
        .is_some_and(|rest| !rest.is_empty() && !rest.contains(' '));
    let ordinary = text.starts_with(|c: char| c.is_ascii_uppercase())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    personal || ordinary
}

fn blog_post(name: &str) -> Option<Target> {
    let mut parts: Vec<&str> = name.splitn(5, '/').collect();
    let is_year = |part: &&str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    let space = if parts.first().is_some_and(is_year) {
        None
    } else {
        Some(parts.remove(0).to_owned())
    };
    let [year, month, day, title] = *name_parts(&parts, name)? else {
        return None;
    };
    let day = format!("{year}/{month}/{day}");
    (!title.is_empty()).then(|| Target::BlogPost {
        space,
        day,
        title: title.to_owned(),
    })
}

/// Year, month, day and the rest; a title may hold slashes.
fn name_parts<'n>(parts: &[&'n str], name: &'n str) -> Option<Box<[&'n str]>> {
    let [year, month, day, ..] = parts else {
        return None;
    };
    let numbers = [year, month, day]
        .iter()
        .all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let (_, title) = name.split_once(&format!("{year}/{month}/{day}/"))?;
    numbers.then(|| Box::from([*year, *month, *day, title]))
}

/// Where an image is: an address with a scheme or host is a URL, anything else names an attachment by its last part.
/// Nothing for what cannot be an image of a page, such as its bytes in the address.
pub(in crate::convert) fn image_source(url: &str) -> Option<ImageSource> {
    if url.trim().is_empty() || runs_code(url) {
        return None;
    }
    if let Some(Target::Attachment(name)) = named(url) {
        return Some(ImageSource::Attachment(name));
    }
    if url.starts_with("//") || has_scheme(url) {
        return Some(ImageSource::Url(url.to_owned()));
    }
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = decoded(name);
    (!name.trim().is_empty()).then(|| ImageSource::Attachment(name.into_owned()))
}

/// <https://www.rfc-editor.org/rfc/rfc3986#section-3.1>; one letter is a Windows drive.
fn has_scheme(url: &str) -> bool {
    url.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

/// Percent-decoded where that gives text.
fn decoded(text: &str) -> Cow<'_, str> {
    percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .unwrap_or(Cow::Borrowed(text))
}

#[cfg(test)]
mod tests {
    use super::{image_source, target, wiki_page};
    use crate::convert::tree::{ImageSource, PageName, Target};

    fn page(space: Option<&str>, title: &str, anchor: Option<&str>) -> PageName {
        PageName {
            space: space.map(Into::into),
            title: title.into(),
            anchor: anchor.map(Into::into),
        }
    }

    #[test]
    fn our_own_schemes_name_things_of_confluence() {
        for (url, expected) in [
            (
                "page:DEV/Set%20up#Step 1",
                Target::Page(page(Some("DEV"), "Set up", Some("Step 1"))),
            ),
            (
                "page:Input/Output",
                Target::Page(page(None, "Input/Output", None)),
            ),
            ("attachment:a b.pdf", Target::Attachment("a b.pdf".into())),
            ("space:DEV", Target::Space("DEV".into())),
            ("content:123", Target::Content("123".into())),
            ("user:557058:ab-1", Target::User("557058:ab-1".into())),
            ("content:x", Target::Url("content:x".into())),
            ("page:", Target::Url("page:".into())),
            ("mailto:a@b", Target::Url("mailto:a@b".into())),
        ] {
            assert_eq!(target(url), Some(expected), "{url}");
        }
        assert_eq!(target("JavaScript:x"), None);
    }

    #[test]
    fn blog_posts_have_a_day() {
        let post = |space: Option<&str>, title: &str| {
            Some(Target::BlogPost {
                space: space.map(Into::into),
                day: "2026/01/31".into(),
                title: title.into(),
            })
        };
        assert_eq!(target("blog:DEV/2026/01/31/A/B"), post(Some("DEV"), "A/B"));
        assert_eq!(target("blog:2026/01/31/News"), post(None, "News"));
        assert_eq!(target("blog:DEV/News"), Some(Target::Url("blog:DEV/News".into())));
    }

    #[test]
    fn a_space_is_told_from_a_title_with_a_colon() {
        assert_eq!(
            wiki_page("DEV:Set-up#Step"),
            Some(page(Some("DEV"), "Set-up", Some("Step")))
        );
        assert_eq!(wiki_page("~jane:Notes"), Some(page(Some("~jane"), "Notes", None)));
        assert_eq!(wiki_page("Note: C#"), Some(page(None, "Note: C#", None)));
        assert_eq!(wiki_page("C# in depth"), Some(page(None, "C# in depth", None)));
        assert_eq!(wiki_page("#x"), Some(page(None, "#x", None)));
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
            image_source("attachment:d/e.png"),
            Some(ImageSource::Attachment("d/e.png".into()))
        );
        assert_eq!(
            image_source("https://e/c.png"),
            Some(ImageSource::Url("https://e/c.png".into()))
        );
        assert_eq!(image_source("img/"), None);
        assert_eq!(image_source("data:image/png;base64,AA"), None);
    }
}
