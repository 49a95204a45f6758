//! The documentation of rules and structural errors as text: what `weft rule` prints.

use crate::lint::{COMPILE_ERRORS, CompileError, Level, RULES, Rule, Threshold, names};
use crate::report::numbers::grouped;
use crate::report::wrapped;

/// The list of all rules and structural errors, one a line.
pub fn index() -> String {
    let widest = names().map(str::len).max().unwrap_or(0);
    let line = |rule: &&Rule| {
        let level = if rule.level == Level::Allow { String::new() } else { format!("{:<5}  ", rule.level) };
        format!("  {:<widest$}  {level}{:<11}  {}\n", rule.name, rule.category, rule.summary)
    };
    let (off, on): (Vec<_>, Vec<_>) =
        RULES.iter().copied().partition(|rule: &&Rule| rule.level == Level::Allow);
    let errors = COMPILE_ERRORS.iter().map(|error| format!("  {:<widest$}  {}\n", error.name, error.summary));
    format!(
        "Lint rules (`weft rule NAME` says more)\n\n{}\nRules that are off by default\n\n{}\n\
         Errors that keep a model from being built\n\n{}",
        on.iter().map(line).collect::<String>(),
        off.iter().map(line).collect::<String>(),
        errors.collect::<String>()
    )
}

/// The page of a rule or structural error, wrapped to a width; `None` for a name that is neither.
pub fn page(name: &str, width: usize) -> Option<String> {
    let rule = RULES.iter().find(|rule| rule.name == name).map(|rule| of_rule(rule, width));
    rule.or_else(|| {
        COMPILE_ERRORS.iter().find(|error| error.name == name).map(|error| of_error(error, width))
    })
}

fn of_rule(rule: &Rule, width: usize) -> String {
    let level = if rule.level == Level::Allow { "off by default".to_owned() } else { rule.level.to_string() };
    let title = format!("{} ({level}, {}): {}", rule.name, rule.category, rule.summary);
    let sections = [
        ("When it fires", paragraph(rule.proves, width)),
        ("Why it matters", paragraph(rule.why, width)),
        ("It fires here", indented(rule.fires.first().unwrap_or(&""))),
        ("And not here", indented(rule.clean.first().unwrap_or(&""))),
        ("How to fix it", paragraph(rule.fix, width)),
        ("Exceptions", paragraph(rule.exceptions, width)),
        ("Options", options(rule.thresholds)),
        ("Source", paragraph(rule.source, width)),
    ];
    let sections: Vec<_> = sections.into_iter().filter(|(_, body)| !body.is_empty()).collect();
    assembled(&title, &sections)
}

/// The numbers that a project may set, one a line.
fn options(thresholds: &[&Threshold]) -> String {
    let line = |option: &&Threshold| {
        format!("  {} = {}: {}\n", option.name, grouped(option.default).replace(',', "_"), option.doc)
    };
    thresholds.iter().map(line).collect()
}

fn of_error(error: &CompileError, width: usize) -> String {
    let title = format!("{} (error): {}", error.name, error.summary);
    let sections = [
        ("What it means", paragraph(error.meaning, width)),
        ("It is given here", indented(error.example)),
        ("And not here", indented(error.fixed)),
        ("How to fix it", paragraph(error.fix, width)),
    ];
    assembled(&title, &sections)
}

fn assembled(title: &str, sections: &[(&str, String)]) -> String {
    let sections = sections.iter().map(|(heading, body)| format!("\n{heading}\n{body}"));
    format!("{title}\n{}", sections.collect::<String>())
}

fn indented(code: &str) -> String {
    code.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }).collect()
}

/// A paragraph with two blanks before each line, broken between words.
fn paragraph(text: &str, width: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    wrapped(&text, Some(width.saturating_sub(2))).into_iter().map(|line| format!("  {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_page_that_fits_its_width_and_fills_every_section() {
        for name in names() {
            let page = page(name, 80).expect("a page");
            assert!(page.lines().skip(1).all(|line| line.chars().count() <= 100), "{page}");
            assert!(!page.contains("\n\n\n") && !page.contains("\n  \n"), "an empty section: {page}");
            assert!(index().contains(name));
        }
        assert!(page("no-such-rule", 80).is_none());
    }

    #[test]
    fn a_paragraph_is_broken_between_words() {
        assert_eq!(paragraph("one two three", 10), "  one two\n  three\n");
        assert_eq!(paragraph("unbreakable", 4), "  unbreakable\n");
    }
}
