//! The block of metadata that other tools put at the top of a Markdown file. It says nothing to Confluence as text.

/// What was found at the top.
pub(super) struct FrontMatter<'m> {
    /// The text after it.
    pub(super) rest: &'m str,
    /// What it said that a page could have, for a notice.
    pub(super) said: Vec<String>,
}

/// Cuts off a block of YAML between lines of three dashes. A block that does not look like YAML is text between rules.
pub(super) fn cut(markdown: &str) -> Option<FrontMatter<'_>> {
    let inside = markdown.strip_prefix("---")?;
    let inside = inside.trim_start_matches([' ', '\t', '\r']).strip_prefix('\n')?;
    let mut length = 0;
    for line in inside.split_inclusive('\n') {
        length += line.len();
        if matches!(line.trim_end(), "---" | "...") {
            let yaml = &inside[..length - line.len()];
            return is_yaml(yaml).then(|| FrontMatter {
                rest: &inside[length..],
                said: said(yaml),
            });
        }
    }
    None
}

fn is_yaml(text: &str) -> bool {
    let mut keys = 0;
    let well_formed = text.lines().all(|line| {
        if line.trim().is_empty() || line.starts_with([' ', '\t', '#', '-', ']', '}']) {
            return true;
        }
        let is_key = line.split_once(':').is_some_and(|(key, value)| {
            !key.is_empty()
                && !key.trim().contains(' ')
                && (value.is_empty() || value.starts_with([' ', '\t', '\r']))
        });
        keys += usize::from(is_key);
        is_key
    });
    well_formed && keys > 0
}

fn said(yaml: &str) -> Vec<String> {
    let worth = |line: &&str| {
        ["title:", "labels:", "tags:"]
            .iter()
            .any(|key| line.starts_with(key))
    };
    yaml.lines()
        .filter(worth)
        .map(|line| line.trim().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_block_of_yaml_is_cut_off() {
        let found = cut("---\ntitle: A b\n# note\nlabels:\n  - x\n---\n\n# Hello\n").unwrap();
        assert_eq!(found.rest, "\n# Hello\n");
        assert_eq!(found.said, ["title: A b", "labels:"]);
    }

    #[test]
    fn rules_with_text_between_are_left_alone() {
        for text in [
            "---\nHello: there is more\nbut this is prose\n---\n",
            "---\n\n---\n",
            "---\na: b\n",
            "--- a\n---",
            "---",
        ] {
            assert!(cut(text).is_none(), "{text}");
        }
    }
}
