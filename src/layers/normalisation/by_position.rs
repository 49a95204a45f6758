//! Normalisation of every position alike: over the last axes, or over one that is named.

use std::ops::Range;

use super::{EPS, NORM, check_eps, learned, normalised};
use crate::ir::declaration::{FeatureAxis, Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Axes, Declaration, Family, Operation, Shape};
use crate::layers::axes::reducing;
use crate::layers::call::Call;
use crate::layers::entry::{Argument, ArgumentKind, Fallback, Layer, WeightDoc};
use crate::layers::inference_error::{ErrorSubject, InferenceError};

const NORMALIZED_SHAPE: Argument = Argument::optional(
    "normalized_shape",
    &[],
    ArgumentKind::Sizes,
    Fallback::None,
    "the extents of the last axes, to normalise over all of them together; checked against the input",
);

const ELEMENTWISE_AFFINE: Argument = Argument::optional(
    "elementwise_affine",
    &["affine"],
    ArgumentKind::Flag,
    Fallback::Flag(true),
    "scales each feature by a learned number",
);

const AXIS: Argument = Argument::optional(
    "axis",
    &[],
    ArgumentKind::Axis,
    Fallback::Integer(-1),
    "the axis to normalise over, where it is not the last: 0 for channels first",
);

pub(in crate::layers) static LAYERS: &[Layer] = &[
    Layer {
        declaration: Declaration {
            name: "LayerNorm",
            family: Family::Normalisation,
            axes: Axes::Along(reducing::normalised),
            features: Features::kept(FeatureAxis::Normalised),
            response: &[Response::Removes],
            weights: Weighting::Scale,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Input,
            inside: Inside::Plain,
        },
        summary: "The features of each position normalised to mean 0 and variance 1.",
        arguments: &[
            NORMALIZED_SHAPE,
            EPS,
            ELEMENTWISE_AFFINE,
            Argument::optional(
                "bias",
                &[],
                ArgumentKind::Flag,
                Fallback::Flag(true),
                "shifts each feature by a learned number",
            ),
            AXIS,
        ],
        weights: &[
            WeightDoc {
                name: "weight",
                shape: "[D] or normalized_shape",
                note: "with `elementwise_affine=true`; used at every position",
            },
            WeightDoc {
                name: "bias",
                shape: "[D] or normalized_shape",
                note: "with `elementwise_affine=true` and `bias=true`; used at every position",
            },
        ],
        example: "model Example {\n    input x: [197, 768]\n    output y = x -> LayerNorm -> Linear(10)\n}\n",
        reference: "https://arxiv.org/abs/1607.06450",
        apply: layer_norm,
        ..NORM
    },
    Layer {
        declaration: Declaration {
            name: "RMSNorm",
            family: Family::Normalisation,
            axes: Axes::Along(reducing::normalised),
            features: Features::kept(FeatureAxis::Normalised),
            response: &[Response::Nonlinear],
            weights: Weighting::Scale,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Input,
            inside: Inside::Plain,
        },
        summary: "The features of each position divided by the root of their mean square.",
        arguments: &[
            NORMALIZED_SHAPE,
            Argument::optional(
                "eps",
                &["epsilon"],
                ArgumentKind::Float,
                Fallback::None,
                "is added to the mean square; `none`: the number type's own least",
            ),
            ELEMENTWISE_AFFINE,
            AXIS,
        ],
        weights: &[WeightDoc {
            name: "weight",
            shape: "[D] or normalized_shape",
            note: "with `elementwise_affine=true`; used at every position",
        }],
        example: "model Example {\n    input x: [197, 768]\n    output y = x -> RMSNorm -> Linear(10)\n}\n",
        reference: "https://arxiv.org/abs/1910.07467",
        apply: rms_norm,
        ..NORM
    },
];

fn layer_norm(call: &Call) -> Result<Operation, InferenceError> {
    check_eps(call)?;
    over_features(call, if call.flag("bias") { &["weight", "bias"] } else { &["weight"] })
}

fn rms_norm(call: &Call) -> Result<Operation, InferenceError> {
    check_eps(call)?;
    over_features(call, &["weight"])
}

fn over_features(call: &Call, names: &[&str]) -> Result<Operation, InferenceError> {
    let axes = normalised_axes(call)?;
    let names = if call.flag("elementwise_affine") { names } else { &[] };
    Ok(Operation { weights: learned(call.shape()?, axes, names), ..normalised(call)? })
}

/// The axes over which mean and variance are taken.
fn normalised_axes(call: &Call) -> Result<Range<usize>, InferenceError> {
    call.trailing(1, "a tensor with at least one axis")?;
    let shape = call.shape()?;
    if call.is_none("normalized_shape") {
        let axis = call.axis("axis", shape.rank())?;
        return Ok(axis..axis.saturating_add(1));
    }
    if call.integer("axis")? != -1 {
        let message = "`normalized_shape` means the last axes, so `axis` cannot be given beside it";
        return Err(InferenceError::argument("axis", message));
    }
    let wanted = Shape::from(call.sizes("normalized_shape"));
    match shape.split_trailing(wanted.rank()) {
        Some((leading, trailing)) if trailing == wanted.dims() && !trailing.is_empty() => {
            Ok(leading.len()..shape.rank())
        }
        other => {
            let message = format!("`normalized_shape` is {wanted}, but the input {shape} does not end in it");
            let end = other.map(|(_, trailing)| Shape::from(trailing.to_vec())).filter(|end| end.rank() > 0);
            let error =
                InferenceError::new("shape-mismatch", ErrorSubject::Argument("normalized_shape"), message);
            let help = "leave it out to normalise over the last axis";
            Err(error.help(end.map_or(help.to_string(), |end| format!("it ends in {end}; or {help}"))))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::ir::{Attribute, Count, Shape};
    use crate::layers::test_call::{floats, refused, run};

    fn weight(arguments: &[(&str, Attribute)]) -> (Shape, Count) {
        let operation = run("LayerNorm", arguments, &[floats([6, 4, 5])]);
        let weight = operation.weights.first().expect("a weight");
        (weight.shape.clone(), weight.usage.most())
    }

    #[test]
    fn the_last_axis_is_normalised_unless_another_is_named() {
        assert_eq!(weight(&[]), (Shape::from([5]), Count::from(24)));
        assert_eq!(weight(&[("axis", 0.into())]), (Shape::from([6]), Count::from(20)));
        let last_two = [("normalized_shape", Attribute::from(vec![4_i128, 5]))];
        assert_eq!(weight(&last_two), (Shape::from([4, 5]), Count::from(6)));
    }

    #[test]
    fn a_normalized_shape_must_be_the_end_of_the_input() {
        for wrong in [vec![4_i128], vec![1, 6, 4, 5], vec![]] {
            let error = refused("LayerNorm", &[("normalized_shape", wrong.into())], &[floats([6, 4, 5])]);
            assert_eq!(error.code, "shape-mismatch");
        }
        let both = [("normalized_shape", 5.into()), ("axis", 0.into())];
        assert_eq!(refused("LayerNorm", &both, &[floats([6, 4, 5])]).code, "invalid-argument");
    }

    #[test]
    fn the_root_mean_square_has_no_shift_and_layer_norm_can_do_without() {
        assert_eq!(run("RMSNorm", &[], &[floats([4, 5])]).weights.len(), 1);
        assert_eq!(run("LayerNorm", &[("bias", false.into())], &[floats([4, 5])]).weights.len(), 1);
        let bare = [("elementwise_affine", false.into())];
        assert!(run("LayerNorm", &bare, &[floats([4, 5])]).weights.is_empty());
    }
}
