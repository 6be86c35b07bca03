//! Flags, variables and defaults, and what is said about wrong ones.

use super::*;

fn from_environment(pairs: &[(&str, &str)]) -> Result<Settings, String> {
    let environment = Environment::from_pairs(pairs.iter().copied());
    Settings::resolve(&Flags::default(), &environment).map_err(|faults| faults.to_string())
}

#[test]
fn the_defaults_are_what_the_documentation_says() {
    let settings = Settings::default();
    assert_eq!(settings.config_dir, PathBuf::from("."));
    assert_eq!(settings.listen.to_string(), "127.0.0.1:5000");
    assert_eq!(settings.public_url, None);
    assert_eq!(settings.trusted_proxies, []);
    assert_eq!(settings.cors_origins, CorsOrigins::Any);
    assert_eq!(settings.request_timeout, Duration::from_secs(40));
    assert_eq!(settings.upstream_timeout, Duration::from_secs(20));
    assert_eq!(settings.connect_timeout, Duration::from_secs(5));
    assert_eq!(settings.max_upstream_concurrency, 64);
    assert_eq!(settings.header_read_timeout, Duration::from_secs(10));
    assert_eq!(settings.body_read_timeout, Duration::from_secs(15));
    assert_eq!(settings.drain_timeout, Duration::from_secs(30));
    assert_eq!(settings.reload_interval, Some(Duration::from_secs(2)));
    assert_eq!(settings.max_connections, 1024);
    assert_eq!(settings.max_body_bytes, 6 * 1024 * 1024);
    assert_eq!(settings.ca_file, None);
    assert_eq!(settings.log_format, LogFormat::Text);
    assert_eq!(settings.log_filter.to_string(), "info");
}

#[test]
fn flags_win_over_the_environment_and_that_over_defaults() {
    let flags = Flags::from_pairs([("listen", "127.0.0.1:1"), ("public-url", "")]);
    let environment = Environment::from_pairs([
        ("CONFLAGENT_LISTEN", "127.0.0.1:2"),
        ("CONFLAGENT_PUBLIC_URL", "https://agent.example"),
        ("CONFLAGENT_CONFIG_DIR", " /etc/conflagent "),
        ("CONFLAGENT_LOG_FORMAT", ""),
    ]);
    let settings = Settings::resolve(&flags, &environment).unwrap();
    assert_eq!(settings.listen.port(), 1);
    assert_eq!(settings.public_url, None);
    assert_eq!(settings.config_dir, PathBuf::from("/etc/conflagent"));
    assert_eq!(settings.log_format, LogFormat::Text);
}

#[test]
fn every_wrong_value_is_told_with_its_flag_or_variable() {
    let flags = Flags::from_pairs([("max-connections", "0")]);
    let environment = Environment::from_pairs([
        ("CONFLAGENT_LISTEN", "localhost"),
        ("CONFLAGENT_DRAIN_TIMEOUT", "0"),
        ("CONFLAGENT_MAX_CONNECTIONS", "x"),
    ]);
    let faults = Settings::resolve(&flags, &environment).unwrap_err();
    assert_eq!(
        faults.to_string(),
        "CONFLAGENT_LISTEN: is not an address, allowed: an IP address and a port, such as 127.0.0.1:5000, 0.0.0.0:5000 \
         or [::]:5000\n\
         CONFLAGENT_DRAIN_TIMEOUT: is not a duration, allowed: more than 0 and at most 24h, such as 500ms, 2s, 1m or a \
         bare number of seconds\n\
         --max-connections: is not a count, allowed: a whole number from 1 to 1000000"
    );
}

#[test]
fn every_setting_is_read_from_its_variable() {
    for setting in SETTINGS {
        // What no parser takes, save for those of paths.
        let variable = setting.variable();
        let outcome = from_environment(&[(&variable, "\u{7f},?=!")]);
        match setting.flag {
            "config-dir" => assert_eq!(outcome.unwrap().config_dir, PathBuf::from("\u{7f},?=!")),
            "ca-file" => assert_eq!(outcome.unwrap().ca_file, Some(PathBuf::from("\u{7f},?=!"))),
            _ => {
                let message = outcome.unwrap_err();
                assert!(message.starts_with(&format!("{variable}: is not ")), "{message}");
                assert!(
                    message.ends_with(&format!(", allowed: {}", setting.allowed)),
                    "{message}"
                );
            }
        }
    }
}

#[test]
fn inner_deadlines_end_with_the_outer_ones() {
    let settings = from_environment(&[("CONFLAGENT_REQUEST_TIMEOUT", "3")]).unwrap();
    assert_eq!(settings.upstream_timeout, Duration::from_secs(3));
    assert_eq!(settings.connect_timeout, Duration::from_secs(3));
}

#[test]
fn misspelt_variables_are_warned_of_and_those_of_others_are_not() {
    let environment = Environment::from_pairs([
        ("CONFLAGENT_LISTN", "x"),
        ("CONFLAGENT_PORT", "tcp://10.0.0.1:5000"),
        ("CONFLAGENT_SERVICE_HOST", "10.0.0.1"),
        ("CONFLAGENT_LISTEN__EMAIL", "x"),
        ("CONFLAGENT_LISTEN", "127.0.0.1:1"),
    ]);
    assert_eq!(
        Settings::warnings(&environment),
        ["CONFLAGENT_LISTN is ignored: unknown setting, did you mean CONFLAGENT_LISTEN?"]
    );
}
