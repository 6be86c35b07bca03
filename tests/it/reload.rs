//! Endpoints that come, change, break and go while the service runs.

use std::time::Duration;

use conflagent::simulator::{self, Simulator};
use tokio::time::Instant;

use crate::process::{Folder, Process, SECRET, Serving, properties, run, until};
use crate::support::{Answer, Product};

const FILE: &str = "conflagent.wiki.properties";

async fn simulator() -> Simulator {
    let options = simulator::Options::new(Product::Cloud.simulated());
    simulator::start(options).await.expect("a free port")
}

fn file(simulator: &Simulator) -> String {
    properties(Product::Cloud, simulator)
}

/// The same file with another secret.
fn with_secret(simulator: &Simulator, secret: &str) -> String {
    file(simulator).replace(SECRET, secret)
}

async fn list(serving: &Serving, endpoint: &str, secret: &str) -> Answer {
    let path = format!("/endpoint/{endpoint}/pages");
    serving.send("GET", &path, Some(secret), None).await
}

/// Waits until an endpoint answers a secret with this status.
async fn becomes(serving: &Serving, endpoint: &str, secret: &str, status: u16) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let answer = list(serving, endpoint, secret).await;
        if answer.status == status {
            return;
        }
        assert!(Instant::now() < deadline, "still not {status}: {}", answer.text);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Everything that can happen to a file; `nudge` is what makes the service look.
async fn follows(serving: &Serving, folder: &Folder, simulator: &Simulator, nudge: impl Fn(&Process)) {
    let nudge = || nudge(&serving.process);
    becomes(serving, "wiki", SECRET, 200).await;

    assert_eq!(list(serving, "more", SECRET).await.status, 404);
    folder.write("conflagent.more.properties", &file(simulator));
    nudge();
    becomes(serving, "more", SECRET, 200).await;

    folder.write(FILE, &with_secret(simulator, "another-secret-of-it"));
    nudge();
    becomes(serving, "wiki", "another-secret-of-it", 200).await;
    assert_eq!(list(serving, "wiki", SECRET).await.status, 401);
    assert_eq!(
        list(serving, "more", SECRET).await.status,
        200,
        "the others stay as they are"
    );

    folder.remove("conflagent.more.properties");
    nudge();
    becomes(serving, "more", SECRET, 404).await;

    let broken = with_secret(simulator, "a-third-secret-of-it").replace("root_page_id=", "root_page_id=x");
    folder.write(FILE, &broken);
    nudge();
    let line = serving.process.logged("ERROR configuration").await;
    assert!(
        line.contains("wiki.properties:") && line.contains("root_page_id"),
        "{line}"
    );
    serving.process.logged("keeping the last good state").await;
    assert_eq!(list(serving, "wiki", "another-secret-of-it").await.status, 200);
    assert_eq!(list(serving, "wiki", "a-third-secret-of-it").await.status, 401);
    let check = run(&["check", "--offline", "--config-dir", folder.text()]).await;
    assert_eq!(check.code, Some(1));
    assert!(check.out.contains("root_page_id"), "{}", check.out);

    folder.write(FILE, &with_secret(simulator, "the-secret-at-the-end"));
    nudge();
    becomes(serving, "wiki", "the-secret-at-the-end", 200).await;
    assert_eq!(list(serving, "wiki", "another-secret-of-it").await.status, 401);
}

#[tokio::test]
async fn files_are_followed_by_looking_again_and_again() {
    let (simulator, folder) = (simulator().await, Folder::new());
    folder.write(FILE, &file(&simulator));
    let serving = Serving::start(&folder, &["--reload-interval", "50ms"]).await;
    follows(&serving, &folder, &simulator, |_| {}).await;
    let log = serving.stopped().await.log;
    assert_eq!(
        log.matches("keeping the last good state").count(),
        1,
        "told once:\n{log}"
    );
}

#[tokio::test]
async fn files_are_followed_on_hangup_alone() {
    let (simulator, folder) = (simulator().await, Folder::new());
    folder.write(FILE, &file(&simulator));
    let serving = Serving::start(&folder, &["--reload-interval", "0"]).await;
    follows(&serving, &folder, &simulator, |process| process.signal("HUP")).await;
}

#[tokio::test]
async fn without_a_hangup_nothing_is_followed_when_looking_is_switched_off() {
    let (simulator, folder) = (simulator().await, Folder::new());
    folder.write(FILE, &file(&simulator));
    folder.write("conflagent.more.properties", &file(&simulator));
    let serving = Serving::start(&folder, &["--reload-interval", "0"]).await;
    folder.remove(FILE);
    for _ in 0..20 {
        assert_eq!(list(&serving, "wiki", SECRET).await.status, 200);
    }
    serving.process.signal("HUP");
    becomes(&serving, "wiki", SECRET, 404).await;
    assert_eq!(list(&serving, "more", SECRET).await.status, 200);
}

#[tokio::test]
async fn a_request_in_flight_finishes_on_the_configuration_it_began_with() {
    let mut options = simulator::Options::new(Product::Cloud.simulated());
    options.latency = Duration::from_millis(400);
    let simulator = simulator::start(options).await.expect("a free port");
    let folder = Folder::new();
    folder.write(FILE, &file(&simulator));
    let serving = Serving::start(&folder, &["--reload-interval", "0"]).await;
    let (answer, before_the_end) = tokio::join!(serving.get("/pages/Event%20Bus"), async {
        until("a call upstream", || !simulator.requests().is_empty()).await;
        // No Confluence is there: whatever is asked with this file fails.
        let base = simulator.base_url();
        let elsewhere =
            with_secret(&simulator, "the-secret-that-follows").replace(&base, &format!("{base}/nowhere"));
        folder.write(FILE, &elsewhere);
        serving.process.signal("HUP");
        let reads = || serving.process.log().matches("configuration read").count();
        until("the new configuration", || reads() == 2).await;
        simulator.requests().len() == 1
    });
    assert!(before_the_end, "the test comes too late");
    assert_eq!(answer.data()["title"], "Event Bus");
    assert!(simulator.requests().len() > 1);
    assert_eq!(serving.get("/pages/Event%20Bus").await.status, 401);
    assert_eq!(
        list(&serving, "wiki", "the-secret-that-follows").await.status,
        502
    );
}

#[tokio::test]
async fn an_unreadable_directory_changes_nothing() {
    let (simulator, folder) = (simulator().await, Folder::new());
    let conf = folder.path().join("conf");
    let away = folder.path().join("away");
    std::fs::create_dir(&conf).expect("a directory");
    std::fs::write(conf.join(FILE), file(&simulator)).expect("a file");
    let path = conf.to_str().expect("a path in plain letters");
    let environment = [("CONFLAGENT_CONFIG_DIR", path)];
    let process = Process::with(
        &["serve", "--listen", "127.0.0.1:0", "--reload-interval", "20ms"],
        &environment,
        std::process::Stdio::null(),
    );
    let serving = Serving::of(process).await;

    std::fs::rename(&conf, &away).expect("it goes");
    serving
        .process
        .logged("the configuration directory cannot be read")
        .await;
    for _ in 0..20 {
        assert_eq!(list(&serving, "wiki", SECRET).await.status, 200);
    }
    std::fs::write(away.join(FILE), with_secret(&simulator, "the-secret-when-back")).expect("a file");
    std::fs::rename(&away, &conf).expect("it comes back");
    becomes(&serving, "wiki", "the-secret-when-back", 200).await;

    std::fs::rename(&conf, &away).expect("it goes");
    until("the second report", || {
        serving.process.log().matches("cannot be read").count() == 2
    })
    .await;
    // Empty this time, which is not the same as unreadable.
    std::fs::create_dir(&conf).expect("a directory");
    becomes(&serving, "wiki", "the-secret-when-back", 404).await;
}

#[tokio::test]
async fn a_directory_may_come_after_the_service() {
    let (simulator, folder) = (simulator().await, Folder::new());
    let conf = folder.path().join("conf");
    let path = conf.to_str().expect("a path in plain letters");
    let process = Process::start(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--reload-interval",
        "20ms",
        "--config-dir",
        path,
    ]);
    let serving = Serving::of(process).await;
    assert!(serving.process.log().contains("no endpoint is served"));
    assert_eq!(list(&serving, "wiki", SECRET).await.status, 404);
    folder.write("file", &file(&simulator));
    std::fs::create_dir(&conf).expect("a directory");
    std::fs::rename(folder.path().join("file"), conf.join(FILE)).expect("a file");
    becomes(&serving, "wiki", SECRET, 200).await;
}

#[tokio::test]
async fn a_bad_file_at_the_start_is_an_unknown_endpoint_and_no_more() {
    let (simulator, folder) = (simulator().await, Folder::new());
    folder.write(FILE, &file(&simulator));
    let bad = file(&simulator).replace("space_key=", "spacekey=");
    folder.write("conflagent.bad.properties", &bad);
    let serving = Serving::start(&folder, &["--reload-interval", "20ms"]).await;
    assert_eq!(list(&serving, "wiki", SECRET).await.status, 200);
    let log = serving.process.log();
    assert!(log.contains("bad.properties: space_key: is missing"), "{log}");
    assert!(
        log.contains("this endpoint is not served until its file is corrected"),
        "{log}"
    );

    let comparable = |answer: &Answer| {
        let mut json = answer.json();
        let members = json.as_object_mut().expect("an object");
        members.remove("timestamp");
        members.remove("requestId");
        (answer.status, json)
    };
    for path in ["/pages", "/openapi.json", "/health", "/nothing", ""] {
        let ask = async |endpoint: &str| {
            let path = format!("/endpoint/{endpoint}{path}");
            comparable(&serving.send("GET", &path, Some(SECRET), None).await)
        };
        let bad = ask("bad").await;
        assert_eq!(bad, ask("unknown").await, "{path}");
        assert_eq!(bad.0, 404, "{path}");
    }
    folder.write("conflagent.bad.properties", &file(&simulator));
    becomes(&serving, "bad", SECRET, 200).await;
}

#[tokio::test]
async fn the_endpoint_without_a_name_comes_and_goes_like_any_other() {
    let (simulator, folder) = (simulator().await, Folder::new());
    let serving = Serving::start(&folder, &["--reload-interval", "0"]).await;
    let ask = async |path: &str| serving.send("GET", path, Some(SECRET), None).await.status;
    assert_eq!((ask("/pages").await, ask("/health").await), (404, 200));
    folder.write("conflagent.properties", &file(&simulator));
    serving.process.signal("HUP");
    serving.process.logged("configuration read endpoints=1").await;
    assert_eq!((ask("/pages").await, ask("/health").await), (200, 200));
    folder.remove("conflagent.properties");
    serving.process.signal("HUP");
    serving.process.logged("configuration read endpoints=0").await;
    assert_eq!((ask("/pages").await, ask("/health").await), (404, 200));
}

#[tokio::test]
async fn secrets_come_from_files_and_variables() {
    let (simulator, folder) = (simulator().await, Folder::new());
    let token = simulator.credentials().secret;
    let file = file(&simulator);
    let bare: Vec<&str> = file
        .lines()
        .filter(|line| !line.starts_with("api_token=") && !line.starts_with("gpt_shared_secret="))
        .collect();
    let bare = bare.join("\n") + "\n";
    folder.write("token", &format!("{token}\n"));
    folder.write("shared", "secret-out-of-a-file\n");
    folder.write(
        "conflagent.by-file.properties",
        &format!("{bare}api_token_file=token\ngpt_shared_secret_file=shared\n"),
    );
    folder.write(
        "conflagent.by-env.properties",
        &format!("{bare}api_token_env=SOME_TOKEN\ngpt_shared_secret_env=SOME_SECRET\n"),
    );
    folder.write(
        "conflagent.by-name.properties",
        &format!("{bare}gpt_shared_secret=not-this-one\n"),
    );
    let environment = [
        ("SOME_TOKEN", token.as_str()),
        ("SOME_SECRET", "secret-of-a-variable"),
        ("CONFLAGENT_BY_NAME__API_TOKEN", token.as_str()),
        ("CONFLAGENT_BY_NAME__GPT_SHARED_SECRET", "secret-of-an-endpoint"),
    ];
    let serving = Serving::with(&folder, &["--reload-interval", "20ms"], &environment).await;
    let status = async |endpoint: &str, secret: &str| list(&serving, endpoint, secret).await.status;
    assert_eq!(status("by-file", "secret-out-of-a-file").await, 200);
    assert_eq!(status("by-env", "secret-of-a-variable").await, 200);
    assert_eq!(status("by-name", "secret-of-an-endpoint").await, 200);
    assert_eq!(status("by-name", "not-this-one").await, 401, "the variable wins");

    folder.write("shared", "rotated-secret-of-it\n");
    becomes(&serving, "by-file", "rotated-secret-of-it", 200).await;
    assert_eq!(status("by-file", "secret-out-of-a-file").await, 401);
    // Without it the file is at fault, and what was good goes on.
    folder.remove("shared");
    serving.process.logged("gpt_shared_secret").await;
    serving.process.logged("keeping the last good state").await;
    assert_eq!(status("by-file", "rotated-secret-of-it").await, 200);
}

#[cfg(unix)]
#[tokio::test]
async fn a_mounted_directory_that_is_swapped_behind_its_link_counts_as_changed() {
    let (simulator, folder) = (simulator().await, Folder::new());
    let generation = |name: &str, secret: &str| {
        let directory = folder.path().join(name);
        std::fs::create_dir(&directory).expect("a directory");
        std::fs::write(directory.join(FILE), with_secret(&simulator, secret)).expect("a file");
        std::os::unix::fs::symlink(name, folder.path().join("..new")).expect("a link");
        std::fs::rename(folder.path().join("..new"), folder.path().join("..data")).expect("swapped");
    };
    generation("..1", "secret-of-generation-1");
    std::os::unix::fs::symlink(format!("..data/{FILE}"), folder.path().join(FILE)).expect("a link");
    let serving = Serving::start(&folder, &["--reload-interval", "20ms"]).await;
    becomes(&serving, "wiki", "secret-of-generation-1", 200).await;
    generation("..2", "secret-of-generation-2");
    becomes(&serving, "wiki", "secret-of-generation-2", 200).await;
}
