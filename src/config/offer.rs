//! Which operations an endpoint offers, beyond its flavor: the keys `allow` and `deny`.

use serde::Deserialize;

/// Every operation behind the secret: its id and the name of its tool. A leaf cannot look into the Catalog; a test
/// holds this table against it.
pub const OPERATIONS: &[(&str, &str)] = &[
    ("listSubpages", "list_pages"),
    ("searchPages", "search_pages"),
    ("getPageTree", "get_page_tree"),
    ("readPageByTitle", "read_page"),
    ("listChildPages", "list_child_pages"),
    ("getParentPage", "get_parent_page"),
    ("createPage", "create_page"),
    ("updatePageByTitle", "update_page"),
    ("renamePage", "rename_page"),
    ("movePage", "move_page"),
    ("deletePageByTitle", "delete_page"),
    ("findUsers", "find_users"),
    ("listUserGroups", "list_user_groups"),
    ("listGroups", "list_groups"),
    ("listGroupMembers", "list_group_members"),
    ("removeGroupMember", "remove_group_member"),
];

/// What is left of the operations of a flavor. By default all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Only {
    /// Ids of the operations that are offered; None: no bound.
    allow: Option<Vec<&'static str>>,
    /// Ids of those that are not, whatever `allow` says.
    deny: Vec<&'static str>,
}

impl Only {
    /// What is left when these names alone are allowed and those denied; each list separated by commas.
    ///
    /// # Errors
    /// Says which name is none, and the nearest that is.
    pub fn parse(allow: Option<&str>, deny: Option<&str>) -> Result<Self, String> {
        let ids = |text: &str| Names::try_from(text.to_owned()).map(|names| names.0);
        Ok(Self {
            allow: allow.map(ids).transpose()?,
            deny: deny.map(ids).transpose()?.unwrap_or_default(),
        })
    }

    pub(super) fn new(allow: Option<Names>, deny: Option<Names>) -> Self {
        Self {
            allow: allow.map(|names| names.0),
            deny: deny.map(|names| names.0).unwrap_or_default(),
        }
    }

    /// Whether nothing is taken away.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.allow.is_none() && self.deny.is_empty()
    }

    /// Whether the operation of this id is left.
    #[must_use]
    pub fn keeps(&self, id: &str) -> bool {
        self.allow.as_ref().is_none_or(|allowed| allowed.contains(&id)) && !self.deny.contains(&id)
    }
}

/// Operations by id or by the name of their tool, separated by commas; the case does not matter.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Names(Vec<&'static str>);

impl TryFrom<String> for Names {
    type Error = String;

    /// Does not repeat what is there, which may be a secret in the wrong place.
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
        let id = |(index, name): (usize, &str)| {
            let known = OPERATIONS
                .iter()
                .find(|(id, tool)| id.eq_ignore_ascii_case(name) || tool.eq_ignore_ascii_case(name));
            known.map(|(id, _)| *id).ok_or_else(|| {
                let meant =
                    nearest(name).map_or_else(String::new, |known| format!(", perhaps {known} is meant"));
                format!("has an unknown operation as number {}{meant}", index + 1)
            })
        };
        names.enumerate().map(id).collect::<Result<_, _>>().map(Self)
    }
}

fn nearest(misspelt: &str) -> Option<&'static str> {
    let misspelt = misspelt.to_lowercase().replace(['-', ' '], "_");
    OPERATIONS
        .iter()
        .flat_map(|(id, tool)| [*tool, *id])
        .map(|known| (strsim::jaro_winkler(&misspelt, &known.to_lowercase()), known))
        .filter(|(similarity, _)| *similarity >= 0.8)
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::Only;

    #[track_caller]
    fn kept(allow: Option<&str>, deny: Option<&str>) -> String {
        let only = Only::parse(allow, deny).expect("names");
        let kept: Vec<&str> = super::OPERATIONS
            .iter()
            .filter(|(id, _)| only.keeps(id))
            .map(|(_, tool)| *tool)
            .collect();
        kept.join(" ")
    }

    #[test]
    fn deny_wins_over_allow() {
        assert_eq!(
            kept(Some("read_page, createPage ,DELETE_PAGE"), None),
            "read_page create_page delete_page"
        );
        assert_eq!(
            kept(Some("read_page,deletePageByTitle"), Some("delete_page")),
            "read_page"
        );
        assert_eq!(
            kept(
                None,
                Some("delete_page,move_page,renamePage,updatePageByTitle,create_page")
            ),
            "list_pages search_pages get_page_tree read_page list_child_pages get_parent_page find_users \
             list_user_groups list_groups list_group_members remove_group_member"
        );
        assert!(Only::parse(None, None).is_ok_and(|only| only.is_everything()));
        assert!(Only::parse(None, Some("delete_page")).is_ok_and(|only| !only.is_everything()));
    }

    #[test]
    fn unknown_names_are_counted_out_and_never_repeated() {
        for (text, message) in [
            (
                "read_page,delet_page",
                "has an unknown operation as number 2, perhaps delete_page is meant",
            ),
            (
                "readPage",
                "has an unknown operation as number 1, perhaps read_page is meant",
            ),
            ("hunter2", "has an unknown operation as number 1"),
            ("healthCheck", "has an unknown operation as number 1"),
        ] {
            assert_eq!(Only::parse(Some(text), None), Err(message.to_owned()), "{text}");
        }
    }
}
