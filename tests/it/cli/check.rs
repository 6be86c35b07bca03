//! `conflagent check`: what it finds, what it says, and what it never says.

use std::process::Stdio;

use conflagent::simulator::{self, Simulator};
use serde_json::Value;

use crate::process::{Ended, Folder, Process, SECRET, properties, run};
use crate::support::{Product, on_each};

const PRODUCTS: [Product; 2] = [Product::Cloud, Product::DataCenter];

async fn simulator(product: Product) -> Simulator {
    let options = simulator::Options::new(product.simulated());
    simulator::start(options).await.expect("a free port")
}

/// One endpoint, checked. No secret is ever told, whatever is found.
async fn check(text: &str, flags: &[&str]) -> Ended {
    check_in(text, flags, &[]).await
}

async fn check_in(text: &str, flags: &[&str], environment: &[(&str, &str)]) -> Ended {
    let folder = Folder::new();
    folder.write("conflagent.wiki.properties", text);
    let fixed = ["check", "--config-dir", folder.text()];
    let ended = Process::with(&[&fixed[..], flags].concat(), environment, Stdio::null())
        .ended()
        .await;
    let token = text.lines().find_map(|line| line.strip_prefix("api_token="));
    for secret in [Some(SECRET), token].into_iter().flatten() {
        assert!(
            !ended.out.contains(secret) && !ended.log.contains(secret),
            "{ended:?}"
        );
    }
    ended
}

/// What is found about an endpoint: the exit code, and these lines in this order.
#[track_caller]
fn finds(ended: &Ended, code: i32, lines: &[&str]) {
    assert_eq!(ended.code, Some(code), "{}", ended.out);
    assert_eq!(ended.log, "");
    let found: Vec<String> = ended
        .out
        .lines()
        .skip(1)
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(found.len(), lines.len(), "{}", ended.out);
    for (found, expected) in found.iter().zip(lines) {
        assert!(found.starts_with(expected), "{expected}:\n{}", ended.out);
    }
    let mark = if code == 0 { "✓ wiki" } else { "✗ wiki" };
    assert!(ended.out.starts_with(mark), "{}", ended.out);
}

#[tokio::test]
async fn a_good_endpoint() {
    for product in PRODUCTS {
        let simulator = simulator(product).await;
        let before = simulator.page_counts();
        let ended = check(&properties(product, &simulator), &[]).await;
        let lines = [
            "✓ credentials Agent Writer",
            "✓ space ENG (Engineering)",
            "✓ root page Platform Handbook",
            "✓ write permission create, update, delete",
        ];
        finds(&ended, 0, &lines);
        let deployment = match product {
            Product::Cloud => "[cloud]",
            Product::DataCenter => "[datacenter]",
        };
        assert!(ended.out.contains(deployment), "{}", ended.out);
        assert_eq!(simulator.page_counts(), before);
        let only_read = simulator.requests().iter().all(|request| request.method == "GET");
        assert!(only_read, "nothing is changed anywhere");
    }
}

#[tokio::test]
async fn a_directory_that_is_switched_on_is_looked_at() {
    for product in PRODUCTS {
        let simulator = simulator(product).await;
        let good = properties(product, &simulator);
        let ended = check(&format!("{good}directory=read\n"), &[]).await;
        let found = "✓ directory callers may find all users and groups of the site";
        assert_eq!(ended.code, Some(0), "{}", ended.out);
        let said: Vec<&str> = ended.out.split_whitespace().collect();
        assert!(said.join(" ").contains(found), "{}", ended.out);
        let reader = simulator.reader_credentials();
        let writer = simulator.credentials();
        let reader = good
            .replace(&writer.user, &reader.user)
            .replace(&writer.secret, &reader.secret);
        let ended = check(&format!("{reader}directory=admin\nflavor=read\n"), &[]).await;
        let said = ended.out.split_whitespace().collect::<Vec<_>>().join(" ");
        // Data Center shows members to administrators only.
        let expected = match product {
            Product::Cloud => "✓ directory callers may find",
            Product::DataCenter => "✗ directory the account may not do this",
        };
        assert!(said.contains(expected), "{}", ended.out);
        let only_read = simulator.requests().iter().all(|request| request.method == "GET");
        assert!(only_read, "nothing is changed anywhere");
    }
}

#[tokio::test]
async fn what_confluence_does_not_agree_with() {
    for product in PRODUCTS {
        let simulator = simulator(product).await;
        let good = properties(product, &simulator);
        let writer = simulator.credentials();
        let foreign = simulator.add_space("XX", "Other");
        let trashed = simulator.add_page(&simulator.root_page_id(), "Trashed", "");
        simulator.trash(&trashed);
        let rejected = "✗ credentials Confluence rejects email and api_token";
        let known = "✓ credentials Agent Writer";
        let space = "✓ space ENG (Engineering)";
        let may = "✓ write permission create, update, delete";
        let root = simulator.root_page_id();
        let no_page = |id: &str| format!("✗ root page no current page with the id {id} is visible");
        let cases: [(String, &[&str]); 7] = [
            (good.replace(&writer.secret, "a-wrong-token"), &[rejected]),
            (good.replace(&writer.user, "nobody@example.com"), &[rejected]),
            (
                good.replace("space_key=ENG", "space_key=NOPE"),
                &[
                    known,
                    "✗ space no space with the key NOPE is visible to this account",
                    "✗ root page 'Platform Handbook' is not in the configured space",
                    may,
                ],
            ),
            (
                good.replace("space_key=ENG", "space_key=OPS"),
                &[
                    known,
                    "✓ space OPS (Operations)",
                    "✗ root page 'Platform Handbook' is not in the configured space",
                    may,
                ],
            ),
            (good.replace(&root, "999999"), &[known, space, &no_page("999999")]),
            (good.replace(&root, &trashed), &[known, space, &no_page(&trashed)]),
            (
                good.replace(&root, &foreign),
                &[
                    known,
                    space,
                    "✗ root page 'Other Home' is not in the configured space",
                    may,
                ],
            ),
        ];
        for (text, lines) in cases {
            finds(&check(&text, &[]).await, 1, lines);
        }
    }
}

#[tokio::test]
async fn an_account_that_may_only_read_is_enough_for_reading() {
    for product in PRODUCTS {
        let simulator = simulator(product).await;
        let (writer, reader) = (simulator.credentials(), simulator.reader_credentials());
        let text = properties(product, &simulator)
            .replace(&writer.secret, &reader.secret)
            .replace(&writer.user, &reader.user);
        for (flavor, code, mark) in [("default", 1, "✗"), ("upload", 1, "✗"), ("read", 0, "✓")] {
            let ended = check(&format!("{text}flavor={flavor}\n"), &[]).await;
            let last = format!("{mark} write permission none: the account may only read here");
            let lines = [
                "✓ credentials Rea Reader",
                "✓ space ENG",
                "✓ root page Platform Handbook",
                &last,
            ];
            finds(&ended, code, &lines);
        }
    }
}

#[tokio::test]
async fn what_allow_and_deny_leave_is_told() {
    let simulator = simulator(PRODUCTS[0]).await;
    let text = properties(PRODUCTS[0], &simulator);
    let (writer, reader) = (simulator.credentials(), simulator.reader_credentials());
    let text = text
        .replace(&writer.secret, &reader.secret)
        .replace(&writer.user, &reader.user);
    let nothing = "✗ operations none: allow and deny leave nothing of the flavor";
    for (lines, code, said, mark) in [
        (
            "allow=read_page,delete_page\ndeny=delete_page\n",
            0,
            "✓ operations read_page",
            "✓",
        ),
        (
            "allow=read_page,update_page\n",
            1,
            "✓ operations read_page, update_page",
            "✗",
        ),
        ("allow=read_page\ndeny=readPageByTitle\n", 1, nothing, "✓"),
    ] {
        let ended = check(&format!("{text}{lines}"), &[]).await;
        let last = format!("{mark} write permission none: the account may only read here");
        let lines = [
            "✓ credentials Rea Reader",
            said,
            "✓ space ENG",
            "✓ root page Platform Handbook",
            &last,
        ];
        finds(&ended, code, &lines);
    }
}

#[tokio::test]
async fn a_site_that_cannot_be_asked() {
    on_each(async |product| {
        let simulator = simulator(product).await;
        let good = properties(product, &simulator);
        let base = simulator.base_url();
        let (elsewhere, misplaced) = (
            good.replace(&base, "http://127.0.0.1:1"),
            good.replace(&base, &format!("{base}/nowhere")),
        );
        let no_file = ["--ca-file", "/nonexistent/ca.pem"];
        let (unreachable, misplaced, missing) = tokio::join!(
            check(&elsewhere, &[]),
            check(&misplaced, &[]),
            check(&good, &no_file)
        );
        finds(&unreachable, 1, &["✗ credentials base_url cannot be reached"]);
        assert!(
            unreachable.out.contains("onnection refused"),
            "{}",
            unreachable.out
        );
        finds(
            &misplaced,
            1,
            &["✗ credentials base_url does not answer like Confluence's API (status 404)"],
        );
        finds(&missing, 1, &["✗ client the Confluence client cannot be set up"]);
        assert!(
            missing.out.contains("/nonexistent/ca.pem: No such file"),
            "{}",
            missing.out
        );
    })
    .await;
}

#[tokio::test]
async fn offline_asks_nobody() {
    let simulator = simulator(Product::Cloud).await;
    let good = properties(Product::Cloud, &simulator);
    finds(&check(&good, &["--offline"]).await, 0, &[]);
    let bad = good
        .replace("root_page_id=", "root_page_id=x")
        .replace("space_key=ENG\n", "");
    let ended = check(&bad, &["--offline"]).await;
    assert_eq!(ended.code, Some(1));
    for part in [
        "wiki.properties:",
        "root_page_id: is not the id of a page",
        "space_key: is missing",
    ] {
        assert!(ended.out.contains(part), "{part}\n{}", ended.out);
    }
    assert!(simulator.requests().is_empty());
}

#[tokio::test]
async fn a_bad_file_does_not_keep_the_others_from_being_checked() {
    let simulator = simulator(Product::Cloud).await;
    let good = properties(Product::Cloud, &simulator);
    let folder = Folder::new();
    folder.write("conflagent.bad.properties", "email=nobody\n");
    folder.write("conflagent.good.properties", &good);
    folder.write("conflagent.no.good.properties", &good);
    let ended = run(&["check", "--config-dir", folder.text()]).await;
    assert_eq!(ended.code, Some(1));
    for part in [
        "✗ bad  ",
        "api_token: is missing",
        "✓ good  ",
        "✗ ?  ",
        "has no valid name",
        "✓ write permission",
    ] {
        assert!(ended.out.contains(part), "{part}\n{}", ended.out);
    }
}

#[tokio::test]
async fn the_directory_and_the_settings_are_checked_too() {
    let folder = Folder::new();
    let ended = run(&["check", "--config-dir", "/nonexistent"]).await;
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.out.starts_with("✗ /nonexistent: cannot be read"),
        "{}",
        ended.out
    );
    let ended = run(&["check", "--config-dir", folder.text()]).await;
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.out.contains("no conflagent.<name>.properties file here"),
        "{}",
        ended.out
    );

    let simulator = simulator(Product::Cloud).await;
    let good = properties(Product::Cloud, &simulator);
    let environment = [
        ("CONFLAGENT_DRAIN_TIMEOUT", "soon"),
        ("CONFLAGENT_LISTEM", "x"),
        ("CONFLAGENT_WIKKI__API_TOKEN", "a-stray-token"),
    ];
    let ended = check_in(&good, &["--offline"], &environment).await;
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    for part in [
        "✗ CONFLAGENT_DRAIN_TIMEOUT: ",
        "! CONFLAGENT_LISTEM is ignored",
        "did you mean CONFLAGENT_LISTEN?",
        "CONFLAGENT_WIKKI__API_TOKEN is ignored",
        "✓ wiki",
    ] {
        assert!(ended.out.contains(part), "{part}\n{}", ended.out);
    }
    assert!(!ended.out.contains("a-stray-token"));
    let warned = check_in(&good, &["--offline"], &environment[1..]).await;
    assert_eq!(warned.code, Some(0), "warnings are no faults: {}", warned.out);
}

#[tokio::test]
async fn json_has_every_member_every_time() {
    let simulator = simulator(Product::Cloud).await;
    let good = properties(Product::Cloud, &simulator);
    let members =
        |value: &Value| -> Vec<String> { value.as_object().expect("an object").keys().cloned().collect() };
    let row = [
        "endpoint",
        "file",
        "ok",
        "deployment",
        "probes",
        "faults",
        "warnings",
    ];
    let wrong_token = good.replace(&simulator.credentials().secret, "a-wrong-token");
    for (text, flags, code, probes) in [
        (good.as_str(), &["--json"][..], 0, 4),
        (good.as_str(), &["--json", "--offline"], 0, 0),
        (wrong_token.as_str(), &["--json"], 1, 1),
        ("email=x\n", &["--json"], 1, 0),
    ] {
        let ended = check(text, flags).await;
        assert_eq!((ended.code, ended.log.as_str()), (Some(code), ""));
        let report: Value = serde_json::from_str(&ended.out).expect("JSON");
        assert_eq!(members(&report), ["ok", "faults", "warnings", "endpoints"]);
        assert_eq!(report["ok"], code == 0);
        let endpoint = &report["endpoints"][0];
        assert_eq!(members(endpoint), row);
        assert_eq!(
            (&endpoint["endpoint"], &endpoint["ok"]),
            (&"wiki".into(), &report["ok"])
        );
        let found = endpoint["probes"].as_array().expect("a list");
        assert_eq!(found.len(), probes, "{report}");
        for probe in found {
            assert_eq!(members(probe), ["name", "ok", "found"]);
        }
        let faults = endpoint["faults"].as_array().expect("a list").len();
        assert_eq!(faults > 0, text.len() < 10, "{report}");
    }
    let ended = run(&["check", "--json", "--config-dir", "/nonexistent"]).await;
    let report: Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!(ended.code, Some(1));
    assert_eq!(
        (&report["ok"], &report["endpoints"]),
        (&false.into(), &Value::Array(Vec::new()))
    );
}
