//! Activations: element by element, except where they normalise over an axis.

use super::call::Call;
use super::entry::{Family, Layer};
use super::refusal::Refusal;
use crate::graph::{Operation, TensorType};

pub(super) static LAYERS: &[Layer] = &[Layer {
    name: "ReLU",
    aliases: &[],
    family: Family::Activation,
    summary: "Rectified linear unit: max(0, x).",
    arguments: &[],
    inputs: &["x"],
    spatial: 0,
    shape: "any shape, unchanged",
    weights: &[],
    cost: "one element operation an entry",
    example: "model Example {\n    input x: [10]\n    output y = x -> ReLU\n}\n",
    reference: "https://pytorch.org/docs/stable/generated/torch.nn.ReLU.html",
    apply: pointwise,
}];

fn pointwise(call: &Call) -> Result<Operation, Refusal> {
    let shape = call.shape()?;
    let elementwise = shape.elements();
    Ok(Operation { elementwise, ..Operation::new(call.layer.name, vec![TensorType::float(shape.clone())]) })
}
