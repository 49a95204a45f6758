//! Every rule's examples, and the figures that the rules are known by, through the elaborator.

use std::path::PathBuf;

use crate::analysis::analyse;
use crate::diagnostic::{Diagnostic, Severity};
use crate::front::weft::{Input, Options, elaborate};
use crate::lint::{COMPILE_ERRORS, Check, Choice, Level, RULES, Rule, Settings, Subject, lint};
use crate::source::{Memory, Sources};

mod dense;
mod figures;
mod fixes;
mod snapshots;

/// A program, judged: its structural errors, its findings and its text.
struct Judgement {
    errors: Vec<Diagnostic>,
    findings: Vec<Diagnostic>,
    sources: Sources,
}

fn judge(text: &str, settings: &Settings) -> Judgement {
    let input = Input { name: "net.weft".into(), path: Some(PathBuf::from("net.weft")), text: text.into() };
    let mut files = Memory::default();
    files.insert("net.weft", text);
    let program = elaborate(&files, input, &Options::default());
    let analyses: Vec<_> = program.models.iter().map(|graph| analyse(graph)).collect();
    let findings = lint(Subject::program(&program, &analyses), settings);
    Judgement { errors: program.errors, findings, sources: program.sources }
}

/// The structural errors and the findings of a program.
fn check(text: &str) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
    let judged = judge(text, &Settings::default());
    (judged.errors, judged.findings)
}

/// As a project asks for a rule: one that is off by default is turned on.
fn asking_for(rule: &'static Rule) -> Settings {
    let mut settings = Settings::default();
    if rule.level == Level::Allow {
        settings.rules.insert(rule.name, Choice { level: Some(Level::Warn), ..Choice::default() });
    }
    settings
}

/// The findings of a program that can be built.
#[track_caller]
fn findings(text: &str) -> Vec<Diagnostic> {
    let (errors, findings) = check(text);
    assert!(errors.is_empty(), "it can be built: {errors:?}\n{text}");
    findings
}

/// The findings of one rule, as `message | label`.
#[track_caller]
fn said(rule: &str, text: &str) -> Vec<String> {
    let of_rule = findings(text).into_iter().filter(|finding| finding.code == rule);
    of_rule.map(|finding| format!("{} | {}", finding.message, finding.primary.text)).collect()
}

#[test]
fn each_rule_fires_on_its_programs_and_on_nothing_else_there() {
    let mut wrong = Vec::new();
    for rule in RULES {
        for text in rule.fires {
            let Judgement { errors, findings, .. } = judge(text, &asking_for(rule));
            let others = findings.iter().any(|finding| finding.code != rule.name);
            if !errors.is_empty() || findings.is_empty() || others {
                wrong.push(format!("{}: {}\n{text}", rule.name, brief(&errors, &findings)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_comes_near_a_rule_is_clean() {
    let mut wrong = Vec::new();
    for (rule, text) in RULES.iter().flat_map(|rule| rule.clean.iter().map(move |text| (rule, text))) {
        let Judgement { errors, findings, .. } = judge(text, &asking_for(rule));
        if !errors.is_empty() || !findings.is_empty() {
            wrong.push(format!("{}: {}\n{text}", rule.name, brief(&errors, &findings)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_three_examples_each_way_and_says_where_it_stands() {
    for rule in RULES {
        // What a project has recorded is no program's own.
        let has_programs = rule.fires.len() >= 3 && rule.clean.len() >= 3;
        assert!(has_programs || matches!(rule.check, Check::Lock), "{}", rule.name);
        let parts = [rule.summary, rule.proves, rule.why, rule.fix, rule.exceptions, rule.source];
        assert!(parts.iter().all(|part| !part.is_empty()), "{}", rule.name);
        assert!(rule.proves.ends_with('.') || rule.proves.ends_with(')'), "{}", rule.name);
    }
}

/// Diagnostics in a few words.
fn brief(errors: &[Diagnostic], findings: &[Diagnostic]) -> String {
    let said = errors.iter().chain(findings).map(|found| format!("[{}] {}", found.code, found.message));
    said.collect::<Vec<_>>().join("; ")
}

#[test]
fn each_structural_error_is_given_by_its_example_and_gone_from_the_mended_one() {
    for error in COMPILE_ERRORS {
        let (errors, _) = check(error.example);
        let codes: Vec<_> = errors.iter().map(|error| error.code).collect();
        assert_eq!(codes, [error.name], "{}", error.example);
        let (errors, _) = check(error.fixed);
        assert!(errors.is_empty(), "{}: {errors:?}\n{}", error.name, error.fixed);
    }
}

/// A model that ends in a dense layer over what `body` makes of its input.
fn dense(input: &str, body: &str) -> String {
    format!("model Net {{\n    input x: {input}\n    output y = x -> {body}\n}}\n")
}

/// The findings of a program, by their severities, with a rule's threshold at a value.
fn verdict(rule: &'static Rule, text: &str, threshold: Option<(&'static str, u128)>) -> Vec<Severity> {
    let mut settings = asking_for(rule);
    settings.rules.entry(rule.name).or_default().thresholds.extend(threshold);
    let of_rule = judge(text, &settings).findings.into_iter().filter(|finding| finding.code == rule.name);
    of_rule.map(|finding| finding.severity).collect()
}

#[test]
fn an_example_stands_on_either_side_of_every_threshold() {
    let mut loose = Vec::new();
    for rule in RULES {
        for threshold in rule.thresholds {
            for value in [threshold.default - 1, threshold.default + 1] {
                let programs = || rule.fires.iter().chain(rule.clean);
                let decides = |text: &str| {
                    verdict(rule, text, None) != verdict(rule, text, Some((threshold.name, value)))
                };
                if !programs().any(|text| decides(text)) {
                    loose.push(format!("{}: {} = {value}", rule.name, threshold.name));
                }
            }
        }
    }
    assert!(loose.is_empty(), "no example notices\n{}", loose.join("\n"));
}
