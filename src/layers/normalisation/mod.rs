//! Normalisation: subtract a mean, divide by a deviation, and often scale and shift by learned numbers.
//!
//! `by_channel` holds the rank-free layers, whose channels lie on axis 0; `by_position` those that treat every
//! position alike. Each costs one element operation an entry.

mod by_channel;
mod by_position;

pub(super) use by_channel::LAYERS as BY_CHANNEL;
pub(super) use by_position::LAYERS as BY_POSITION;

use std::ops::Range;

use super::call::Call;
use super::entry::{Argument, ArgumentKind, Fallback, Layer, UNDECLARED};
use super::inference_error::InferenceError;
use super::linear::{parameter, positions_beside};
use super::migration_hints::INFERRED;
use crate::ir::{Operation, Role, Shape, TensorType, WeightSpec};

/// What is added to a variance before the root is taken.
const EPS: Argument = Argument::optional(
    "eps",
    &["epsilon"],
    ArgumentKind::Float,
    Fallback::Float(1e-5),
    "is added to the variance",
);

const MOMENTUM: Argument = Argument::optional(
    "momentum",
    &[],
    ArgumentKind::FloatOrNone,
    Fallback::Float(0.1),
    "the part of a new batch in the running statistics; `none`: all batches weigh the same",
);

/// What the entries here have in common.
const NORM: Layer = Layer {
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
    apply: normalised,
};

/// The input's shape, at one element operation an entry.
fn normalised(call: &Call) -> Result<Operation, InferenceError> {
    call.floating()?;
    let shape = call.shape()?;
    let outputs = vec![TensorType::float(shape.clone())];
    Ok(Operation { elementwise: shape.elements(), ..Operation::new(call.layer, outputs) })
}

/// Refuses an `eps` below 0, and one that is the channels by their look: `BatchNorm2d(64)`.
pub(super) fn check_eps(call: &Call) -> Result<(), InferenceError> {
    let eps = call.float("eps");
    if let Some(whole) = call.value("eps").as_integer().filter(|whole| *whole > 0) {
        let message = format!("`eps` is added to a variance, so it is a small fraction, but is {whole}");
        return Err(InferenceError::argument("eps", message).help(INFERRED));
    }
    if eps >= 0.0 && eps.is_finite() {
        return Ok(());
    }
    Err(InferenceError::argument(
        "eps",
        format!("`eps` is added to a variance, so it is at least 0, but is {eps}"),
    ))
}

/// Parameters with the extents of some neighbouring axes, each used at every position of the others.
fn learned(shape: &Shape, axes: Range<usize>, names: &[&str]) -> Vec<WeightSpec> {
    let uses = positions_beside(shape, axes.clone());
    let own: Shape = shape.dims().get(axes).unwrap_or_default().iter().cloned().collect();
    names.iter().map(|name| parameter(name, own.clone(), &uses)).collect()
}

/// Running statistics of the channels on axis 0.
fn running(shape: &Shape) -> Vec<WeightSpec> {
    let statistics = learned(shape, 0..1, &["running_mean", "running_var"]);
    statistics.into_iter().map(|statistic| WeightSpec { role: Role::Buffer, ..statistic }).collect()
}
