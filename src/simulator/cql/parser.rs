//! Tokens to a query. Clauses are joined from left to right, as documented, unless the knob gives AND precedence.

use super::{
    Clause, Condition, Fault, Operand, Operator, Query,
    fields::Field,
    lexer::{Token, tokens},
};

/// How the products read the same text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Dialect {
    /// AND binds tighter than OR.
    pub(crate) precedence: bool,
    /// A `siteSearch` in the middle of clauses is dropped, as measured on Cloud.
    pub(crate) drops_site_search: bool,
}

/// Parses a query.
pub(crate) fn parse(cql: &str, dialect: Dialect) -> Result<Query, Fault> {
    let mut parser = Parser {
        tokens: tokens(cql)?,
        at: 0,
        dialect,
    };
    if parser.tokens.is_empty() {
        return Err(syntax("the query is empty"));
    }
    let condition = parser.chain(true)?;
    let order = parser.order()?;
    if parser.at < parser.tokens.len() {
        return Err(syntax(&format!("unexpected {}", parser.shown())));
    }
    Ok(Query { condition, order })
}

fn syntax(why: &str) -> Fault {
    Fault::Syntax(why.to_owned())
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    dialect: Dialect,
}

impl Parser {
    /// Clauses and the words between them, up to the end or a closing parenthesis.
    fn chain(&mut self, outermost: bool) -> Result<Condition, Fault> {
        let first_negative = outermost && self.word_is("not");
        let mut clauses = vec![self.operand()?];
        if first_negative || (outermost && matches!(clauses[0], Condition::Not(_))) {
            return Err(syntax("a negative expression cannot be the first clause"));
        }
        let mut joints = Vec::new();
        loop {
            if self.take_word("and") {
                joints.push(true);
            } else if self.take_word("or") {
                joints.push(false);
            } else {
                break;
            }
            clauses.push(self.operand()?);
        }
        if self.dialect.drops_site_search && clauses.len() > 2 {
            let last = clauses.len() - 1;
            for clause in &mut clauses[1..last] {
                if matches!(
                    clause,
                    Condition::Clause(Clause {
                        field: Field::SiteSearch,
                        ..
                    })
                ) {
                    *clause = Condition::Dropped;
                }
            }
        }
        Ok(self.join(clauses, &joints))
    }

    fn join(&self, clauses: Vec<Condition>, joints: &[bool]) -> Condition {
        let mut clauses = clauses.into_iter();
        let Some(first) = clauses.next() else {
            return Condition::Dropped;
        };
        if self.dialect.precedence {
            let mut groups = vec![vec![first]];
            for (clause, and) in clauses.zip(joints) {
                match groups.last_mut() {
                    Some(group) if *and => group.push(clause),
                    _ => groups.push(vec![clause]),
                }
            }
            return Condition::Any(groups.into_iter().map(Condition::All).collect());
        }
        clauses.zip(joints).fold(first, |left, (right, and)| {
            if *and {
                Condition::All(vec![left, right])
            } else {
                Condition::Any(vec![left, right])
            }
        })
    }

    fn operand(&mut self) -> Result<Condition, Fault> {
        if self.take_word("not") {
            return Ok(Condition::Not(Box::new(self.operand()?)));
        }
        if self.take_symbol("(") {
            let inner = self.chain(false)?;
            if !self.take_symbol(")") {
                return Err(syntax("a parenthesis is not closed"));
            }
            return Ok(inner);
        }
        self.clause()
    }

    fn clause(&mut self) -> Result<Condition, Fault> {
        let Some(Token::Word(name)) = self.next() else {
            return Err(syntax("a field is expected"));
        };
        let field = Field::named(&name).ok_or(Fault::UnknownField(name))?;
        let (operator, negative, list) = self.operator()?;
        if !field.takes(operator) {
            return Err(syntax(&format!(
                "the field does not support this operator: {field:?}"
            )));
        }
        let mut values = Vec::new();
        if list {
            if !self.take_symbol("(") {
                return Err(syntax("a list is expected after IN"));
            }
            loop {
                values.push(self.value()?);
                if !self.take_symbol(",") {
                    break;
                }
            }
            if !self.take_symbol(")") {
                return Err(syntax("a list is not closed"));
            }
        } else {
            values.push(self.value()?);
        }
        for value in &values {
            field.accepts(value)?;
        }
        let clause = Condition::Clause(Clause {
            field,
            operator,
            values,
        });
        Ok(if negative {
            Condition::Not(Box::new(clause))
        } else {
            clause
        })
    }

    /// The operator, whether it is negated, and whether a list follows.
    fn operator(&mut self) -> Result<(Operator, bool, bool), Fault> {
        if self.take_word("not") {
            return if self.take_word("in") {
                Ok((Operator::Equals, true, true))
            } else {
                Err(syntax("IN is expected after NOT"))
            };
        }
        if self.take_word("in") {
            return Ok((Operator::Equals, false, true));
        }
        let (operator, negative) = match self.next() {
            Some(Token::Symbol("=")) => (Operator::Equals, false),
            Some(Token::Symbol("!=")) => (Operator::Equals, true),
            Some(Token::Symbol("~")) => (Operator::Matches, false),
            Some(Token::Symbol("!~")) => (Operator::Matches, true),
            Some(Token::Symbol(">")) => (Operator::Above, false),
            Some(Token::Symbol(">=")) => (Operator::AtLeast, false),
            Some(Token::Symbol("<")) => (Operator::Below, false),
            Some(Token::Symbol("<=")) => (Operator::AtMost, false),
            _ => return Err(syntax("an operator is expected")),
        };
        Ok((operator, negative, false))
    }

    fn value(&mut self) -> Result<Operand, Fault> {
        match self.next() {
            Some(Token::Quoted(text)) => Ok(Operand::Text(text)),
            Some(Token::Word(text)) => {
                if !self.take_symbol("(") {
                    let keyword = ["and", "or", "not", "in", "order", "by"]
                        .iter()
                        .any(|known| text.eq_ignore_ascii_case(known));
                    return if keyword {
                        Err(syntax("a value is expected"))
                    } else {
                        Ok(Operand::Text(text))
                    };
                }
                let mut arguments = Vec::new();
                while !self.take_symbol(")") {
                    match self.next() {
                        Some(Token::Quoted(argument) | Token::Word(argument)) => arguments.push(argument),
                        Some(Token::Symbol(",")) => {}
                        _ => return Err(syntax("a function call is not closed")),
                    }
                }
                Ok(Operand::Call {
                    name: text,
                    arguments,
                })
            }
            _ => Err(syntax("a value is expected")),
        }
    }

    fn order(&mut self) -> Result<Vec<(Field, bool)>, Fault> {
        let mut order = Vec::new();
        if !self.take_word("order") {
            return Ok(order);
        }
        if !self.take_word("by") {
            return Err(syntax("BY is expected after ORDER"));
        }
        loop {
            let Some(Token::Word(name)) = self.next() else {
                return Err(syntax("a field to order by is expected"));
            };
            let field = Field::named(&name).ok_or(Fault::UnknownField(name))?;
            if !field.sorts() {
                return Err(syntax("results cannot be ordered by this field"));
            }
            let descending = self.take_word("desc");
            if !descending {
                self.take_word("asc");
            }
            order.push((field, descending));
            if !self.take_symbol(",") {
                return Ok(order);
            }
        }
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn word_is(&self, word: &str) -> bool {
        matches!(self.tokens.get(self.at), Some(Token::Word(found)) if found.eq_ignore_ascii_case(word))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.word_is(word);
        self.at += usize::from(found);
        found
    }

    fn take_symbol(&mut self, symbol: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Symbol(known)) if *known == symbol);
        self.at += usize::from(found);
        found
    }

    fn shown(&self) -> String {
        match &self.tokens[self.at] {
            Token::Word(text) | Token::Quoted(text) => format!("'{text}'"),
            Token::Symbol(symbol) => format!("'{symbol}'"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(condition: &Condition) -> String {
        let join = |name: &str, parts: &[Condition]| {
            format!(
                "{name}({})",
                parts.iter().map(shape).collect::<Vec<_>>().join(" ")
            )
        };
        match condition {
            Condition::All(parts) => join("and", parts),
            Condition::Any(parts) => join("or", parts),
            Condition::Not(inner) => format!("not {}", shape(inner)),
            Condition::Dropped => "dropped".to_owned(),
            Condition::Clause(clause) => match &clause.values[..] {
                [Operand::Text(text)] => text.clone(),
                values => format!("{values:?}"),
            },
        }
    }

    #[track_caller]
    fn reads(cql: &str, precedence: bool, expected: &str) {
        let query = parse(
            cql,
            Dialect {
                precedence,
                drops_site_search: true,
            },
        )
        .expect(cql);
        assert_eq!(shape(&query.condition), expected);
    }

    #[test]
    fn without_parentheses_clauses_join_from_left_to_right() {
        let cql = "title=a or title=b and title=c";
        reads(cql, false, "and(or(a b) c)");
        reads(cql, true, "or(and(a) and(b c))");
        reads("title=a or (title=b and title=c)", false, "or(a and(b c))");
    }

    #[test]
    fn negations_are_one_thing() {
        reads(
            "title=a and not title=b AND title != c and title not in (d)",
            false,
            "and(and(and(a not b) not c) not d)",
        );
        for cql in ["not title=a", "title != a and title=b"] {
            assert!(
                matches!(parse(cql, Dialect::default()), Err(Fault::Syntax(_))),
                "{cql}"
            );
        }
    }

    #[test]
    fn a_quote_that_gets_out_changes_the_query() {
        reads("title=\"a\" or type=page", false, "or(a page)");
        reads("title=\"a\\\" or type=page\"", false, "a\" or type=page");
    }

    #[test]
    fn site_search_in_the_middle_is_dropped() {
        reads(
            "type=page and siteSearch ~ \"x\" and space=A",
            false,
            "and(and(page dropped) A)",
        );
        reads(
            "siteSearch ~ \"x\" and type=page and space=A",
            false,
            "and(and(x page) A)",
        );
    }

    #[test]
    fn order_by_takes_directions() {
        let query = parse(
            "space=A order by created desc, title asc, lastModified",
            Dialect::default(),
        )
        .unwrap();
        assert_eq!(
            query.order,
            [
                (Field::Created, true),
                (Field::Title, false),
                (Field::LastModified, false)
            ]
        );
        assert!(parse("space=A order by label", Dialect::default()).is_err());
    }

    #[test]
    fn faults_are_told_apart() {
        let fault = |cql: &str| parse(cql, Dialect::default()).expect_err(cql);
        assert_eq!(
            fault("status = current"),
            Fault::UnknownField("status".to_owned())
        );
        assert_eq!(fault("type = sonnet"), Fault::UnknownType("sonnet".to_owned()));
        assert_eq!(fault("siteSearch ~ \" \""), Fault::Crash);
        for cql in [
            "",
            "title = \"\"",
            "title",
            "title =",
            "= a",
            "title > a",
            "text = a",
            "space in A",
            "(title = a",
            "title = a b",
            "ancestor = home",
        ] {
            assert!(matches!(fault(cql), Fault::Syntax(_)), "{cql}");
        }
    }
}
