//! Differences of small programs.

use super::{ChangeKind, Diff, Side, diff};
use crate::analysis::analyse;
use crate::front::weft::{Input, Options, elaborate};
use crate::ir::Graph;
use crate::source::Memory;

fn model(text: &str) -> Graph {
    let input = Input { name: "net.weft".into(), path: None, text: text.into() };
    let mut program = elaborate(&Memory::default(), input, &Options::default());
    assert_eq!(program.errors, [], "{text}");
    std::sync::Arc::unwrap_or_clone(program.models.swap_remove(0))
}

fn between(before: &str, after: &str) -> Diff {
    let (before, after) = (model(before), model(after));
    let (one, other) = (analyse(&before), analyse(&after));
    diff(Side { graph: &before, analysis: &one }, Side { graph: &after, analysis: &other })
}

fn told(diff: &Diff) -> Vec<String> {
    diff.entries.iter().map(|entry| format!("{} {}", entry.change.sign(), entry.path)).collect()
}

const NET: &str = "model Net { input x: [3, 16, 16]
    h = x -> stem: Conv2d(8, kernel=3) -> ReLU -> mid: Conv2d(16, kernel=3) -> bn: BatchNorm -> ReLU
    output y = h -> last: Conv2d(4, kernel=1) -> GlobalAvgPool -> head: Linear(10) }";

#[test]
fn a_model_does_not_differ_from_itself() {
    let diff = between(NET, NET);
    assert!(diff.is_empty());
    assert_eq!(diff.unchanged, 9);
}

#[test]
fn widening_a_layer_names_it_and_those_its_width_reaches() {
    let diff = between(NET, &NET.replace("mid: Conv2d(16", "mid: Conv2d(24"));
    assert_eq!(told(&diff), ["~ mid", "~ bn", "~ relu_2", "~ last"]);
    let mid = &diff.entries[0];
    let details: Vec<_> = mid
        .details
        .iter()
        .map(|detail| format!("{} {} → {}", detail.what, detail.before, detail.after))
        .collect();
    assert_eq!(
        details,
        [
            "out_channels 16 → 24",
            "output [16, 12, 12] → [24, 12, 12]",
            "weight [16, 8, 3, 3] → [24, 8, 3, 3]",
            "bias [16] → [24]",
        ]
    );
    let parameters = |which: fn(&super::DiffEntry) -> u128| diff.entries.iter().map(which).sum::<u128>();
    let before = parameters(|entry| entry.before.as_ref().map_or(0, |facts| facts.parameters));
    let after = parameters(|entry| entry.after.as_ref().map_or(0, |facts| facts.parameters));
    let measure = &diff.measures[0];
    assert_eq!(after - before, measure.after - measure.before);
}

#[test]
fn a_layer_that_is_put_in_shifts_no_other() {
    let diff = between(NET, &NET.replace("-> mid:", "-> Dropout(0.1) -> ReLU -> mid:"));
    assert_eq!(told(&diff), ["+ dropout_1", "+ relu_2"]);
    let diff = between(&NET.replace("-> mid:", "-> Dropout(0.1) -> mid:"), NET);
    assert_eq!(told(&diff), ["− dropout_1"]);
}

#[test]
fn an_activation_that_is_exchanged_is_removed_and_added() {
    let diff = between(NET, &NET.replacen("ReLU", "GELU", 1));
    assert_eq!(told(&diff), ["− relu_1", "+ gelu_1"]);
}

#[test]
fn a_renamed_layer_has_moved() {
    let diff = between(NET, &NET.replace("mid:", "middle:"));
    assert_eq!(told(&diff), ["→ middle"]);
    assert_eq!(diff.entries[0].from.as_deref(), Some("mid"));
    assert_eq!(diff.entries[0].change, ChangeKind::Moved);
}

const BLOCKS: &str =
    "block Unit(n) { input x: [C, H, W] output x -> conv: Conv2d(n, kernel=1) -> bn: BatchNorm -> ReLU }
    model Deep { input x: [4, 8, 8] output y = x -> stage: Unit(4) * 3 -> out: Conv2d(2, kernel=1) }";

#[test]
fn blocks_in_a_row_are_one_entry() {
    let diff = between(BLOCKS, &BLOCKS.replace("* 3", "* 5"));
    assert_eq!(told(&diff), ["+ stage.3 … stage.4"]);
    assert_eq!((diff.entries[0].kind.as_str(), diff.entries[0].blocks), ("Unit", 2));
    assert_eq!(diff.entries[0].after.as_ref().map(|facts| facts.parameters), Some(2 * (16 + 4 + 8)));
    let back = between(&BLOCKS.replace("* 3", "* 5"), BLOCKS);
    assert_eq!(told(&back), ["− stage.3 … stage.4"]);
}

#[test]
fn blocks_under_another_name_have_moved() {
    let diff = between(BLOCKS, &BLOCKS.replace("stage:", "body:"));
    assert_eq!(told(&diff), ["→ body.0 … body.2"]);
    assert_eq!(diff.entries[0].from.as_deref(), Some("stage.0 … stage.2"));
    assert!(diff.measures.iter().all(|measure| measure.before == measure.after));
}

#[test]
fn a_frozen_layer_and_a_new_tie_are_changes() {
    let diff = between(NET, &NET.replace("Linear(10)", "Linear(10, trainable=false)"));
    assert_eq!(told(&diff), ["~ head"]);
    assert_eq!(diff.entries[0].details[0].after, "[10, 4] frozen");
    let pair = |second: &str| {
        format!("model T {{ input x: [4] layer a = Linear(4) output y = x -> a -> b: Linear(4{second}) }}")
    };
    let diff = between(&pair(""), &pair(", weight=a.weight"));
    assert_eq!(told(&diff), ["~ b"]);
}

#[test]
fn other_wires_are_a_change() {
    let wired = |last: &str| {
        format!(
            "model W {{ input x: [4, 4] a = x -> one: Linear(4) b = x -> two: Linear(4)
             c = a + b output y = c -> three: Linear(4) output z = {last} -> four: Linear(4) }}"
        )
    };
    assert_eq!(told(&between(&wired("a"), &wired("b"))), ["~ four"]);
}

#[test]
fn layers_at_numbered_places_that_change_alike_are_told_once() {
    let diff = between(BLOCKS, &BLOCKS.replace("BatchNorm", "BatchNorm(eps=0.1)"));
    assert_eq!(told(&diff), ["~ stage.{0…2}.bn"]);
    assert_eq!(diff.entries[0].paths, ["stage.0.bn", "stage.1.bn", "stage.2.bn"]);
    assert_eq!(diff.entries[0].after.as_ref().map(|facts| facts.parameters), Some(3 * 8));
}

#[test]
fn of_two_numbers_in_a_path_the_one_with_most_places_is_gathered() {
    let net = |width: u32| {
        format!(
            "block Pair {{ input x: [D] output x -> ln_1: LayerNorm(eps=0.{width}) -> ln_2: LayerNorm(eps=0.{width}) }}
             model P {{ input x: [4] output y = x -> h: Pair * 4 }}"
        )
    };
    assert_eq!(told(&between(&net(1), &net(2))), ["~ h.{0…3}.ln_1", "~ h.{0…3}.ln_2"]);
}

/// Every model of some examples, with its accounts.
fn examples() -> Vec<(std::sync::Arc<Graph>, crate::analysis::Analysis)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut models = Vec::new();
    for file in
        ["vision/resnet.weft", "vision/vgg.weft", "text/gpt2.weft", "text/bert.weft", "siamese/koch.weft"]
    {
        let text = std::fs::read_to_string(folder.join(file)).expect("an example");
        let input = Input { name: file.into(), path: None, text: text.into() };
        models.extend(elaborate(&Memory::default(), input, &Options::default()).models);
    }
    models
        .into_iter()
        .map(|graph| (analyse(&graph), graph))
        .map(|(analysis, graph)| (graph, analysis))
        .collect()
}

#[test]
fn what_is_told_of_layers_adds_up_to_the_sums() {
    let models = examples();
    for (before, one) in &models {
        for (after, other) in &models {
            let diff = diff(Side { graph: before, analysis: one }, Side { graph: after, analysis: other });
            let names = format!("{} → {}", before.name, after.name);
            for (key, of) in [("params", 0), ("macs", 1)] {
                let measure = diff.measures.iter().find(|measure| measure.key == key).expect("a sum");
                let told = |facts: &Option<super::Facts>| {
                    facts.as_ref().map_or(0, |facts| [facts.parameters, facts.macs][of]) as i128
                };
                let change: i128 =
                    diff.entries.iter().map(|entry| told(&entry.after) - told(&entry.before)).sum();
                assert_eq!(change, measure.after as i128 - measure.before as i128, "{key} of {names}");
            }
            assert_eq!(diff.is_empty(), before.name == after.name, "{names}");
        }
    }
}

#[test]
fn sizes_that_are_open_are_named() {
    let net = |width: u32| {
        format!(
            "model O {{ input x: [T, 4] input y: [S = 3, 4] output z = x -> f: Linear({width}) output w = y }}"
        )
    };
    let diff = between(&net(2), &net(3));
    assert_eq!(diff.open, ["T"]);
    assert_eq!(
        diff.assumption().as_deref(),
        Some("T has no default and is counted at 1,048,576 (`--set T=…` says otherwise)")
    );
    assert!(between(NET, &NET.replace("Linear(10)", "Linear(11)")).open.is_empty());
}
