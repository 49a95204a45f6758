//! Receptive fields of small graphs.

use super::{Axis, receptive_fields};
use crate::ir::test_graph::{TestGraph, layer};
use crate::ir::{Attribute, Operation, Port, TensorType, Window, WindowAxis};

fn conv(test: &mut TestGraph, input: Port, [kernel, stride, before]: [i128; 3], extent: i128) -> Port {
    let (kernel, stride, before) = (kernel.into(), stride.into(), crate::ir::Size::from(before));
    let axis = WindowAxis { kernel, stride, dilation: 1.into(), after: before.clone(), before };
    let window = Some(Window { axes: vec![axis], zero_padded: true, transposed: false });
    let operation =
        Operation { window, ..Operation::new(layer("Conv1d"), vec![TensorType::float([4, extent])]) };
    let path = format!("conv{}", test.graph.len());
    test.node(&path, operation, &[], &[input])
}

/// Size, stride and centre of a tensor's only spatial axis.
fn field(test: &TestGraph, port: Port) -> (String, String, String) {
    let fields = receptive_fields(&test.graph);
    let field = fields[port.node.0 as usize].as_ref().expect("a spatial tensor");
    (field.extents(), field.stride(), field.centre())
}

fn told(size: &str, stride: &str, centre: &str) -> (String, String, String) {
    (size.to_string(), stride.to_string(), centre.to_string())
}

#[test]
fn windows_on_windows_widen_by_the_stride_below() {
    let mut test = TestGraph::new("Stem");
    let x = test.input("x", [3, 224]);
    let a = conv(&mut test, x, [7, 2, 3], 112);
    let b = conv(&mut test, a, [3, 2, 1], 56);
    assert_eq!(field(&test, a), told("7", "2", "0"));
    assert_eq!(field(&test, b), told("11", "4", "0"));
}

#[test]
fn branches_reach_as_far_as_the_farthest() {
    let mut test = TestGraph::new("Branches");
    let x = test.input("x", [4, 20]);
    let wide = conv(&mut test, x, [5, 1, 2], 20);
    let narrow = conv(&mut test, x, [1, 1, 0], 20);
    let sum = test.layer("Add", &[], &[wide, narrow], [4, 20]);
    let joined = test.layer("Concat", &[("axis", Attribute::from(0))], &[narrow, wide], [8, 20]);
    assert_eq!(field(&test, sum), told("5", "1", "0"));
    assert_eq!(field(&test, joined), told("5", "1", "0"));
}

#[test]
fn a_gate_over_all_positions_makes_each_depend_on_all() {
    let mut test = TestGraph::new("FailConditions");
    let x = test.input("x", [4, 20]);
    let h = conv(&mut test, x, [3, 1, 1], 20);
    let gate = test.layer("Mean", &[], &[h], [4, 1]);
    let y = test.layer("Mul", &[], &[h, gate], [4, 20]);
    assert_eq!(field(&test, y), told("all", "all", "all"));
}

#[test]
fn what_depends_on_no_input_widens_nothing() {
    let mut test = TestGraph::new("Offset");
    let x = test.input("x", [4, 20]);
    let offset = test.param("offset", [4, 1]);
    let h = conv(&mut test, x, [3, 2, 1], 10);
    let y = test.layer("Add", &[], &[h, offset], [4, 10]);
    assert_eq!(field(&test, y), told("3", "2", "0"));
}

#[test]
fn upsampling_reaches_in_fractions_of_a_step() {
    let mut test = TestGraph::new("Decoder");
    let x = test.input("x", [4, 20]);
    let h = conv(&mut test, x, [3, 1, 1], 20);
    let nearest = [("mode", Attribute::from("nearest")), ("scale_factor", Attribute::from(2))];
    let up = test.layer("Upsample", &nearest, &[h], [4, 40]);
    assert_eq!(field(&test, up), told("3", "1/2", "0"));
    let two = conv(&mut test, up, [2, 1, 0], 39);
    assert_eq!(
        field(&test, two),
        told("4", "1/2", "0"),
        "of two neighbours, some lie on both sides of a border"
    );
}

#[test]
fn a_tensor_without_positions_has_no_field() {
    let mut test = TestGraph::new("Flat");
    let x = test.input("x", [4, 20]);
    let h = conv(&mut test, x, [3, 1, 1], 20);
    let flat = test.layer("Flatten", &[], &[h], [80]);
    let fields = receptive_fields(&test.graph);
    assert_eq!(fields[flat.node.0 as usize], None);
    assert!(matches!(fields[h.node.0 as usize].as_ref().map(|field| &field.axes[0]), Some(Axis::Field(_))));
}
