//! Where secrets may stand, and that they show nowhere.

use super::*;

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
fn variables_that_are_not_text_are_faults_where_they_are_used() {
    let scratch = Scratch::new();
    scratch.write(
        "dev",
        cloud_with(&["api_token_env=GARBLED"]).replace("api_token=ATATT3x=Yz==\n", ""),
    );
    let environment = Environment::default()
        .with_garbled("GARBLED")
        .with_garbled("UNUSED")
        .with_garbled("CONFLAGENT__UNKNOWN")
        .with_garbled("CONFLAGENT__EMAIL");
    let reading = read(&scratch.path().join("dev"), EndpointName::unnamed(), &environment);
    assert_eq!(
        scratch.shown(&reading.outcome.unwrap_err()),
        [
            "dev:6: api_token_env: names a variable that is not valid UTF-8, allowed: the name of an environment variable \
             that holds the value",
            "dev: environment variable CONFLAGENT__EMAIL is not valid UTF-8, allowed: text in UTF-8",
        ]
    );
}
