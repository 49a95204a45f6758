//! Linear algebra: what multiplies by a matrix, whole, looked up or per channel.

use std::ops::Range;

use super::call::{Call, positions};
use super::entry::{Alias, Argument, ArgumentKind, Fallback, Layer, UNDECLARED, WeightDoc};
use super::inference_error::{ErrorSubject, InferenceError};
use crate::ir::declaration::{FeatureAxis, Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{
    Axes, Count, Declaration, Family, Operation, Role, Shape, Size, TensorType, Usage, WeightSpec,
};
use crate::layers::axes::features;

/// `bias=true`, as nearly every layer with weights has it.
pub(super) const BIAS: Argument = Argument::optional(
    "bias",
    &["use_bias"],
    ArgumentKind::Flag,
    Fallback::Flag(true),
    "adds a learned bias",
);

const OUT_FEATURES: Argument =
    Argument::required("out_features", &["units"], ArgumentKind::Size, "output features");

/// What the entries here have in common.
const LINEAR: Layer = Layer {
    declaration: UNDECLARED,
    aliases: &[],
    summary: "",
    arguments: &[],
    inputs: &["x"],
    spatial: 0,
    shape: "",
    weights: &[],
    cost: "",
    example: "",
    reference: "",
    apply: linear,
};

pub(super) static LAYERS: &[Layer] = &[
    Layer {
        declaration: Declaration {
            name: "Linear",
            family: Family::LinearAlgebra,
            axes: Axes::Features(features::linear),
            features: Features::replaced(FeatureAxis::Last),
            response: &[Response::Linear],
            weights: Weighting::Product,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        aliases: &[Alias::of("Dense")],
        summary: "A fully connected layer: every output feature reads every input feature of the last axis.",
        arguments: &[OUT_FEATURES, BIAS],
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
        ..LINEAR
    },
    Layer {
        declaration: Declaration {
            name: "Bilinear",
            family: Family::LinearAlgebra,
            axes: Axes::Features(features::bilinear),
            features: Features::replaced(FeatureAxis::Last),
            response: &[Response::Multilinear],
            weights: Weighting::Product,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Input,
            inside: Inside::Plain,
        },
        summary: "A form in two tensors: every output feature reads every product of their last axes' \
                  features.",
        arguments: &[OUT_FEATURES, BIAS],
        inputs: &["a", "b"],
        shape: "[…, D], […, E] → […, out_features]",
        weights: &[
            WeightDoc {
                name: "weight",
                shape: "[out_features, D, E]",
                note: "used once at each position of the leading axes",
            },
            WeightDoc { name: "bias", shape: "[out_features]", note: "with `bias=true`" },
        ],
        cost: "MACs = positions × D × E × out_features",
        example: "model Example {\n    input a: [20]\n    input b: [30]\n    output y = (a, b) -> \
                  Bilinear(10)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.Bilinear.html",
        apply: bilinear,
        ..LINEAR
    },
    Layer {
        declaration: Declaration {
            name: "Embedding",
            family: Family::LinearAlgebra,
            axes: Axes::Features(features::table),
            features: Features { reads: FeatureAxis::None, writes: FeatureAxis::Last },
            response: &[Response::Indexes],
            weights: Weighting::Table,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "A table with a row for every token id: short for a `Linear` on one-hot vectors.",
        arguments: &[
            Argument::required(
                "num_embeddings",
                &["input_dim"],
                ArgumentKind::Size,
                "rows: how many ids there are",
            ),
            Argument::required("embedding_dim", &["output_dim"], ArgumentKind::Size, "the width of a row"),
            Argument::optional(
                "padding_idx",
                &[],
                ArgumentKind::Integer,
                Fallback::None,
                "the id whose row stays as it is; negative ones count from the end",
            ),
        ],
        shape: "int[…] → […, embedding_dim]",
        weights: &[WeightDoc {
            name: "weight",
            shape: "[num_embeddings, embedding_dim]",
            note: "uses = the look-ups, as many as there are ids",
        }],
        cost: "none: a look-up multiplies nothing",
        example: "model Example {\n    input tokens: int[T = 128]\n    output y = tokens -> \
                  Embedding(30_000, 256)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.Embedding.html",
        apply: embedding,
        ..LINEAR
    },
];

/// A parameter used at this many positions.
pub(super) fn parameter(name: &str, shape: impl Into<Shape>, positions: &Count) -> WeightSpec {
    WeightSpec {
        name: name.into(),
        shape: shape.into(),
        role: Role::Parameter,
        usage: Usage::at(positions.clone()),
    }
}

/// The positions at which a weight with the extents of some neighbouring axes is used: all of the other axes'.
pub(super) fn positions_beside(shape: &Shape, own: Range<usize>) -> Count {
    let others = shape.dims().iter().enumerate().filter(|(axis, _)| !own.contains(axis));
    others.fold(Count::ONE, |product, (_, extent)| product * Count::from(extent))
}

/// Leading axes, then one more.
fn with_last(leading: &[Size], last: Size) -> Shape {
    leading.iter().cloned().chain([last]).collect()
}

fn linear(call: &Call) -> Result<Operation, InferenceError> {
    call.floating()?;
    let (leading, features) = call.trailing(1, "a tensor with at least one axis")?;
    affine(call, leading, features)
}

/// A weight of `out_features` by these features, applied at every position of the leading axes.
fn affine(call: &Call, leading: &[Size], features: &[Size]) -> Result<Operation, InferenceError> {
    let out = call.size_from("out_features", 1)?;
    let tokens = positions(leading);
    let weight: Shape = std::iter::once(&out).chain(features).cloned().collect();
    let macs = &tokens * &weight.elements();
    let mut weights = vec![parameter("weight", weight, &tokens)];
    if call.flag("bias") {
        weights.push(parameter("bias", vec![out.clone()], &tokens));
    }
    let outputs = vec![TensorType::float(with_last(leading, out))];
    Ok(Operation { weights, macs, ..Operation::new(call.layer, outputs) })
}

fn bilinear(call: &Call) -> Result<Operation, InferenceError> {
    call.floating()?;
    let [a, b] = call.inputs else { return Err(InferenceError::shape("`Bilinear` takes two tensors")) };
    let split = |input: &'_ TensorType, at: usize| match input.shape.split_trailing(1) {
        Some((leading, features)) => Ok((leading.to_vec(), features.to_vec())),
        None => Err(InferenceError {
            about: ErrorSubject::Input(at),
            ..InferenceError::rank("Bilinear", "tensors with at least one axis", &input.shape)
        }),
    };
    let ((leading, left), (others, right)) = (split(a, 0)?, split(b, 1)?);
    if leading != others {
        return Err(InferenceError::shape(format!(
            "`Bilinear` meets its two tensors position by position, but {} and {} differ before their last axis",
            a.shape, b.shape
        )));
    }
    affine(call, &leading, &[left, right].concat())
}

fn embedding(call: &Call) -> Result<Operation, InferenceError> {
    let input = call.input()?;
    if !input.dtype.is_integer() {
        let message =
            format!("`Embedding` looks up integers, but this tensor {} is floating point", input.shape);
        return Err(InferenceError::new("wrong-kind", ErrorSubject::Input(0), message)
            .help(format!("declare the input as `int{}`", input.shape)));
    }
    let rows = call.size_from("num_embeddings", 1)?;
    let width = call.size_from("embedding_dim", 1)?;
    if !call.is_none("padding_idx") {
        let index = Size::from(call.integer("padding_idx")?);
        let outside = index.is_less(&(Size::from(0) - &rows)) == Some(true)
            || rows.is_less(&(&index + 1)) == Some(true);
        if outside {
            let message =
                format!("`padding_idx` is {index:#}, but the table has {rows:#} rows: 0 to {:#}", &rows - 1);
            return Err(InferenceError::argument("padding_idx", message)
                .help(format!("it goes from -{rows:#} to {:#}", &rows - 1)));
        }
    }
    let ids = input.shape.dims();
    let weights = vec![parameter("weight", vec![rows, width.clone()], &positions(ids))];
    Ok(Operation { weights, ..Operation::new(call.layer, vec![TensorType::float(with_last(ids, width))]) })
}

#[cfg(test)]
mod tests {
    use super::super::test_call::{floats, ints, refused, run};
    use super::*;

    #[test]
    fn a_linear_layer_is_used_once_at_each_position() {
        let operation = run("Linear", &[("out_features", 10.into())], &[floats([7, 3, 4])]);
        assert_eq!(operation.outputs, [floats([7, 3, 10])]);
        let [weight, bias] = &*operation.weights else { panic!("a weight and a bias") };
        assert_eq!((weight.usage.most(), bias.usage.most()), (Count::from(21), Count::from(21)));
        assert_eq!(operation.macs, weight.usage.total(&weight.shape.elements()));
    }

    #[test]
    fn a_bilinear_form_multiplies_every_pair_of_features() {
        let operation = run("Bilinear", &[("out_features", 5.into())], &[floats([2, 4]), floats([2, 6])]);
        assert_eq!(operation.outputs, [floats([2, 5])]);
        assert_eq!(operation.macs, Count::from(2 * 5 * 4 * 6));
        let error = refused("Bilinear", &[("out_features", 5.into())], &[floats([2, 4]), floats([3, 6])]);
        assert_eq!(
            error.message,
            "`Bilinear` meets its two tensors position by position, but [2, 4] and [3, 6] differ before their last axis"
        );
    }

    #[test]
    fn a_table_is_used_as_often_as_it_is_looked_up_and_multiplies_nothing() {
        let table = [("num_embeddings", 100.into()), ("embedding_dim", 8.into())];
        let operation = run("Embedding", &table, &[ints([3, 5])]);
        assert_eq!((operation.outputs, operation.macs), (vec![floats([3, 5, 8])], Count::ZERO));
        assert_eq!(operation.weights.first().map(|weight| weight.usage.most()), Some(Count::from(15)));
    }

    #[test]
    fn a_table_looks_up_integers_only() {
        let table = [("num_embeddings", 100.into()), ("embedding_dim", 8.into())];
        let error = refused("Embedding", &table, &[floats([5])]);
        assert_eq!(
            (error.code, error.help),
            ("wrong-kind", vec!["declare the input as `int[5]`".to_string()])
        );
    }

    #[test]
    fn the_padding_row_must_be_in_the_table() {
        let table = |index: i128| {
            [("num_embeddings", 10.into()), ("embedding_dim", 8.into()), ("padding_idx", index.into())]
        };
        run("Embedding", &table(-10), &[ints([5])]);
        for index in [-11, 10] {
            assert_eq!(refused("Embedding", &table(index), &[ints([5])]).code, "invalid-argument");
        }
    }
}
