//! REST v1, which Data Center speaks and of which Cloud kept a part.

pub(crate) mod children;
pub(crate) mod comments;
pub(crate) mod content;
pub(crate) mod errors;
pub(crate) mod expand;
pub(crate) mod labels;
pub(crate) mod lists;
pub(crate) mod read;
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

/// The routes of v1 that both products know, below `/rest/api`. On Cloud, those of the removed content family
/// are behind a knob.
pub(crate) fn route(method: &str, path: &[&str]) -> Option<Handler> {
    Some(match (method, path) {
        ("GET", ["content"]) => read::list,
        ("POST", ["content"]) => write::create,
        ("GET", ["content", _]) => read::get,
        ("PUT", ["content", _]) => write::update,
        ("DELETE", ["content", _]) => write::delete,
        ("GET", ["content", _, "child", "page"]) => children::pages,
        ("GET", ["content", _, "child", "comment"]) => comments::list,
        ("GET", ["content", _, "label"]) => labels::list,
        ("POST", ["content", _, "label"]) => labels::post,
        ("DELETE", ["content", _, "label"] | ["content", _, "label", _]) => labels::delete,
        ("GET", ["space"]) => spaces::list,
        ("GET", ["space", _]) => spaces::get,
        ("GET", ["user", "current"]) => users::current,
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
