//! How often tensors are used, on small graphs.

use super::{Sharing, TensorUses, analyse};
use crate::ir::test_graph::TestGraph;
use crate::ir::{Attribute, Count, Kind, Operation, Port, Shape, Size, TensorType, Usage};

/// The uses of the tensor of this name: most, least, in all.
#[track_caller]
fn uses(test: &TestGraph, name: &str) -> (u128, u128, u128) {
    let uses = account(test, name);
    let number = |count: &Count| count.as_number().expect("a number");
    (number(&uses.most), number(&uses.least), number(&uses.unshared))
}

#[track_caller]
fn account(test: &TestGraph, name: &str) -> TensorUses {
    let at =
        test.graph.weights().position(|(_, weight)| &*weight.name == name).expect("a tensor of this name");
    analyse(&test.graph).uses.swap_remove(at)
}

fn axis(axis: i128) -> (&'static str, Attribute) {
    ("axis", Attribute::from(axis))
}

/// A parameter `p` that goes through layers and is then added to something of the last shape.
fn added(shape: &[i128], through: impl Fn(&mut TestGraph, Port) -> Port) -> TestGraph {
    let mut test = TestGraph::new("Added");
    let p = test.param("p", dims(shape));
    let view = through(&mut test, p);
    let met = test.graph.type_of(view).expect("a tensor").shape.clone();
    let x = test.input("x", met.clone());
    let sum = test.layer("Add", &[], &[x, view], met);
    test.output("y", sum);
    test
}

fn dims(shape: &[i128]) -> Shape {
    shape.iter().map(|dim| Size::from(*dim)).collect()
}

#[test]
fn a_layer_on_tokens_is_used_at_each_of_them() {
    let mut test = TestGraph::new("Tokens");
    let x = test.input("x", [7, 4]);
    let y = test.linear("fc", x, 3);
    test.output("y", y);
    assert_eq!(uses(&test, "fc.weight"), (7, 7, 7 * 12));
    assert_eq!(account(&test, "fc.bias").sharing, [Sharing::Positions]);
}

#[test]
fn a_layer_that_is_called_twice_is_used_twice_and_stored_once() {
    let mut test = TestGraph::new("Siamese");
    let (left, right) = (test.input("left", [4]), test.input("right", [4]));
    let a = test.linear("tower", left, 3);
    let b = test.again("tower", right, 3);
    test.output("a", a);
    test.output("b", b);
    assert_eq!(uses(&test, "tower.weight"), (2, 2, 24));
    let tower = account(&test, "tower.weight");
    assert_eq!((tower.sharing, tower.places), (vec![Sharing::CallSites], 2));
    let totals = analyse(&test.graph).totals;
    assert_eq!((totals.parameters, totals.shared), (Count::from(15), Count::from(15)));
    assert_eq!(totals.macs, Count::from(24));
}

#[test]
fn a_tied_tensor_counts_once_and_gross_for_every_name() {
    let mut test = TestGraph::new("Tied");
    let x = test.input("x", [4]);
    let y = test.linear("fc", x, 3);
    test.output("y", y);
    let weight = test.graph.weights().next().expect("a weight").0;
    test.weight_mut(weight).aliases.push("head.weight".into());
    assert_eq!(account(&test, "fc.weight").sharing, [Sharing::Tied]);
    let totals = analyse(&test.graph).totals;
    assert_eq!((totals.parameters, totals.parameters_gross), (Count::from(15), Count::from(27)));
    assert_eq!(totals.by_sharing.tied, Count::from(12));
    assert_eq!((totals.shared, totals.unshared_tensors), (Count::ZERO, Count::from(15)));
}

#[test]
fn a_recurrence_shares_over_time_and_its_leading_axes_are_positions() {
    let mut test = TestGraph::new("Recurrent");
    let x = test.input("x", [5, 9, 4]);
    let weight = test.weight("rnn.weight", [8, 4]);
    let usage = Usage { positions: Count::from(5), steps: Count::from(9), uneven: None };
    let y = test.using("RNN", weight, usage, &[x], [5, 9, 8]);
    test.output("y", y);
    assert_eq!(uses(&test, "rnn.weight"), (45, 45, 45 * 32));
    assert_eq!(account(&test, "rnn.weight").sharing, [Sharing::Positions, Sharing::Time]);
}

#[test]
fn an_uneven_use_keeps_its_sum() {
    let mut test = TestGraph::new("Cross");
    let x = test.input("x", [5, 4]);
    let weight = test.weight("attn.weight", [12, 4]);
    let uneven = Some((Count::from(5), Count::from(5 * 16 + 7 * 32)));
    let usage = Usage { positions: Count::from(7), steps: Count::ONE, uneven };
    let y = test.using("MultiheadAttention", weight, usage, &[x], [5, 4]);
    test.output("y", y);
    assert_eq!(uses(&test, "attn.weight"), (7, 5, 304));
}

#[test]
fn a_parameter_in_a_product_is_used_once_per_row_of_the_other_side() {
    let mut test = TestGraph::new("Product");
    let x = test.input("x", [6, 10, 4]);
    let weight = test.param("weight", [4, 3]);
    let bias = test.param("bias", [3]);
    let product = test.layer("MatMul", &[], &[x, weight], [6, 10, 3]);
    let sum = test.layer("Add", &[], &[product, bias], [6, 10, 3]);
    test.output("y", sum);
    assert_eq!(uses(&test, "weight"), (60, 60, 720));
    assert_eq!(uses(&test, "bias"), (60, 60, 180));
}

#[test]
fn a_parameter_on_the_left_of_a_product_is_used_once_per_column() {
    let mut test = TestGraph::new("Product");
    let x = test.input("x", [6, 4, 5]);
    let left = test.param("left", [3, 4]);
    let row = test.param("row", [4]);
    let product = test.layer("MatMul", &[], &[left, x], [6, 3, 5]);
    let other = test.layer("MatMul", &[], &[row, x], [6, 5]);
    test.output("y", product);
    test.output("z", other);
    assert_eq!(uses(&test, "left"), (30, 30, 360));
    assert_eq!(uses(&test, "row"), (30, 30, 120));
}

#[test]
fn a_class_token_passes_through_a_concat_to_the_sum_that_reads_it() {
    let mut test = TestGraph::new("Vit");
    let patches = test.input("patches", [196, 8]);
    let class = test.param("class", [1, 8]);
    let position = test.param("position", [197, 8]);
    let joined = test.layer("Concat", &[axis(0)], &[class, patches], [197, 8]);
    let sum = test.layer("Add", &[], &[joined, position], [197, 8]);
    let norm = test.layer("LayerNorm", &[], &[sum], [197, 8]);
    test.output("y", norm);
    assert_eq!(uses(&test, "class"), (1, 1, 8));
    assert_eq!(uses(&test, "position"), (1, 1, 197 * 8));
    assert_eq!(account(&test, "position").sharing, []);
}

#[test]
fn rows_that_a_slice_leaves_out_are_not_used() {
    let bounds = [("start", 0), ("stop", 5), ("step", 1)].map(|(name, n)| (name, Attribute::from(n)));
    let slice = [axis(0)].into_iter().chain(bounds).collect::<Vec<_>>();
    let test = added(&[8, 3], |test, p| test.layer("Slice", &slice, &[p], [5, 3]));
    assert_eq!(uses(&test, "p"), (1, 0, 15));
}

#[test]
fn parts_used_at_different_places_are_not_shared() {
    let mut test = TestGraph::new("Tables");
    let p = test.param("p", [3, 4]);
    for index in 0..3 {
        let row = test.layer("Select", &[axis(0), ("index", Attribute::from(index - 3))], &[p], [4]);
        let x = test.input(&format!("x{index}"), [4]);
        let sum = test.layer("Add", &[], &[x, row], [4]);
        test.output("y", sum);
    }
    let account = account(&test, "p");
    assert_eq!(uses(&test, "p"), (1, 1, 12));
    assert_eq!((account.sharing, account.places), (vec![], 3));
}

#[test]
fn parts_that_overlap_are_shared_where_they_do() {
    let mut test = TestGraph::new("Overlap");
    let p = test.param("p", [6]);
    for (start, stop) in [(0, 4), (2, 6)] {
        let bounds =
            [("start", start), ("stop", stop), ("step", 1)].map(|(name, n)| (name, Attribute::from(n)));
        let slice = [axis(0)].into_iter().chain(bounds).collect::<Vec<_>>();
        let part = test.layer("Slice", &slice, &[p], [4]);
        test.output("y", part);
    }
    assert_eq!(uses(&test, "p"), (2, 1, 8));
    assert_eq!(account(&test, "p").sharing, [Sharing::CallSites]);
}

#[test]
fn a_slice_with_a_step_reads_some_rows_of_its_range() {
    let slice = [axis(0), ("start", Attribute::from(1)), ("step", Attribute::from(2))];
    let test = added(&[8, 3], |test, p| test.layer("Slice", &slice, &[p], [4, 3]));
    assert_eq!(uses(&test, "p"), (1, 0, 12));
}

#[test]
fn chunks_of_a_parameter_cover_it() {
    let mut test = TestGraph::new("Chunks");
    let p = test.param("p", [2, 6]);
    let parts = test.parts("Chunk", -1, p, vec![Shape::from([2, 3]); 2]);
    let x = test.input("x", [5, 2, 3]);
    for part in parts {
        let sum = test.layer("Mul", &[], &[x, part], [5, 2, 3]);
        test.output("y", sum);
    }
    assert_eq!(uses(&test, "p"), (5, 5, 60));
    assert_eq!(account(&test, "p").sharing, [Sharing::Positions]);
}

#[test]
fn an_expanded_parameter_is_used_at_every_repetition() {
    let sizes = ("sizes", Attribute::from(vec![7i128, 5, 3]));
    let test = added(&[1, 3], |test, p| test.layer("Expand", std::slice::from_ref(&sizes), &[p], [7, 5, 3]));
    assert_eq!(uses(&test, "p"), (35, 35, 105));
}

#[test]
fn a_row_is_followed_through_permutations_and_reshapes() {
    let test = added(&[6, 4], |test, p| {
        let split = test.layer("Unflatten", &[axis(0)], &[p], [3, 2, 4]);
        let turned =
            test.layer("Permute", &[("axes", Attribute::from(vec![1i128, 0, 2]))], &[split], [2, 3, 4]);
        let back = test.layer("Transpose", &[("axis0", 0.into()), ("axis1", 1.into())], &[turned], [3, 2, 4]);
        test.layer("Select", &[axis(0), ("index", Attribute::from(1))], &[back], [2, 4])
    });
    assert_eq!(uses(&test, "p"), (1, 0, 8));
    let both = added(&[6, 4], |test, p| {
        let split = test.layer("Reshape", &[], &[p], [2, 3, 4]);
        let halves = [0, 1]
            .map(|half| test.layer("Select", &[axis(0), ("index", Attribute::from(half))], &[split], [3, 4]));
        test.layer("Add", &[], &halves, [3, 4])
    });
    assert_eq!(uses(&both, "p"), (1, 1, 24), "each half is a range of rows of its own");
}

#[test]
fn a_constant_gather_counts_each_entry_as_often_as_it_is_picked() {
    let picks = ("indices", Attribute::from(vec![0i128, 2, 2, -1]));
    let test = added(&[4, 3], |test, p| test.layer("Gather", &[axis(0), picks.clone()], &[p], [4, 3]));
    assert_eq!(uses(&test, "p"), (2, 0, 12));
}

#[test]
fn a_gather_by_a_tensor_offers_every_entry_to_every_look_up() {
    let mut test = TestGraph::new("Relative");
    let table = test.param("table", [169, 3]);
    let index = test.tokens("index", [49, 49]);
    let bias = test.layer("Gather", &[axis(0)], &[table, index], [49, 49, 3]);
    test.output("y", bias);
    assert_eq!(uses(&test, "table"), (2401, 2401, 2401 * 169 * 3));
}

#[test]
fn a_padded_or_stacked_parameter_is_itself_inside() {
    let pad = [("pad", Attribute::from(vec![-1i128, 2])), ("mode", Attribute::from("constant"))];
    let cropped = added(&[4], |test, p| test.layer("Pad", &pad, &[p], [5]));
    assert_eq!(uses(&cropped, "p"), (1, 0, 3));
    let stacked = added(&[4], |test, p| {
        let both = test.layer("Stack", &[axis(0)], &[p, p], [2, 4]);
        test.layer("Select", &[axis(0), ("index", Attribute::from(1))], &[both], [4])
    });
    assert_eq!(uses(&stacked, "p"), (1, 1, 4));
}

#[test]
fn looked_up_by_arange_each_row_of_a_table_is_read_once() {
    let mut test = TestGraph::new("Positions");
    let places = test.arange(2, 5i128);
    let flat = test.layer("Unsqueeze", &[axis(0)], &[places], [1, 5]);
    let table = test.weight("wpe.weight", [16, 3]);
    let y = test.using("Embedding", table, Usage::at(Count::from(5)), &[flat], [1, 5, 3]);
    test.output("y", y);
    assert_eq!(uses(&test, "wpe.weight"), (1, 0, 15));
    assert_eq!(account(&test, "wpe.weight").sharing, []);
}

#[test]
fn a_parameter_that_nothing_reads_has_no_use() {
    let mut test = TestGraph::new("Unread");
    let _ = test.param("p", [3]);
    assert_eq!(uses(&test, "p"), (0, 0, 0));
    assert_eq!(analyse(&test.graph).totals.parameters, Count::from(3));
}

#[test]
fn of_stacked_experts_each_share_is_used_at_every_position() {
    let mut test = TestGraph::new("Experts");
    let x = test.input("x", [5, 4]);
    let stack = test.expert("experts.up", [3, 4, 6], 3, 1);
    let share = test.node(
        "experts.up",
        Operation::new(Kind::Parameter, vec![TensorType::float([4, 6])]),
        &[stack],
        &[],
    );
    let half = [axis(-1), ("start", Attribute::from(3)), ("step", Attribute::from(1))];
    let half = test.layer("Slice", &half, &[share], [4, 3]);
    let y = test.layer("MatMul", &[], &[x, half], [5, 3]);
    test.output("y", y);
    assert_eq!(uses(&test, "experts.up"), (5, 0, 5 * 3 * 4 * 3));
}

#[test]
fn a_bare_parameter_of_experts_is_used_in_each_of_them() {
    let mut test = TestGraph::new("Experts");
    let x = test.input("x", [5, 4]);
    let each = [0, 1].map(|expert| test.expert(&format!("experts.{expert}.up"), [4, 6], 2, 1));
    let share = test.node(
        "experts.0.up",
        Operation::new(Kind::Parameter, vec![TensorType::float([4, 6])]),
        &each,
        &[],
    );
    let y = test.layer("MatMul", &[], &[x, share], [5, 6]);
    test.output("y", y);
    assert_eq!(uses(&test, "experts.0.up"), uses(&test, "experts.1.up"));
    assert_eq!(uses(&test, "experts.1.up"), (5, 5, 120));
}

#[test]
fn a_scalar_is_used_at_every_entry_it_scales() {
    let mut test = TestGraph::new("Scale");
    let x = test.input("x", [6, 4]);
    let p = test.param("p", []);
    let y = test.layer("Mul", &[], &[x, p], [6, 4]);
    test.output("y", y);
    assert_eq!(uses(&test, "p"), (24, 24, 24));
}

#[test]
fn a_long_list_of_single_rows_is_taken_apart_in_one_sweep() {
    let mut test = TestGraph::new("Many");
    let p = test.param("p", [3000, 2]);
    for index in 0..3000 {
        let row = test.layer("Select", &[axis(0), ("index", Attribute::from(index))], &[p], [2]);
        test.output("y", row);
    }
    assert_eq!(uses(&test, "p"), (1, 1, 6000));
}
