//! Directories as operators leave them, and changes to them.

use crate::config::scratch::Scratch;

use super::*;

const COMPLETE: &str = "email=jane@example.com\napi_token=x\nbase_url=https://site.atlassian.net/wiki\nspace_key=DEV\n\
                        root_page_id=1\ngpt_shared_secret=0123456789abcdef\n";

fn load_from(scratch: &Scratch) -> Loaded {
    load(scratch.path(), &Environment::default())
}

/// Names of the endpoints that can be served, and everything wrong with the others.
fn summary(scratch: &Scratch) -> (Vec<String>, Vec<String>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for entry in load_from(scratch).entries {
        match entry.outcome {
            Ok(config) => good.push(config.name.to_string()),
            Err(faults) => bad.extend(scratch.shown(&faults)),
        }
    }
    (good, bad)
}

#[test]
fn only_files_named_like_endpoints_are_read() {
    let scratch = Scratch::new();
    for name in [
        "conflagent.properties",
        "conflagent.b.properties",
        "conflagent.A-1.properties",
    ] {
        scratch.write(name, COMPLETE);
    }
    for name in [
        "conflagent.properties.example",
        "conflagent.b.properties~",
        ".conflagent.b.properties.swp",
        "conflagent.b.properties.bak",
        "other.properties",
        "sub/conflagent.c.properties",
    ] {
        scratch.write(name, "nonsense");
    }
    let names = ["A-1", "b", "(unnamed)"].map(str::to_owned).to_vec();
    assert_eq!(summary(&scratch), (names, vec![]));
}

#[test]
fn a_faulty_file_disables_nothing_but_itself() {
    let scratch = Scratch::new();
    scratch.write("conflagent.good.properties", COMPLETE);
    scratch.write(
        "conflagent.bad.properties",
        COMPLETE.replace("root_page_id=1", "root_page_id=one"),
    );
    let fault = "conflagent.bad.properties:5: root_page_id: is not the id of a page, allowed: 1 to 19 digits, the first \
                 one not 0";
    assert_eq!(
        summary(&scratch),
        (vec!["good".to_owned()], vec![fault.to_owned()])
    );
}

#[test]
fn names_that_no_route_can_have_are_faults() {
    let scratch = Scratch::new();
    let long = "a".repeat(65);
    for name in ["", ".", "a.b", "-a", "_a", "ä", "a b", &long] {
        scratch.write(&format!("conflagent.{name}.properties"), COMPLETE);
    }
    let (good, bad) = summary(&scratch);
    assert_eq!(good, [""; 0]);
    assert_eq!(bad.len(), 8);
    assert_eq!(
        bad[0],
        "conflagent.-a.properties: has no valid name, allowed: conflagent.<name>.properties with 1 to 64 letters, \
         digits, - and _, beginning with a letter or digit, or conflagent.properties"
    );
}

#[test]
fn endpoints_that_would_share_variables_are_all_refused() {
    let scratch = Scratch::new();
    for name in ["my-team", "my_team", "other"] {
        scratch.write(&format!("conflagent.{name}.properties"), COMPLETE);
    }
    scratch.write("conflagent.MY-TEAM.properties", "flavor=no");
    let (good, bad) = summary(&scratch);
    assert_eq!(good, ["other"]);
    let allowed = "allowed: names that differ in more than case, - and _";
    let shared: Vec<&String> = bad.iter().filter(|fault| fault.contains("shares")).collect();
    let [own, dash, line] =
        ["MY-TEAM", "my-team", "my_team"].map(|name| format!("conflagent.{name}.properties"));
    let expected = [
        format!(
            "{own}: shares its environment variables CONFLAGENT_MY_TEAM__* with {dash}, {line}, {allowed}"
        ),
        format!(
            "{dash}: shares its environment variables CONFLAGENT_MY_TEAM__* with {own}, {line}, {allowed}"
        ),
        format!(
            "{line}: shares its environment variables CONFLAGENT_MY_TEAM__* with {own}, {dash}, {allowed}"
        ),
    ];
    assert_eq!(shared, expected.iter().collect::<Vec<_>>());
    assert!(
        bad.iter().any(|fault| fault.contains("flavor: is not a flavor")),
        "{bad:?}"
    );
}

#[test]
fn a_directory_that_cannot_be_read_is_a_fault_of_its_own() {
    let scratch = Scratch::new();
    let missing = scratch.path().join("missing");
    let loaded = load(&missing, &Environment::default());
    assert!(loaded.entries.is_empty() && !loaded.has_changed());
    assert_eq!(
        scratch.shown(&[loaded.fault.clone().unwrap()]),
        [
            "missing: cannot be read: No such file or directory (os error 2), allowed: a directory with \
          conflagent.<name>.properties files"
        ]
    );
    scratch.write("missing/conflagent.a.properties", COMPLETE);
    assert!(loaded.has_changed());
}

#[test]
fn new_changed_and_removed_files_are_noticed() {
    let scratch = Scratch::new();
    scratch.write("conflagent.a.properties", COMPLETE);
    let loaded = load_from(&scratch);
    assert!(!loaded.has_changed());
    scratch.write("unrelated", "x");
    assert!(!loaded.has_changed());

    scratch.write("conflagent.b.properties", COMPLETE);
    assert!(loaded.has_changed());
    let loaded = load_from(&scratch);
    scratch.write("conflagent.b.properties", format!("{COMPLETE}#"));
    assert!(loaded.has_changed());
    let again = load_from(&scratch);
    assert_eq!(again.entries[0].fingerprint, loaded.entries[0].fingerprint);
    assert_ne!(again.entries[1].fingerprint, loaded.entries[1].fingerprint);
    std::fs::remove_file(scratch.path().join("conflagent.a.properties")).unwrap();
    assert!(again.has_changed());
    assert!(!load_from(&scratch).has_changed());
}

#[test]
fn files_that_hold_secrets_are_watched_even_before_they_exist() {
    let scratch = Scratch::new();
    scratch.write(
        "conflagent.a.properties",
        COMPLETE.replace("api_token=x", "api_token_file=secrets/token"),
    );
    let loaded = load_from(&scratch);
    assert!(loaded.entries[0].outcome.is_err() && !loaded.has_changed());
    scratch.write("secrets/token", "one");
    assert!(loaded.has_changed());
    let loaded = load_from(&scratch);
    assert_eq!(
        loaded.entries[0].outcome.as_ref().unwrap().api_token.expose(),
        "one"
    );
    scratch.write("secrets/token", "second");
    assert!(loaded.has_changed());
    assert_ne!(
        load_from(&scratch).entries[0].fingerprint,
        loaded.entries[0].fingerprint
    );
}

#[cfg(unix)]
#[test]
fn the_swap_of_a_linked_directory_is_noticed() {
    use std::os::unix::fs::symlink;

    let scratch = Scratch::new();
    let at = |name: &str| scratch.path().join(name);
    scratch.write("..1/conflagent.a.properties", COMPLETE);
    scratch.write("..2/conflagent.a.properties", COMPLETE.replace("DEV", "OPS"));
    symlink("..1", at("..data")).unwrap();
    symlink("..data/conflagent.a.properties", at("conflagent.a.properties")).unwrap();
    let loaded = load_from(&scratch);
    assert_eq!(loaded.entries[0].outcome.as_ref().unwrap().space_key, "DEV");

    symlink("..2", at("..new")).unwrap();
    std::fs::rename(at("..new"), at("..data")).unwrap();
    assert!(loaded.has_changed());
    assert_eq!(
        load_from(&scratch).entries[0].outcome.as_ref().unwrap().space_key,
        "OPS"
    );
}

#[test]
fn each_endpoint_has_its_own_variables() {
    let scratch = Scratch::new();
    for name in ["conflagent.properties", "conflagent.my-team.properties"] {
        scratch.write(name, COMPLETE);
    }
    let environment = Environment::from_pairs([
        ("CONFLAGENT__SPACE_KEY", "ONE"),
        ("CONFLAGENT_MY_TEAM__SPACE_KEY", "TWO"),
    ]);
    let loaded = load(scratch.path(), &environment);
    let keys = loaded
        .entries
        .iter()
        .map(|entry| entry.outcome.as_ref().unwrap().space_key.as_str());
    assert_eq!(keys.collect::<Vec<_>>(), ["TWO", "ONE"]);
    assert!(loaded.entries.iter().all(|entry| entry.warnings.is_empty()));
}

#[test]
fn variables_of_no_endpoint_are_warned_of() {
    let scratch = Scratch::new();
    scratch.write("conflagent.a.properties", COMPLETE);
    scratch.write("conflagent.b__c.properties", COMPLETE);
    let environment = Environment::from_pairs([
        ("CONFLAGENT_A__EMAIL", "x@example.com"),
        ("CONFLAGENT_B__C__EMAIL", "x@example.com"),
        ("CONFLAGENT_D__API_TOKEN_FILE", "x"),
        ("CONFLAGENT__EMAIL", "x"),
        ("CONFLAGENT_D__UNKNOWN", "x"),
        ("CONFLAGENT_LISTEN", "x"),
        ("OTHER__EMAIL", "x"),
    ]);
    let loaded = load(scratch.path(), &environment);
    let ignored = |name: &str| {
        format!(
            "{}: environment variable {name} is ignored: no file of that endpoint",
            scratch.path().display()
        )
    };
    let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            ignored("CONFLAGENT_D__API_TOKEN_FILE"),
            ignored("CONFLAGENT__EMAIL")
        ]
    );
}

#[test]
fn a_directory_without_endpoints_is_warned_of() {
    let scratch = Scratch::new();
    let warnings: Vec<String> = load_from(&scratch)
        .warnings
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        warnings,
        [format!(
            "{}: holds no endpoint: no file conflagent.<name>.properties",
            scratch.path().display()
        )]
    );
}
