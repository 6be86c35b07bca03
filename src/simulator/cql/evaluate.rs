//! What a query finds: the index as it was some time ago, seen by one caller.

use std::{cmp::Ordering, collections::HashMap, sync::Arc};

use chrono::{DateTime, FixedOffset, SubsecRound, TimeDelta, Utc};

use super::{
    Clause, Condition, Fault, Operand, Operator, Query, Terms,
    dates::{self, Span},
    fields::Field,
    words::words,
};
use crate::simulator::{
    auth::User,
    saved,
    store::{Content, Id, SpaceIndex, Status, Store, UserIndex, Version},
};

/// Something that can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Document {
    Content(Id),
    /// Untyped searches find spaces too.
    Space(SpaceIndex),
}

/// The words of saved bodies, kept between searches.
#[derive(Default)]
pub(crate) struct Index(HashMap<Id, (u64, Arc<Words>)>);

/// The words of one saved state.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) title: Vec<String>,
    pub(crate) body: Vec<String>,
}

impl Index {
    fn words(&mut self, content: &Content, version: &Version) -> Arc<Words> {
        match self.0.get(&content.id) {
            Some((number, known)) if *number == version.number => Arc::clone(known),
            _ => {
                let found = Words {
                    title: words(&version.title),
                    body: words(&saved::text(&version.body)),
                };
                let found = Arc::new(found);
                self.0.insert(content.id, (version.number, Arc::clone(&found)));
                found
            }
        }
    }
}

/// A search, with all it depends on.
pub(crate) struct Searcher<'a> {
    pub(crate) store: &'a Store,
    pub(crate) users: &'a [User],
    pub(crate) current_user: Option<UserIndex>,
    pub(crate) now: DateTime<Utc>,
    pub(crate) zone: FixedOffset,
    /// What changed after this is not seen yet.
    pub(crate) as_of: DateTime<Utc>,
    pub(crate) finds_deleted: bool,
    pub(crate) ignores_ancestor: bool,
    pub(crate) with_spaces: bool,
}

/// A document while it is looked at.
struct Candidate<'a> {
    document: Document,
    content: Option<(&'a Content, &'a Version)>,
    space: SpaceIndex,
    words: Option<Arc<Words>>,
}

/// A clause with its right side worked out.
enum Test {
    All(Vec<Test>),
    Any(Vec<Test>),
    Not(Box<Test>),
    True,
    Ids(Field, Vec<Id>),
    Names(Field, Vec<String>),
    People(Field, Vec<UserIndex>),
    Times(Field, Operator, Vec<Span>),
    Words(Field, Vec<Terms>),
}

impl<'a> Searcher<'a> {
    /// Everything that fulfils the query, in its order.
    pub(crate) fn run(&self, query: &Query, index: &mut Index) -> Result<Vec<Document>, Fault> {
        let test = self.prepare(&query.condition)?;
        let reads = needs_words(&test);
        let mut hits: Vec<Candidate<'a>> = Vec::new();
        let contents = self.store.all().filter_map(|content| self.indexed(content));
        let spaces = self
            .store
            .spaces
            .iter()
            .enumerate()
            .filter(|_| self.with_spaces)
            .map(|(space, _)| Candidate {
                document: Document::Space(space),
                content: None,
                space,
                words: None,
            });
        for mut candidate in contents.chain(spaces) {
            if reads && let Some((content, version)) = candidate.content {
                candidate.words = Some(index.words(content, version));
            }
            if self.passes(&candidate, &test) {
                hits.push(candidate);
            }
        }
        let ranked = ranking(&test);
        if !ranked.is_empty() {
            hits.sort_by_cached_key(|hit| std::cmp::Reverse(Self::score(hit, &ranked)));
        }
        for (field, descending) in query.order.iter().rev() {
            hits.sort_by(|left, right| {
                let order = self.compare(left, right, *field);
                if *descending { order.reverse() } else { order }
            });
        }
        Ok(hits.into_iter().map(|hit| hit.document).collect())
    }

    /// Content as the index has it; archived pages are not in it, deleted ones linger.
    fn indexed(&self, content: &'a Content) -> Option<Candidate<'a>> {
        if content.created > self.as_of {
            return None;
        }
        let settled = content.status_since <= self.as_of;
        match content.status {
            Status::Draft => return None,
            Status::Trashed if self.finds_deleted => {}
            Status::Archived | Status::Trashed if settled => return None,
            Status::Current | Status::Archived | Status::Trashed => {}
        }
        let version = content
            .versions
            .iter()
            .rev()
            .find(|version| version.at <= self.as_of)?;
        Some(Candidate {
            document: Document::Content(content.id),
            content: Some((content, version)),
            space: content.space,
            words: None,
        })
    }

    fn prepare(&self, condition: &Condition) -> Result<Test, Fault> {
        let many = |parts: &[Condition]| {
            parts
                .iter()
                .map(|part| self.prepare(part))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(match condition {
            Condition::All(parts) => Test::All(many(parts)?),
            Condition::Any(parts) => Test::Any(many(parts)?),
            Condition::Not(inner) => Test::Not(Box::new(self.prepare(inner)?)),
            Condition::Dropped => Test::True,
            Condition::Clause(clause) => self.clause(clause)?,
        })
    }

    fn clause(&self, clause: &Clause) -> Result<Test, Fault> {
        let Clause {
            field,
            operator,
            values,
        } = clause;
        match field {
            Field::User | Field::UserAccountId | Field::UserFullName | Field::UserKey => {
                Err(Fault::Syntax("user fields are not supported here".to_owned()))
            }
            Field::Ancestor | Field::Parent if self.ignores_ancestor => Ok(Test::True),
            Field::Ancestor | Field::Parent | Field::Id | Field::Container => {
                let ids = texts(values)?
                    .into_iter()
                    .filter_map(|id| id.trim_start_matches("att").parse().ok());
                Ok(Test::Ids(*field, ids.collect()))
            }
            Field::Created | Field::LastModified => {
                let spans = values.iter().map(|value| dates::span(value, self.now, self.zone));
                Ok(Test::Times(*field, *operator, spans.collect::<Result<_, _>>()?))
            }
            Field::Creator | Field::Contributor | Field::Mention | Field::Watcher => {
                let mut people = Vec::new();
                for value in values {
                    people.extend(self.person(value)?);
                }
                Ok(Test::People(*field, people))
            }
            _ if *operator == Operator::Matches => {
                let terms = texts(values)?.into_iter().map(|text| Terms::parse(&text));
                Ok(Test::Words(*field, terms.collect::<Result<_, _>>()?))
            }
            _ => Ok(Test::Names(
                *field,
                texts(values)?.iter().map(|name| name.to_lowercase()).collect(),
            )),
        }
    }

    /// Nobody has a name that is not known.
    fn person(&self, value: &Operand) -> Result<Option<UserIndex>, Fault> {
        match value {
            Operand::Text(name) => Ok(self
                .users
                .iter()
                .position(|user| [&user.account_id, &user.username, &user.key].contains(&name))),
            Operand::Call { name, .. } if name.eq_ignore_ascii_case("currentUser") => Ok(self.current_user),
            Operand::Call { name, .. } => Err(Fault::Syntax(format!("no function has the name '{name}'"))),
        }
    }

    fn passes(&self, candidate: &Candidate<'_>, test: &Test) -> bool {
        match test {
            Test::All(parts) => parts.iter().all(|part| self.passes(candidate, part)),
            Test::Any(parts) => parts.iter().any(|part| self.passes(candidate, part)),
            Test::Not(inner) => !self.passes(candidate, inner),
            Test::True => true,
            Test::Words(field, terms) => self.words_pass(candidate, *field, terms),
            Test::Names(field, names) => self.names_pass(candidate, *field, names),
            Test::Ids(field, ids) => candidate.content.is_some_and(|(content, _)| match field {
                Field::Id => ids.contains(&content.id),
                Field::Parent => content
                    .parent_at(self.as_of)
                    .is_some_and(|parent| content.kind.in_tree() && ids.contains(&parent)),
                Field::Container => content
                    .container
                    .is_some_and(|container| ids.contains(&container)),
                _ => {
                    content.kind.in_tree()
                        && ids
                            .iter()
                            .any(|ancestor| self.store.was_below(content.id, *ancestor, self.as_of))
                }
            }),
            Test::People(field, people) => candidate.content.is_some_and(|(content, version)| match field {
                Field::Creator => people.contains(&content.author),
                Field::Contributor => content.contributors().any(|author| people.contains(&author)),
                Field::Mention => people.iter().any(|person| {
                    let user = &self.users[*person];
                    version.body.contains(&user.account_id) || version.body.contains(&user.key)
                }),
                _ => false,
            }),
            Test::Times(field, operator, spans) => candidate.content.is_some_and(|(content, version)| {
                let at = if *field == Field::Created {
                    content.created
                } else {
                    version.at
                };
                let minute = at.trunc_subsecs(0) - TimeDelta::seconds(at.timestamp().rem_euclid(60));
                spans.iter().any(|Span { start, end }| match operator {
                    Operator::Above => minute > *start,
                    Operator::AtLeast => minute >= *start,
                    Operator::Below => minute < *start,
                    Operator::AtMost => minute <= *start,
                    Operator::Equals | Operator::Matches => minute >= *start && minute < *end,
                })
            }),
        }
    }

    fn words_pass(&self, candidate: &Candidate<'_>, field: Field, terms: &[Terms]) -> bool {
        let space_name = || words(&self.store.space(candidate.space).name);
        let Some(known) = &candidate.words else {
            // A space: its name is its title and its text.
            let name = space_name();
            return terms.iter().any(|terms| terms.matches(&name));
        };
        terms.iter().any(|terms| match field {
            Field::Title => terms.matches(&known.title),
            Field::SpaceTitle => terms.matches(&space_name()),
            _ => terms.matches(&[known.title.as_slice(), known.body.as_slice()].concat()),
        })
    }

    fn names_pass(&self, candidate: &Candidate<'_>, field: Field, names: &[String]) -> bool {
        let one_of = |name: &str| names.contains(&name.to_lowercase());
        let space = self.store.space(candidate.space);
        match (field, candidate.content) {
            (Field::Space, _) => one_of(&space.key),
            (Field::SpaceType, _) => one_of("global"),
            (Field::Type, None) => one_of("space"),
            (Field::Title, None) => one_of(&space.name),
            (Field::Type, Some((content, _))) => one_of(content.kind.name()),
            (Field::Title, Some((_, version))) => one_of(&version.title),
            (Field::Label, Some((content, _))) => content
                .labels
                .iter()
                .any(|label| label.at <= self.as_of && one_of(&label.name)),
            (Field::Macro, Some((_, version))) => names.iter().any(|name| {
                version
                    .body
                    .contains(&format!("<ac:structured-macro ac:name=\"{name}\""))
            }),
            _ => false,
        }
    }

    fn score(candidate: &Candidate<'_>, terms: &[&Terms]) -> usize {
        let Some(known) = &candidate.words else { return 0 };
        terms
            .iter()
            .map(|terms| terms.score(&known.title) * 10 + terms.score(&known.body))
            .sum()
    }

    fn compare(&self, left: &Candidate<'_>, right: &Candidate<'_>, field: Field) -> Ordering {
        let by = |candidate: &Candidate<'_>| -> (String, i64) {
            let Some((content, version)) = candidate.content else {
                return <_>::default();
            };
            match field {
                Field::Created => (String::new(), content.created.timestamp_millis()),
                Field::LastModified => (String::new(), version.at.timestamp_millis()),
                Field::Title => (version.title.to_lowercase(), 0),
                Field::Space => (self.store.space(content.space).key.clone(), 0),
                Field::Type => (content.kind.name().to_owned(), 0),
                Field::Creator => (self.users[content.author].username.clone(), 0),
                _ => (String::new(), i64::try_from(content.id).unwrap_or(i64::MAX)),
            }
        };
        by(left).cmp(&by(right))
    }
}

/// The values of a clause that takes no functions.
fn texts(values: &[Operand]) -> Result<Vec<String>, Fault> {
    let text = |value: &Operand| match value {
        Operand::Text(text) => Ok(text.clone()),
        Operand::Call { name, .. } => Err(Fault::Syntax(format!(
            "the field does not support the function '{name}'"
        ))),
    };
    values.iter().map(text).collect()
}

fn needs_words(test: &Test) -> bool {
    match test {
        Test::All(parts) | Test::Any(parts) => parts.iter().any(needs_words),
        Test::Not(inner) => needs_words(inner),
        Test::Words(..) => true,
        _ => false,
    }
}

/// The terms of `siteSearch`, which alone ranks what it finds.
fn ranking(test: &Test) -> Vec<&Terms> {
    match test {
        Test::All(parts) | Test::Any(parts) => parts.iter().flat_map(ranking).collect(),
        Test::Words(Field::SiteSearch, terms) => terms.iter().collect(),
        _ => Vec::new(),
    }
}

impl Query {
    /// Everything that is looked for in texts, for marking it in results.
    pub(crate) fn terms(&self) -> Vec<Terms> {
        fn collect(condition: &Condition, found: &mut Vec<Terms>) {
            match condition {
                Condition::All(parts) | Condition::Any(parts) => {
                    for part in parts {
                        collect(part, found);
                    }
                }
                Condition::Clause(Clause {
                    operator: Operator::Matches,
                    values,
                    ..
                }) => {
                    let texts = texts(values).unwrap_or_default();
                    found.extend(texts.iter().filter_map(|text| Terms::parse(text).ok()));
                }
                Condition::Not(_) | Condition::Dropped | Condition::Clause(_) => {}
            }
        }
        let mut found = Vec::new();
        collect(&self.condition, &mut found);
        found
    }
}
