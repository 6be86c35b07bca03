//! REST v1, which Data Center speaks and of which Cloud kept a part.

pub(crate) mod actions;
pub(crate) mod attachments;
pub(crate) mod bodies;
pub(crate) mod children;
pub(crate) mod comments;
pub(crate) mod content;
pub(crate) mod errors;
pub(crate) mod expand;
pub(crate) mod groups;
pub(crate) mod history;
pub(crate) mod labels;
pub(crate) mod links;
pub(crate) mod lists;
mod multipart;
pub(crate) mod people;
pub(crate) mod properties;
pub(crate) mod read;
pub(crate) mod restrictions;
pub(crate) mod scan;
pub(crate) mod search;
pub(crate) mod spaces;
pub(crate) mod users;
pub(crate) mod write;

use super::{
    reply::{Answer, Reply},
    store::{Content, Id},
    world::Call,
};

/// What answers a route.
pub(crate) type Handler = fn(&mut Call<'_>) -> Answer;

/// The methods that some route takes, for telling 405 from 404.
pub(crate) const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];

/// The routes that Cloud removed where it removed v1, and Data Center has; below `/rest/api`.
pub(crate) fn content_family(method: &str, path: &[&str]) -> Option<Handler> {
    Some(match (method, path) {
        ("GET", ["content"]) => read::list,
        ("POST", ["content"]) => write::create,
        ("GET", ["content", "scan"]) => scan::scan,
        ("GET", ["content", _]) => read::get,
        ("PUT", ["content", _]) => write::update,
        ("DELETE", ["content", _]) => write::delete,
        ("GET", ["content", _, "child"]) => children::all,
        ("GET", ["content", _, "child", "page"]) => children::pages,
        ("GET", ["content", _, "child", "comment"]) => comments::list,
        ("GET", ["content", _, "child", "attachment"]) => attachments::list,
        ("GET", ["content", _, "child", _]) => children::others,
        ("GET", ["content", _, "history"]) => history::get,
        ("GET", ["content", _, "version"]) => history::versions,
        ("GET", ["content", _, "version", _]) => history::version,
        ("GET", ["content", _, "label"]) => labels::list,
        ("GET", ["content", _, "property"]) => properties::list,
        ("POST", ["content", _, "property"] | ["content", _, "property", _]) => properties::create,
        ("GET", ["content", _, "property", _]) => properties::get,
        ("PUT", ["content", _, "property", _]) => properties::update,
        ("DELETE", ["content", _, "property", _]) => properties::delete,
        ("GET", ["space"]) => spaces::list,
        ("GET", ["space", _]) => spaces::get,
        ("GET", ["space", _, "content"]) => spaces::content,
        ("GET", ["space", _, "content", _]) => spaces::pages,
        ("POST", ["contentbody", "convert", _]) => bodies::convert,
        _ => return None,
    })
}

/// The routes that both products have today.
pub(crate) fn common(method: &str, path: &[&str]) -> Option<Handler> {
    Some(match (method, path) {
        ("GET", ["search"]) => search::search,
        ("GET", ["content", "search"]) => search::content_search,
        ("POST", ["content", _, "label"]) => labels::post,
        ("DELETE", ["content", _, "label"] | ["content", _, "label", _]) => labels::delete,
        ("POST", ["content", _, "child", "attachment"]) => attachments::create,
        ("PUT", ["content", _, "child", "attachment", _]) => attachments::describe,
        ("POST", ["content", _, "child", "attachment", _, "data"]) => attachments::replace,
        ("GET", ["content", _, "descendant"] | ["content", _, "descendant", _]) => children::descendants,
        ("GET", ["content", _, "restriction", "byOperation"]) => restrictions::get,
        ("DELETE", ["content", _, "version", _]) => history::delete,
        ("GET", ["user"]) => users::get,
        ("GET", ["user", "current"]) => users::current,
        ("GET", ["user", "memberof"]) => groups::of_user,
        ("GET", ["group"]) => groups::list,
        _ => return None,
    })
}

impl Call<'_> {
    /// The content that segment `index` names and the caller may see, of any status.
    pub(crate) fn v1_content(&self, index: usize) -> Result<&Content, Reply> {
        let id = self.path[index];
        self.v1_visible(id)
            .ok_or_else(|| errors::no_content(self.deployment(), id))
    }

    pub(crate) fn v1_visible(&self, id: &str) -> Option<&Content> {
        let number: Id = id.strip_prefix("att").unwrap_or(id).parse().ok()?;
        self.visible(number).filter(|content| !self.is_too_new(content))
    }
}
