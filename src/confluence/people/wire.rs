//! Users and groups as v1 sends them, on both products.

use serde::Deserialize;
use serde_json::Value;

use super::part;
use super::{Group, Person};

/// A user.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct User {
    #[serde(rename = "type")]
    kind: Option<String>,
    account_id: Option<String>,
    account_type: Option<String>,
    username: Option<String>,
    display_name: Option<String>,
    public_name: Option<String>,
    email: Option<String>,
    /// Data Center, with `expand=status`; `current` for who may sign in.
    status: Option<Value>,
}

/// A row of a search for users.
#[derive(Debug, Deserialize)]
pub(in super::super) struct Hit {
    user: Option<User>,
}

/// A group.
#[derive(Debug, Deserialize)]
pub(in super::super) struct GroupRow {
    name: Option<String>,
    id: Option<String>,
}

/// What a group may do everywhere, on Data Center.
#[derive(Debug, Deserialize)]
pub(in super::super) struct Granted {
    operation: Option<Operation>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Operation {
    operation_key: Option<String>,
}

impl User {
    fn name_of_account(&self) -> Option<&str> {
        let id = self.account_id.as_deref().or(self.username.as_deref());
        id.filter(|id| !id.is_empty())
    }

    /// None for nobody: an anonymous visitor, or an entry without anything to name it by.
    pub(in super::super) fn person(self) -> Option<Person> {
        if self.kind.as_deref() == Some("anonymous") {
            return None;
        }
        let id = self.name_of_account()?.to_owned();
        let given = |name: Option<String>| name.filter(|name| !name.trim().is_empty());
        let (display, public) = (given(self.display_name), given(self.public_name));
        let status = self.status.as_ref().and_then(Value::as_str);
        let active = status.is_none_or(|status| status.eq_ignore_ascii_case("current"))
            && self.account_type.as_deref() != Some("app");
        Some(Person {
            name: display.clone().or(public.clone()).unwrap_or_else(|| id.clone()),
            nickname: public.filter(|public| display.as_ref().is_some_and(|name| name != public)),
            email: given(self.email),
            active,
            id,
        })
    }
}

impl part::Row for User {
    fn key(&self) -> &str {
        self.name_of_account().unwrap_or_default()
    }
}

impl Hit {
    /// None for a row that is about something else.
    pub(in super::super) fn person(self) -> Option<Person> {
        self.user?.person()
    }
}

impl part::Row for Hit {
    fn key(&self) -> &str {
        self.user.as_ref().map_or("", part::Row::key)
    }
}

impl GroupRow {
    /// None for a row without a name.
    pub(in super::super) fn group(self) -> Option<Group> {
        let name = self.name.filter(|name| !name.is_empty())?;
        Some(Group { name, id: self.id })
    }
}

impl part::Row for GroupRow {
    fn key(&self) -> &str {
        self.id.as_deref().or(self.name.as_deref()).unwrap_or_default()
    }
}

impl Granted {
    /// Whether it is administration, of the product or of its whole system.
    pub(in super::super) fn is_administration(&self) -> bool {
        let key = self.operation.as_ref().and_then(|it| it.operation_key.as_deref());
        key == Some("administer")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::User;
    use crate::confluence::Person;

    fn person(value: Value) -> Option<Person> {
        serde_json::from_value::<User>(value).expect("a user").person()
    }

    #[test]
    fn what_is_hidden_is_none_and_nobody_is_nobody() {
        let shown = json!({"type": "known", "accountId": "1:a", "email": "", "publicName": "ada", "displayName": null,
            "accountType": "atlassian"});
        let ada = person(shown).expect("somebody");
        assert_eq!((ada.name.as_str(), ada.email, ada.nickname), ("ada", None, None));
        assert!(ada.active);
        assert_eq!(
            person(json!({"type": "anonymous", "displayName": "Anonymous"})),
            None
        );
        assert_eq!(person(json!({"type": "known", "displayName": "Nameless"})), None);
    }

    #[test]
    fn whoever_cannot_sign_in_is_not_active() {
        for (value, active) in [
            (json!({"username": "a"}), true),
            (json!({"username": "a", "status": "current"}), true),
            (json!({"username": "a", "status": "deactivated"}), false),
            (json!({"username": "a", "status": "external_deleted"}), false),
            (json!({"accountId": "b", "accountType": "app"}), false),
        ] {
            assert_eq!(person(value.clone()).expect("somebody").active, active, "{value}");
        }
    }
}
