//! One client over two generations of Confluence's REST API.
//!
//! [`Client`] offers the same typed calls whether the site is Confluence Cloud (v2, and v1 only where v2 has
//! nothing) or Confluence Data Center (v1). It knows nothing of sandboxes, titles with slashes or Markdown:
//! those are decided in `pages`. Absence is not an error here: a call that finds nothing answers `None`.

pub mod error;
pub mod page;

pub use error::{Error, Kind as ErrorKind};
pub use page::{Ancestor, Located, NewPage, Node, NodeKind, Page, PageId, Space, Update, User, WithBody};
