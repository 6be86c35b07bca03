//! Commands as people and scripts run them: help, exit codes, what they print and where.

mod check;
mod demo;

use std::fs::File;
use std::net::TcpListener;
use std::process::{Command, Stdio};

use conflagent::config::settings::SETTINGS;
use conflagent::simulator::{self, Fault, Knobs};

use crate::process::{Ended, Folder, Process, Serving, properties, run, run_on, until};
use crate::support::Product;

const COMMANDS: [(&str, &[&str]); 5] = [
    (
        "demo",
        &["--deployment", "--listen", "CONFLAGENT_LISTEN", "--seed"],
    ),
    (
        "simulate",
        &[
            "--deployment",
            "--listen",
            "--seed",
            "--latency",
            "--knob",
            "--fault",
            "--list",
        ],
    ),
    (
        "check",
        &["--config-dir", "--ca-file", "--offline", "--json", "exit code"],
    ),
    ("openapi", &["[ENDPOINT]", "--config-dir", "--public-url"]),
    ("convert", &["--deployment", "--lines", "standard input"]),
];

#[track_caller]
fn good(ended: &Ended) -> &str {
    assert_eq!((ended.code, ended.log.as_str()), (Some(0), ""), "{}", ended.out);
    &ended.out
}

#[track_caller]
fn says(text: &str, part: &str) {
    // Wherever the lines were broken to fit.
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(plain(text).contains(&plain(part)), "{part}:\n{text}");
}

#[tokio::test]
async fn help_names_every_command_and_every_flag() {
    let help = run(&["--help"]).await;
    let list = good(&help);
    for (command, flags) in COMMANDS {
        let help = run(&[command, "--help"]).await;
        let text = good(&help);
        let first = text.lines().next().expect("a line").trim_end_matches('.');
        says(list, &format!("{command} {first}"));
        for flag in flags.iter().chain(&["--help"]) {
            says(text, flag);
        }
        assert_eq!(good(&run(&["help", command]).await), text);
    }
    let serve = run(&["serve", "--help"]).await;
    let text = good(&serve);
    for setting in SETTINGS {
        let default = if setting.default.is_empty() {
            "none"
        } else {
            setting.default
        };
        let flag = format!(
            "--{} <{}> {} [env: {}] [default: {default}]",
            setting.flag,
            setting.value,
            setting.help,
            setting.variable()
        );
        says(text, &flag);
    }
    for word in ["conflagent.properties", "SIGHUP", "SIGTERM", "exit code"] {
        says(text, word);
    }
    says(
        list,
        "serve Serve the endpoints of a directory of properties files",
    );
    assert!(!list.contains('`'), "help is no Markdown:\n{list}");
}

#[tokio::test]
async fn version_completions_and_man_page() {
    let version = run(&["--version"]).await;
    assert_eq!(
        good(&version),
        format!("conflagent {}\n", env!("CARGO_PKG_VERSION"))
    );
    for (shell, first) in [
        ("bash", "_conflagent()"),
        ("zsh", "#compdef conflagent"),
        ("fish", "complete -c conflagent"),
    ] {
        let script = run(&["--completions", shell]).await;
        let script = good(&script);
        for word in [first, "simulate", "openapi", "reload-interval", "offline"] {
            says(script, word);
        }
    }
    let page = run(&["--man"]).await;
    let page = good(&page).replace("\\-", "-");
    for word in [
        ".TH conflagent",
        "conflagent-serve",
        "--reload-interval",
        "--offline",
        "--knob",
    ] {
        says(&page, word);
    }
}

#[tokio::test]
async fn what_cannot_be_understood_is_exit_code_2() {
    let mut cases = vec![
        vec![],
        vec!["nonsense"],
        vec!["--nonsense"],
        vec!["--completions", "tcsh"],
    ];
    for command in ["serve", "demo", "simulate", "check", "openapi", "convert"] {
        cases.push(vec![command, "--nonsense"]);
    }
    cases.push(vec!["simulate", "--fault", "nonsense"]);
    cases.push(vec!["demo", "--seed", "tree:many"]);
    for arguments in cases {
        let ended = run(&arguments).await;
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(
            ended.log.contains("Usage: conflagent") || ended.log.contains("--help"),
            "{}",
            ended.log
        );
    }
}

#[tokio::test]
async fn wrong_settings_keep_it_from_starting_and_are_all_named() {
    let flags = ["serve", "--listen", "nowhere", "--log-format", "xml"];
    let environment = [
        ("CONFLAGENT_DRAIN_TIMEOUT", "soon"),
        ("CONFLAGENT_RELOAD_INTERVAL", ""),
    ];
    let ended = Process::with(&flags, &environment, Stdio::null()).ended().await;
    assert_eq!(ended.code, Some(1));
    for part in [
        "--listen: ",
        "--log-format: ",
        "CONFLAGENT_DRAIN_TIMEOUT: ",
        "allowed: text or json",
    ] {
        says(&ended.log, part);
    }
    assert!(
        !ended.log.contains("RELOAD_INTERVAL"),
        "empty is unset: {}",
        ended.log
    );
}

#[tokio::test]
async fn an_address_in_use_is_said_and_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("bound").to_string();
    let folder = Folder::new();
    for command in ["serve", "demo", "simulate"] {
        let ended = run(&[command, "--listen", &address]).await;
        assert_eq!(ended.code, Some(1), "{command}");
        for part in [address.as_str(), "choose another address with --listen", "in use"] {
            says(&ended.log, part);
        }
    }
    // Empty variables are unset, for every command.
    let environment = [
        ("CONFLAGENT_CONFIG_DIR", ""),
        ("CONFLAGENT_LISTEN", address.as_str()),
    ];
    let ended = Process::with(&["demo"], &environment, Stdio::null())
        .ended()
        .await;
    assert_eq!(ended.code, Some(1), "the variable counts: {}", ended.log);
    let check = ["check", "--offline", "--config-dir", folder.text()];
    let ended = Process::with(&check, &[("CONFLAGENT_CONFIG_DIR", "")], Stdio::null())
        .ended()
        .await;
    says(&ended.out, "no conflagent.<name>.properties file here");
}

#[tokio::test]
async fn the_simulator_lists_everything_it_can_do() {
    let list = run(&["simulate", "--list"]).await;
    let list = good(&list);
    for (name, help) in Knobs::ALL {
        says(list, &format!("{name}="));
        says(list, help);
    }
    for fault in Fault::ALL {
        says(list, &format!("{} {}", fault.name(), fault.help()));
    }
    let ended = run(&["simulate", "--listen", "127.0.0.1:0", "--knob", "speed=1"]).await;
    assert_eq!(ended.code, Some(1));
    says(&ended.log, "unknown knob \"speed\"");
    let ended = run(&["simulate", "--listen", "127.0.0.1:0", "--knob", "speed"]).await;
    says(&ended.log, "a knob is given as NAME=VALUE");
}

#[tokio::test]
async fn demo_and_simulator_end_when_they_are_told_to() {
    for command in ["demo", "simulate"] {
        for (signal, code) in [("TERM", Some(0)), ("INT", Some(0)), ("HUP", None)] {
            let process = Process::start(&[command, "--listen", "127.0.0.1:0"]);
            until("the introduction", || process.out().contains("http://")).await;
            process.signal(signal);
            let ended = process.ended().await;
            // Neither has files to read again: a closed terminal ends them, as it does any program.
            assert_eq!(ended.code, code, "{command} {signal}: {}", ended.log);
        }
    }
}

#[tokio::test]
async fn markdown_is_converted_from_pipe_to_pipe() {
    let ended = run_on(&["convert"], b"# Heading\ntext").await;
    assert_eq!(good(&ended).replace('\n', ""), "<h1>Heading</h1><p>text</p>");
    for product in ["cloud", "datacenter"] {
        let ended = run_on(&["convert", "--deployment", product], "*Zürich* <b>".as_bytes()).await;
        says(good(&ended), "<em>Zürich</em> &lt;b&gt;");
    }
    assert_eq!(good(&run_on(&["convert"], b"").await).trim(), "");
    assert_eq!(good(&run_on(&["convert", "--lines"], b"").await), "");
    let noted = run_on(&["convert"], b"[a](javascript:x)").await;
    assert_eq!(noted.code, Some(0));
    assert!(noted.log.starts_with("note: "), "{}", noted.log);
    let ended = run_on(&["convert"], b"\xff\xfe").await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
    says(&ended.log, "standard input is not readable as UTF-8");
}

#[tokio::test]
async fn every_line_of_the_tools_protocol_has_an_answer() {
    let input =
        b"{\"to\":\"storage\",\"text\":\"*a*\"}\n\xff\xfe\n\n{\"to\":\"pdf\",\"text\":\"\"}\n{\"text\":1}\n\
                  {\"to\":\"storage\",\"text\":\"last, without a line end\"}";
    let ended = run_on(&["convert", "--lines"], input).await;
    let lines: Vec<&str> = good(&ended).lines().collect();
    assert_eq!(lines.len(), 6, "{lines:#?}");
    assert_eq!(lines[0], r#"{"ok":"<p><em>a</em></p>"}"#);
    for line in &lines[1..5] {
        assert!(line.starts_with(r#"{"err":""#), "{line}");
    }
    assert_eq!(lines[5], r#"{"ok":"<p>last, without a line end</p>"}"#);
}

#[tokio::test]
async fn a_reader_who_has_enough_ends_it_quietly() {
    let folder = Folder::new();
    let line = "{\"to\":\"storage\",\"text\":\"# a\"}\n";
    folder.write("input", &line.repeat(50_000));
    for command in ["convert", "convert --lines"] {
        let script = format!("{{ \"$0\" {command}; echo \"code $?\" >&2; }} | head -c 5");
        let output = Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_conflagent")])
            .stdin(File::open(folder.path().join("input")).expect("it was just written"))
            .output()
            .expect("a shell");
        assert_eq!(output.stdout.len(), 5);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "code 0\n", "{command}");
    }
}

#[tokio::test]
async fn the_document_is_printed_as_it_is_served() {
    let simulator = simulator::start(simulator::Options::default())
        .await
        .expect("a free port");
    let file = properties(Product::Cloud, &simulator);
    let folder = Folder::new();
    folder.write("conflagent.wiki.properties", &file);
    folder.write("conflagent.lookers.properties", &format!("{file}flavor=read\n"));
    folder.write("conflagent.adders.properties", &format!("{file}flavor=upload\n"));
    folder.write(
        "conflagent.own.properties",
        &format!("{file}public_url=https://own.example/base/\n"),
    );
    folder.write("conflagent.properties", &file);
    folder.write("conflagent.bad.properties", "flavor=sweet\n");
    let public = ["--public-url", "https://service.example"];
    let serving = Serving::start(&folder, &public).await;
    for endpoint in ["wiki", "lookers", "adders", "own", ""] {
        let path = match endpoint {
            "" => "/openapi.json".to_owned(),
            name => format!("/endpoint/{name}/openapi.json"),
        };
        let served = serving.send("GET", &path, None, None).await;
        assert_eq!(served.status, 200);
        let fixed = ["openapi", "--config-dir", folder.text()];
        let name: &[&str] = if endpoint.is_empty() { &[] } else { &[endpoint] };
        let printed = run(&[&fixed[..], &public, name].concat()).await;
        let printed: serde_json::Value = serde_json::from_str(good(&printed)).expect("JSON");
        assert_eq!(printed, served.json(), "{endpoint}");
    }
    assert!(simulator.requests().is_empty(), "nobody is asked for it");

    let refused = async |name: &str, part: &str| {
        let ended = run(&["openapi", "--config-dir", folder.text(), name]).await;
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
        says(&ended.log, part);
    };
    refused("nobody", "there is no file for the endpoint nobody").await;
    refused("a/b", "not a valid endpoint name").await;
    refused("bad", "flavor").await;
}
