//! The fields there are, and which operators each takes.

use super::{Fault, Operand, Operator};

/// A field of a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Ancestor,
    Container,
    Contributor,
    Created,
    Creator,
    Id,
    Label,
    LastModified,
    Macro,
    Mention,
    Parent,
    SiteSearch,
    Space,
    SpaceTitle,
    SpaceType,
    Text,
    Title,
    Type,
    User,
    UserAccountId,
    UserFullName,
    UserKey,
    Watcher,
}

/// The vocabulary of `type`.
pub(super) const TYPES: [&str; 10] = [
    "page",
    "blogpost",
    "comment",
    "attachment",
    "space",
    "user",
    "folder",
    "whiteboard",
    "database",
    "embed",
];

impl Field {
    /// Every spelling; fields are not case-sensitive.
    pub(super) const NAMES: [(&'static str, Self); 26] = [
        ("ancestor", Self::Ancestor),
        ("container", Self::Container),
        ("content", Self::Id),
        ("contributor", Self::Contributor),
        ("created", Self::Created),
        ("creator", Self::Creator),
        ("id", Self::Id),
        ("label", Self::Label),
        ("lastmodified", Self::LastModified),
        ("macro", Self::Macro),
        ("mention", Self::Mention),
        ("parent", Self::Parent),
        ("sitesearch", Self::SiteSearch),
        ("space", Self::Space),
        ("space.key", Self::Space),
        ("space.title", Self::SpaceTitle),
        ("space.type", Self::SpaceType),
        ("text", Self::Text),
        ("title", Self::Title),
        ("type", Self::Type),
        ("type.key", Self::Type),
        ("user", Self::User),
        ("user.accountid", Self::UserAccountId),
        ("user.fullname", Self::UserFullName),
        ("user.userkey", Self::UserKey),
        ("watcher", Self::Watcher),
    ];

    pub(super) fn named(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        Self::NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, field)| *field)
    }

    /// Whether clauses on this field may use this operator.
    pub(super) fn takes(self, operator: Operator) -> bool {
        match (self, operator) {
            (Self::Text | Self::SiteSearch | Self::SpaceTitle | Self::UserFullName, operator) => {
                operator == Operator::Matches
            }
            (Self::Title, operator) => matches!(operator, Operator::Equals | Operator::Matches),
            (Self::Created | Self::LastModified, operator) => operator != Operator::Matches,
            (_, operator) => operator == Operator::Equals,
        }
    }

    /// Whether results can be sorted by it: it has one value.
    pub(super) fn sorts(self) -> bool {
        matches!(
            self,
            Self::Created
                | Self::LastModified
                | Self::Title
                | Self::Id
                | Self::Space
                | Self::Type
                | Self::Creator
        )
    }

    /// Refuses values that the server refuses before it searches.
    pub(super) fn accepts(self, value: &Operand) -> Result<(), Fault> {
        let Operand::Text(text) = value else { return Ok(()) };
        let syntax = |why: &str| Err(Fault::Syntax(why.to_owned()));
        match self {
            Self::SiteSearch if text.trim().is_empty() => Err(Fault::Crash),
            _ if text.trim().is_empty() => syntax("a value must not be blank"),
            Self::Type if !TYPES.contains(&text.to_lowercase().as_str()) => {
                Err(Fault::UnknownType(text.clone()))
            }
            Self::Ancestor | Self::Parent | Self::Id | Self::Container => {
                let number = text.strip_prefix("att").unwrap_or(text);
                if number.bytes().all(|byte| byte.is_ascii_digit()) {
                    Ok(())
                } else {
                    syntax("an id is expected")
                }
            }
            _ => Ok(()),
        }
    }
}
