//! `conflagent.properties.example`, held against the table of keys.

use crate::config::keys::Key;
use crate::config::properties::is_plain;

use super::*;

/// The example file, and its assignments in order: those that hold and those that are commented out.
const EXAMPLE: &str = include_str!("../../../../../conflagent.properties.example");

fn example_keys() -> Vec<&'static str> {
    let assignment = |line: &'static str| line.trim_start_matches('#').split_once('=').map(|(key, _)| key);
    EXAMPLE
        .lines()
        .filter_map(assignment)
        .filter(|key| is_plain(key))
        .collect()
}

#[test]
fn the_example_names_every_key_in_order_and_no_other() {
    let known: Vec<String> = KEYS.iter().flat_map(Key::names).collect();
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
