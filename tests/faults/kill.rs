//! The program is killed while agents write, and started again: what it acknowledged is there, and nothing twice.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use conflagent::simulator::{Seed, Simulator};
use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::process::{Folder, SECRET, Serving, properties};
use crate::support::{Product, caller, simulated};

/// How often the program is killed.
const ROUNDS: u32 = 6;

/// How many agents write at once.
const AGENTS: usize = 8;

/// What an agent knows of its pages: titles, and the markers that were acknowledged for each.
type Acknowledged = BTreeMap<String, Vec<String>>;

/// What all agents share.
struct Stage {
    caller: reqwest::Client,
    /// Where the program listens now; None: it was killed and is not back. Closed when all is over.
    address: watch::Receiver<Option<String>>,
    acknowledged: Mutex<Acknowledged>,
    /// How many calls ended without an answer.
    unanswered: Mutex<u32>,
}

/// What an agent heard, if anything: status and envelope.
type Heard = Option<(u16, Value)>;

impl Stage {
    /// Asks once, as soon as the program is there. None: it will not be there any more.
    #[expect(clippy::disallowed_methods, reason = "the ban is on calls to Confluence")]
    async fn ask(&self, method: &str, path: &str, body: &Value) -> Option<Heard> {
        let mut address = self.address.clone();
        let base = address.wait_for(Option::is_some).await.ok()?.clone()?;
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let request = self
            .caller
            .request(method, format!("http://{base}/endpoint/wiki{path}"))
            .bearer_auth(SECRET)
            .body(body.to_string());
        let answer = async {
            let response = request.send().await.ok()?;
            let status = response.status().as_u16();
            let text = response.text().await.ok()?;
            Some((status, serde_json::from_str(&text).ok()?))
        };
        let heard = answer.await;
        if heard.is_none() {
            *self.unanswered.lock().unwrap_or_else(PoisonError::into_inner) += 1;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Some(heard)
    }

    /// Asks until there is an answer, as an agent would: who hears nothing looks first whether it was done.
    async fn insist(&self, method: &str, path: &str, body: &Value, is_there: &str) -> Option<Value> {
        loop {
            match self.ask(method, path, body).await? {
                Some((200, json)) => return Some(json),
                None | Some((404 | 409 | 429 | 503 | 504, _)) => {}
                Some((status, json)) => assert_eq!(status, 200, "{method} {path}: {json}"),
            }
            if let Some((200, json)) = self.ask("GET", is_there, &Value::Null).await? {
                let body_of = |value: &Value| value["body"].as_str().map(str::to_owned);
                if body_of(&json["data"]) == body_of(body) {
                    return Some(json);
                }
            }
        }
    }

    fn acknowledge(&self, title: &str, marker: &str) {
        let mut acknowledged = self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
        let markers = acknowledged.entry(title.to_owned()).or_default();
        markers.push(marker.to_owned());
    }

    /// Creates a page and updates it twice, over and over, until there is no more program.
    async fn agent(&self, number: usize) {
        for page in 0.. {
            let title = format!("Agent {number} page {page}");
            let path = format!("/pages/Agent%20{number}%20page%20{page}");
            for edit in 0..3 {
                let marker = format!("<p>{number}-{page}-{edit}</p>");
                let written = if edit == 0 {
                    let body = json!({"title": title, "body": marker, "format": "storage"});
                    self.insist("POST", "/pages", &body, &path).await
                } else {
                    let body = json!({"body": marker, "format": "storage"});
                    self.insist("PUT", &path, &body, &path).await
                };
                if written.is_none() {
                    return;
                }
                self.acknowledge(&title, &marker);
            }
        }
    }
}

/// Between nothing and this, by chance.
fn chance(most: u64) -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(()) % most
}

/// Starts the program, lets the agents write for a while, and kills it in the middle of it; again and again.
async fn killer(folder: &Folder, stage: &Stage, address: watch::Sender<Option<String>>) {
    for _ in 0..ROUNDS {
        let serving = Serving::start(folder, &[]).await;
        let count = || -> usize {
            let acknowledged = stage.acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
            acknowledged.values().map(Vec::len).sum()
        };
        let begun = count();
        address.send_replace(Some(serving.address.clone()));
        let enough = begun + 10 + usize::try_from(chance(30)).expect("few");
        crate::process::until("agents that get on", || count() >= enough).await;
        tokio::time::sleep(Duration::from_millis(chance(30))).await;
        // Dropping it is SIGKILL to this one process, and waiting for its end.
        drop(serving);
        address.send_replace(None);
    }
}

/// Holds what was acknowledged against the wiki itself.
fn compare(simulator: &Simulator, acknowledged: &Acknowledged) {
    let mut titles = BTreeMap::new();
    for entry in simulator.subtree(&simulator.root_page_id()) {
        let twin = titles.insert(entry.title.clone(), entry.id);
        assert!(twin.is_none(), "there are two pages '{}'", entry.title);
    }
    for (title, id) in &titles {
        let mut bodies: Vec<String> = simulator
            .versions(id)
            .into_iter()
            .map(|version| version.body.trim().to_owned())
            .collect();
        for marker in acknowledged.get(title).into_iter().flatten() {
            assert!(
                bodies.contains(marker),
                "'{title}' was never {marker}: {bodies:?}"
            );
        }
        bodies.sort();
        let all = bodies.len();
        bodies.dedup();
        assert_eq!(all, bodies.len(), "'{title}' was written twice: {bodies:?}");
    }
    for title in acknowledged.keys() {
        assert!(titles.contains_key(title), "there is no '{title}'");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_before_a_kill_is_there_and_nothing_twice() {
    for product in [Product::Cloud, Product::DataCenter] {
        let simulator = simulated(product, |options| {
            options.seed = Seed::Empty;
            options.latency = Duration::from_millis(20);
        })
        .await;
        let folder = Folder::new();
        folder.write("conflagent.wiki.properties", &properties(product, &simulator));
        let (announce, address) = watch::channel(None);
        let stage = Stage {
            caller: caller(),
            address,
            acknowledged: Mutex::default(),
            unanswered: Mutex::default(),
        };
        let agents = join_all((0..AGENTS).map(|number| stage.agent(number)));
        join(killer(&folder, &stage, announce), agents).await;
        let acknowledged = stage.acknowledged.into_inner().expect("no panic");
        let unanswered = stage.unanswered.into_inner().expect("no panic");
        assert!(unanswered > 0, "nobody was interrupted");
        compare(&simulator, &acknowledged);
    }
}
