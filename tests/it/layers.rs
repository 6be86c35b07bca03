//! The arrows of the house: which module may use which. Reads the sources.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Each module and those it may use, beside itself.
const ARROWS: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("config", &[]),
    ("convert", &[]),
    ("simulator", &[]),
    ("confluence", &["config", "clock"]),
    ("pages", &["clock", "config", "confluence", "convert"]),
    ("directory", &["config", "confluence"]),
    (
        "operations",
        &["clock", "config", "confluence", "convert", "directory", "pages"],
    ),
    ("describe", &["clock", "config", "operations"]),
    (
        "endpoint",
        &["clock", "config", "confluence", "directory", "pages"],
    ),
    ("dispatch", &["confluence", "endpoint", "operations"]),
    (
        "http",
        &[
            "clock",
            "config",
            "confluence",
            "describe",
            "dispatch",
            "endpoint",
            "mcp",
            "operations",
        ],
    ),
    (
        "mcp",
        &[
            "config",
            "confluence",
            "describe",
            "dispatch",
            "endpoint",
            "operations",
        ],
    ),
    ("telemetry", &["config"]),
    ("serve", &["http"]),
    (
        "app",
        &[
            "clock",
            "config",
            "confluence",
            "dispatch",
            "endpoint",
            "http",
            "serve",
        ],
    ),
    (
        "cli",
        &[
            "app",
            "clock",
            "config",
            "confluence",
            "convert",
            "describe",
            "dispatch",
            "endpoint",
            "http",
            "mcp",
            "operations",
            "pages",
            "simulator",
            "telemetry",
        ],
    ),
];

/// Crates that only one part of the house may know.
const SIDE_DOORS: &[(&str, &[&str])] = &[
    ("reqwest::", &["confluence"]),
    ("axum::", &["http", "serve", "simulator"]),
    ("quick_xml::", &["convert", "simulator"]),
    ("pulldown_cmark::", &["convert"]),
    ("utoipa_swagger_ui::", &["http"]),
    ("rmcp::", &["mcp"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Each source file outside tests: its module and its text up to its unit tests.
fn modules() -> Vec<(String, PathBuf, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    let mut modules = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&src).expect("below src");
        let module = inside
            .components()
            .next()
            .expect("a name")
            .as_os_str()
            .to_string_lossy();
        let module = module.trim_end_matches(".rs").to_owned();
        let is_test = inside
            .components()
            .any(|part| part.as_os_str().to_string_lossy().starts_with("tests"));
        if is_test || module == "lib" || module == "main" {
            continue;
        }
        let text = std::fs::read_to_string(&file).expect("readable");
        let code: Vec<&str> = text
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap_or_default()
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        modules.push((module, file, code.join("\n")));
    }
    modules
}

/// Names after `crate::` in a text, those inside braces included.
fn used(code: &str) -> BTreeSet<String> {
    let word = |text: &str| {
        text.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect::<String>()
    };
    let mut names = BTreeSet::new();
    for (place, _) in code.match_indices("crate::") {
        let rest = &code[place + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => names.extend(
                list.split('}')
                    .next()
                    .unwrap_or_default()
                    .split(',')
                    .map(|it| word(it.trim())),
            ),
            None => {
                names.insert(word(rest));
            }
        }
    }
    names.remove("");
    names
}

#[test]
fn imports_point_one_way() {
    let mut wrong = Vec::new();
    for (module, file, code) in modules() {
        let allowed = ARROWS
            .iter()
            .find(|(name, _)| *name == module)
            .map(|(_, allowed)| *allowed);
        let allowed = allowed.unwrap_or_else(|| panic!("{module} has no place in the house"));
        for name in used(&code) {
            if name != module && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{}: {module} may not use {name}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn libraries_stay_behind_their_doors() {
    let mut wrong = Vec::new();
    for (module, file, code) in modules() {
        for (library, doors) in SIDE_DOORS {
            if code.contains(library) && !doors.contains(&module.as_str()) {
                wrong.push(format!("{}: {module} may not know {library}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_a_permit_opens_an_endpoints_pages_and_directory_to_callers() {
    for (module, file, code) in modules() {
        let opens = [".pages(", ".directory("].iter().any(|door| code.contains(door));
        if ["dispatch", "http", "mcp"].contains(&module.as_str()) && opens {
            assert!(
                file.ends_with("dispatch/authorized.rs"),
                "{} must go through a Permit",
                file.display()
            );
        }
    }
}
