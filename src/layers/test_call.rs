//! For tests: a layer applied by name, as the elaborator applies it.

use super::{Arguments, Call, InferenceError};
use crate::ir::{Attribute, Defaults, Operation, Shape, TensorType};

/// Applies a layer or says why it cannot be.
pub(super) fn apply(
    name: &str,
    arguments: &[(&str, Attribute)],
    inputs: &[TensorType],
) -> Result<Operation, InferenceError> {
    apply_at(name, arguments, inputs, &|_| None)
}

/// The same, judged at these values of the symbols.
pub(super) fn apply_at(
    name: &str,
    arguments: &[(&str, Attribute)],
    inputs: &[TensorType],
    defaults: Defaults,
) -> Result<Operation, InferenceError> {
    let (layer, alias) = super::find(name).expect("a layer of the catalogue");
    let mut bound = Arguments::default();
    for (name, value) in arguments {
        let slot = Arguments::named(layer, name)?;
        bound.set(layer, slot, value.clone())?;
    }
    Call::apply(layer, alias, &bound, inputs, defaults)
}

/// Applies a layer that must take it.
#[track_caller]
pub(super) fn run(name: &str, arguments: &[(&str, Attribute)], inputs: &[TensorType]) -> Operation {
    apply(name, arguments, inputs).unwrap_or_else(|error| panic!("`{name}` refused: {}", error.message))
}

/// Applies a layer that must refuse.
#[track_caller]
pub(super) fn refused(name: &str, arguments: &[(&str, Attribute)], inputs: &[TensorType]) -> InferenceError {
    apply(name, arguments, inputs).expect_err("a error")
}

/// A floating-point tensor.
pub(super) fn floats<const N: usize>(dims: [i128; N]) -> TensorType {
    TensorType::float(Shape::from(dims))
}

/// An integer tensor.
pub(super) fn ints<const N: usize>(dims: [i128; N]) -> TensorType {
    TensorType::int(Shape::from(dims))
}
