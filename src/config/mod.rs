//! `weft.toml`: what a project decided of the linter and of its models' budgets.
//!
//! Main type: [`Config`]. Nothing here reads a file: a text and the folder it lies in give a configuration, or every
//! mistake in it with its place.

mod reading;
mod schema;

pub use reading::Mistake;
pub use schema::schema;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::lint::{Budget, Choice, Level, RULES, Settings};
use reading::Rules;

/// The name of the file, which is looked for from each source file upwards.
pub const FILE: &str = "weft.toml";

/// A project's decisions.
#[derive(Clone, Debug, Default)]
pub struct Config {
    folder: PathBuf,
    rules: Rules,
    overrides: Vec<Override>,
    budgets: Vec<Budget>,
    /// The file of findings that are known and put up with, as it is written.
    pub baseline: Option<PathBuf>,
}

/// Decisions for some of the files.
#[derive(Clone, Debug)]
struct Override {
    paths: Gitignore,
    rules: Rules,
}

impl Config {
    /// Reads the text of a `weft.toml` that lies in a folder.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn parse(text: &str, folder: &Path) -> Result<Config, Vec<Mistake>> {
        let read = reading::read(text)?;
        let mut mistakes = Vec::new();
        let mut overrides = Vec::new();
        for (patterns, rules) in read.overrides {
            let mut paths = GitignoreBuilder::new(folder);
            for (pattern, span) in patterns {
                if let Err(error) = paths.add_line(None, &pattern) {
                    mistakes.push(Mistake { span, message: format!("`{pattern}` is no pattern: {error}") });
                }
            }
            match paths.build() {
                Ok(paths) => overrides.push(Override { paths, rules }),
                Err(error) => mistakes.push(Mistake { span: 0..0, message: error.to_string() }),
            }
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let baseline = read.baseline.map(|baseline| folder.join(baseline));
        let (rules, budgets) = (read.rules, read.budgets);
        Ok(Config { folder: folder.to_path_buf(), rules, overrides, budgets, baseline })
    }

    /// What was decided for a file; later overrides outrank earlier ones.
    pub fn settings(&self, file: &Path) -> Settings {
        let mut choices: BTreeMap<&'static str, Choice> = BTreeMap::new();
        self.rules.apply(&mut choices);
        // A path outside the folder matches no pattern of it.
        if let Ok(inside) = file.strip_prefix(&self.folder) {
            let meant = |paths: &Gitignore| paths.matched_path_or_any_parents(inside, false).is_ignore();
            let overrides = self.overrides.iter().filter(|one| meant(&one.paths));
            overrides.for_each(|one| one.rules.apply(&mut choices));
        }
        Settings { rules: choices, budgets: self.budgets.clone(), partial: false }
    }
}

impl Rules {
    /// Puts these decisions above those that were made before.
    fn apply(&self, choices: &mut BTreeMap<&'static str, Choice>) {
        for rule in RULES {
            let choice = choices.entry(rule.name).or_default();
            if let Some(selected) = &self.select {
                let on = selected.iter().any(|one| one.means(rule));
                choice.level = match (on, rule.level) {
                    (false, _) => Some(Level::Allow),
                    (true, Level::Allow) => Some(Level::Warn),
                    (true, _) => None,
                };
            }
            if self.ignore.iter().any(|one| one.means(rule)) {
                choice.level = Some(Level::Allow);
            }
            if let Some(own) = self.own.get(rule.name) {
                choice.level = own.level.or(choice.level);
                choice.thresholds.extend(&own.thresholds);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::Measure;

    fn config(text: &str) -> Config {
        Config::parse(text, Path::new("/project")).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
    }

    fn level(config: &Config, file: &str, rule: &str) -> Option<Level> {
        config.settings(Path::new(file)).rules.get(rule).and_then(|choice| choice.level)
    }

    #[test]
    fn select_ignore_and_levels_outrank_each_other_in_this_order() {
        let text = "[lint]\nselect = [\"size\", \"unused-layer\"]\nignore = [\"unshared-local\", \"unused-layer\"]\n\
                    [lint.rules]\nunused-layer = \"error\"\noversized-dense = { min-share = 30 }\n";
        let config = config(text);
        let of = |rule| level(&config, "/project/a.weft", rule);
        assert_eq!(of("unused-layer"), Some(Level::Error));
        assert_eq!(of("unshared-local"), Some(Level::Allow));
        assert_eq!(of("unused-input"), Some(Level::Allow));
        assert_eq!(of("oversized-dense"), None);
        let settings = config.settings(Path::new("/project/a.weft"));
        assert_eq!(settings.rules["oversized-dense"].thresholds["min-share"], 30);
    }

    #[test]
    fn overrides_speak_of_the_paths_they_name_and_the_last_one_wins() {
        let text = "[[lint.overrides]]\npaths = [\"examples/**\"]\nignore = [\"unused-input\"]\n\
                    [[lint.overrides]]\npaths = [\"/examples/strict/\"]\nrules = { unused-input = \"error\" }\n";
        let config = config(text);
        let of = |file| level(&config, file, "unused-input");
        assert_eq!(of("/project/net.weft"), None);
        assert_eq!(of("/project/examples/net.weft"), Some(Level::Allow));
        assert_eq!(of("/project/examples/strict/net.weft"), Some(Level::Error));
        assert_eq!(of("/elsewhere/examples/net.weft"), None);
    }

    #[test]
    fn budgets_are_for_all_models_or_for_one() {
        let text = "[budget]\nparams = \"1.5M\"\n[budget.Big]\nmacs = 2_000\nmemory = \"100 MiB\"\n";
        let config = config(text);
        let said: Vec<_> =
            config.budgets.iter().map(|one| (one.model.as_deref(), one.measure, one.bound)).collect();
        let expected = [
            (Some("Big"), Measure::Macs, 2_000),
            (Some("Big"), Measure::Memory, 100 << 20),
            (None, Measure::Parameters, 1_500_000),
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn every_mistake_is_told_with_its_place_and_what_may_be_meant() {
        let text = "[lint]\nselct = []\nignore = [\"oversized-dens\", \"shape-mismatch\"]\nrules = { unused-layer = \"warning\", \
                    oversized-dense = { min-shar = 3, min-positions = -1 } }\n[budget]\nparams = \"many\"\nmacz = 3\n";
        let mistakes = Config::parse(text, Path::new("/project")).expect_err("mistakes");
        let said: Vec<_> =
            mistakes.iter().map(|one| format!("{}: {}", &text[one.span.clone()], one.message)).collect();
        insta::assert_snapshot!(said.join("\n"));
    }
}
