//! Linear algebra: what multiplies by a matrix, whole or per channel.

use super::call::{Call, positions};
use super::entry::{Alias, Argument, Fallback, Family, Kind, Layer, WeightDoc};
use super::refusal::Refusal;
use crate::graph::{Count, Operation, Role, Shape, Size, TensorType, Usage, WeightSpec};

pub(super) static LAYERS: &[Layer] = &[Layer {
    name: "Linear",
    aliases: &[Alias::of("Dense")],
    family: Family::LinearAlgebra,
    summary: "A fully connected layer: every output feature reads every input feature of the last axis.",
    arguments: &[Argument::required("out_features", &["units"], Kind::Size, "output features"), BIAS],
    inputs: &["x"],
    spatial: 0,
    shape: "[…, D] → […, out_features]",
    weights: &[
        WeightDoc {
            name: "weight",
            shape: "[out_features, D]",
            note: "used once at each position of the leading axes",
        },
        WeightDoc { name: "bias", shape: "[out_features]", note: "with `bias=true`" },
    ],
    cost: "MACs = positions × D × out_features",
    example: "model Example {\n    input x: [784]\n    output y = x -> Linear(10)\n}\n",
    reference: "https://pytorch.org/docs/stable/generated/torch.nn.Linear.html",
    apply: linear,
}];

/// `bias=true`, as nearly every layer with weights has it.
pub(super) const BIAS: Argument =
    Argument::optional("bias", &["use_bias"], Kind::Flag, Fallback::Flag(true), "adds a learned bias");

/// A parameter used at this many positions.
pub(super) fn parameter(name: &str, shape: impl Into<Shape>, positions: &Count) -> WeightSpec {
    WeightSpec {
        name: name.into(),
        shape: shape.into(),
        role: Role::Parameter,
        usage: Usage::at(positions.clone()),
    }
}

fn linear(call: &Call) -> Result<Operation, Refusal> {
    call.floating()?;
    let (leading, features) = call.trailing(1, "a tensor with at least one axis")?;
    let out = call.size_from("out_features", 1)?;
    let inputs = features.first().cloned().unwrap_or(Size::from(1));
    let tokens = positions(leading);
    let weight = Shape(vec![out.clone(), inputs]);
    let macs = &tokens * &weight.elements();
    let mut weights = vec![parameter("weight", weight, &tokens)];
    if call.flag("bias") {
        weights.push(parameter("bias", Shape(vec![out.clone()]), &tokens));
    }
    let shape: Shape = leading.iter().cloned().chain([out]).collect();
    Ok(Operation { weights, macs, ..Operation::new("Linear", vec![TensorType::float(shape)]) })
}
