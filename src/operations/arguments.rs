//! The caller's arguments, checked against an operation's parameters before anything runs.
//!
//! One flat object whatever the door. Explicit nulls mean absent; numbers may come as text, as they do in query
//! strings; unknown names are tolerated and reported as warnings.

use serde_json::{Map, Number, Value};

use super::failure::{Failure, Fault};
use super::parameter::{CLIENT_REQUEST_ID, DRY_RUN, Kind, Parameter};
use crate::pages::{Freshness, Reference, Terms, Tries};

/// Checked arguments of one call.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    values: Map<String, Value>,
    tried: bool,
}

impl Arguments {
    /// Checks a flat object of arguments. Answers them with warnings about names the operation does not know.
    ///
    /// # Errors
    /// [`Fault::InvalidInput`] naming the first argument that is missing or wrong, and what is allowed.
    pub fn check(
        parameters: &[Parameter],
        mut given: Map<String, Value>,
    ) -> Result<(Self, Vec<String>), Failure> {
        let mut checked = Map::new();
        for parameter in parameters {
            let value = given
                .shift_remove(parameter.name)
                .filter(|value| !value.is_null());
            if let Some(value) = accept(parameter, value)? {
                checked.insert(parameter.name.to_owned(), value);
            }
        }
        let known: Vec<&str> = parameters.iter().map(|parameter| parameter.name).collect();
        let warnings = given.keys().map(|name| unknown(name, &known)).collect();
        let arguments = Self {
            values: checked,
            tried: false,
        };
        Ok((arguments, warnings))
    }

    /// The same call, tried before without its outcome being known.
    #[must_use]
    pub fn tried_before(mut self) -> Self {
        self.tried = true;
        self
    }

    /// What is known of earlier calls with the same arguments.
    #[must_use]
    pub fn tries(&self) -> Tries {
        match self.request_id() {
            Some(_) if self.tried => Tries::Unknown,
            Some(_) => Tries::Possible,
            None => Tries::None,
        }
    }

    /// The caller's own id of the call.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        let id = self.text(CLIENT_REQUEST_ID).map(str::trim);
        id.filter(|id| !id.is_empty())
    }

    /// Whether to tell what would happen, and do nothing.
    #[must_use]
    pub fn is_dry_run(&self) -> bool {
        self.flag(DRY_RUN)
    }

    /// The version the caller knows.
    #[must_use]
    pub fn expected_version(&self) -> Option<u64> {
        let version = self.integer("expectedVersion")?;
        u64::try_from(version).ok()
    }

    /// What the caller asks of a write beside the change itself.
    #[must_use]
    pub fn terms(&self) -> Terms {
        Terms {
            expected_version: self.expected_version(),
            dry_run: self.is_dry_run(),
        }
    }

    /// All of them as text, the same for the same call.
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut values = self.values.clone();
        values.shift_remove(CLIENT_REQUEST_ID);
        Value::Object(values).to_string()
    }

    /// A text that may be absent.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).and_then(Value::as_str)
    }

    /// A text that the parameters require; empty only if they do not.
    #[must_use]
    pub fn required(&self, name: &str) -> &str {
        self.text(name).unwrap_or_default()
    }

    /// A page reference that the parameters require.
    #[must_use]
    pub fn reference(&self, name: &str) -> Reference {
        Reference::new(self.required(name))
    }

    /// A page reference that may be absent or blank.
    #[must_use]
    pub fn optional_reference(&self, name: &str) -> Option<Reference> {
        self.text(name)
            .filter(|text| !text.trim().is_empty())
            .map(Reference::new)
    }

    /// Yes or no.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.values.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    /// Whether little is to be said of each entry.
    #[must_use]
    pub fn is_concise(&self) -> bool {
        self.text("responseFormat") == Some("concise")
    }

    /// Whether a listing must be as of now.
    #[must_use]
    pub fn freshness(&self) -> Freshness {
        if self.flag("fresh") {
            Freshness::Fresh
        } else {
            Freshness::Usual
        }
    }

    /// A whole number, given or by default.
    #[must_use]
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.values.get(name).and_then(Value::as_i64)
    }
}

/// One argument, checked; None when absent and allowed to be.
fn accept(parameter: &Parameter, value: Option<Value>) -> Result<Option<Value>, Failure> {
    let name = parameter.name;
    let Some(value) = value else {
        return match parameter.kind {
            _ if parameter.required => Err(missing(parameter)),
            Kind::Integer { default, .. } => Ok(default.map(Value::from)),
            _ => Ok(None),
        };
    };
    match parameter.kind {
        Kind::Text { max } => {
            let Value::String(text) = &value else {
                let hint = format!("{}; send a string in quotes.", got(&value));
                return Err(invalid(format!("{name} must be a string"), hint));
            };
            if parameter.required && !parameter.blank && text.trim().is_empty() {
                return Err(missing(parameter));
            }
            let characters = text.trim().chars().count();
            if characters > max {
                let hint = format!("It has {characters} characters; shorten it.");
                return Err(invalid(format!("{name} may have {max} characters at most"), hint));
            }
            Ok(Some(value))
        }
        Kind::Integer { min, max, default } => {
            let number = match &value {
                Value::Number(number) => whole(number),
                Value::String(text) if text.trim().is_empty() && default.is_some() => default,
                Value::String(text) => text.trim().parse().ok(),
                _ => None,
            };
            let allowed = format!("{}; allowed are whole numbers from {min} to {max}.", got(&value));
            let Some(number) = number else {
                return Err(invalid(
                    format!("{} must be an integer", capitalised(name)),
                    allowed,
                ));
            };
            if number < min {
                let problem = if min == 0 {
                    "be non-negative".to_owned()
                } else {
                    format!("be {min} or more")
                };
                return Err(invalid(format!("{} must {problem}", capitalised(name)), allowed));
            }
            if number > max {
                return Err(invalid(
                    format!("{} must be {max} or less", capitalised(name)),
                    allowed,
                ));
            }
            Ok(Some(Value::from(number)))
        }
        Kind::Flag => {
            let flag = match &value {
                Value::Bool(flag) => Some(*flag),
                Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
                    "true" | "1" | "yes" => Some(true),
                    "false" | "0" | "no" | "" => Some(false),
                    _ => None,
                },
                _ => None,
            };
            let hint = format!("{}; allowed are true and false.", got(&value));
            let flag = flag.ok_or_else(|| invalid(format!("{name} must be true or false"), hint))?;
            Ok(Some(Value::from(flag)))
        }
        Kind::Choice(words) => {
            let chosen = value.as_str().and_then(|text| {
                let text = text.trim();
                words.iter().find(|word| word.eq_ignore_ascii_case(text))
            });
            let blank = value.as_str().is_some_and(|text| text.trim().is_empty());
            match chosen {
                Some(word) => Ok(Some(Value::from(*word))),
                None if blank => Ok(None),
                None => {
                    let hint = format!("{}; send one of the words, or leave {name} out.", got(&value));
                    let message = format!("{name} must be one of: {}", words.join(", "));
                    Err(invalid(message, hint))
                }
            }
        }
    }
}

/// A whole number, also when written as 3.0 or 3e2: to JSON Schema those are integers, and some clients write them so.
fn whole(number: &Number) -> Option<i64> {
    /// From here on a floating-point number no longer tells neighbours apart.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    number.as_i64().or_else(|| {
        let float = number.as_f64()?;
        let exact = float.fract() == 0.0 && float.abs() < EXACT;
        exact.then(|| format!("{float:.0}").parse().ok()).flatten()
    })
}

fn missing(parameter: &Parameter) -> Failure {
    let name = parameter.name;
    let blank = if parameter.blank {
        "it may be empty"
    } else {
        "not blank"
    };
    let message = parameter
        .missing
        .map_or_else(|| format!("{name} is required"), str::to_owned);
    invalid(message, format!("Give '{name}', a string; {blank}."))
}

fn invalid(message: String, hint: impl Into<String>) -> Failure {
    Failure::new(Fault::InvalidInput, message).hint(hint)
}

/// What was received, shortened.
fn got(value: &Value) -> String {
    let text = value.to_string();
    let short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        format!("Got {short}…")
    } else {
        format!("Got {text}")
    }
}

fn capitalised(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

/// The warning about a name the operation does not take, with the nearest one it does.
fn unknown(name: &str, known: &[&str]) -> String {
    let short: String = name.chars().take(60).collect();
    let nearest = known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(&short, candidate), candidate))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|one, other| one.0.total_cmp(&other.0));
    match nearest {
        Some((_, candidate)) => format!("Unknown field '{short}' was ignored; did you mean '{candidate}'?"),
        None => format!("Unknown field '{short}' was ignored."),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Arguments;
    use crate::operations::parameter::{Kind, Parameter, Place};

    const PARAMETERS: &[Parameter] = &[
        Parameter::text("title", Place::Body, 10, "").required(Some("Title is required")),
        Parameter::integer("depth", Place::Query, (0, 5), Some(2), ""),
        Parameter {
            kind: Kind::Choice(&["a", "b"]),
            ..Parameter::text("format", Place::Body, 0, "")
        },
    ];

    #[track_caller]
    fn check(given: Value) -> Result<(Arguments, Vec<String>), String> {
        let Value::Object(given) = given else {
            panic!("an object")
        };
        Arguments::check(PARAMETERS, given).map_err(|failure| failure.message)
    }

    #[test]
    fn defaults_nulls_and_numbers_in_text() {
        let (arguments, warnings) =
            check(json!({"title": "T", "depth": null, "format": "B"})).expect("valid");
        assert_eq!(arguments.integer("depth"), Some(2));
        assert_eq!(arguments.text("format"), Some("b"));
        assert!(warnings.is_empty());
        let (arguments, _) = check(json!({"title": "T", "depth": " 3 "})).expect("valid");
        assert_eq!(arguments.integer("depth"), Some(3));
    }

    #[test]
    fn whole_numbers_may_be_written_as_floats() {
        for (given, expected) in [
            (json!(4), Some(4)),
            (json!(4.0), Some(4)),
            (json!(-0.0), Some(0)),
            (json!(0.3e1), Some(3)),
            (json!(1.5), None),
            (json!(1e300), None),
            (json!(9_007_199_254_740_992.0), None),
        ] {
            let outcome = check(json!({"title": "T", "depth": given}));
            let depth = outcome.ok().and_then(|(arguments, _)| arguments.integer("depth"));
            assert_eq!(depth, expected, "{given}");
        }
    }

    #[test]
    fn messages_say_what_is_allowed() {
        for (given, message) in [
            (json!({}), "Title is required"),
            (json!({"title": "  "}), "Title is required"),
            (json!({"title": 5}), "title must be a string"),
            (
                json!({"title": "12345678901"}),
                "title may have 10 characters at most",
            ),
            (json!({"title": "T", "depth": "lots"}), "Depth must be an integer"),
            (json!({"title": "T", "depth": 1.5}), "Depth must be an integer"),
            (json!({"title": "T", "depth": -1}), "Depth must be non-negative"),
            (json!({"title": "T", "depth": 6}), "Depth must be 5 or less"),
            (
                json!({"title": "T", "format": "c"}),
                "format must be one of: a, b",
            ),
        ] {
            assert_eq!(check(given).expect_err("invalid"), message);
        }
    }

    #[test]
    fn unknown_names_are_warned_about_with_the_nearest_known_one() {
        let (_, warnings) = check(json!({"title": "T", "titel": "x", "zzz": 1})).expect("valid");
        assert_eq!(
            warnings,
            [
                "Unknown field 'titel' was ignored; did you mean 'title'?",
                "Unknown field 'zzz' was ignored."
            ]
        );
    }
}
