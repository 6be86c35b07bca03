//! What operators write, and what they are told.

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
fn secrets_may_stand_in_files_and_variables() {
    let scratch = Scratch::new();
    scratch.write("secrets/token", b"\xef\xbb\xbf a=b \r\n");
    let text = cloud_with(&["api_token_file=secrets/token", "gpt_shared_secret_env=SHARED"])
        .replace("api_token=ATATT3x=Yz==\n", "")
        .replace("gpt_shared_secret=0123456789abcdef\n", "");
    let seen = seen_in(&scratch, &text, &[("SHARED", "fedcba9876543210")]);
    assert_eq!(seen.faults, [""; 0]);
    assert_eq!(seen.warnings, [""; 0]);
    let config = seen.config.unwrap();
    assert_eq!(config.api_token.expose(), "a=b");
    assert_eq!(config.gpt_shared_secret.expose(), "fedcba9876543210");
}

#[test]
fn the_environment_may_refer_too_and_wins_as_a_whole() {
    let scratch = Scratch::new();
    scratch.write("token", "from-file\n");
    let variables = [("CONFLAGENT_MY_TEAM__API_TOKEN_FILE", "token")];
    let config = seen_in(&scratch, cloud_with(&[]), &variables).config.unwrap();
    assert_eq!(config.api_token.expose(), "from-file");
}

#[test]
fn a_reference_that_leads_nowhere_is_a_fault_of_its_line() {
    let scratch = Scratch::new();
    scratch.write("binary", b"\xff\xfea\0");
    scratch.write("empty", "\n");
    scratch.write("two-lines", "a\nb\n");
    let without = cloud_with(&[]).replace("api_token=ATATT3x=Yz==\n", "");
    let fault = |line: &str| seen_in(&scratch, format!("{line}\n{without}"), &[("EMPTY", "")]).faults;
    let file = "allowed: the path of a text file that holds the value and nothing else, relative to the directory of \
                this file";
    let variable = "allowed: the name of an environment variable that holds the value";
    assert_eq!(
        fault("api_token_file=nowhere"),
        [format!(
            "dev:1: api_token_file: names a file that cannot be read: No such file or directory (os error 2), {file}"
        )]
    );
    assert_eq!(
        fault("api_token_file=."),
        [format!(
            "dev:1: api_token_file: names a file that is not a regular file, {file}"
        )]
    );
    assert_eq!(
        fault("api_token_file=empty"),
        [format!(
            "dev:1: api_token_file: names a file that is empty, {file}"
        )]
    );
    assert_eq!(
        fault("api_token_file=binary"),
        [format!(
            "dev:1: api_token_file: names a file that is not UTF-8, {file}"
        )]
    );
    assert_eq!(
        fault("api_token_file=two-lines"),
        [
            "dev:1: api_token: holds a line break or another control character, allowed: one line of text (by way of \
          api_token_file)"
        ]
    );
    assert_eq!(
        fault("api_token_env=NOWHERE"),
        [format!(
            "dev:1: api_token_env: names a variable that is not set, {variable}"
        )]
    );
    assert_eq!(
        fault("api_token_env=EMPTY"),
        [format!(
            "dev:1: api_token_env: names a variable that is not set, {variable}"
        )]
    );
}

#[test]
fn two_ways_to_one_secret_are_a_fault() {
    faults(
        &["api_token_file=token"],
        &["dev:7: api_token_file: is given beside api_token, allowed: one of the two"],
    );
    let variables = [
        ("CONFLAGENT_MY_TEAM__API_TOKEN", "a"),
        ("CONFLAGENT_MY_TEAM__API_TOKEN_ENV", "b"),
    ];
    assert_eq!(
        seen(cloud_with(&[]), &variables).faults,
        [
            "dev: api_token_env: is given beside api_token, allowed: one of the two (environment variable \
          CONFLAGENT_MY_TEAM__API_TOKEN_ENV)"
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
fn without_an_account_the_token_is_a_bearer_token_where_that_can_work() {
    let id = "01234567-89ab-cdef-0123-456789abcdef";
    faults(
        &["email="],
        &[
            "dev: email: is missing, allowed: the account of the API token, or none together with cloud_id and an OAuth \
           access token",
        ],
    );
    assert_eq!(
        warnings(&["email=", &format!("cloud_id={id}")], &[])
            .cloud_id
            .as_deref(),
        Some(id)
    );
    let config = warnings(&["email=", "base_url=https://wiki.example"], &[]);
    assert_eq!((config.email, config.deployment), (None, Deployment::DataCenter));
    warnings(&["email=jane", "base_url=https://wiki.example"], &[]);
    warnings(
        &["email=jane"],
        &["dev:1: email: is not an e-mail address, which accounts of Cloud are known by"],
    );
}

#[test]
fn the_deployment_can_be_given_where_the_host_name_does_not_tell() {
    let config = warnings(&["base_url=https://wiki.example/x", "deployment=CLOUD"], &[]);
    assert_eq!(config.deployment, Deployment::Cloud);
    assert_eq!(config.base_url.as_str(), "https://wiki.example/x");
    let id = "cloud_id=01234567-89ab-cdef-0123-456789abcdef";
    faults(
        &["base_url=https://wiki.example", id],
        &["dev:7: cloud_id: is for Cloud only, allowed: none, or deployment=cloud"],
    );
}

#[test]
fn addresses_of_cloud_sites_end_in_wiki() {
    let added = "dev:3: base_url: lacks the /wiki of Confluence, which is added";
    for url in [
        "https://site.atlassian.net",
        "https://site.atlassian.net/",
        "https://SITE.jira.com",
    ] {
        let config = warnings(&[&format!("base_url={url}")], &[added]);
        assert_eq!(config.base_url.path(), "/wiki");
    }
    faults(
        &["base_url=https://site.atlassian.net/wiki/spaces/DEV"],
        &["dev:3: base_url: leads below Confluence's own address, allowed: https://SITE.atlassian.net/wiki"],
    );
}

#[test]
fn the_gateway_as_address_gives_the_cloud_id() {
    let id = "01234567-89ab-cdef-0123-456789abcdef";
    let better = "dev:3: base_url: is the API gateway, where people cannot follow links: better the address of the site, \
                  and cloud_id";
    for wiki in ["", "/", "/wiki", "/wiki/"] {
        let url = format!("base_url=https://api.atlassian.com/ex/confluence/{id}{wiki}");
        assert_eq!(warnings(&[&url], &[better]).cloud_id.as_deref(), Some(id));
        warnings(&[&url, "email="], &[better]);
        faults(
            &[&url, "cloud_id=11234567-89ab-cdef-0123-456789abcdef"],
            &["dev:7: cloud_id: contradicts base_url, allowed: the id that stands there, or none"],
        );
    }
    faults(
        &["base_url=https://api.atlassian.com/wiki"],
        &[
            "dev:3: base_url: is not a site at the gateway, allowed: https://api.atlassian.com/ex/confluence/CLOUD_ID/wiki",
        ],
    );
}

#[test]
fn weak_spots_are_warned_of() {
    warnings(
        &[
            "base_url=http://wiki.example",
            "gpt_shared_secret=fifteen-letters",
        ],
        &[
            "dev:3: base_url: is not https: the token can be read on the way",
            "dev:6: gpt_shared_secret: is shorter than 16 characters and may be guessed",
        ],
    );
    warnings(
        &["gpt_shared_secret=ATATT3x=Yz=="],
        &["dev:6: gpt_shared_secret: is the same as api_token: every caller holds the Confluence credential"],
    );
    warnings(&["base_url=http://127.0.0.1:8090"], &[]);
}

#[test]
fn secrets_are_in_no_message_and_no_debug_output() {
    let secret = "hunter2hunter2";
    for key in KEYS {
        let line = format!("{}={secret}\u{7}{secret}", key.name);
        let seen = seen(cloud_with(&[&line, &format!("{secret}{secret}{secret}=x")]), &[]);
        let said = format!("{:?} {:?}", seen.faults, seen.warnings);
        assert!(
            !said.contains(secret) && !seen.faults.is_empty(),
            "{}: {said}",
            key.name
        );
    }
    let config = warnings(&[], &[]);
    let shown = format!("{config:?}");
    assert!(
        !shown.contains("ATATT") && !shown.contains("0123456789abcdef"),
        "{shown}"
    );
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

/// The example file, and its assignments in order: those that hold and those that are commented out.
const EXAMPLE: &str = include_str!("../../../../conflagent.properties.example");

fn example_keys() -> Vec<&'static str> {
    let assignment = |line: &'static str| line.trim_start_matches('#').split_once('=').map(|(key, _)| key);
    EXAMPLE
        .lines()
        .filter_map(assignment)
        .filter(|key| crate::config::properties::is_plain(key))
        .collect()
}

#[test]
fn the_example_names_every_key_in_order_and_no_other() {
    let known: Vec<String> = KEYS.iter().flat_map(crate::config::keys::Key::names).collect();
    assert_eq!(example_keys(), known);
}

#[test]
fn the_example_is_valid_but_for_its_secret_with_and_without_what_is_commented_out() {
    let warning = "gpt_shared_secret: is the one of the example file, which everybody knows";
    let check = |text: &str| {
        let seen = seen(text, &[]);
        assert_eq!(seen.faults, [""; 0]);
        assert!(
            matches!(seen.warnings.as_slice(), [only] if only.ends_with(warning)),
            "{:?}",
            seen.warnings
        );
        seen.config.unwrap()
    };
    let config = check(EXAMPLE);
    assert_eq!(
        (config.flavor, config.deployment),
        (Flavor::Default, Deployment::Cloud)
    );
    let uncommented: String = EXAMPLE
        .lines()
        .map(
            |line| match line.strip_prefix('#').and_then(|line| line.split_once('=')) {
                Some((key, value)) if KEYS.iter().any(|known| known.name == key) => {
                    format!("{key}={value}\n")
                }
                _ => format!("{line}\n"),
            },
        )
        .collect::<Vec<_>>()
        .concat();
    let config = check(&uncommented);
    assert!(config.cloud_id.is_some() && config.public_url.is_some());
}
