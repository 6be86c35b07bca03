//! Searching for users: fields of their own, and none of those that content has.

use super::{Clause, Condition, Fault, Operand, Operator, Query, Terms, fields::Field};
use crate::simulator::{auth::User, store::UserIndex};

/// The users that fulfil a query. Names are told by the beginnings of their words, or by whole words.
pub(crate) fn people(query: &Query, users: &[User], by_prefix: bool) -> Result<Vec<UserIndex>, Fault> {
    let mut found = Vec::new();
    for (index, user) in users.iter().enumerate() {
        if passes(&query.condition, user, by_prefix)? {
            found.push(index);
        }
    }
    Ok(found)
}

impl Query {
    /// Whether it asks for users: by a field of theirs, or by their type.
    pub(crate) fn asks_for_people(&self) -> bool {
        fn asks(condition: &Condition) -> bool {
            match condition {
                Condition::All(parts) | Condition::Any(parts) => parts.iter().any(asks),
                Condition::Not(inner) => asks(inner),
                Condition::Dropped => false,
                Condition::Clause(clause) => match clause.field {
                    Field::User | Field::UserAccountId | Field::UserFullName | Field::UserKey => true,
                    Field::Type => clause.values.iter().any(is_user),
                    _ => false,
                },
            }
        }
        asks(&self.condition)
    }
}

fn is_user(value: &Operand) -> bool {
    matches!(value, Operand::Text(text) if text.eq_ignore_ascii_case("user"))
}

fn passes(condition: &Condition, user: &User, by_prefix: bool) -> Result<bool, Fault> {
    Ok(match condition {
        Condition::All(parts) => {
            let mut all = true;
            for part in parts {
                all &= passes(part, user, by_prefix)?;
            }
            all
        }
        Condition::Any(parts) => {
            let mut any = false;
            for part in parts {
                any |= passes(part, user, by_prefix)?;
            }
            any
        }
        Condition::Not(inner) => !passes(inner, user, by_prefix)?,
        Condition::Dropped => true,
        Condition::Clause(clause) => holds(clause, user, by_prefix)?,
    })
}

fn holds(clause: &Clause, user: &User, by_prefix: bool) -> Result<bool, Fault> {
    let one_of = |names: &[&str]| {
        clause
            .values
            .iter()
            .any(|value| matches!(value, Operand::Text(text) if names.contains(&text.as_str())))
    };
    match clause.field {
        Field::Type => Ok(clause.values.iter().any(is_user)),
        Field::User => Ok(one_of(&[&user.account_id, &user.username, &user.key])),
        Field::UserAccountId => Ok(one_of(&[&user.account_id])),
        Field::UserKey => Ok(one_of(&[&user.key])),
        Field::UserFullName if clause.operator == Operator::Matches => {
            let mut any = false;
            for value in &clause.values {
                let Operand::Text(text) = value else {
                    return Err(Fault::Syntax("the field takes no functions".to_owned()));
                };
                Terms::parse(text)?;
                any |= is_called(user, text, by_prefix);
            }
            Ok(any)
        }
        _ => Err(Fault::Syntax(
            "only fields of users are supported by a search for users".to_owned(),
        )),
    }
}

/// Whether the name has all the words of one of the alternatives. Names are not stemmed.
fn is_called(user: &User, text: &str, by_prefix: bool) -> bool {
    let name = user.display_name.to_lowercase();
    let name: Vec<&str> = name
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    text.split(" OR ").any(|alternative| {
        let mut words = alternative.split_whitespace().peekable();
        words.peek().is_some()
            && words.all(|wanted| {
                let wanted = wanted.to_lowercase();
                let beginning = wanted.strip_suffix('*');
                name.iter().any(|word| match beginning {
                    Some(beginning) => word.starts_with(beginning),
                    None => *word == wanted || (by_prefix && word.starts_with(&wanted)),
                })
            })
    })
}

#[cfg(test)]
mod tests {
    use crate::simulator::{
        auth::directory,
        cql::{Dialect, parse, people},
    };

    #[track_caller]
    fn check(cql: &str, by_prefix: bool, expected: &[&str]) {
        let query = parse(cql, Dialect::default()).expect(cql);
        let users = directory();
        let found = people(&query, &users, by_prefix).expect(cql);
        let names: Vec<&str> = found
            .iter()
            .map(|index| users[*index].username.as_str())
            .collect();
        assert_eq!(names, expected, "{cql}");
    }

    #[test]
    fn users_are_found_by_name_and_id() {
        check("type=user", true, &["agent", "reader", "ada", "grace"]);
        check("user.fullname ~ \"pers ada\"", true, &["ada"]);
        check("user.fullname ~ \"pers\"", false, &[]);
        check("user.fullname ~ \"Pers*\"", false, &["ada", "grace"]);
        check("user = \"ada\" or user.fullname ~ Rea", true, &["reader", "ada"]);
        check("user in (ada, grace) and user.fullname ~ grace", true, &["grace"]);
    }

    #[test]
    fn fields_of_content_find_nobody() {
        let query = parse("user.fullname ~ \"a\" or title = b", Dialect::default()).expect("CQL");
        assert!(people(&query, &directory(), true).is_err());
    }
}
