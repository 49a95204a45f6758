//! The documentation of rules and structural errors as Markdown: the pages of `docs/rules/`.
//!
//! Main functions: [`index`] and [`page`]. All that is said here stands with the rules.

use std::fmt::Write as _;

use crate::lint::{COMPILE_ERRORS, CompileError, Level, RULES, Rule, Threshold};
use crate::report::numbers::grouped;

/// What stands before the list of rules.
const OPENING: &str = "\
# The rules

These pages are written by `scripts/rule-pages` from the rules themselves; do not edit them by hand. `weft rule NAME`
shows one of them in a terminal.

A rule is on by default where its claim can be proved from the architecture: shapes, paths, counts. Rules that well-known
architectures break on purpose are off by default (`allow`). Shares are percentages; every number that decides is an option
of its rule. Findings are reported at a level (`error`, `warn`, `note`) that a project may change.
";

/// The list of all rules and structural errors, with links to their pages.
pub fn index() -> String {
    let (off, on): (Vec<_>, Vec<_>) =
        RULES.iter().copied().partition(|rule: &&Rule| rule.level == Level::Allow);
    let mut text = OPENING.to_owned();
    let _ = write!(
        text,
        "\n## On by default\n\n| rule | level | category | it finds |\n| --- | --- | --- | --- |\n"
    );
    on.iter().for_each(|rule| row(&mut text, rule, &format!("{} | ", rule.level)));
    let _ = write!(text, "\n## Off by default\n\n| rule | category | it finds |\n| --- | --- | --- |\n");
    off.iter().for_each(|rule| row(&mut text, rule, ""));
    let _ = write!(
        text,
        "\n## Errors that keep a model from being built\n\nThey have no level: none can be allowed or lowered.\n\n\
         | error | it means |\n| --- | --- |\n"
    );
    for error in COMPILE_ERRORS {
        let _ = writeln!(text, "| [`{0}`]({0}.md) | {1} |", error.name, error.summary);
    }
    text
}

fn row(text: &mut String, rule: &Rule, level: &str) {
    let _ = writeln!(text, "| [`{0}`]({0}.md) | {level}{1} | {2} |", rule.name, rule.category, rule.summary);
}

/// The page of a rule or structural error; `None` for a name that is neither.
pub fn page(name: &str) -> Option<String> {
    let rule = RULES.iter().find(|rule| rule.name == name).map(|rule| of_rule(rule));
    rule.or_else(|| COMPILE_ERRORS.iter().find(|error| error.name == name).map(of_error))
}

fn of_rule(rule: &Rule) -> String {
    let level = if rule.level == Level::Allow { "off by default".to_owned() } else { rule.level.to_string() };
    let mut text = format!("# {}\n\n{} ({level}, {})\n", rule.name, capital(rule.summary), rule.category);
    section(&mut text, "When it fires", rule.proves);
    section(&mut text, "Why it matters", rule.why);
    programs(&mut text, "It fires here", rule.fires);
    programs(&mut text, "And not here", rule.clean);
    section(&mut text, "How to fix it", rule.fix);
    section(&mut text, "Exceptions", rule.exceptions);
    options(&mut text, rule.thresholds);
    section(&mut text, "Source", rule.source);
    text
}

fn of_error(error: &CompileError) -> String {
    let mut text = format!("# {}\n\n{} (error)\n", error.name, capital(error.summary));
    section(&mut text, "What it means", error.meaning);
    programs(&mut text, "It is given here", &[error.example]);
    programs(&mut text, "And not here", &[error.fixed]);
    section(&mut text, "How to fix it", error.fix);
    text
}

fn section(text: &mut String, heading: &str, body: &str) {
    let _ = write!(text, "\n## {heading}\n\n{body}\n");
}

fn programs(text: &mut String, heading: &str, programs: &[&str]) {
    if programs.is_empty() {
        return;
    }
    let _ = write!(text, "\n## {heading}\n");
    for program in programs {
        let _ = write!(text, "\n```weft\n{program}```\n");
    }
}

fn options(text: &mut String, thresholds: &[&Threshold]) {
    if thresholds.is_empty() {
        return;
    }
    let _ = write!(text, "\n## Options\n\n| option | default | meaning |\n| --- | --- | --- |\n");
    for option in thresholds {
        let _ = writeln!(text, "| `{}` | {} | {} |", option.name, grouped(option.default), option.doc);
    }
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
