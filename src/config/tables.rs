//! Keys and settings as Markdown tables. The documentation holds them word for word, and tests hold it to that.

use super::keys::KEYS;
use super::settings::SETTINGS;

/// The keys of a properties file.
#[must_use]
pub fn keys() -> String {
    let rows = KEYS.iter().map(|key| {
        let default = match key.default {
            None => "**required**".to_owned(),
            Some(default) if default.contains(' ') => default.to_owned(),
            Some(default) => format!("`{default}`"),
        };
        let name = if key.secret {
            format!("`{}`, `…_file`, `…_env`", key.name)
        } else {
            format!("`{}`", key.name)
        };
        format!("| {name} | {default} | {} | {} |\n", key.allowed, key.help)
    });
    table("| Key | Default | Allowed | Meaning |\n|---|---|---|---|\n", rows)
}

/// The settings of the process.
#[must_use]
pub fn settings() -> String {
    let rows = SETTINGS.iter().map(|setting| {
        let default = if setting.default.is_empty() {
            "none".to_owned()
        } else {
            format!("`{}`", setting.default)
        };
        let (flag, variable) = (setting.flag, setting.variable());
        format!(
            "| `--{flag}` | `{variable}` | {default} | {} | {} |\n",
            setting.allowed, setting.help
        )
    });
    table(
        "| Flag | Variable | Default | Allowed | Meaning |\n|---|---|---|---|---|\n",
        rows,
    )
}

fn table(head: &str, rows: impl Iterator<Item = String>) -> String {
    rows.fold(head.to_owned(), |table, row| table + &row)
}

#[cfg(test)]
mod tests {
    const DOCUMENT: &str = include_str!("../../docs/configuration.md");

    #[track_caller]
    fn documented(table: &str) {
        assert!(
            DOCUMENT.contains(table),
            "docs/configuration.md lacks this table:\n{table}"
        );
    }

    #[test]
    fn the_documentation_has_every_key() {
        documented(&super::keys());
    }

    #[test]
    fn the_documentation_has_every_setting() {
        documented(&super::settings());
    }
}
