//! From method and path below an endpoint to an operation and the title in the path.
//!
//! Titles may contain slashes, encoded or not, so the path is split here and not by a router. Words like
//! `children` are only taken for an action when they stand after a raw slash and the method fits; everything
//! else is part of a title. A method that `pages/tree`, `pages/search` or `pages/rename` lacks means the page of that
//! title; with the method they have, the operation wins.

use axum::http::Method as HttpMethod;
use percent_encoding::percent_decode_str;

use crate::operations::{CATALOG, Method, Operation};

/// What a request line asks for.
#[derive(Debug)]
pub(super) enum Route {
    /// An operation, with the title in the path if it has one.
    To(&'static Operation, Option<String>),
    /// Something that exists, but not for this method; carries the methods it has.
    WrongMethod(Vec<Method>),
    /// The title in the path is not UTF-8 once decoded.
    NotUtf8,
    /// Nothing.
    Unknown,
}

/// How well a path fits a template: the more is fixed, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// `/pages/{title}`.
    Title,
    /// `/pages/{title}/children`.
    TitleAndVerb,
    /// `/pages/tree`.
    Exact,
}

/// Finds the operation for a method and a raw (still encoded) path below an endpoint.
pub(super) fn route(method: &HttpMethod, raw_path: &str) -> Route {
    let fitting: Vec<(Fit, &'static Operation, Option<&str>)> = CATALOG
        .iter()
        .filter_map(|operation| fit(operation.path, raw_path).map(|(fit, title)| (fit, *operation, title)))
        .collect();
    let wanted = |operation: &Operation| means(method, operation.method);
    match fitting
        .iter()
        .filter(|(_, operation, _)| wanted(operation))
        .max_by_key(|(fit, ..)| *fit)
    {
        Some((_, operation, None)) => Route::To(operation, None),
        Some((_, operation, Some(title))) => match percent_decode_str(title).decode_utf8() {
            Ok(title) => Route::To(operation, Some(title.into_owned())),
            Err(_) => Route::NotUtf8,
        },
        None if fitting.is_empty() => Route::Unknown,
        None => {
            let mut methods: Vec<Method> = Vec::new();
            for (_, operation, _) in fitting {
                if !methods.contains(&operation.method) {
                    methods.push(operation.method);
                }
            }
            Route::WrongMethod(methods)
        }
    }
}

/// Whether a request's method means an operation's. HEAD is GET without its body.
fn means(method: &HttpMethod, operation: Method) -> bool {
    method.as_str() == operation.as_str() || (*method == HttpMethod::HEAD && operation == Method::Get)
}

/// Whether a path has the form of a template, and what stands for `{title}`.
fn fit<'path>(template: &str, raw_path: &'path str) -> Option<(Fit, Option<&'path str>)> {
    let Some((before, after)) = template.split_once("{title}") else {
        return (raw_path.trim_end_matches('/') == template).then_some((Fit::Exact, None));
    };
    let rest = raw_path.strip_prefix(before)?;
    let (fit, title) = if after.is_empty() {
        (Fit::Title, rest)
    } else {
        (Fit::TitleAndVerb, rest.trim_end_matches('/').strip_suffix(after)?)
    };
    let named = !title.trim_matches('/').is_empty();
    named.then_some((fit, Some(title)))
}

#[cfg(test)]
mod tests {
    use axum::http::Method as HttpMethod;

    use super::{Route, route};

    #[track_caller]
    fn check(method: &str, path: &str, expected: &str) {
        let method = HttpMethod::from_bytes(method.as_bytes()).expect("a method");
        let actual = match route(&method, path) {
            Route::To(operation, title) => match title {
                Some(title) => format!("{} {title}", operation.id),
                None => operation.id.to_owned(),
            },
            Route::WrongMethod(methods) => {
                format!(
                    "405 {}",
                    methods
                        .iter()
                        .map(|method| method.as_str())
                        .collect::<Vec<_>>()
                        .join(" ")
                )
            }
            Route::NotUtf8 => "not UTF-8".to_owned(),
            Route::Unknown => "404".to_owned(),
        };
        assert_eq!(actual, expected, "{method} {path}");
    }

    #[test]
    fn fixed_paths() {
        check("GET", "/pages", "listSubpages");
        check("GET", "/pages/", "listSubpages");
        check("POST", "/pages", "createPage");
        check("GET", "/pages/tree", "getPageTree");
        check("GET", "/pages/search", "searchPages");
        check("GET", "/pages/search/", "searchPages");
        check("POST", "/pages/rename", "renamePage");
        check("GET", "/health", "healthCheck");
        check("HEAD", "/health", "healthCheck");
        check("GET", "/openapi.json", "getOpenAPISchema");
    }

    #[test]
    fn titles_with_slashes_encoded_or_not() {
        check("GET", "/pages/Guide/Setup", "readPageByTitle Guide/Setup");
        check("GET", "/pages/Guide%2FSetup", "readPageByTitle Guide/Setup");
        check(
            "PUT",
            "/pages/%C3%A9t%C3%A9%20%3F%23%25",
            "updatePageByTitle été ?#%",
        );
        check("DELETE", "/pages/100%", "deletePageByTitle 100%");
        check("GET", "/pages/a+b", "readPageByTitle a+b");
        check("GET", "/pages/%FF", "not UTF-8");
    }

    #[test]
    fn verbs_after_a_raw_slash() {
        check("GET", "/pages/Guide/Setup/children", "listChildPages Guide/Setup");
        check("GET", "/pages/Setup/parent/", "getParentPage Setup");
        check("POST", "/pages/Guide/Setup/move", "movePage Guide/Setup");
        check("GET", "/pages/children/children", "listChildPages children");
    }

    #[test]
    fn words_that_are_titles_where_the_verb_does_not_fit() {
        check("GET", "/pages/Guide%2Fchildren", "readPageByTitle Guide/children");
        check("PUT", "/pages/Guide/children", "updatePageByTitle Guide/children");
        check("GET", "/pages/children", "readPageByTitle children");
        check("GET", "/pages/rename", "readPageByTitle rename");
        check("PUT", "/pages/tree", "updatePageByTitle tree");
        check("PUT", "/pages/search", "updatePageByTitle search");
        check("GET", "/pages/%2Fsearch", "readPageByTitle /search");
        check("GET", "/pages/Guide/search", "readPageByTitle Guide/search");
        check("GET", "/pages/search/children", "listChildPages search");
        check("DELETE", "/pages/rename", "deletePageByTitle rename");
        check("GET", "/pages/Guide/move", "readPageByTitle Guide/move");
    }

    #[test]
    fn what_does_not_exist() {
        check("GET", "", "404");
        check("GET", "/page", "404");
        check("GET", "/pagesX", "404");
        check("POST", "/pages/Setup", "405 GET PUT DELETE");
        check("PATCH", "/pages", "405 GET POST");
        check("DELETE", "/health", "405 GET");
    }
}
