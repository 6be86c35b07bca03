//! The switches of the simulator: every behaviour that differs between sites, that the documents leave open,
//! or that only shows on a bad day. The table at the end of the file is their one list: fields, names for
//! flags, defaults and help come from it.

use std::{fmt, str::FromStr, time::Duration};

use chrono::{DateTime, Utc};

use super::faults::Fault;

/// A value a flag can carry.
trait Switch: Sized {
    fn parse(text: &str) -> Option<Self>;
    fn show(&self) -> String;
}

impl Switch for bool {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "on" | "true" | "yes" => Some(true),
            "off" | "false" | "no" => Some(false),
            _ => None,
        }
    }

    fn show(&self) -> String {
        if *self { "on" } else { "off" }.to_owned()
    }
}

macro_rules! switch_by_std {
    ($($kind:ty),*) => {$(
        impl Switch for $kind {
            fn parse(text: &str) -> Option<Self> {
                text.parse().ok()
            }

            fn show(&self) -> String {
                self.to_string()
            }
        }
    )*};
}
switch_by_std!(u32, i32, usize, f64, String, Fault);

impl Switch for Duration {
    fn parse(text: &str) -> Option<Self> {
        parse_duration(text)
    }

    fn show(&self) -> String {
        format!("{}ms", self.as_millis())
    }
}

/// Off, or an instant in RFC 3339.
impl Switch for Option<DateTime<Utc>> {
    fn parse(text: &str) -> Option<Self> {
        if text == "off" {
            return Some(None);
        }
        Some(Some(DateTime::parse_from_rfc3339(text).ok()?.to_utc()))
    }

    fn show(&self) -> String {
        self.map_or_else(|| "off".to_owned(), |instant| instant.to_rfc3339())
    }
}

/// A duration as a flag writes it: `250ms`, `2s`, `1m`.
#[must_use]
pub fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let number: f64 = digits.parse().ok().filter(|number: &f64| *number >= 0.0)?;
    let seconds = match &text[digits.len()..] {
        "ms" => number / 1000.0,
        "s" => number,
        "m" => number * 60.0,
        "" if number == 0.0 => 0.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(seconds).ok()
}

macro_rules! choices {
    ($(#[$meta:meta])* $name:ident { $($(#[$item:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$item])* $variant),* }

        impl Switch for $name {
            fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }

            fn show(&self) -> String {
                match self { $(Self::$variant => $text),* }.to_owned()
            }
        }
    };
}

choices! {
    /// How the removed part of Cloud v1 behaves.
    RemovedV1 {
        /// 410 for everybody.
        Always = "always",
        /// 410 for Bearer, served for Basic, as on tenants seen in June 2026.
        Bearer = "bearer",
        /// Still served, as on sites that have not removed it.
        Off = "off",
    }
}
choices! {
    /// What v2 says to a write by a user who may only read.
    DeniedWrite {
        /// 404 naming the id, as the document has it.
        NotFound = "not-found",
        /// 403.
        Forbidden = "forbidden",
    }
}
choices! {
    /// What v2 does with a limit above its maximum.
    Overflow {
        /// Uses the maximum.
        Clamp = "clamp",
        /// 400.
        Reject = "reject",
    }
}
choices! {
    /// What a cursor that was damaged on the way leads to.
    MangledCursor {
        /// The first page again, silently.
        FirstPage = "first-page",
        /// 400.
        Reject = "reject",
    }
}
choices! {
    /// The type of `status` inside v2 errors.
    ErrorStatus {
        /// A string in a 409, a number elsewhere: both were captured.
        Mixed = "mixed",
        /// Always a number.
        Number = "number",
        /// Always a string.
        Text = "text",
    }
}
choices! {
    /// The order of `descendants`.
    DescendantOrder {
        /// A page, then what is below it, as captured.
        DepthFirst = "depth-first",
        /// Level by level, as "top-to-bottom" may be read.
        LevelByLevel = "level-by-level",
    }
}
choices! {
    /// What `totalSize` of a search says.
    TotalSize {
        /// The truth.
        Exact = "exact",
        /// More than there is, and 1 with an empty list.
        Inflated = "inflated",
    }
}

macro_rules! knobs {
    ($($(#[doc = $doc:literal])+ $name:literal $field:ident: $kind:ty = $default:expr;)*) => {
        /// The switches of the simulator.
        #[derive(Clone, Debug)]
        pub struct Knobs { $($(#[doc = $doc])+ pub $field: $kind,)* }

        impl Default for Knobs {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl Knobs {
            /// Every knob: its name for flags and what it does.
            pub const ALL: &'static [(&'static str, &'static str)] = &[$(($name, concat!($($doc),+).trim_ascii())),*];

            /// Sets the knob `name` from the text of a flag.
            ///
            /// # Errors
            ///
            /// A sentence that names the unknown knob or the value that does not fit it.
            pub fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
                let fits = match name {
                    $($name => <$kind as Switch>::parse(value).map(|value| self.$field = value).is_some(),)*
                    _ => return Err(format!("unknown knob \"{name}\"")),
                };
                if fits { Ok(()) } else { Err(format!("\"{value}\" does not fit the knob \"{name}\"")) }
            }

            /// The value of every knob, as [`Knobs::set`] reads it.
            #[must_use]
            pub fn values(&self) -> Vec<(&'static str, String)> {
                vec![$(($name, Switch::show(&self.$field))),*]
            }
        }
    };
}

impl fmt::Display for Knobs {
    /// `name=value` pairs of the knobs that differ from the default, separated by blanks.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let defaults = Self::default().values();
        let changed = self
            .values()
            .into_iter()
            .zip(defaults)
            .filter(|(now, default)| now != default);
        let pairs: Vec<String> = changed
            .map(|((name, value), _)| format!("{name}={value}"))
            .collect();
        f.write_str(&pairs.join(" "))
    }
}

impl FromStr for Knobs {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut knobs = Self::default();
        for pair in text.split_whitespace() {
            let (name, value) = pair
                .split_once('=')
                .ok_or_else(|| format!("\"{pair}\" is not of the form name=value"))?;
            knobs.set(name, value)?;
        }
        Ok(knobs)
    }
}

knobs! {
    /// Hold the server's clock at this instant (RFC 3339, or off).
    "frozen-clock" frozen_clock: Option<DateTime<Utc>> = None;
    /// Up to this much is added to the latency of an answer.
    "jitter" jitter: Duration = Duration::ZERO;
    /// Requests per second a user may make before 429; 0 is unlimited.
    "rate-limit" rate_limit: f64 = 0.0;
    /// How many requests may come at once before the rate limit bites.
    "rate-burst" rate_burst: u32 = 10;
    /// Which style of 429 the rate limit answers with.
    "rate-style" rate_style: Fault = Fault::RetryAfterSeconds;
    /// A new page answers 404 to reads for this long.
    "create-lag" create_lag: Duration = Duration::ZERO;
    /// Trashed pages reserve their titles (disputed).
    "trashed-reserve-titles" trashed_reserve_titles: bool = false;
    /// Renaming a page rewrites the links to its title in other pages.
    "rename-rewrites-links" rename_rewrites_links: bool = false;
    /// Cloud: who gets 410 for the removed v1 content routes (always, bearer, off).
    "removed-v1" removed_v1: RemovedV1 = RemovedV1::Always;
    /// Cloud v2: the answer to a write by a reader (not-found, forbidden).
    "denied-write" denied_write: DeniedWrite = DeniedWrite::NotFound;
    /// Cloud v2: a limit or depth above the maximum (clamp, reject).
    "limit-overflow" limit_overflow: Overflow = Overflow::Clamp;
    /// Cloud v2: a cursor that came back damaged (first-page, reject).
    "mangled-cursor" mangled_cursor: MangledCursor = MangledCursor::FirstPage;
    /// Cloud v2: the JSON type of status in errors (mixed, number, text).
    "error-status" error_status: ErrorStatus = ErrorStatus::Mixed;
    /// Cloud v2: saving a page needs a body (in the schema; some clients leave it out).
    "body-required" body_required: bool = true;
    /// Cloud v2: the order of descendants (depth-first, level-by-level).
    "descendant-order" descendant_order: DescendantOrder = DescendantOrder::DepthFirst;
    /// Cloud v2: rows of direct-children carry spaceId (in the schema, absent on the measured site).
    "children-space-id" children_space_id: bool = false;
    /// Cloud: archived pages stay visible among children and descendants.
    "archived-in-tree" archived_in_tree: bool = false;
    /// Cloud: macros get a schema version and a macro id on save.
    "macro-ids" macro_ids: bool = true;
    /// Cloud: scopes of the scoped token, comma separated; empty means all.
    "scopes" scopes: String = String::new();
    /// Data Center: the context path, such as /confluence.
    "context-path" context_path: String = String::new();
    /// Data Center: anonymous access is on, so that a bad token reads as nobody.
    "anonymous-access" anonymous_access: bool = false;
    /// Data Center: Basic with a password is allowed.
    "basic-password" basic_password: bool = true;
    /// Data Center: lists of more than 200 never stop offering a next page.
    "never-ending-next" never_ending_next: bool = false;
    /// Data Center: looking up a title minds its case.
    "title-lookup-minds-case" title_lookup_minds_case: bool = true;
    /// Data Center: trashing answers 200 as the document says, instead of 204 as seen.
    "trash-answers-200" trash_answers_200: bool = false;
    /// Data Center: the site is in read-only mode.
    "read-only" read_only: bool = false;
    /// Data Center: minutes by which the server's zone is ahead of UTC.
    "utc-offset-minutes" utc_offset_minutes: i32 = 600;
    /// Data Center: web links of the newer form /spaces/KEY/pages/ID/Title.
    "new-web-links" new_web_links: bool = false;
    /// How many rows the position in a parse error is off.
    "xhtml-row-offset" xhtml_row_offset: usize = 0;
    /// Search sees a change only after this long.
    "index-lag" index_lag: Duration = Duration::ZERO;
    /// Search returns short pages with more to come.
    "search-short-pages" search_short_pages: bool = false;
    /// Search: what totalSize says (exact, inflated).
    "search-total" search_total: TotalSize = TotalSize::Exact;
    /// Search still finds deleted pages.
    "search-finds-deleted" search_finds_deleted: bool = false;
    /// CQL: AND binds tighter than OR, instead of left to right as documented.
    "cql-precedence" cql_precedence: bool = false;
    /// CQL: a clause on ancestor is ignored, as reported at times.
    "cql-ignores-ancestor" cql_ignores_ancestor: bool = false;
    /// Cloud: no profile shows an e-mail address.
    "hidden-emails" hidden_emails: bool = false;
    /// Cloud: an e-mail address that is not shown is null, instead of an empty text.
    "null-emails" null_emails: bool = false;
    /// Users are found by the beginnings of the words of their names, as documented, instead of by whole words.
    "names-by-prefix" names_by_prefix: bool = true;
    /// Cloud: searches for users go on by cursor, as those for content do, and ignore start.
    "user-search-by-cursor" user_search_by_cursor: bool = false;
    /// Data Center: the search takes user.fullname and other fields of users, which no document lists.
    "user-cql" user_cql: bool = true;
    /// Data Center: there are lists of all users and of global permissions, which older releases lack.
    "user-lists" user_lists: bool = true;
    /// Data Center: a group that is not there is 404, instead of 403.
    "no-group-404" no_group_404: bool = true;
    /// Pages carry a status and a subtype that no document lists.
    "odd-enums" odd_enums: bool = false;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_knob_reads_back_the_value_it_shows() {
        let mut knobs = Knobs::default();
        for (name, value) in Knobs::default().values() {
            if !value.is_empty() {
                knobs.set(name, &value).unwrap();
            }
        }
        assert_eq!(knobs.to_string(), "");
    }

    #[test]
    fn every_knob_has_a_name_and_a_sentence() {
        for (name, help) in Knobs::ALL {
            assert!(
                name.chars()
                    .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-'),
                "{name}"
            );
            assert!(help.ends_with('.') && !help.starts_with(' '), "{name}: {help:?}");
        }
    }

    #[test]
    fn changed_knobs_are_shown_and_read_as_pairs() {
        let text = "removed-v1=off index-lag=1500ms anonymous-access=on";
        let knobs: Knobs = text.parse().unwrap();
        assert_eq!(knobs.removed_v1, RemovedV1::Off);
        assert_eq!(knobs.index_lag, Duration::from_millis(1500));
        let shown: Vec<String> = knobs.to_string().split(' ').map(str::to_owned).collect();
        assert_eq!(shown.len(), 3);
        assert!(shown.contains(&"anonymous-access=on".to_owned()));
    }

    #[test]
    fn a_misspelt_knob_and_a_bad_value_are_named() {
        assert_eq!("speed=1".parse::<Knobs>().unwrap_err(), "unknown knob \"speed\"");
        assert_eq!(
            "read-only=maybe".parse::<Knobs>().unwrap_err(),
            "\"maybe\" does not fit the knob \"read-only\""
        );
    }

    #[test]
    fn durations_need_a_unit() {
        assert_eq!(parse_duration("250ms"), Some(Duration::from_millis(250)));
        assert_eq!(parse_duration("1.5s"), Some(Duration::from_millis(1500)));
        assert_eq!(parse_duration("2m"), Some(Duration::from_secs(120)));
        assert_eq!(parse_duration("0"), Some(Duration::ZERO));
        assert_eq!(parse_duration("5"), None);
        assert_eq!(parse_duration("-5s"), None);
    }
}
