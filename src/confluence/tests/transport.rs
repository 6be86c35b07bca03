//! What every call keeps to: deadlines, the size cap, one log event, credentials that stay where they belong.

use std::error::Error as _;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use tokio::net::TcpListener;
use tracing_subscriber::fmt::MakeWriter;

use super::{
    Call, Client, Deployment, Heard, Limits, PageId, Reply, Server, WithBody, client, client_without_call,
    config, id,
};
use crate::confluence::{ErrorKind, NewPage, NodeKind, Update};

const USER: &str = r#"{"type":"known","displayName":"Agent Smith"}"#;

async fn answering(reply: Reply) -> Server {
    Server::start(move |_: &Heard| reply.clone()).await
}

/// The error of the simplest call, answered like this.
async fn fault(reply: Reply) -> crate::confluence::Error {
    let server = answering(reply).await;
    client_without_call(&server, Deployment::DataCenter)
        .current_user()
        .await
        .unwrap_err()
}

#[tokio::test]
async fn credentials_are_basic_with_an_email_and_bearer_without() {
    let server = answering(Reply::json(200, USER)).await;
    client(&server, Deployment::Cloud).0.current_user().await.unwrap();
    client(&server, Deployment::DataCenter)
        .0
        .current_user()
        .await
        .unwrap();
    let sent: Vec<_> = server
        .heard()
        .iter()
        .map(|heard| heard.header("authorization").unwrap().to_owned())
        .collect();
    // agent@example.com:t0ken
    assert_eq!(sent, ["Basic YWdlbnRAZXhhbXBsZS5jb206dDBrZW4=", "Bearer t0ken"]);
}

#[tokio::test]
async fn calls_go_to_the_gateway_and_links_to_the_site() {
    let server = Server::start(|heard: &Heard| match heard.path() {
        "/ex/confluence/0f-1e/wiki/api/v2/pages/5" => json!({
            "id": "5", "status": "current", "title": "T", "version": {"number": 1},
            "_links": {"webui": "/spaces/DOC/pages/5/T", "base": "https://elsewhere.example.com"},
        })
        .into(),
        "/ex/confluence/0f-1e/wiki/api/v2/pages/5/ancestors" => json!({"results": []}).into(),
        _ => Reply::empty(404),
    })
    .await;
    let mut config = config(&server, Deployment::Cloud);
    config.cloud_id = Some("0f-1e".to_owned());
    config.base_url = "https://team.atlassian.net/wiki".parse().unwrap();
    let limits = Limits {
        gateway: server.url(""),
        ..Limits::default()
    };
    let client = Client::new(&config, &limits).unwrap();
    let page = client
        .located(&id("5"), WithBody::No)
        .await
        .unwrap()
        .unwrap()
        .page;
    assert_eq!(
        page.url.as_deref(),
        Some("https://team.atlassian.net/wiki/spaces/DOC/pages/5/T")
    );
}

#[tokio::test]
async fn a_link_to_another_site_is_no_link() {
    let server = Server::start(|heard: &Heard| match heard.path() {
        "/wiki/api/v2/pages/5" => json!({
            "id": "5", "status": "current", "title": "T", "version": {"number": 1},
            "_links": {"webui": "https://elsewhere.example.com/x"},
        })
        .into(),
        _ => json!({"results": []}).into(),
    })
    .await;
    let located = client(&server, Deployment::Cloud)
        .0
        .located(&id("5"), WithBody::No)
        .await
        .unwrap();
    assert_eq!(located.unwrap().page.url, None);
}

#[tokio::test]
async fn an_answer_over_the_cap_is_not_read() {
    let server = answering(Reply::json(200, &format!("{USER:<2000}"))).await;
    let with = |most| {
        let limits = Limits {
            max_answer_bytes: most,
            ..Limits::default()
        };
        Client::new(&config(&server, Deployment::DataCenter), &limits).unwrap()
    };
    let error = with(1999).current_user().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Nonsense);
    assert_eq!(error.detail.as_deref(), Some("the answer is over 1999 bytes"));
    assert!(with(2000).current_user().await.is_ok());
}

#[tokio::test]
async fn the_cap_counts_what_an_answer_unpacks_to() {
    // `{"type":"known","displayName":"aaa…"}` with 100,000 letters, compressed.
    let packed: Vec<u8> = (0..PACKED.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&PACKED[at..at + 2], 16).unwrap())
        .collect();
    assert!(packed.len() < 400);
    let server =
        answering(Reply::new(200, "application/json", packed).header("Content-Encoding", "gzip")).await;
    let user = client(&server, Deployment::DataCenter)
        .0
        .current_user()
        .await
        .unwrap();
    assert_eq!(user.display_name.len(), 100_000);
    let limits = Limits {
        max_answer_bytes: 50_000,
        ..Limits::default()
    };
    let client = Client::new(&config(&server, Deployment::DataCenter), &limits).unwrap();
    assert_eq!(client.current_user().await.unwrap_err().kind, ErrorKind::Nonsense);
}

#[tokio::test]
async fn html_and_truncated_json_are_nonsense() {
    assert_eq!(
        fault(Reply::html(200, "<html><h1>Welcome</h1></html>"))
            .await
            .kind,
        ErrorKind::Nonsense
    );
    assert_eq!(
        fault(Reply::json(200, r#"{"type":"kno"#)).await.kind,
        ErrorKind::Nonsense
    );
    assert_eq!(fault(Reply::json(200, "[]")).await.kind, ErrorKind::Nonsense);
    assert_eq!(fault(Reply::empty(200)).await.kind, ErrorKind::Nonsense);
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    let server = Server::start(|heard: &Heard| match heard.path() {
        "/confluence/rest/api/user/current" => Reply::empty(302).header("Location", "/confluence/elsewhere"),
        _ => Reply::json(200, USER),
    })
    .await;
    let error = client(&server, Deployment::DataCenter)
        .0
        .current_user()
        .await
        .unwrap_err();
    assert_eq!((error.kind, error.status), (ErrorKind::Nonsense, Some(302)));
    assert_eq!(server.heard().len(), 1);
    let login = fault(Reply::empty(302).header("Location", "https://sso.example.com/login?next=x")).await;
    assert_eq!(login.kind, ErrorKind::CredentialsRejected);
}

#[tokio::test]
async fn a_broken_connection_is_unreachable_and_leaves_a_write_in_doubt() {
    let error = fault(Reply::json(200, USER).cut_short(5)).await;
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert!(error.outcome_unknown());
}

#[tokio::test]
async fn a_refused_connection_is_unreachable_and_leaves_no_doubt() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let mut config = config(&answering(Reply::empty(200)).await, Deployment::DataCenter);
    config
        .base_url
        .set_port(Some(listener.local_addr().unwrap().port()))
        .unwrap();
    drop(listener);
    let error = Client::new(&config, &Limits::default())
        .unwrap()
        .current_user()
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert!(!error.outcome_unknown());
    let shown = format!("{error} {:?}", error.source().unwrap());
    assert!(
        !shown.contains("127.0.0.1/") && !shown.contains("user/current"),
        "{shown}"
    );
}

#[tokio::test]
async fn an_attempt_ends_at_its_own_timeout() {
    let server = answering(Reply::json(200, USER).late(Duration::from_secs(10))).await;
    let limits = Limits {
        attempt_timeout: Duration::from_millis(50),
        ..Limits::default()
    };
    let client = Client::new(&config(&server, Deployment::DataCenter), &limits).unwrap();
    let error = client.current_user().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Timeout);
    assert!(error.elapsed >= Duration::from_millis(50) && error.elapsed < Duration::from_secs(5));
}

#[tokio::test]
async fn the_deadline_of_the_call_cuts_an_attempt_short() {
    let server = answering(Reply::json(200, USER).late(Duration::from_secs(10))).await;
    let (client, _) = client(&server, Deployment::DataCenter);
    let call = Call::new(Duration::from_millis(50));
    assert_eq!(
        client.on(&call).current_user().await.unwrap_err().kind,
        ErrorKind::Timeout
    );
    assert_eq!(call.tally.calls(), 1);
    assert!(call.tally.time() >= Duration::from_millis(50));
}

#[tokio::test]
async fn nothing_is_sent_when_the_deadline_has_passed() {
    let server = answering(Reply::json(200, USER)).await;
    let (client, _) = client(&server, Deployment::DataCenter);
    let call = Call::new(Duration::ZERO);
    assert_eq!(
        client.on(&call).current_user().await.unwrap_err().kind,
        ErrorKind::Timeout
    );
    assert_eq!(call.tally.calls(), 0);
    assert!(server.heard().is_empty());
}

#[tokio::test]
async fn a_slow_write_is_not_sent_again() {
    let server = answering(Reply::json(200, "{}").late(Duration::from_millis(200))).await;
    let (client, _) = client(&server, Deployment::DataCenter);
    let (new, parent) = (Call::new(Duration::from_millis(40)), id("1"));
    let page = NewPage {
        title: "T",
        parent: &parent,
        storage: "",
    };
    let error = client.on(&new).create(&page).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Timeout);
    assert!(error.outcome_unknown());
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(server.heard().len(), 1);
}

#[tokio::test]
async fn titles_and_keys_cannot_change_the_path_or_add_a_parameter() {
    let server = answering(Reply::json(200, r#"{"results":[]}"#)).await;
    let mut config = config(&server, Deployment::DataCenter);
    config.space_key = "A/../B?x=1#y".to_owned();
    let client = Client::new(&config, &Limits::default()).unwrap();
    let title = "a&status=any #1/ü+%20";
    assert!(client.find(title, WithBody::No).await.unwrap().is_none());
    let _ = client.space().await;
    let heard = server.heard();
    assert_eq!(heard[0].query("title").as_deref(), Some(title));
    assert_eq!(heard[0].query("status"), None);
    let cql = r#"type = page AND space = "A/../B?x=1#y" AND title ~ "a status any 1 ü 20""#;
    assert_eq!(heard[1].query("cql").as_deref(), Some(cql));
    assert_eq!(heard[2].path(), "/confluence/rest/api/space/A%2F..%2FB%3Fx=1%23y");
}

/// Where the events of a test go.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn the_log_has_the_operation_and_the_status_and_none_of_the_contents() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let server = answering(Reply::json(
        404,
        r#"{"statusCode":404,"message":"No content: Kürbis"}"#,
    ))
    .await;
    let (client, _) = client(&server, Deployment::DataCenter);
    let _guard = tracing::subscriber::set_default(subscriber);
    // Who is interested in an event is remembered for the whole process, and another test may be deciding it for
    // its own thread just now: asked again until this thread is heard.
    let mut tries = 0..1000;
    let line = loop {
        tries.next().expect("an event of ours");
        tracing::callsite::rebuild_interest_cache();
        assert!(client.find("Kürbis", WithBody::Yes).await.unwrap().is_none());
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let mut ours = text.lines().filter(|line| line.contains("conflagent"));
        if let Some(line) = ours.next() {
            assert_eq!(ours.next(), None, "one event per call");
            break line.to_owned();
        }
    };
    for part in ["page.find", "status=404", "duration_ms=", "kind=NotFound"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    for part in ["t0ken", "rest/api", "expand", "Kürbis", "rbis"] {
        assert!(!line.contains(part), "{part}: {line}");
    }
}

/// Handlers run on any thread: every call must be able to move.
#[tokio::test]
async fn every_call_can_move_between_threads() {
    fn movable(_: &impl Send) {}
    let server = answering(Reply::empty(404)).await;
    let (client, _) = client(&server, Deployment::Cloud);
    let five: PageId = id("5");
    let new = NewPage {
        title: "T",
        parent: &five,
        storage: "",
    };
    let update = Update {
        id: &five,
        title: "T",
        storage: "",
        version: 2,
        message: None,
        minor_edit: false,
    };
    movable(&client.current_user());
    movable(&client.space());
    movable(&client.located(&five, WithBody::No));
    movable(&client.find("T", WithBody::No));
    movable(&client.titles(std::slice::from_ref(&five)));
    movable(&client.children(&five, NodeKind::Page));
    movable(&client.descendants(&five, None));
    movable(&client.create(&new));
    movable(&client.update(&update));
    movable(&client.delete(&five));
    movable(&client.permissions(&five));
    assert!(format!("{client:?}").contains("Cloud"));
}

/// See `the_cap_counts_what_an_answer_unpacks_to`.
const PACKED: &str = "\
    1f8b0800000000000203edc8b10980301000c05dbe7602877087072d448d010509e2eee2161677e5dd71b63a451f4bd9af12\
    5d8cf351d76c436edf2600000000000000000000000000000000000000000000000000000000000000000000000000000000\
    0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\
    000000000000f05bf1bc221656cfc1860100";
