//! The word after a fence as the `language` of the code macro.
//!
//! Data Center shows the whole block as an error for a word it does not know, so there unknown words become `text`
//! (<https://github.com/docToolchain/docToolchain/issues/683>). Cloud ignores what it does not know, so words pass.

use std::borrow::Cow;

use crate::convert::Flavour;

/// The macro's word for what the author wrote.
pub(super) fn of(word: &str, flavour: Flavour) -> Cow<'static, str> {
    let word = word.trim_start_matches('.').to_ascii_lowercase();
    match flavour {
        Flavour::Cloud => cloud(&word).map_or(Cow::Owned(word), Cow::Borrowed),
        Flavour::DataCenter => Cow::Borrowed(data_center(&word)),
    }
}

/// Common words that Cloud spells differently.
fn cloud(word: &str) -> Option<&'static str> {
    Some(match word {
        "sh" | "shell" | "zsh" | "console" | "shell-session" => "bash",
        "js" | "jsx" | "node" | "mjs" => "javascript",
        "ts" | "tsx" => "typescript",
        "py" | "python3" => "python",
        "rb" => "ruby",
        "rs" => "rust",
        "golang" => "go",
        "cs" | "c#" => "csharp",
        "c++" | "cc" | "cxx" => "cpp",
        "kt" => "kotlin",
        "yml" => "yaml",
        "md" => "markdown",
        "ps1" | "pwsh" => "powershell",
        "html" | "xhtml" | "svg" => "xml",
        "txt" | "plain" | "plaintext" => "text",
        "docker" => "dockerfile",
        "objective-c" | "objc" => "objectivec",
        _ => return None,
    })
}

/// The closed list of Data Center, with the aliases that fall on it.
fn data_center(word: &str) -> &'static str {
    match word {
        "actionscript3" | "actionscript" | "as3" => "actionscript3",
        "applescript" => "applescript",
        "bash" | "sh" | "shell" | "zsh" | "console" | "shell-session" | "dockerfile" | "makefile" => "bash",
        "c#" | "csharp" | "cs" => "c#",
        "cpp" | "c++" | "c" | "cc" | "cxx" | "h" | "hpp" => "cpp",
        "css" | "less" => "css",
        "coldfusion" | "cfm" => "coldfusion",
        "delphi" | "pascal" => "delphi",
        "diff" | "patch" => "diff",
        "erl" | "erlang" => "erl",
        "groovy" | "gradle" => "groovy",
        "xml" | "html" | "xhtml" | "xsl" | "xslt" | "svg" => "xml",
        "java" => "java",
        "jfx" | "javafx" => "jfx",
        "js" | "javascript" | "jsx" | "mjs" | "ts" | "tsx" | "typescript" | "json" | "json5" | "jsonc" => {
            "js"
        }
        "php" => "php",
        "perl" | "pl" => "perl",
        "powershell" | "ps1" | "pwsh" => "powershell",
        "py" | "python" | "python3" => "py",
        "ruby" | "rb" => "ruby",
        "sql" | "postgresql" | "mysql" | "plsql" => "sql",
        "sass" | "scss" => "sass",
        "scala" => "scala",
        "vb" | "vbnet" | "vb.net" => "vb",
        "yml" | "yaml" => "yml",
        _ => "text",
    }
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::convert::Flavour::{Cloud, DataCenter};

    #[test]
    fn data_center_only_gets_words_it_knows() {
        for (word, expected) in [
            ("Python", "py"),
            ("ts", "js"),
            ("rust", "text"),
            ("", "text"),
            ("C++", "cpp"),
        ] {
            assert_eq!(of(word, DataCenter), expected);
        }
    }

    #[test]
    fn cloud_gets_its_own_spelling_or_the_word_itself() {
        for (word, expected) in [
            ("py", "python"),
            ("Rust", "rust"),
            ("mermaid", "mermaid"),
            ("sh", "bash"),
        ] {
            assert_eq!(of(word, Cloud), expected);
        }
    }
}
