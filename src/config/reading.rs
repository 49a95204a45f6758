//! The text of a `weft.toml`, key by key. A key that is not known is a mistake, and so is a value of another kind.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::nearest;
use crate::lint::{Budget, COMPILE_ERRORS, Category, Choice, Level, Measure, RULES, Rule};

/// Something in a configuration that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Its bytes.
    pub span: Range<usize>,
    /// What is wrong, and what to write.
    pub message: String,
}

/// What a text says.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub rules: Rules,
    /// The patterns of each override, and its decisions.
    pub overrides: Vec<(Vec<Pattern>, Rules)>,
    pub budgets: Vec<Budget>,
    pub baseline: Option<String>,
}

/// A pattern of paths, and where it stands.
pub(super) type Pattern = (String, Range<usize>);

/// Decisions on rules.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    /// The rules that are looked for, where that was said.
    pub select: Option<Vec<Selector>>,
    pub ignore: Vec<Selector>,
    /// Levels and thresholds of single rules.
    pub own: BTreeMap<&'static str, Choice>,
}

/// Some of the rules.
#[derive(Clone, Debug)]
pub(super) enum Selector {
    /// Every one.
    All,
    /// Those that are on unless something is decided.
    Default,
    Category(Category),
    Rule(&'static str),
}

impl Selector {
    pub fn means(&self, rule: &Rule) -> bool {
        match self {
            Selector::All => true,
            Selector::Default => rule.level != Level::Allow,
            Selector::Category(category) => rule.category == *category && rule.level != Level::Allow,
            Selector::Rule(name) => rule.name == *name,
        }
    }
}

/// The keys of the file and of each of its tables.
pub(super) const TOP: &[&str] = &["lint", "budget"];
pub(super) const LINT: &[&str] = &["select", "ignore", "rules", "overrides", "baseline"];
pub(super) const OVERRIDE: &[&str] = &["paths", "select", "ignore", "rules"];
pub(super) const MEASURES: &[(&str, Measure)] =
    &[("params", Measure::Parameters), ("macs", Measure::Macs), ("memory", Measure::Memory)];
pub(super) const LEVELS: &[(&str, Level)] =
    &[("error", Level::Error), ("warn", Level::Warn), ("note", Level::Note), ("allow", Level::Allow)];
pub(super) const CATEGORIES: &[Category] =
    &[Category::Correctness, Category::Suspicious, Category::Size, Category::Style];

type TomlValue<'v> = Spanned<DeValue<'v>>;
type TomlKey<'v> = Spanned<Cow<'v, str>>;

/// Reads a text.
pub(super) fn read(text: &str) -> Result<Read, Vec<Mistake>> {
    let mut reader = Reader { mistakes: Vec::new() };
    let mut read = Read::default();
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            return Err(vec![Mistake { span, message: error.message().to_owned() }]);
        }
    };
    for (key, value) in table.get_ref() {
        match reader.key(key, TOP, "a `weft.toml`") {
            Some("lint") => reader.lint(value, &mut read),
            Some("budget") => reader.budgets(value, None, &mut read.budgets),
            _ => {}
        }
    }
    reader.mistakes.sort_by_key(|mistake| mistake.span.start);
    if reader.mistakes.is_empty() { Ok(read) } else { Err(reader.mistakes) }
}

struct Reader {
    mistakes: Vec<Mistake>,
}

impl Reader {
    fn mistake(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.mistakes.push(Mistake { span, message: message.into() });
    }

    /// The key, if it is one that may stand there.
    fn key<'k>(&mut self, key: &TomlKey, known: &[&'k str], place: &str) -> Option<&'k str> {
        let name: &str = key.get_ref();
        let found = known.iter().copied().find(|known| *known == name);
        if found.is_none() {
            self.mistake(
                key.span(),
                format!("{place} has no key `{name}`{}", hint(name, known.iter().copied())),
            );
        }
        found
    }

    fn table<'v, 'i>(&mut self, value: &'v TomlValue<'i>, what: &str) -> Option<&'v DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.mistake(value.span(), format!("{what} is a table"));
        }
        table
    }

    fn text<'v>(&mut self, value: &'v TomlValue, what: &str) -> Option<&'v str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.mistake(value.span(), format!("{what} is a string"));
        }
        text
    }

    /// The strings of a list.
    fn texts<'v>(&mut self, value: &'v TomlValue, what: &str) -> Vec<(&'v str, Range<usize>)> {
        let Some(list) = value.get_ref().as_array() else {
            self.mistake(value.span(), format!("{what} is a list of strings"));
            return Vec::new();
        };
        let of_list = format!("each entry of {what}");
        list.iter().filter_map(|entry| Some((self.text(entry, &of_list)?, entry.span()))).collect()
    }

    // ── the linter ───────────────────────────────────────────────────────────────────────────────────────

    fn lint(&mut self, value: &TomlValue, read: &mut Read) {
        let Some(table) = self.table(value, "`lint`") else { return };
        for (key, value) in table {
            match self.key(key, LINT, "`[lint]`") {
                Some("overrides") => self.overrides(value, read),
                Some("baseline") => read.baseline = self.text(value, "`baseline`").map(str::to_owned),
                Some(key) => self.decision(key, value, &mut read.rules),
                None => {}
            }
        }
    }

    fn overrides(&mut self, value: &TomlValue, read: &mut Read) {
        let Some(list) = value.get_ref().as_array() else {
            return self.mistake(
                value.span(),
                "`overrides` is a list of tables, each begun by `[[lint.overrides]]`",
            );
        };
        for entry in list {
            let Some(table) = self.table(entry, "an override") else { continue };
            let (mut paths, mut rules) = (Vec::new(), Rules::default());
            for (key, value) in table {
                match self.key(key, OVERRIDE, "`[[lint.overrides]]`") {
                    Some("paths") => paths = self.texts(value, "`paths`"),
                    Some(key) => self.decision(key, value, &mut rules),
                    None => {}
                }
            }
            if paths.is_empty() {
                self.mistake(
                    entry.span(),
                    "an override needs `paths`, a list of patterns like `\"examples/**\"`",
                );
            }
            let paths = paths.into_iter().map(|(path, span)| (path.to_owned(), span));
            read.overrides.push((paths.collect(), rules));
        }
    }

    fn decision(&mut self, key: &str, value: &TomlValue, rules: &mut Rules) {
        match key {
            "select" => rules.select = Some(self.selectors(value, "`select`")),
            "ignore" => rules.ignore = self.selectors(value, "`ignore`"),
            _ => self.rules(value, rules),
        }
    }

    fn selectors(&mut self, value: &TomlValue, what: &str) -> Vec<Selector> {
        let texts = self.texts(value, what);
        texts.into_iter().filter_map(|(text, span)| self.selector(text, span)).collect()
    }

    fn selector(&mut self, text: &str, span: Range<usize>) -> Option<Selector> {
        match text {
            "all" => return Some(Selector::All),
            "default" => return Some(Selector::Default),
            _ => {}
        }
        if let Some(category) = CATEGORIES.iter().find(|category| category.to_string() == text) {
            return Some(Selector::Category(*category));
        }
        self.rule(text, span).map(|rule| Selector::Rule(rule.name))
    }

    fn rule(&mut self, name: &str, span: Range<usize>) -> Option<&'static Rule> {
        let found = RULES.iter().find(|rule| rule.name == name).copied();
        if found.is_none() && COMPILE_ERRORS.iter().any(|error| error.name == name) {
            self.mistake(
                span,
                format!("`{name}` keeps a model from being built: it has no level and cannot be ignored"),
            );
        } else if found.is_none() {
            let near = hint(name, RULES.iter().map(|rule| rule.name));
            self.mistake(span, format!("no rule is called `{name}`{near}"));
        }
        found
    }

    fn rules(&mut self, value: &TomlValue, rules: &mut Rules) {
        let Some(table) = self.table(value, "`rules`") else { return };
        for (key, value) in table {
            let Some(rule) = self.rule(key.get_ref(), key.span()) else { continue };
            let choice = match value.get_ref() {
                DeValue::Table(options) => self.options(rule, options),
                _ => Choice { level: self.level(value), ..Choice::default() },
            };
            rules.own.insert(rule.name, choice);
        }
    }

    fn level(&mut self, value: &TomlValue) -> Option<Level> {
        let text = self.text(value, "a level")?;
        let found = LEVELS.iter().find(|(name, _)| *name == text);
        if found.is_none() {
            let meant = match text {
                "warning" => "; did you mean `warn`?".to_owned(),
                "off" | "ignore" => "; did you mean `allow`?".to_owned(),
                "info" | "hint" => "; did you mean `note`?".to_owned(),
                _ => hint(text, LEVELS.iter().map(|(name, _)| *name)),
            };
            self.mistake(value.span(), format!("`{text}` is no level{meant}"));
        }
        found.map(|(_, level)| *level)
    }

    fn options(&mut self, rule: &'static Rule, table: &DeTable) -> Choice {
        let mut choice = Choice::default();
        let known: Vec<_> =
            std::iter::once("level").chain(rule.thresholds.iter().map(|option| option.name)).collect();
        for (key, value) in table {
            match self.key(key, &known, &format!("the rule `{}`", rule.name)) {
                Some("level") => choice.level = self.level(value),
                Some(name) => {
                    if let Some(number) = self.count(value, &format!("`{name}`")) {
                        choice.thresholds.insert(name, number);
                    }
                }
                None => {}
            }
        }
        choice
    }

    // ── budgets ──────────────────────────────────────────────────────────────────────────────────────────

    fn budgets(&mut self, value: &TomlValue, model: Option<&str>, budgets: &mut Vec<Budget>) {
        let Some(table) = self.table(value, "a budget") else { return };
        let names: Vec<_> = MEASURES.iter().map(|(name, _)| *name).collect();
        for (key, value) in table {
            let name: &str = key.get_ref();
            if model.is_none() && value.get_ref().is_table() {
                self.budgets(value, Some(name), budgets);
                continue;
            }
            let measure = MEASURES.iter().find(|(known, _)| *known == name).map(|(_, measure)| *measure);
            if self.key(key, &names, "a budget").is_none() {
                continue;
            }
            let bound = match (measure, value.get_ref()) {
                (Some(Measure::Memory), DeValue::String(text)) => bytes(text),
                (_, DeValue::String(text)) => amount(text),
                _ => self.count(value, &format!("`{name}`")),
            };
            match (measure, bound) {
                (Some(measure), Some(bound)) => {
                    budgets.push(Budget { model: model.map(str::to_owned), measure, bound });
                }
                _ if value.get_ref().is_str() => {
                    let example = if name == "memory" { "100 MiB" } else { "26M" };
                    self.mistake(
                        value.span(),
                        format!("`{name}` is a number, or a string like `\"{example}\"`"),
                    );
                }
                _ => {}
            }
        }
    }

    fn count(&mut self, value: &TomlValue, what: &str) -> Option<u128> {
        let number =
            value.get_ref().as_integer().and_then(|n| u128::from_str_radix(n.as_str(), n.radix()).ok());
        if number.is_none() {
            self.mistake(value.span(), format!("{what} is an integer of at least 0"));
        }
        number
    }
}

/// A number with an optional `k`, `M` or `G`: `26M`, `2.5M`, `1_000`.
fn amount(text: &str) -> Option<u128> {
    let (digits, factor) = match text.trim().strip_suffix(['k', 'K', 'M', 'G']) {
        Some(digits) if text.ends_with(['k', 'K']) => (digits, 1_000),
        Some(digits) if text.ends_with('M') => (digits, 1_000_000),
        Some(digits) => (digits, 1_000_000_000),
        None => (text.trim(), 1),
    };
    scaled(digits, factor)
}

/// A number of bytes: `100 MiB`, `1.5 GB`, `4096`.
fn bytes(text: &str) -> Option<u128> {
    const UNITS: &[(&str, u128)] = &[
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("kB", 1_000),
        ("KB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("B", 1),
        ("", 1),
    ];
    let text = text.trim();
    UNITS.iter().find_map(|(unit, factor)| scaled(text.strip_suffix(unit)?.trim_end(), *factor))
}

/// A decimal number times a factor, if that is an integer.
fn scaled(digits: &str, factor: u128) -> Option<u128> {
    let digits = digits.replace('_', "");
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let places = 10u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let all: u128 = format!("{whole}{fraction}").parse().ok()?;
    let product = all.checked_mul(factor)?;
    (product.checked_rem(places)? == 0).then(|| product.checked_div(places))?
}

/// `; `select`?`
fn hint<'k>(name: &str, known: impl Iterator<Item = &'k str> + Clone) -> String {
    match nearest(name, known.clone()) {
        Some(near) => format!("; did you mean `{near}`?"),
        None if known.clone().count() <= 8 => {
            format!("; there is `{}`", known.collect::<Vec<_>>().join("`, `"))
        }
        None => String::new(),
    }
}
