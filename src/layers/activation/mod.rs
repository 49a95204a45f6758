//! Activations: element by element, except where they normalise or halve an axis.
//!
//! `pointwise` holds those that look at one entry at a time, `axial` those that look along an axis.

mod axial;
mod pointwise;

pub(super) use axial::LAYERS as AXIAL;
pub(super) use pointwise::LAYERS as POINTWISE;

use super::call::Call;
use super::entry::{Layer, UNDECLARED};
use super::inference_error::InferenceError;
use crate::ir::{ElementType, Operation, TensorType};

/// What the entries here have in common.
const ACTIVATION: Layer = Layer {
    declaration: UNDECLARED,
    aliases: &[],
    summary: "",
    arguments: &[],
    inputs: &["x"],
    spatial: 0,
    shape: "any shape, unchanged",
    weights: &[],
    cost: "one element operation an entry",
    example: "",
    reference: "",
    apply: of_floats,
};

/// The input's shape with entries of a type, at one element operation each.
fn unchanged(call: &Call, dtype: ElementType) -> Result<Operation, InferenceError> {
    let shape = call.shape()?;
    let elementwise = shape.elements();
    let output = TensorType { shape: shape.clone(), dtype };
    Ok(Operation { elementwise, ..Operation::new(call.layer, vec![output]) })
}

/// A function that has no meaning for integers.
fn of_floats(call: &Call) -> Result<Operation, InferenceError> {
    call.floating()?;
    unchanged(call, ElementType::Float32)
}

/// A function that makes fractions of integers.
fn to_floats(call: &Call) -> Result<Operation, InferenceError> {
    unchanged(call, ElementType::Float32)
}

/// A function that leaves integers integers.
fn of_any(call: &Call) -> Result<Operation, InferenceError> {
    unchanged(call, call.input()?.dtype)
}
