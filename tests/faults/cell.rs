//! One cell: a wiki of its own, one kind of trouble, one operation, and what came of it.

use std::time::Duration;

use conflagent::config::DirectoryAccess;
use conflagent::simulator::{Calls, Fault, Seed, Simulator, Trouble};
use serde_json::Value;
use tokio::time::Instant;

use crate::operations::{Case, NEWCOMER};
use crate::support::{Answer, Bridge, Product};
use crate::world::{self, World};

/// Which of the operation's calls meet the trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Aim {
    /// The first that only looks.
    FirstRead,
    /// All that only look.
    Reads,
    /// The first that changes something.
    FirstWrite,
    /// All that change something; looking works.
    Writes,
    /// The first that changes something, and all that come after it.
    FromWrite,
}

impl Aim {
    pub(crate) const ALL: [Self; 5] = [
        Self::FirstRead,
        Self::Reads,
        Self::FirstWrite,
        Self::Writes,
        Self::FromWrite,
    ];

    pub(crate) fn at_writes(self) -> bool {
        matches!(self, Self::FirstWrite | Self::Writes | Self::FromWrite)
    }

    fn is_once(self) -> bool {
        matches!(self, Self::FirstRead | Self::FirstWrite)
    }

    fn calls(self) -> Calls {
        match self {
            Self::FirstRead | Self::Reads => Calls::Reads,
            Self::FirstWrite | Self::Writes => Calls::Writes,
            Self::FromWrite => Calls::FromWrite,
        }
    }
}

/// What is tried.
#[derive(Clone, Copy)]
pub(crate) struct Cell {
    pub(crate) product: Product,
    pub(crate) case: &'static Case,
    /// None: calm weather.
    pub(crate) trouble: Option<(Fault, Aim)>,
    /// How many calls come before the first write, in calm weather.
    pub(crate) before_write: usize,
}

impl Cell {
    /// What it has in common with others: the trouble and its aim.
    pub(crate) fn kind(&self) -> Option<(&'static str, Aim)> {
        self.trouble.map(|(fault, aim)| (fault.name(), aim))
    }
}

impl PartialEq for Cell {
    fn eq(&self, other: &Self) -> bool {
        (self.product, self.case.name, self.trouble) == (other.product, other.case.name, other.trouble)
    }
}

impl std::fmt::Debug for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} on {:?}", self.case.name, self.product)?;
        match self.trouble {
            Some((fault, aim)) => write!(f, ", {fault} at {aim:?}"),
            None => Ok(()),
        }
    }
}

/// What the caller was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Told {
    /// It was done.
    Done,
    /// It was not done; with the status.
    NotDone(u16),
    /// Nobody knows; with the status.
    Unknown(u16),
}

/// What came of a cell.
#[derive(Debug)]
pub(crate) struct Came {
    pub(crate) told: Told,
    /// How many of the calls that reached Confluence were to change something.
    pub(crate) writes: usize,
    /// How many came before the first of those, or at all. The names of the pages above, which a write does not wait for,
    /// do not count: it is luck whether they are asked for before it.
    pub(crate) before_write: usize,
    /// Promises that were broken.
    pub(crate) broken: Vec<String>,
}

/// How long one call of Confluence may take where some take for ever.
const UPSTREAM_TIMEOUT: Duration = Duration::from_secs(1);

/// What the machine may need on top when it is busy. Trouble that lasts is far longer.
const SLACK: Duration = Duration::from_secs(10);

/// How long trouble lasts that does not end in time, and how long a wait is that is told at once.
const LONG: Duration = Duration::from_secs(60);

impl Cell {
    /// Tries it. On a machine that is too busy to make the pages in time, it is begun anew.
    pub(crate) async fn run(&self) -> Came {
        for _ in 0..4 {
            if let Some(came) = self.try_out().await {
                return came;
            }
        }
        let came = self.try_out().await;
        came.expect("a service that works in calm weather")
    }

    async fn try_out(&self) -> Option<Came> {
        let bridge = Bridge::tuned(
            self.product,
            |options| options.seed = Seed::Empty,
            |config| config.directory = DirectoryAccess::Admin,
            |settings| {
                settings.request_timeout = self.request_timeout();
                settings.upstream_timeout = self.upstream_timeout();
            },
        )
        .await;
        let ids = world::plant(&bridge).await?;
        let before = world::look(&bridge.simulator, None);
        bridge.simulator.reset_log();
        self.make_trouble(&bridge.simulator).await;
        let begun = Instant::now();
        let answer = bridge
            .call(self.case.method, self.case.path, self.case.body())
            .await;
        let took = begun.elapsed();
        let mut broken = Vec::new();
        if took > self.request_timeout() + SLACK {
            broken.push(format!("it took {took:?}"));
        }
        let told = told(&answer, &mut broken);
        if told == Told::Done && !self.case.is_true(&bridge.simulator, &ids, &answer.json()["data"]) {
            broken.push("a success that is not true".to_owned());
        }
        if let (Some((fault, _)), Told::NotDone(429 | 503)) = (self.trouble, told)
            && tells_the_wait(fault)
            && answer.json()["retryAfterSeconds"]
                .as_u64()
                .is_none_or(|wait| wait < 50)
        {
            broken.push("the wait that Confluence named is not passed on".to_owned());
        }
        let after = world::look(&bridge.simulator, Some(&before));
        let done = self.case.carried_out(self.product, &ids, &before);
        broken.extend(compare(told, &before, after, done.as_ref()));
        let requests = bridge.simulator.requests();
        let looks = requests.iter().take_while(|request| request.method == "GET");
        let before_write = looks.filter(|request| !request.query.starts_with("id=")).count();
        if !broken.is_empty() {
            broken.push(format!("{} {}", answer.status, answer.text));
            broken.extend(requests.iter().map(|request| {
                format!(
                    "  {:?} {} {}?{} -> {:?} {:?}",
                    request.at, request.method, request.path, request.query, request.status, request.fault
                )
            }));
        }
        Some(Came {
            told,
            writes: requests.iter().filter(|request| request.method != "GET").count(),
            before_write,
            broken,
        })
    }

    /// Whether it is tried again and again until the deadline.
    pub(crate) fn waits_for_the_deadline(&self) -> bool {
        let Some((fault, aim)) = self.trouble else {
            return false;
        };
        match fault {
            Fault::BadGateway
            | Fault::GatewayTimeout
            | Fault::Unavailable
            | Fault::ConnectionRefused
            | Fault::CutBefore
            | Fault::CutAfter
            | Fault::TruncatedBody
            | Fault::SlowFirstByte
            | Fault::StalledBody => matches!(aim, Aim::Reads | Aim::FromWrite),
            // These are refused before they are handled, writes as well.
            Fault::StopsListening | Fault::TooManyRequests => !aim.is_once(),
            _ => false,
        }
    }

    /// Until when an answer must be there. Short only where it is waited for: a busy machine needs its time.
    fn request_timeout(&self) -> Duration {
        match self.trouble {
            // The first wait is up to 2.6 s, the second one at least 2.8 s.
            Some((Fault::TooManyRequests, _)) if self.waits_for_the_deadline() => Duration::from_secs(4),
            _ if self.waits_for_the_deadline() => Duration::from_millis(2500),
            _ => Duration::from_secs(20),
        }
    }

    fn upstream_timeout(&self) -> Duration {
        match self.trouble {
            Some((Fault::SlowFirstByte | Fault::StalledBody, _)) => UPSTREAM_TIMEOUT,
            _ => self.request_timeout(),
        }
    }

    async fn make_trouble(&self, simulator: &Simulator) {
        let Some((fault, aim)) = self.trouble else { return };
        if fault == Fault::StopsListening {
            let wait = if aim.is_once() {
                Duration::from_millis(300)
            } else {
                LONG
            };
            return self.stop_listening(simulator, aim, wait).await;
        }
        let wait = match fault {
            _ if aim.is_once() && tells_the_wait(fault) => Duration::from_secs(1),
            // Cut to whole minutes.
            Fault::ResetMinute => 2 * LONG,
            _ => LONG,
        };
        let mut trouble = Trouble::new(fault).calls(aim.calls()).wait(wait);
        if !aim.is_once() {
            trouble = trouble.forever();
        }
        simulator.script(trouble);
    }

    /// Connections can only be refused beforehand: from the start, or after the last call before the write.
    async fn stop_listening(&self, simulator: &Simulator, aim: Aim, wait: Duration) {
        if !aim.at_writes() {
            return simulator.refuse_connections(wait).await;
        }
        let last_read = Trouble::new(Fault::StopsListening)
            .calls(Calls::Reads)
            .after(self.before_write - 1)
            .wait(wait);
        simulator.script(last_read);
    }
}

/// Whether the answer names a wait, which is [`LONG`] where the trouble lasts.
fn tells_the_wait(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::RetryAfterSeconds
            | Fault::RetryAfterDate
            | Fault::ResetInstant
            | Fault::ResetMinute
            | Fault::RateLimitField
            | Fault::BetaRateLimitField
            | Fault::RateLimitReset
            | Fault::UnavailableRetryAfter
    )
}

/// Words that only Confluence, its proxies or its login pages use.
const UPSTREAM_WORDS: &[&str] = &[
    "127.0.0.1",
    "exception",
    "<html",
    "tomcat",
    "gateway",
    "rate limit exceeded",
    "login.example.com",
    "service temporarily",
    "internal server error",
    "deprecated endpoint",
    "cannot find",
    "contentid",
    "apache",
    "java",
];

/// Reads the answer, and holds it against what every answer promises.
fn told(answer: &Answer, broken: &mut Vec<String>) -> Told {
    let mut hold = |so: bool, what: &str| {
        if !so {
            broken.push(what.to_owned());
        }
    };
    let Ok(json) = serde_json::from_str::<Value>(&answer.text) else {
        broken.push("not an envelope".to_owned());
        return Told::NotDone(answer.status);
    };
    let has = |field: &str| json.get(field).is_some();
    hold(
        ["success", "code", "message", "data", "timestamp"]
            .iter()
            .all(|field| has(field)),
        "not an envelope",
    );
    if answer.status == 200 {
        hold(
            json["success"] == true && json["code"] == "OK",
            "a success that is none",
        );
        return Told::Done;
    }
    let text = |field: &str| json[field].as_str().unwrap_or_default();
    let status = answer.status;
    let code = match status {
        404 => "NOT_FOUND",
        409 => "VERSION_CONFLICT",
        429 => "RATE_LIMITED",
        502..=504 => "UPSTREAM_ERROR",
        _ => "a status that fits no trouble",
    };
    hold(text("code") == code, "the code does not fit the status");
    hold(
        json["success"] == false && json["data"].is_null(),
        "a failure that is none",
    );
    hold(!text("message").is_empty(), "no message");
    hold(!text("hint").is_empty(), "no hint");
    hold(!text("requestId").is_empty(), "no request id");
    hold(
        json["retryable"] == matches!(status, 429 | 503 | 504),
        "retryable does not fit the status",
    );
    let wait = json["retryAfterSeconds"].as_u64().map(|wait| wait.to_string());
    hold(
        wait.as_deref() == answer.header("retry-after"),
        "the header and the envelope name different waits",
    );
    hold(status != 429 || wait.is_some(), "429 without a wait");
    let lower = answer.text.to_lowercase();
    for word in UPSTREAM_WORDS {
        hold(!lower.contains(word), "words of Confluence's");
    }
    if text("message").contains("may have been carried out") {
        hold(
            text("hint").starts_with("Look first") && matches!(status, 502 | 504),
            "in doubt, and no word of looking first",
        );
        return Told::Unknown(status);
    }
    Told::NotDone(status)
}

/// Holds the wiki against what was told. Edits of others, which some trouble is made of, do not count.
fn compare(told: Told, before: &World, after: World, done: Option<&World>) -> Option<String> {
    let after: World = after
        .into_iter()
        .map(|(id, seen)| {
            let known = before.contains_key(&id);
            (if known { id } else { NEWCOMER.to_owned() }, seen)
        })
        .collect();
    let (untouched, carried_out) = (after == *before, Some(&after) == done);
    let kept = match told {
        Told::Done => done.map_or(untouched, |_| carried_out),
        Told::NotDone(_) => untouched,
        Told::Unknown(_) => untouched || carried_out,
    };
    (!kept).then(|| format!("told {told:?}; before:\n{before:#?}\nafter:\n{after:#?}"))
}
