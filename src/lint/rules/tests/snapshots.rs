//! What each rule prints of its first program.

use super::{asking_for, judge};
use crate::diagnostic::pretty::{Style, render};
use crate::lint::RULES;

#[test]
fn every_rule_as_it_is_printed() {
    for rule in RULES.iter().filter(|rule| !rule.fires.is_empty()) {
        let printed: Vec<_> = rule
            .fires
            .iter()
            .map(|text| {
                let judged = judge(text, &asking_for(rule));
                let fixes = judged.findings.iter().filter_map(|finding| finding.fix.as_ref());
                let fixes = fixes
                    .map(|fix| format!("{} fix: {}\n", if fix.safe { "safe" } else { "unsafe" }, fix.title));
                format!(
                    "{}{}",
                    render(&judged.findings, &judged.sources, Style::PLAIN),
                    fixes.collect::<String>()
                )
            })
            .collect();
        insta::assert_snapshot!(rule.name.replace('-', "_"), printed.join(""));
    }
}
