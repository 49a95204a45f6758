//! Every rule's examples, and the figures that the rules are known by, through the elaborator.

use std::path::PathBuf;

use crate::analysis::analyse;
use crate::diagnostic::Diagnostic;
use crate::elaborate::{Input, Options, elaborate};
use crate::lint::{RULES, STRUCTURAL, Settings, lint};
use crate::source::Memory;

/// The structural errors and the findings of a program.
fn check(text: &str) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
    let input = Input { name: "net.weft".into(), path: Some(PathBuf::from("net.weft")), text: text.into() };
    let mut files = Memory::default();
    files.insert("net.weft", text);
    let program = elaborate(&files, input, &Options::default());
    let analyses: Vec<_> = program.models.iter().map(analyse).collect();
    let findings = lint(&program, &analyses, &Settings::default());
    (program.errors, findings)
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
    for rule in RULES {
        for text in rule.fires {
            let found = findings(text);
            let others: Vec<_> = found.iter().filter(|finding| finding.code != rule.name).collect();
            assert!(!found.is_empty() && others.is_empty(), "{}: {found:?}\n{text}", rule.name);
        }
    }
}

#[test]
fn what_comes_near_a_rule_is_clean() {
    for (rule, text) in RULES.iter().flat_map(|rule| rule.clean.iter().map(move |text| (rule, text))) {
        let found = findings(text);
        assert!(found.is_empty(), "{}: {found:?}\n{text}", rule.name);
    }
}

#[test]
fn each_structural_error_is_given_by_its_example_and_gone_from_the_mended_one() {
    for error in STRUCTURAL {
        let (errors, _) = check(error.example);
        let codes: Vec<_> = errors.iter().map(|error| error.code).collect();
        assert_eq!(codes, [error.name], "{}", error.example);
        let (errors, _) = check(error.mended);
        assert!(errors.is_empty(), "{}: {errors:?}\n{}", error.name, error.mended);
    }
}

/// A model that ends in a dense layer over what `body` makes of its input.
fn dense(input: &str, body: &str) -> String {
    format!("model Net {{\n    input x: {input}\n    output y = x -> {body}\n}}\n")
}

#[test]
fn the_first_dense_layer_of_vgg_16_holds_three_quarters_of_it() {
    let mut body = String::new();
    for (depth, width) in [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)] {
        for _ in 0..depth {
            body += &format!("Conv2d({width}, kernel=3, pad=1) -> ReLU -> ");
        }
        body += "MaxPool2d(2) -> ";
    }
    body += "Flatten -> classifier: (Linear(4096) -> ReLU -> Dropout(0.5) -> Linear(4096) -> ReLU -> Linear(1000))";
    let found = findings(&dense("[3, 224, 224]", &body));
    let [fc6] = &found[..] else { panic!("one finding: {found:?}") };
    assert_eq!(fc6.message, "`classifier.0` holds 74.3 % of this model's parameters");
    assert_eq!(fc6.primary.text, "102,764,544 parameters, each used once");
    assert_eq!(fc6.related[0].text, "7 × 7 = 49 positions of 512 channels become 25,088 features");
    let left = "`GlobalAvgPool` in place of `Flatten` would leave 2,101,248: one weight per channel, shared by all positions";
    assert_eq!(fc6.help, [left]);
    assert!(fc6.notes[0].starts_with("they do 0.66 % of the arithmetic"), "{:?}", fc6.notes);
}

#[test]
fn a_dense_layer_is_oversized_only_where_all_four_conditions_hold() {
    let cases = [
        // AlexNet's, with the dropout before it.
        ("[256, 6, 6]", "Dropout(0.5) -> Flatten -> Dropout(0.5) -> Linear(4096) -> ReLU -> Linear(4096)", 1),
        ("[256, 6, 6]", "Reshape([9216]) -> ReLU -> Linear(4096)", 1),
        // An MLP on CIFAR's images, and on MNIST's: too small.
        ("[3, 32, 32]", "Flatten -> Linear(512) -> ReLU -> Linear(10)", 1),
        ("[1, 28, 28]", "Flatten -> Linear(512) -> ReLU -> Linear(512) -> ReLU -> Linear(10)", 0),
        // Three positions.
        ("[1024, 3, 1]", "Flatten -> Linear(1000)", 0),
        ("[1024, 2, 2]", "Flatten -> Linear(1000)", 1),
        // No positions: what is flattened was features before.
        ("[4096]", "Linear(4096)", 0),
        ("[4096]", "Reshape([64, 8, 8]) -> Flatten -> Linear(4096)", 0),
        // Every token shares it.
        ("[16, 4096]", "Linear(4096)", 0),
        // Half of the model, and less than half.
        ("[256, 4, 4]", "Flatten -> Linear(1024, bias=false) -> Linear(4096, bias=false)", 1),
        ("[256, 4, 4]", "Flatten -> Linear(1024, bias=false) -> Linear(4097, bias=false)", 0),
        // 999,999 parameters, and a million.
        ("[1, 4, 250]", "Flatten -> Linear(1000, bias=false)", 1),
        ("[1, 27, 37]", "Flatten -> Linear(1001, bias=false)", 0),
    ];
    for (input, body, expected) in cases {
        let found = said("oversized-dense", &dense(input, body));
        assert_eq!(found.len(), expected, "{input} -> {body}: {found:?}");
    }
}

#[test]
fn a_dense_layer_over_the_models_own_input_is_not_sent_to_global_pooling() {
    let found = findings(&dense("[3, 32, 32]", "Flatten -> Linear(512) -> ReLU -> Linear(10)"));
    assert_eq!(found.len(), 1);
    assert!(found[0].help.iter().all(|line| !line.contains("GlobalAvgPool")), "{:?}", found[0].help);
}

#[test]
fn a_dense_layer_shared_by_two_towers_is_as_oversized_and_said_once() {
    let found = said(
        "oversized-dense",
        "block Tower = Conv2d(64, kernel=3) -> ReLU -> Flatten -> fc: Linear(512)
model Siamese {
    input left: [1, 20, 20]
    input right: [1, 20, 20]
    layer tower = Tower
    a = left -> tower
    b = right -> tower
    output y = (a - b) -> Linear(1)
}
",
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with("10,617,344 parameters, each used once at each of 2 places"), "{found:?}");
}

#[test]
fn a_flattened_sequence_counts_its_tokens_as_positions() {
    let found = findings(&dense("int[256]", "Embedding(100, 16) -> Flatten -> Linear(1024)"));
    assert_eq!(found[0].related[0].text, "256 positions of 16 channels become 4,096 features");
}

#[test]
fn variants_that_share_a_flaw_are_told_once_by_name() {
    let found = findings(
        "model Net(units) {
    input x: [3, 32, 32]
    output y = x -> Flatten -> Linear(units) -> ReLU -> Linear(10)
}
model Small = Net(512)
model Large = Net(1024)
",
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].notes.contains(&"in `Small`; likewise in `Large`".to_owned()), "{:?}", found[0].notes);
}

#[test]
fn a_locally_connected_layer_is_measured_against_the_same_convolution() {
    let found = said("unshared-local", &dense("[3, 32, 32]", "local: LocallyConnected2d(16, kernel=3)"));
    let expected = "`local` stores 403,200 parameters where a convolution would share 448 | a kernel of its own at each of 900 positions";
    assert_eq!(found, [expected]);
    let few_positions = dense("[512, 5, 5]", "LocallyConnected2d(64, kernel=3)");
    assert!(said("unshared-local", &few_positions).is_empty(), "9 positions");
    let few_parameters = dense("[3, 32, 32]", "LocallyConnected2d(1, kernel=3)");
    assert!(said("unshared-local", &few_parameters).is_empty(), "25,200 parameters");
}

#[test]
fn a_dead_branch_is_told_at_its_end_with_all_that_leads_there() {
    let found = said(
        "unused-layer",
        "model Net {
    input x: [3, 8, 8]
    aux = x -> first: Conv2d(4, kernel=3) -> ReLU -> last: Conv2d(2, kernel=1)
    output y = x -> ReLU
}
",
    );
    assert_eq!(
        found,
        ["the result of `last` reaches no output | 3 layers with 122 parameters lead only here"]
    );
}

#[test]
fn a_block_used_twelve_times_tells_of_its_dead_layer_once() {
    let found = said(
        "unused-layer",
        "block Part {
    input x: [C]
    aux = x -> spare: Linear(2)
    output x -> Linear(C)
}
model Net {
    input x: [3]
    output y = x -> Part * 12
}
",
    );
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn an_assertion_says_both_sides_and_a_budget_its_largest_layers() {
    let model = |assertion: &str| {
        format!(
            "model Net {{\n    input x: [10]\n    output y = x -> a: Linear(20) -> b: Linear(1)\n    assert {assertion}\n}}\n"
        )
    };
    let found = findings(&model("params == 240, \"as published\""));
    assert_eq!(found[0].code, "assertion-failed");
    assert_eq!(found[0].message, "this does not hold: as published");
    assert_eq!(found[0].primary.text, "241 against 240");
    let found = findings(&model("macs <= 210"));
    assert_eq!(found[0].code, "budget-exceeded");
    assert_eq!(found[0].message, "220 MACs exceed the budget of 210");
    assert_eq!(found[0].help, ["the largest: `a` has 200 (90.9 %), `b` has 20 (9.1 %)"]);
    assert!(findings(&model("macs <= 220")).is_empty());
}
