//! What operators write, and what they are told.

mod example;
mod secrets;
mod sites;

use crate::config::keys::KEYS;
use crate::config::scratch::Scratch;

use super::*;

/// A complete Cloud endpoint, one key a line.
const CLOUD: [&str; 6] = [
    "email=jane@example.com",
    "api_token=ATATT3x=Yz==",
    "base_url=https://site.atlassian.net/wiki",
    "space_key=DEV",
    "root_page_id=12345",
    "gpt_shared_secret=0123456789abcdef",
];

/// [`CLOUD`] with other lines in place of those for the same keys, and what comes new at the end.
fn cloud_with(lines: &[&str]) -> String {
    let key = |line: &str| line.split('=').next().map(str::to_owned);
    let base = CLOUD
        .iter()
        .map(|old| lines.iter().find(|new| key(new) == key(old)).unwrap_or(old));
    let added = lines
        .iter()
        .filter(|new| CLOUD.iter().all(|old| key(new) != key(old)));
    base.chain(added).copied().collect::<Vec<_>>().join("\n") + "\n"
}

/// Everything that came of a file called `dev`.
struct Seen {
    config: Option<EndpointConfig>,
    faults: Vec<String>,
    warnings: Vec<String>,
}

fn seen_in(scratch: &Scratch, text: impl AsRef<[u8]>, variables: &[(&str, &str)]) -> Seen {
    scratch.write("dev", text);
    let environment = Environment::from_pairs(variables.iter().copied());
    let name = EndpointName::parse("my-team").unwrap();
    let reading = read(&scratch.path().join("dev"), name, &environment);
    let warnings = scratch.shown(&reading.warnings);
    match reading.outcome {
        Ok(config) => Seen {
            config: Some(config),
            faults: Vec::new(),
            warnings,
        },
        Err(faults) => Seen {
            config: None,
            faults: scratch.shown(&faults),
            warnings,
        },
    }
}

fn seen(text: impl AsRef<[u8]>, variables: &[(&str, &str)]) -> Seen {
    seen_in(&Scratch::new(), text, variables)
}

#[track_caller]
fn faults(lines: &[&str], expected: &[&str]) {
    let seen = seen(cloud_with(lines), &[]);
    assert_eq!(seen.faults, expected);
    assert_eq!(seen.config.is_none(), !expected.is_empty());
}

#[track_caller]
fn warnings(lines: &[&str], expected: &[&str]) -> EndpointConfig {
    let seen = seen(cloud_with(lines), &[]);
    assert_eq!(seen.faults, [""; 0]);
    assert_eq!(seen.warnings, expected);
    seen.config.unwrap()
}

#[test]
fn a_complete_file_becomes_a_configuration() {
    let config = warnings(
        &["flavor=Read", "public_url=https://agent.example/confluence/"],
        &[],
    );
    assert_eq!(config.name.as_str(), "my-team");
    assert_eq!(config.email.as_deref(), Some("jane@example.com"));
    assert_eq!(config.api_token.expose(), "ATATT3x=Yz==");
    assert_eq!(config.base_url.as_str(), "https://site.atlassian.net/wiki");
    assert_eq!(config.space_key, "DEV");
    assert_eq!(config.root_page_id, "12345");
    assert_eq!(config.gpt_shared_secret.expose(), "0123456789abcdef");
    assert_eq!(config.flavor, Flavor::Read);
    assert_eq!(config.deployment, Deployment::Cloud);
    assert_eq!(config.cloud_id, None);
    assert_eq!(
        config.public_url.unwrap().as_str(),
        "https://agent.example/confluence"
    );
}

#[test]
fn an_empty_file_lacks_everything_at_once() {
    let seen = seen("# nothing yet", &[]);
    assert_eq!(
        seen.faults,
        [
            "dev: api_token: is missing, allowed: one line of text; set it here, as api_token_file, as api_token_env \
             or as environment variable CONFLAGENT_MY_TEAM__API_TOKEN",
            "dev: base_url: is missing, allowed: an http or https address with a host and without user, query or \
             fragment; set it here or as environment variable CONFLAGENT_MY_TEAM__BASE_URL",
            "dev: space_key: is missing, allowed: the key of a space, without blanks, quotes and slashes; set it here \
             or as environment variable CONFLAGENT_MY_TEAM__SPACE_KEY",
            "dev: root_page_id: is missing, allowed: 1 to 19 digits, the first one not 0; set it here or as \
             environment variable CONFLAGENT_MY_TEAM__ROOT_PAGE_ID",
            "dev: gpt_shared_secret: is missing, allowed: one line of text, 16 characters or more recommended; set it \
             here, as gpt_shared_secret_file, as gpt_shared_secret_env or as environment variable \
             CONFLAGENT_MY_TEAM__GPT_SHARED_SECRET",
        ]
    );
}

#[test]
fn every_wrong_value_is_told_with_its_line() {
    faults(
        &[
            "email=jane:x",
            "api_token=a\tb",
            "base_url=site.atlassian.net",
            "space_key=",
            "root_page_id=0x1",
            "gpt_shared_secret=",
            "flavor=write",
            "deployment=server",
            "cloud_id=site",
            "public_url=/here",
        ],
        &[
            "dev:1: email: holds a blank or a colon, allowed: the account's e-mail address (Cloud) or user name (Data \
             Center), without blanks and colons",
            "dev:2: api_token: holds a line break or another control character, allowed: one line of text",
            "dev:3: base_url: is not an absolute address, allowed: an http or https address with a host and without \
             user, query or fragment",
            "dev:4: space_key: is empty, allowed: the key of a space, without blanks, quotes and slashes; set it here \
             or as environment variable CONFLAGENT_MY_TEAM__SPACE_KEY",
            "dev:5: root_page_id: is not the id of a page, allowed: 1 to 19 digits, the first one not 0",
            "dev:6: gpt_shared_secret: is empty, allowed: one line of text, 16 characters or more recommended; set it \
             here, as gpt_shared_secret_file, as gpt_shared_secret_env or as environment variable \
             CONFLAGENT_MY_TEAM__GPT_SHARED_SECRET",
            "dev:7: flavor: is not a flavor, allowed: default, read or upload",
            "dev:8: deployment: is not a deployment, allowed: cloud or datacenter",
            "dev:9: cloud_id: is not a UUID, allowed: a UUID like 01234567-89ab-cdef-0123-456789abcdef, for Cloud only",
            "dev:10: public_url: is not an absolute address, allowed: an http or https address with a host and \
             without user, query or fragment",
        ],
    );
}

#[test]
fn oddities_the_original_passed_over_are_warnings() {
    warnings(
        &[
            "Email=other@example.com",
            "space_key=DEV\nspace_key=OPS",
            "stray",
            "a.b=1",
            "a[0]=1",
            "=1",
            "api-token=x",
            "VGhpcyBpcyB0aGUgcmVzdCBvZiBhIHRva2Vu+/=",
            "dGhlIHJlc3Q=",
            "ä=1",
        ],
        &[
            "dev:5: space_key: replaces the value of line 4",
            "dev:8: Email: is ignored: unknown key, did you mean email?",
            "dev:9: is ignored: neither a comment nor `key=value`",
            "dev:10: a.b: is ignored: unknown key",
            "dev:11: a[0]: is ignored: unknown key",
            "dev:12: is ignored: unknown key",
            "dev:13: api-token: is ignored: unknown key, did you mean api_token?",
            "dev:14: is ignored: unknown key",
            "dev:15: is ignored: unknown key",
            "dev:16: is ignored: unknown key",
        ],
    );
}

#[test]
fn the_last_of_a_key_given_twice_wins() {
    assert_eq!(
        seen(cloud_with(&["space_key=DEV\nspace_key=OPS"]), &[])
            .config
            .unwrap()
            .space_key,
        "OPS"
    );
}

#[test]
fn values_are_taken_as_they_stand() {
    for token in [
        r#"a"b"c"#,
        r"a\nb\",
        "a=b==",
        "#x",
        "%41",
        "${HOME}",
        "x y",
        "pässwörd",
        "007",
        "a;b",
        "a # b",
    ] {
        let config = warnings(&[&format!("api_token= {token} ")], &[]);
        assert_eq!(config.api_token.expose(), token);
    }
}

#[test]
fn quotes_around_a_value_are_kept_but_suspected() {
    let config = warnings(
        &["api_token=\"x\""],
        &["dev:2: api_token: is wrapped in quotes, which become part of the value"],
    );
    assert_eq!(config.api_token.expose(), "\"x\"");
    warnings(&["api_token='"], &[]);
}

#[test]
fn the_environment_wins_over_the_file() {
    let variables = [
        ("CONFLAGENT_MY_TEAM__SPACE_KEY", "OPS"),
        ("CONFLAGENT_MY_TEAM__EMAIL", ""),
        ("CONFLAGENT_MY_TEAM__ROOT_PAGE_ID", " 7 "),
        ("CONFLAGENT_MY_TEAM__API_TOKEN", "007=\\"),
        ("CONFLAGENT_MY_TEAM__API_TOKEN.X", "x"),
        ("CONFLAGENT_MY_TEAM_2__SPACE_KEY", "NO"),
        ("CONFLAGENT__SPACE_KEY", "NO"),
        ("CONFLAGENT_MY_TEAM__SUB__SPACE_KEY", "NO"),
    ];
    let seen = seen(cloud_with(&[]), &variables);
    let config = seen.config.unwrap();
    assert_eq!(config.space_key, "OPS");
    assert_eq!(config.root_page_id, "7");
    assert_eq!(config.email.as_deref(), Some("jane@example.com"));
    assert_eq!(config.api_token.expose(), "007=\\");
    assert_eq!(
        seen.warnings,
        [
            "dev: environment variable CONFLAGENT_MY_TEAM__API_TOKEN.X is ignored: unknown key, did you mean api_token?"
        ]
    );
}

#[test]
fn a_wrong_variable_is_named() {
    let variables = [
        ("CONFLAGENT_MY_TEAM__FLAVOR", "all"),
        ("CONFLAGENT_MY_TEAM__API_TOKN", "x"),
        ("CONFLAGENT_MY_TEAM__BASE_URL", "https://site.atlassian.net/jira"),
    ];
    let seen = seen(cloud_with(&[]), &variables);
    assert_eq!(
        seen.faults,
        [
            "dev: flavor: is not a flavor, allowed: default, read or upload (environment variable \
             CONFLAGENT_MY_TEAM__FLAVOR)",
            "dev: base_url: leads below Confluence's own address, allowed: https://SITE.atlassian.net/wiki \
             (environment variable CONFLAGENT_MY_TEAM__BASE_URL)",
        ]
    );
    assert_eq!(
        seen.warnings,
        [
            "dev: environment variable CONFLAGENT_MY_TEAM__API_TOKN is ignored: unknown key, did you mean api_token?"
        ]
    );
}

#[test]
fn lines_that_are_not_utf_8_are_faults_and_their_keys_not_missing() {
    let mut text = cloud_with(&["space_key="]).into_bytes();
    text.extend(b"space_key=D\xc9V\nflavor=\xff\n\xfe\xff=x\n");
    let seen = seen(text, &[]);
    assert_eq!(
        seen.faults,
        [
            "dev:7: space_key: is not UTF-8, allowed: text saved as UTF-8",
            "dev:8: flavor: is not UTF-8, allowed: text saved as UTF-8",
            "dev:9: is not UTF-8, allowed: text saved as UTF-8",
        ]
    );
}

#[test]
fn a_file_that_cannot_be_read_lacks_no_keys() {
    let scratch = Scratch::new();
    scratch.write("here/file", "");
    scratch.write("large", vec![b'#'; 256 * 1024 + 1]);
    let fault = |file: &str| {
        let reading = read(
            &scratch.path().join(file),
            EndpointName::unnamed(),
            &Environment::default(),
        );
        scratch.shown(&reading.outcome.unwrap_err())
    };
    assert_eq!(
        fault("nowhere"),
        ["nowhere: cannot be read: No such file or directory (os error 2)"]
    );
    assert_eq!(fault("here"), ["here: is not a regular file"]);
    assert_eq!(fault("large"), ["large: is larger than 256 KiB"]);
}

#[test]
fn every_key_of_the_table_is_read() {
    for key in KEYS {
        let seen = seen(cloud_with(&[&format!("{}=\u{7}", key.name)]), &[]);
        let about_it = seen
            .faults
            .iter()
            .any(|fault| fault.contains(&format!(": {}: holds a line break", key.name)));
        assert!(about_it, "{}: {:?}", key.name, seen.faults);
    }
}
