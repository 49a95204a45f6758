//! What rules say, by the numbers.

use super::{dense, findings, said};

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
            "model Net {{\n    input x: [10]\n    output y = x -> a: Linear(20) -> ReLU -> b: Linear(1)\n    assert {assertion}\n}}\n"
        )
    };
    let found = findings(&model("params == 240, \"as published\""));
    assert_eq!(found[0].code, "assertion-failed");
    assert_eq!(found[0].message, "this does not hold: as published");
    assert_eq!(found[0].primary.text, "241 against 240");
    let found = findings(&model("macs <= 210"));
    assert_eq!(found[0].code, "budget-exceeded");
    assert_eq!(found[0].message, "220 MACs exceed the budget of 210");
    assert_eq!(found[0].help, ["the largest: `a` has 200 (90.9%), `b` has 20 (9.1%)"]);
    assert!(findings(&model("macs <= 220")).is_empty());
}
