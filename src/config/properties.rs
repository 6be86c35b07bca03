//! Grammar of a `.properties` file: text to keys, values and line numbers.
//!
//! UTF-8; one `key=value` per line, split at the *first* `=`, both sides trimmed; blank lines and lines whose first
//! visible character is `#` are skipped. Nothing is ever unescaped, unquoted, joined or interpolated, because tokens hold
//! `=`, `\`, `"`, `%`, `$` and `#`. That is neither Java's format nor INI, and none of the ready-made parsers leaves such
//! values alone. Which keys exist is not known here, see [`super::keys`].

use std::borrow::Cow;
use std::error::Error;

use config::{FileStoredFormat, Format, Map, Value};

/// A line that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// `key=value`; either may be empty.
    Entry {
        /// Before the first `=`.
        key: &'a str,
        /// After it.
        value: &'a str,
    },
    /// Neither blank, comment nor entry.
    Stray,
}

/// The lines of a file that mean something, numbered from 1.
pub fn lines(text: &str) -> impl Iterator<Item = (usize, Line<'_>)> {
    text.split('\n').enumerate().filter_map(|(index, line)| {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let line = match line.split_once('=') {
            Some((key, value)) => Line::Entry {
                key: key.trim_end(),
                value: value.trim_start(),
            },
            None => Line::Stray,
        };
        Some((index + 1, line))
    })
}

/// A line that is not UTF-8. Its key usually still is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecodable {
    /// Counted from 1.
    pub line: usize,
    /// What stands before the `=`.
    pub key: Option<String>,
}

/// Bytes to text without a byte order mark. Lines that are not UTF-8 are left empty, so that the others keep their
/// numbers and are still checked.
#[must_use]
pub fn decode(bytes: &[u8]) -> (Cow<'_, str>, Vec<Undecodable>) {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    if let Ok(text) = str::from_utf8(bytes) {
        return (Cow::Borrowed(text), Vec::new());
    }
    let mut undecodable = Vec::new();
    let lines: Vec<&str> = bytes
        .split(|byte| *byte == b'\n')
        .enumerate()
        .map(|(index, line)| {
            str::from_utf8(line).unwrap_or_else(|_| {
                let key = line.split(|byte| *byte == b'=').next();
                let key = key
                    .and_then(|key| str::from_utf8(key).ok())
                    .map(|key| key.trim().to_owned());
                undecodable.push(Undecodable { line: index + 1, key });
                ""
            })
        })
        .collect();
    (Cow::Owned(lines.join("\n")), undecodable)
}

/// A key that `config` takes literally. It reads `.` and `[` as paths into nested values, so other keys never get there.
#[must_use]
pub fn is_plain(key: &str) -> bool {
    !key.is_empty()
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The format, for the `config` crate: every value a string whose origin is `file:line`. Of a key given twice the last
/// one wins.
#[derive(Clone, Debug)]
pub struct Properties {
    /// Name of the file, for the origins.
    pub file: String,
}

impl Format for Properties {
    fn parse(
        &self,
        uri: Option<&String>,
        text: &str,
    ) -> Result<Map<String, Value>, Box<dyn Error + Send + Sync>> {
        let file = uri.unwrap_or(&self.file);
        let entry = |(number, line)| match line {
            Line::Entry { key, value } if is_plain(key) => Some((
                key.to_owned(),
                Value::new(Some(&format!("{file}:{number}")), value),
            )),
            _ => None,
        };
        Ok(lines(text).filter_map(entry).collect())
    }
}

impl FileStoredFormat for Properties {
    /// None: with one, `config` would also look for `x.properties.properties`.
    fn file_extensions(&self) -> &'static [&'static str] {
        &[]
    }
}

#[cfg(test)]
mod tests {
    use config::{Config, File};

    use super::{Line, Properties, Undecodable, decode, lines};

    /// `line` is one entry, both as the grammar reads it and after its way through `config`.
    #[track_caller]
    fn entry(line: &str, key: &str, value: &str) {
        assert_eq!(lines(line).collect::<Vec<_>>(), [(1, Line::Entry { key, value })]);
        let file = File::from_str(line, Properties { file: "f".to_owned() });
        let config = Config::builder().add_source(file).build().unwrap();
        assert_eq!(config.get_string(key).unwrap(), value);
    }

    #[track_caller]
    fn nothing(text: &str) {
        assert_eq!(lines(text).next(), None);
    }

    #[test]
    fn entries_are_split_at_the_first_equals_sign_and_trimmed() {
        entry("a=b", "a", "b");
        entry("a = b", "a", "b");
        entry("\t a\t=\tb \t", "a", "b");
        entry("a=b==", "a", "b==");
        entry("a==b", "a", "=b");
        entry("a=b=c=d", "a", "b=c=d");
        entry("a=", "a", "");
        entry("a=b c  d", "a", "b c  d");
        entry("a=b\r\n", "a", "b");
        entry("a=\u{a0}b\u{a0}", "a", "b");
    }

    #[test]
    fn values_are_left_alone() {
        entry(r#"a="b""#, "a", r#""b""#);
        entry("a='b c'", "a", "'b c'");
        entry(r#"a="b"#, "a", r#""b"#);
        entry(r#"a=b"c"d"#, "a", r#"b"c"d"#);
        entry(r"a=b\nc\\d\u0041\x", "a", r"b\nc\\d\u0041\x");
        entry("a=b\\", "a", "b\\");
        entry("a=b#c", "a", "b#c");
        entry("a=b # c", "a", "b # c");
        entry("a=#b", "a", "#b");
        entry("a=b;c", "a", "b;c");
        entry("a=;b", "a", ";b");
        entry("a=!b", "a", "!b");
        entry("a=%41%n%", "a", "%41%n%");
        entry("a=${HOME}$b", "a", "${HOME}$b");
        entry("a=$(whoami)`id`", "a", "$(whoami)`id`");
        entry("a=t:bc", "a", "t:bc");
        entry("a=[b]", "a", "[b]");
        entry("a={\"b\":1}", "a", "{\"b\":1}");
        entry("a=007", "a", "007");
        entry("a=1e5", "a", "1e5");
        entry("a=true", "a", "true");
        entry("a=pässwörd 密码 🔑", "a", "pässwörd 密码 🔑");
        entry(
            "a=https://site.example/wiki?x=1&y=2#z",
            "a",
            "https://site.example/wiki?x=1&y=2#z",
        );
    }

    #[test]
    fn a_trailing_backslash_does_not_join_lines() {
        let found: Vec<_> = lines("a=b\\\nc=d").collect();
        let expected = [
            (
                1,
                Line::Entry {
                    key: "a",
                    value: "b\\",
                },
            ),
            (2, Line::Entry { key: "c", value: "d" }),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn blank_lines_and_comments_are_nothing() {
        nothing("");
        nothing("\n\n  \n\t\n");
        nothing("# a=b");
        nothing("   # a=b");
        nothing("\t#a=b\r\n#\r\n");
    }

    #[test]
    fn a_colon_separates_nothing() {
        assert_eq!(
            lines("a:b=c").collect::<Vec<_>>(),
            [(
                1,
                Line::Entry {
                    key: "a:b",
                    value: "c"
                }
            )]
        );
        assert_eq!(lines("a: b").collect::<Vec<_>>(), [(1, Line::Stray)]);
    }

    #[test]
    fn a_line_without_an_equals_sign_is_stray_and_swallows_nothing() {
        let found: Vec<_> = lines("stray\n[section]\n; x\na=b").collect();
        let expected = [
            (1, Line::Stray),
            (2, Line::Stray),
            (3, Line::Stray),
            (4, Line::Entry { key: "a", value: "b" }),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn an_empty_key_is_an_entry_of_its_own_kind() {
        assert_eq!(
            lines("=b").collect::<Vec<_>>(),
            [(1, Line::Entry { key: "", value: "b" })]
        );
    }

    #[test]
    fn values_know_their_file_and_line_and_the_last_one_wins() {
        let file = File::from_str(
            "# x\n\na=1\r\nb=2\na=3",
            Properties {
                file: "dir/f".to_owned(),
            },
        );
        let config = Config::builder().add_source(file).build().unwrap();
        let table = config.cache.into_table().unwrap();
        assert_eq!(table["a"].origin(), Some("dir/f:5"));
        assert_eq!(table["a"].clone().into_string().unwrap(), "3");
        assert_eq!(table["b"].origin(), Some("dir/f:4"));
    }

    #[test]
    fn keys_that_are_paths_to_config_do_not_reach_it() {
        let text = "a=1\na.b=2\na[0]=3\na-b=4\n=5\nä=6\na b=7\n[=8";
        let file = File::from_str(text, Properties { file: "f".to_owned() });
        let config = Config::builder().add_source(file).build().unwrap();
        assert_eq!(config.get_string("a").unwrap(), "1");
        assert_eq!(config.cache.into_table().unwrap().len(), 1);
    }

    #[test]
    fn a_byte_order_mark_belongs_to_no_key() {
        let (text, undecodable) = decode(b"\xef\xbb\xbfa=b");
        assert_eq!((text.as_ref(), undecodable), ("a=b", vec![]));
    }

    #[test]
    fn lines_that_are_not_utf_8_are_told_with_their_key_and_the_others_stay() {
        let (text, undecodable) = decode(b"a=1\nname = J\xfcrgen\r\n\xff\xfe\nb=2");
        assert_eq!(text, "a=1\n\n\nb=2");
        let expected = [
            Undecodable {
                line: 2,
                key: Some("name".to_owned()),
            },
            Undecodable { line: 3, key: None },
        ];
        assert_eq!(undecodable, expected);
    }

    proptest::proptest! {
        #[test]
        fn any_value_of_one_line_comes_back_as_it_is(value in "[^\\r\\n]*") {
            let line = format!("key={value}");
            let found: Vec<_> = lines(&line).collect();
            proptest::prop_assert_eq!(found, [(1, Line::Entry { key: "key", value: value.trim() })]);
        }

        #[test]
        fn any_bytes_keep_their_lines(bytes: Vec<u8>) {
            let bytes: Vec<u8> = bytes.into_iter().map(|byte| if byte % 16 == 0 { b'\n' } else { byte }).collect();
            let (text, undecodable) = decode(&bytes);
            let count = |text: &[u8]| text.split(|byte| *byte == b'\n').count();
            proptest::prop_assert_eq!(count(text.as_bytes()), count(&bytes));
            proptest::prop_assert_eq!(undecodable.is_empty(), str::from_utf8(&bytes).is_ok());
        }
    }
}
