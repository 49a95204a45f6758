//! What a fix must hold: the program stays one, the finding goes, and a safe fix changes nothing that can be seen.

use super::{Judgement, asking_for, judge};
use crate::analysis::analyse;
use crate::diagnostic::{Diagnostic, Fix};
use crate::front::weft::{Input, Options, elaborate};
use crate::ir::Graph;
use crate::lint::RULES;
use crate::source::Memory;
use std::sync::Arc;

/// A text with a fix's edits, the last first.
fn applied(text: &str, fix: &Fix) -> String {
    let mut edits = fix.edits.clone();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.location.span.start));
    let mut text = text.to_owned();
    for edit in edits {
        text.replace_range(edit.location.span.range(), &edit.text);
    }
    text
}

fn models(text: &str) -> Vec<Arc<Graph>> {
    let input = Input { name: "net.weft".into(), path: None, text: text.into() };
    elaborate(&Memory::default(), input, &Options::default()).models
}

/// The shapes of a model's outputs, and its parameters.
fn figures(text: &str) -> (Vec<String>, Option<u128>) {
    let models = models(text);
    let outputs = models.iter().flat_map(|model| &model.outputs);
    let shapes = outputs.map(|output| {
        let of = models.iter().find_map(|model| model.type_of(output.source));
        of.map(ToString::to_string).unwrap_or_default()
    });
    let parameters = models.iter().map(|model| analyse(model).totals.parameters.as_number());
    (shapes.collect(), parameters.sum())
}

/// The number that a fix's title says it saves.
fn saved(fix: &Fix) -> u128 {
    let number = fix.title.split("saves ").nth(1).and_then(|rest| rest.split(' ').next());
    number.map_or(0, |number| number.replace(',', "").parse().expect("a number"))
}

/// Every finding of a rule's programs that has a fix.
fn fixed() -> Vec<(&'static str, &'static str, Diagnostic, Fix)> {
    let programs = RULES.iter().flat_map(|rule| rule.fires.iter().map(move |text| (*rule, *text)));
    let findings = programs.flat_map(|(rule, text)| {
        let Judgement { findings, .. } = judge(text, &asking_for(rule));
        findings.into_iter().filter_map(move |finding| {
            let fix = finding.fix.clone()?;
            Some((rule.name, text, finding, fix))
        })
    });
    findings.collect()
}

#[test]
fn a_fix_leaves_a_program_and_takes_its_finding_away() {
    let fixed = fixed();
    assert!(fixed.len() > 25, "{} fixes", fixed.len());
    let mut wrong = Vec::new();
    for (rule, text, finding, fix) in fixed {
        let of_rule = RULES.iter().find(|known| known.name == rule).expect("a rule");
        let mended = applied(text, &fix);
        let after = judge(&mended, &asking_for(of_rule));
        let same = |found: &&Diagnostic| found.code == rule && found.message == finding.message;
        let is_left = after.findings.iter().find(same).is_some();
        if after.errors.iter().any(|error| error.code == "syntax") || is_left {
            wrong.push(format!("{rule}: `{}`, {}\n{mended}", finding.message, fix.title));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_safe_fix_changes_no_shape_and_no_parameter_but_those_it_names() {
    let mut safe = 0;
    for (rule, text, _, fix) in fixed().into_iter().filter(|(.., fix)| fix.safe) {
        let ((shapes, parameters), (new_shapes, new_parameters)) =
            (figures(text), figures(&applied(text, &fix)));
        assert_eq!(shapes, new_shapes, "{rule}");
        let left = new_parameters.map(|parameters| parameters + saved(&fix));
        assert_eq!(parameters, left, "{rule}: {}\n{text}", fix.title);
        safe += 1;
    }
    assert!(safe >= 8, "{safe} safe fixes");
}

#[test]
fn a_fix_is_not_offered_where_it_would_change_what_is_right() {
    // Of one place in the text, one use has a norm behind it and one has not.
    let some = "block Part(norm) {
    input x: [C, H, W]
    x = x -> Conv2d(8, kernel=3)
    output if norm { x -> BatchNorm } else { x -> ReLU }
}

model Net {
    input image: [3, 16, 16]
    output y = image -> Part(true) -> Part(false)
}
";
    let of_one_model = judge(some, &crate::lint::Settings::default()).findings;
    assert!(of_one_model.iter().any(|found| found.code == "bias-before-norm" && found.fix.is_none()));
    // Of two models of one file, the other has none.
    let variants = "model Net(norm) {
    input image: [3, 16, 16]
    x = image -> Conv2d(8, kernel=3)
    output y = if norm { x -> BatchNorm } else { x -> ReLU }
}
model With = Net(true)
model Without = Net(false)
";
    let of_two = judge(variants, &crate::lint::Settings::default()).findings;
    assert!(of_two.iter().any(|found| found.code == "bias-before-norm" && found.fix.is_none()));
}

#[test]
fn a_stage_goes_without_what_follows_it_becoming_a_comment() {
    let net = |chain: &str| format!("model Net {{\n    input x: [8]\n    output y = x\n{chain}}}\n");
    let cases = [
        (
            "        -> Linear(8) # widen\n        -> Dropout(0) -> Linear(4)\n",
            "        -> Linear(8) # widen\n        -> Linear(4)\n",
        ),
        (
            "        # first\n        -> Dropout(0)\n        -> Linear(4)\n",
            "        # first\n        -> Linear(4)\n",
        ),
        (
            "        -> Linear(8)\n        -> Dropout(0) # off\n        -> Linear(4)\n",
            "        -> Linear(8) # off\n        -> Linear(4)\n",
        ),
    ];
    for (before, after) in cases {
        let found = judge(&net(before), &crate::lint::Settings::default()).findings;
        let fix = found.iter().filter(|one| one.code == "noop-layer").find_map(|one| one.fix.as_ref());
        assert_eq!(applied(&net(before), fix.expect("a fix")), net(after));
    }
}
