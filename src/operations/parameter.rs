//! What an operation takes, as a table: the one source of validation, OpenAPI parameters, request bodies, and
//! of the input schemas of tools.
//!
//! Kept to what every consumer understands: flat, single-valued types, string enumerations.

use serde_json::{Value, json};

use super::Arguments;
use crate::convert::Format;
use crate::pages::Body;

/// Where an argument stands in an HTTP request. Other doors take all of them in one flat object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the path: `{title}`.
    Path,
    /// In the query string.
    Query,
    /// In the JSON body.
    Body,
}

/// What values are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text of at most so many characters.
    Text {
        /// The most characters, blanks at both ends not counted.
        max: usize,
    },
    /// A whole number from `min` to `max`.
    Integer {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
        /// What an absent value means; None: absent stays absent.
        default: Option<i64>,
    },
    /// Yes or no; absent means no.
    Flag,
    /// One of a few words.
    Choice(&'static [&'static str]),
}

/// One argument of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name, the same on every door.
    pub name: &'static str,
    /// Where it stands over HTTP.
    pub place: Place,
    /// What is allowed.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
    /// Whether a text that must be there may be blank.
    pub blank: bool,
    /// What to answer when it is missing; None: `<name> is required`.
    pub missing: Option<&'static str>,
    /// What it means, for people and models: meaning, example, allowed values. At most 700 characters.
    pub description: &'static str,
    /// An example value.
    pub example: Option<&'static str>,
}

/// What the `{title}` of a path means.
pub(super) const TITLE: &str = "Title or path (Guide/Setup) of the page, or id:12345.";

/// The caller's own id of a call.
pub const CLIENT_REQUEST_ID: &str = "clientRequestId";

/// The most characters of such an id.
pub const MAX_REQUEST_ID: usize = 64;

/// Whether to tell what would happen, and do nothing.
pub(super) const DRY_RUN: &str = "dryRun";

/// The greatest version number: Confluence counts in 32 bits.
const MAX_VERSION: i64 = 2_147_483_647;

/// The most characters a page reference may have: a path of long titles.
const MAX_REFERENCE: usize = 4_000;

/// The most characters a cursor may have: Confluence's own is part of it.
const MAX_CURSOR: usize = 6_000;

/// The pattern of a text that must be there and not blank: something in it is no blank.
const NOT_BLANK: &str = r"\S";

/// The most characters a body may have. Confluence takes 5 MB; the request body limit is near that too.
const MAX_BODY: usize = 5_242_880;

impl Parameter {
    /// The `{title}` of a path.
    #[must_use]
    pub const fn title_in_path(description: &'static str) -> Self {
        Self::text("title", Place::Path, MAX_REFERENCE, description).required(None)
    }

    /// A page named in a body or query.
    #[must_use]
    pub const fn page(name: &'static str, place: Place, description: &'static str) -> Self {
        Self::text(name, place, MAX_REFERENCE, description)
    }

    /// A text.
    #[must_use]
    pub const fn text(name: &'static str, place: Place, max: usize, description: &'static str) -> Self {
        Self {
            name,
            place,
            kind: Kind::Text { max },
            required: false,
            blank: false,
            missing: None,
            description,
            example: None,
        }
    }

    /// The body of a page.
    #[must_use]
    pub const fn body(description: &'static str) -> Self {
        Self::text("body", Place::Body, MAX_BODY, description)
    }

    /// The format to read a page in.
    #[must_use]
    pub const fn read_format() -> Self {
        Self {
            kind: Kind::Choice(&["storage", "markdown", "text"]),
            ..Self::text(
                "format",
                Place::Query,
                0,
                "Format of body: markdown to read or edit it, storage for Confluence's own markup, text for words alone. Left out: as the endpoint is set up, storage unless the operator chose another.",
            )
        }
    }

    /// The format of a body.
    #[must_use]
    pub const fn format() -> Self {
        Self {
            name: "format",
            place: Place::Body,
            kind: Kind::Choice(&["markdown", "storage"]),
            required: false,
            blank: false,
            missing: None,
            description: "Format of body. Left out: told from it, Markdown if in doubt. storage: well-formed Confluence XHTML.",
            example: Some("markdown"),
        }
    }

    /// Yes or no.
    #[must_use]
    pub const fn flag(name: &'static str, place: Place, description: &'static str) -> Self {
        Self {
            kind: Kind::Flag,
            ..Self::text(name, place, 0, description)
        }
    }

    /// Whether a listing must be as of now.
    #[must_use]
    pub const fn fresh() -> Self {
        Self::flag(
            "fresh",
            Place::Query,
            "true: as it is now, not from a recent listing.",
        )
    }

    /// How many entries of a list at most.
    #[must_use]
    pub const fn limit(most: i64, default: Option<i64>) -> Self {
        Self::integer(
            "limit",
            Place::Query,
            (1, most),
            default,
            "Most entries to answer.",
        )
    }

    /// Where a list goes on.
    #[must_use]
    pub const fn cursor() -> Self {
        Self::text(
            "cursor",
            Place::Query,
            MAX_CURSOR,
            "nextCursor of the last answer; all else as before.",
        )
    }

    /// How much is said of each entry.
    #[must_use]
    pub const fn response_format(description: &'static str) -> Self {
        Self {
            kind: Kind::Choice(&["concise", "detailed"]),
            ..Self::text("responseFormat", Place::Query, 0, description)
        }
    }

    /// The caller's own id of a call.
    #[must_use]
    pub const fn client_request_id() -> Self {
        Self::text(
            CLIENT_REQUEST_ID,
            Place::Body,
            MAX_REQUEST_ID,
            "An id you make up. Repeated with it, as when its answer was lost, a call is not done twice.",
        )
    }

    /// Whether to tell what would happen, and do nothing.
    #[must_use]
    pub const fn dry_run(place: Place) -> Self {
        Self::flag(DRY_RUN, place, "true: only answer what would happen.")
    }

    /// The version the caller knows.
    #[must_use]
    pub const fn expected_version(place: Place, description: &'static str) -> Self {
        Self::integer("expectedVersion", place, (1, MAX_VERSION), None, description)
    }

    /// The version a page must have to be changed at all.
    #[must_use]
    pub const fn required_version(place: Place) -> Self {
        Self::expected_version(
            place,
            "The version you read; refused if the page was changed since.",
        )
    }

    /// A whole number.
    #[must_use]
    pub const fn integer(
        name: &'static str,
        place: Place,
        (min, max): (i64, i64),
        default: Option<i64>,
        description: &'static str,
    ) -> Self {
        Self {
            name,
            place,
            kind: Kind::Integer { min, max, default },
            required: false,
            blank: false,
            missing: None,
            description,
            example: None,
        }
    }

    /// The same, but it must be there; `missing` is the answer when it is not.
    #[must_use]
    pub const fn required(mut self, missing: Option<&'static str>) -> Self {
        self.required = true;
        self.missing = missing;
        self
    }

    /// The same, but it must be there; it may be blank.
    #[must_use]
    pub const fn given(mut self, missing: &'static str) -> Self {
        self.missing = Some(missing);
        self.required = true;
        self.blank = true;
        self
    }

    /// The same with an example.
    #[must_use]
    pub const fn example(mut self, example: &'static str) -> Self {
        self.example = Some(example);
        self
    }

    /// The JSON Schema of its values, without the description.
    #[must_use]
    pub fn schema(&self) -> Value {
        match self.kind {
            Kind::Text { max } if self.required && !self.blank => {
                json!({ "type": "string", "maxLength": max, "pattern": NOT_BLANK })
            }
            Kind::Text { max } => json!({ "type": "string", "maxLength": max }),
            Kind::Integer { min, max, default } => {
                let mut schema = json!({ "type": "integer", "minimum": min, "maximum": max });
                if let Some(default) = default {
                    schema["default"] = json!(default);
                }
                schema
            }
            Kind::Flag => json!({ "type": "boolean", "default": false }),
            Kind::Choice(words) => json!({ "type": "string", "enum": words }),
        }
    }
}

/// The body a caller gave, with the format if named; absent means empty.
pub(super) fn body_of(arguments: &Arguments) -> Body {
    let format = arguments.text("format").map(|word| match word {
        "storage" => Format::Storage,
        _ => Format::Markdown,
    });
    Body {
        text: arguments.required("body").to_owned(),
        format,
    }
}
