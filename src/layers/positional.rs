//! Positions: what tells a sequence's places apart.

use super::call::{Call, positions};
use super::divisibility::{Free, divided};
use super::entry::{Argument, ArgumentKind, Fallback, Layer, WeightDoc};
use super::inference_error::{ErrorSubject, InferenceError};
use super::linear::parameter;
use crate::ir::declaration::{FeatureAxis, Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Axes, Count, Declaration, Family, Operation, Shape, Size, TensorType};
use crate::layers::axes::features;
use crate::layers::axes::moves;
use crate::layers::axes::sequence;
use crate::layers::values;

const BASE: Argument = Argument::optional(
    "base",
    &["theta"],
    ArgumentKind::Float,
    Fallback::Float(10_000.0),
    "the ratio of the longest wave to the shortest",
);

pub(super) static LAYERS: &[Layer] = &[
    Layer {
        declaration: Declaration {
            name: "RotaryEmbedding",
            family: Family::Sequence,
            axes: Axes::Along(moves::rotated),
            features: Features::NONE,
            response: &[Response::Linear],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        aliases: &[],
        summary: "Turns pairs of features by angles that grow with the position, head by head: the last \
            axis holds heads of `width` features each.",
        arguments: &[
            Argument::required(
                "width",
                &["head_dim"],
                ArgumentKind::Size,
                "the width of a head, an even number",
            ),
            BASE,
        ],
        inputs: &["x"],
        spatial: 0,
        shape: "[…, T, n·width] → […, T, n·width]",
        weights: &[],
        cost: "one element operation an entry",
        example: "model Example {\n    input x: [128, 512]\n    \
            output q = x -> Linear(512) -> RotaryEmbedding(64)\n}\n",
        reference: "https://arxiv.org/abs/2104.09864",
        apply: rotary,
    },
    Layer {
        declaration: Declaration {
            name: "RelativePositionBias",
            family: Family::Sequence,
            axes: Axes::Other(sequence::measured),
            features: Features { reads: FeatureAxis::None, writes: FeatureAxis::First },
            response: &[Response::Ignores],
            weights: Weighting::Table,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        aliases: &[],
        summary: "One learned number for each head and each bucket of distances, to be added to attention's \
            scores: T5's.",
        arguments: &[
            Argument::required("heads", &["num_heads"], ArgumentKind::Size, "how many heads"),
            Argument::optional(
                "buckets",
                &["num_buckets"],
                ArgumentKind::Size,
                Fallback::Integer(32),
                "how many distances are told apart, the longer ones in ever wider groups",
            ),
            Argument::optional(
                "max_distance",
                &[],
                ArgumentKind::Size,
                Fallback::Integer(128),
                "where the last group begins",
            ),
            Argument::optional(
                "bidirectional",
                &[],
                ArgumentKind::Flag,
                Fallback::Flag(true),
                "half of the buckets are for keys after the query",
            ),
        ],
        inputs: &["x", "[memory]"],
        spatial: 0,
        shape: "[…, T, D] → [heads, T, T]; with a memory […, S, D] → [heads, T, S]",
        weights: &[WeightDoc { name: "weight", shape: "[buckets, heads]", note: "T·S look-ups" }],
        cost: "none: look-ups",
        example: "model Example {\n    input x: [128, 512]\n    bias = x -> RelativePositionBias(8)\n    \
            output y = (x, x, x, bias) -> ScaledDotProductAttention(8)\n}\n",
        reference: "https://arxiv.org/abs/1910.10683",
        apply: relative,
    },
    Layer {
        declaration: Declaration {
            name: "SinusoidalEmbedding",
            family: Family::Sequence,
            axes: Axes::Other(features::waves),
            features: Features::NONE,
            response: &[Response::Nonlinear],
            weights: Weighting::None,
            values: values::WAVE,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        aliases: &[],
        summary: "Sines and cosines of a position, or of a time, at wavelengths from 2π to base · 2π. Takes \
            numbers, such as `arange(T)`, and gives a vector for each.",
        arguments: &[
            Argument::required(
                "width",
                &["embedding_dim"],
                ArgumentKind::Size,
                "the features of a position, an even number",
            ),
            BASE,
        ],
        inputs: &["positions"],
        spatial: 0,
        shape: "[…] → […, width]",
        weights: &[],
        cost: "one element operation an entry of the result",
        example: "model Example {\n    input x: [128, 512]\n    \
            output y = x + (arange(128) -> SinusoidalEmbedding(512))\n}\n",
        reference: "https://arxiv.org/abs/1706.03762",
        apply: sinusoidal,
    },
];

/// Refuses a width that does not divide into pairs.
fn even_width(call: &Call) -> Result<Size, InferenceError> {
    let width = call.size_from("width", 1)?;
    divided(&width, &Size::from(2), ErrorSubject::Argument("width"), Free::Total, || {
        format!("`width` is {width:#}, but features are taken in pairs")
    })?;
    Ok(width)
}

fn rotary(call: &Call) -> Result<Operation, InferenceError> {
    call.floating()?;
    let shape = call.shape()?;
    let (_, features) = call.trailing(2, "a sequence, positions by features")?;
    let width = even_width(call)?;
    let last = features.last().cloned().unwrap_or(Size::from(1));
    divided(&last, &width, ErrorSubject::Argument("width"), Free::Divisor, || {
        format!("the last axis of {shape} does not divide into heads of `width` {width:#}")
    })?;
    let elementwise = shape.elements();
    Ok(Operation { elementwise, ..Operation::new(call.layer, vec![TensorType::float(shape.clone())]) })
}

fn relative(call: &Call) -> Result<Operation, InferenceError> {
    let queries = length(call, 0)?;
    let keys = if call.inputs.len() > 1 { length(call, 1)? } else { queries };
    let (heads, buckets) = (call.size_from("heads", 1)?, call.size_from("buckets", 1)?);
    call.size_from("max_distance", 1)?;
    if call.flag("bidirectional") {
        divided(&buckets, &Size::from(2), ErrorSubject::Argument("buckets"), Free::Total, || {
            format!("`buckets` is {buckets:#}, but half of them are for each direction")
        })?;
    }
    let lookups = positions(&[queries.clone(), keys.clone()]);
    let weights = vec![parameter("weight", vec![buckets, heads.clone()], &lookups)];
    let shape = Shape::from(vec![heads, queries.clone(), keys.clone()]);
    Ok(Operation { weights, ..Operation::new(call.layer, vec![TensorType::float(shape)]) })
}

/// The number of positions of an input.
fn length<'a>(call: &Call<'a>, at: usize) -> Result<&'a Size, InferenceError> {
    let shape = call.inputs.get(at).map(|input| &input.shape);
    shape.and_then(|shape| shape.dim_from_end(1)).ok_or_else(|| {
        let found = shape.cloned().unwrap_or_default();
        let message =
            format!("`RelativePositionBias` takes sequences, positions by features, but this is {found}");
        InferenceError::new("shape-mismatch", ErrorSubject::Input(at), message)
    })
}

fn sinusoidal(call: &Call) -> Result<Operation, InferenceError> {
    let width = even_width(call)?;
    let shape: Shape = call.shape()?.dims().iter().cloned().chain([width]).collect();
    let elementwise: Count = shape.elements();
    Ok(Operation { elementwise, ..Operation::new(call.layer, vec![TensorType::float(shape)]) })
}

#[cfg(test)]
mod tests {
    use crate::ir::{Attribute, Count};
    use crate::layers::test_call::{floats, ints, refused, run};

    #[test]
    fn a_rotation_keeps_the_shape_and_takes_even_heads() {
        let width = |n: i128| [("width", Attribute::from(n))];
        assert_eq!(run("RotaryEmbedding", &width(64), &[floats([9, 512])]).outputs, [floats([9, 512])]);
        let odd = refused("RotaryEmbedding", &width(7), &[floats([9, 14])]);
        assert_eq!((odd.code, odd.help), ("indivisible", vec!["in place of 7: 6 or 8".to_string()]));
        assert_eq!(refused("RotaryEmbedding", &width(6), &[floats([9, 16])]).code, "indivisible");
    }

    #[test]
    fn a_relative_bias_is_looked_up_once_a_pair() {
        let heads = [("heads", Attribute::from(8))];
        let bias = run("RelativePositionBias", &heads, &[floats([6, 512]), floats([10, 512])]);
        assert_eq!((bias.outputs, bias.macs), (vec![floats([8, 6, 10])], Count::ZERO));
        let weight = bias.weights.first().map(|weight| (weight.shape.to_string(), weight.usage.most()));
        assert_eq!(weight, Some(("[32, 8]".to_string(), Count::from(60))));
        assert_eq!(run("RelativePositionBias", &heads, &[floats([6, 512])]).outputs, [floats([8, 6, 6])]);
        assert_eq!(refused("RelativePositionBias", &heads, &[floats([6])]).code, "shape-mismatch");
    }

    #[test]
    fn sinusoids_give_a_vector_for_each_number() {
        let width = [("width", Attribute::from(128))];
        assert_eq!(run("SinusoidalEmbedding", &width, &[ints([20])]).outputs, [floats([20, 128])]);
        assert_eq!(run("SinusoidalEmbedding", &width, &[floats([])]).outputs, [floats([128])]);
    }
}
