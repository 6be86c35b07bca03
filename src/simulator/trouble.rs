//! Scripted trouble: which requests meet which fault, and how often.

use std::{fmt, str::FromStr, time::Duration};

use super::{faults::Fault, knobs::parse_duration};

/// How often a rule strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// This many matching requests.
    Count(usize),
    /// Every matching request until the script is cleared.
    Forever,
}

/// Which kind of requests a rule is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Calls {
    /// Any.
    #[default]
    All,
    /// Those that only look: GET and HEAD.
    Reads,
    /// Those that change something: everything else.
    Writes,
    /// The first that changes something, and whatever comes after it.
    FromWrite,
}

impl Calls {
    /// Every kind with its word; a rule for any has none.
    const WORDS: [(Self, &str); 3] = [
        (Self::Reads, "reads"),
        (Self::Writes, "writes"),
        (Self::FromWrite, "from-write"),
    ];

    fn take(self, method: &str) -> bool {
        let reads = matches!(method, "GET" | "HEAD");
        match self {
            Self::All => true,
            Self::Reads => reads,
            Self::Writes | Self::FromWrite => !reads,
        }
    }
}

/// Which requests a rule is for. Empty fields match everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matching {
    /// Their kind.
    pub calls: Calls,
    /// The method, upper case.
    pub method: Option<String>,
    /// A part of the path with its query, as on the wire.
    pub path_contains: String,
    /// This many matching requests pass before the rule starts to strike.
    pub skip: usize,
}

/// One line of the script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Which requests.
    pub matching: Matching,
    /// How many of them.
    pub times: Times,
    /// What they meet.
    pub fault: Fault,
    /// The wait that a 429 or 503 asks for, or how long the slow ones are slow.
    pub wait: Duration,
}

impl Trouble {
    /// The next request meets `fault`.
    #[must_use]
    pub fn new(fault: Fault) -> Self {
        Self {
            matching: Matching::default(),
            times: Times::Count(1),
            fault,
            wait: Duration::from_secs(1),
        }
    }

    /// Only requests of this kind.
    #[must_use]
    pub fn calls(mut self, calls: Calls) -> Self {
        self.matching.calls = calls;
        self
    }

    /// Only requests of this method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.matching.method = Some(method.to_ascii_uppercase());
        self
    }

    /// Only requests whose path and query contain `part`.
    #[must_use]
    pub fn path(mut self, part: &str) -> Self {
        part.clone_into(&mut self.matching.path_contains);
        self
    }

    /// Let `count` matching requests pass first.
    #[must_use]
    pub fn after(mut self, count: usize) -> Self {
        self.matching.skip = count;
        self
    }

    /// Strike `count` times.
    #[must_use]
    pub fn times(mut self, count: usize) -> Self {
        self.times = Times::Count(count);
        self
    }

    /// Strike until cleared.
    #[must_use]
    pub fn forever(mut self) -> Self {
        self.times = Times::Forever;
        self
    }

    /// The wait asked for, or the length of the delay.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    fn is_unconditional(&self) -> bool {
        let Matching {
            calls,
            method,
            path_contains,
            ..
        } = &self.matching;
        *calls == Calls::All && method.is_none() && path_contains.is_empty()
    }

    fn matches(&self, method: &str, target: &str) -> bool {
        self.matching.calls.take(method)
            && self
                .matching
                .method
                .as_ref()
                .is_none_or(|wanted| wanted == method)
            && target.contains(&self.matching.path_contains)
    }
}

/// `fault [reads | writes | from-write] [METHOD] [/path] [xN | forever] [+skip] [wait=2s]`, words in any order after the fault.
impl FromStr for Trouble {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let mut trouble = Self::new(words.next().unwrap_or_default().parse()?);
        for word in words {
            let number = |digits: &str| digits.parse().map_err(|_| format!("\"{word}\" is not a number"));
            if let Some(wait) = word.strip_prefix("wait=") {
                trouble.wait = parse_duration(wait).ok_or_else(|| format!("\"{wait}\" is not a duration"))?;
            } else if let Some((calls, _)) = Calls::WORDS.into_iter().find(|(_, name)| *name == word) {
                trouble.matching.calls = calls;
            } else if word == "forever" {
                trouble.times = Times::Forever;
            } else if let Some(skip) = word.strip_prefix('+') {
                trouble.matching.skip = number(skip)?;
            } else if let Some(count) = word.strip_prefix('x') {
                trouble.times = Times::Count(number(count)?);
            } else if word.starts_with('/') {
                word.clone_into(&mut trouble.matching.path_contains);
            } else if word.chars().all(|letter| letter.is_ascii_uppercase()) {
                trouble.matching.method = Some(word.to_owned());
            } else {
                return Err(format!(
                    "\"{word}\" is neither reads, writes, from-write, a method, a path, xN, forever, +N nor wait="
                ));
            }
        }
        Ok(trouble)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.fault)?;
        if let Some((_, word)) = Calls::WORDS
            .iter()
            .find(|(calls, _)| *calls == self.matching.calls)
        {
            write!(f, " {word}")?;
        }
        if let Some(method) = &self.matching.method {
            write!(f, " {method}")?;
        }
        if !self.matching.path_contains.is_empty() {
            write!(f, " {}", self.matching.path_contains)?;
        }
        match self.times {
            Times::Count(count) => write!(f, " x{count}")?,
            Times::Forever => f.write_str(" forever")?,
        }
        if self.matching.skip > 0 {
            write!(f, " +{}", self.matching.skip)?;
        }
        write!(f, " wait={}ms", self.wait.as_millis())
    }
}

/// The script as it is worked off.
#[derive(Default)]
pub(crate) struct Script(Vec<Trouble>);

impl Script {
    pub(crate) fn add(&mut self, trouble: Trouble) {
        self.0.push(trouble);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The rules that have not been used up.
    pub(crate) fn pending(&self) -> Vec<Trouble> {
        self.0.clone()
    }

    /// What a request meets: the first rule that matches it and is due. Rules that still let requests pass
    /// count it and leave it to the next rule.
    pub(crate) fn strike(&mut self, method: &str, target: &str) -> Option<Trouble> {
        self.take(|trouble| trouble.matches(method, target))
    }

    /// Whether a connection that was just accepted is to be closed.
    pub(crate) fn refuse_connection(&mut self) -> bool {
        self.take(|trouble| trouble.fault == Fault::ConnectionRefused && trouble.is_unconditional())
            .is_some()
    }

    fn take(&mut self, applies: impl Fn(&Trouble) -> bool) -> Option<Trouble> {
        let mut due = None;
        for (index, trouble) in self.0.iter_mut().enumerate() {
            if !applies(trouble) {
                continue;
            }
            if trouble.matching.calls == Calls::FromWrite {
                trouble.matching.calls = Calls::All;
            }
            if trouble.matching.skip > 0 {
                trouble.matching.skip -= 1;
                continue;
            }
            due = Some(index);
            break;
        }
        let index = due?;
        let struck = self.0[index].clone();
        match &mut self.0[index].times {
            Times::Forever => {}
            Times::Count(left @ 2..) => *left -= 1,
            Times::Count(_) => {
                self.0.remove(index);
            }
        }
        Some(struck)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_skips_then_strikes_then_is_used_up() {
        let mut script = Script::default();
        script.add(
            Trouble::new(Fault::BadGateway)
                .method("GET")
                .path("/pages")
                .after(1)
                .times(2),
        );
        let hits: Vec<bool> = (0..5)
            .map(|_| script.strike("GET", "/wiki/api/v2/pages/1").is_some())
            .collect();
        assert_eq!(hits, [false, true, true, false, false]);
        assert!(script.pending().is_empty());
    }

    #[test]
    fn a_rule_leaves_other_methods_and_paths_alone() {
        let mut script = Script::default();
        script.add(Trouble::new(Fault::CutAfter).method("PUT").path("/pages"));
        assert_eq!(script.strike("GET", "/pages"), None);
        assert_eq!(script.strike("PUT", "/spaces"), None);
        assert!(script.strike("PUT", "/pages/7").is_some());
    }

    #[test]
    fn a_rule_may_be_for_looking_for_changing_or_for_all_that_follows_a_change() {
        let asked = ["GET", "POST", "GET", "PUT", "HEAD"];
        let hits = |calls| {
            let mut script = Script::default();
            script.add(Trouble::new(Fault::Gone).calls(calls).forever());
            asked.map(|method| script.strike(method, "/pages").is_some())
        };
        assert_eq!(hits(Calls::Reads), [true, false, true, false, true]);
        assert_eq!(hits(Calls::Writes), [false, true, false, true, false]);
        assert_eq!(hits(Calls::FromWrite), [false, true, true, true, true]);
    }

    #[test]
    fn only_unconditional_rules_refuse_connections() {
        let mut script = Script::default();
        script.add(Trouble::new(Fault::ConnectionRefused).path("/pages"));
        assert!(!script.refuse_connection());
        script.add(Trouble::new(Fault::ConnectionRefused).calls(Calls::Reads));
        assert!(!script.refuse_connection());
        script.add(Trouble::new(Fault::ConnectionRefused));
        assert!(script.refuse_connection());
        assert!(!script.refuse_connection());
    }

    #[test]
    fn a_rule_reads_back_as_it_is_shown() {
        for fault in Fault::ALL {
            let trouble = Trouble::new(*fault)
                .method("PUT")
                .path("/content/")
                .after(3)
                .times(2)
                .wait(Duration::from_millis(40));
            assert_eq!(trouble.to_string().parse(), Ok(trouble));
        }
        for calls in [Calls::All, Calls::Reads, Calls::Writes, Calls::FromWrite] {
            let trouble = Trouble::new(Fault::Gone).calls(calls);
            assert_eq!(trouble.to_string().parse(), Ok(trouble));
        }
        let forever: Trouble = "cut-after forever".parse().unwrap();
        assert_eq!(forever.times, Times::Forever);
        assert!("cut-after sometimes".parse::<Trouble>().is_err());
        assert!(
            "lightning"
                .parse::<Trouble>()
                .unwrap_err()
                .contains("known: retry-after-seconds")
        );
    }
}
