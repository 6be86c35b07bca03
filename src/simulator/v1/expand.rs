//! The `expand` parameter: comma separated, dotted for nesting.

use std::collections::BTreeMap;

/// A tree of names to expand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expand(BTreeMap<String, Expand>);

impl Expand {
    /// `default` stands in when the parameter is absent.
    pub(crate) fn parse(parameter: Option<&str>, default: &str) -> Self {
        let mut tree = Self::default();
        for path in parameter
            .unwrap_or(default)
            .split(',')
            .map(str::trim)
            .filter(|path| !path.is_empty())
        {
            let mut node = &mut tree;
            for name in path.split('.') {
                node = node.0.entry(name.to_owned()).or_default();
            }
        }
        tree
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// What is to be expanded below `name`; nothing when it is not expanded itself.
    pub(crate) fn below(&self, name: &str) -> &Self {
        const NOTHING: &Expand = &Expand(BTreeMap::new());
        self.0.get(name).unwrap_or(NOTHING)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_nest_and_commas_separate() {
        let expand = Expand::parse(
            Some("body.storage,version, body.view ,children.page.version"),
            "history",
        );
        assert!(expand.below("body").has("storage") && expand.below("body").has("view"));
        assert!(expand.below("children").below("page").has("version"));
        assert!(!expand.has("history"));
        assert!(expand.below("version").is_empty());
    }

    #[test]
    fn the_default_stands_in_for_an_absent_parameter_only() {
        assert!(Expand::parse(None, "history,space").has("space"));
        assert!(Expand::parse(Some(""), "history").is_empty());
    }
}
