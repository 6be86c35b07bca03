//! The table of settings as flags of the command line.
//!
//! Flags are kept as text and read together with the environment, so that a wrong value is told the same way wherever it
//! comes from. clap's own `env` feature would neither name the variable in its message nor take an empty one as unset.

use std::collections::BTreeMap;

use clap::error::Error;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use super::SETTINGS;

/// The settings given as flags. Flatten it into a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags(BTreeMap<&'static str, String>);

impl Flags {
    /// As if these flags, named without hyphens, had been given. Unknown ones are left out.
    #[must_use]
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let row = |flag: &str| SETTINGS.iter().find(|setting| setting.flag == flag);
        let known = pairs
            .into_iter()
            .filter_map(|(flag, text)| Some((row(flag)?.flag, text.to_owned())));
        Self(known.collect())
    }

    /// The text of a flag, when it was given.
    #[must_use]
    pub fn get(&self, flag: &str) -> Option<&str> {
        self.0.get(flag).map(String::as_str)
    }
}

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        command
            .next_help_heading("Settings")
            .args(SETTINGS.iter().map(|setting| {
                let default = if setting.default.is_empty() {
                    "none"
                } else {
                    setting.default
                };
                let help = format!(
                    "{} [env: {}] [default: {default}]",
                    setting.help,
                    setting.variable()
                );
                Arg::new(setting.flag)
                    .long(setting.flag)
                    .value_name(setting.value)
                    .help(help)
            }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        for setting in SETTINGS {
            if let Some(text) = matches.get_one::<String>(setting.flag) {
                self.0.insert(setting.flag, text.clone());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::{Flags, SETTINGS};

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        flags: Flags,
    }

    #[test]
    fn every_setting_is_a_flag() {
        for setting in SETTINGS {
            let flag = format!("--{}", setting.flag);
            let cli = Cli::try_parse_from(["conflagent", &flag, "x"]).unwrap();
            assert_eq!(cli.flags, Flags::from_pairs([(setting.flag, "x")]));
        }
        assert_eq!(
            Cli::try_parse_from(["conflagent"]).unwrap().flags,
            Flags::default()
        );
    }

    #[test]
    fn the_help_text_names_variable_and_default() {
        let help = <Cli as clap::CommandFactory>::command()
            .term_width(0)
            .render_help()
            .to_string();
        let lines = [
            "--listen <ADDRESS>  Address to accept callers on. TLS is the business of a proxy in front. \
             [env: CONFLAGENT_LISTEN] [default: 127.0.0.1:5000]",
            "[env: CONFLAGENT_CA_FILE] [default: none]",
        ];
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        for line in lines {
            let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(help.contains(&line), "{line}\n{help}");
        }
    }
}
