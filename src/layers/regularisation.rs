//! Regularisation: layers that drop something in training and nothing otherwise.

use super::call::Call;
use super::entry::{Alias, Argument, ArgumentKind, Fallback, Layer, UNDECLARED};
use super::inference_error::InferenceError;
use crate::ir::declaration::{FeatureAxis, Features, Inside, Keeps, Response, Training, Weighting};
use crate::ir::{Axes, Declaration, Family, Operation, TensorType};
use crate::layers::values;

/// The rate at which entries or channels are dropped.
const P: Argument = Argument::optional(
    "p",
    &["rate"],
    ArgumentKind::Float,
    Fallback::Float(0.5),
    "the rate at which they are dropped",
);

/// What the entries here have in common.
const DROPS: Layer = Layer {
    declaration: UNDECLARED,
    aliases: &[],
    summary: "",
    arguments: &[P],
    inputs: &["x"],
    spatial: 0,
    shape: "any shape, unchanged",
    weights: &[],
    cost: "none: nothing is computed once the model is trained",
    example: "",
    reference: "",
    apply: dropout,
};

pub(super) static LAYERS: &[Layer] = &[
    Layer {
        declaration: Declaration {
            name: "Dropout",
            family: Family::Regularisation,
            axes: Axes::Entrywise,
            features: Features::NONE,
            response: &[Response::Moves],
            weights: Weighting::None,
            values: values::IDENTITY,
            training: Training::DropsEntries,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "In training, entries are dropped at random and the others scaled up.",
        example: "model Example {\n    input x: [784]\n    output y = x -> Dropout(0.2) -> Linear(10)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.Dropout.html",
        ..DROPS
    },
    Layer {
        declaration: Declaration {
            name: "Dropout1d",
            family: Family::Regularisation,
            axes: Axes::Entrywise,
            features: Features::kept(FeatureAxis::Before(1)),
            response: &[Response::Moves],
            weights: Weighting::None,
            values: values::IDENTITY,
            training: Training::DropsChannels,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "In training, whole channels of a sequence are dropped at random.",
        spatial: 1,
        shape: "[…, C, L], unchanged",
        example: "model Example {\n    input x: [16, 100]\n    output y = x -> Dropout1d(0.2) -> GlobalAvgPool -> Linear(10)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.Dropout1d.html",
        ..DROPS
    },
    Layer {
        declaration: Declaration {
            name: "Dropout2d",
            family: Family::Regularisation,
            axes: Axes::Entrywise,
            features: Features::kept(FeatureAxis::Before(2)),
            response: &[Response::Moves],
            weights: Weighting::None,
            values: values::IDENTITY,
            training: Training::DropsChannels,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "In training, whole channels of a map are dropped at random.",
        spatial: 2,
        shape: "[…, C, H, W], unchanged",
        example: "model Example {\n    input x: [16, 32, 32]\n    output y = x -> Dropout2d(0.2) \
                  -> GlobalAvgPool -> Linear(10)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.Dropout2d.html",
        ..DROPS
    },
    Layer {
        declaration: Declaration {
            name: "Dropout3d",
            family: Family::Regularisation,
            axes: Axes::Entrywise,
            features: Features::kept(FeatureAxis::Before(3)),
            response: &[Response::Moves],
            weights: Weighting::None,
            values: values::IDENTITY,
            training: Training::DropsChannels,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "In training, whole channels of a volume are dropped at random.",
        spatial: 3,
        shape: "[…, C, D, H, W], unchanged",
        example: "model Example {\n    input x: [16, 8, 32, 32]\n    output y = x -> Dropout3d(0.2) \
                  -> GlobalAvgPool -> Linear(10)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.Dropout3d.html",
        ..DROPS
    },
    Layer {
        declaration: Declaration {
            name: "AlphaDropout",
            family: Family::Regularisation,
            axes: Axes::Entrywise,
            features: Features::NONE,
            response: &[Response::Moves],
            weights: Weighting::None,
            values: values::IDENTITY,
            training: Training::DropsEntries,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "Dropout that keeps mean and variance, for networks of SELU.",
        example: "model Example {\n    input x: [784]\n    output y = x -> Linear(64) -> SELU -> \
                  AlphaDropout(0.1) -> Linear(10)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.AlphaDropout.html",
        ..DROPS
    },
    Layer {
        declaration: Declaration {
            name: "DropPath",
            family: Family::Regularisation,
            axes: Axes::Entrywise,
            features: Features::NONE,
            response: &[Response::Moves],
            weights: Weighting::None,
            values: values::IDENTITY,
            training: Training::DropsSamples,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        aliases: &[Alias::of("StochasticDepth")],
        summary: "Stochastic depth: in training, a residual branch is dropped for a whole sample.",
        arguments: &[Argument::required(
            "p",
            &["drop_prob", "rate"],
            ArgumentKind::Float,
            "the rate at which the branch is dropped",
        )],
        example: "model Example {\n    input x: [64]\n    output y = x + (x -> Linear(64) -> \
                  DropPath(0.1))\n}\n",
        reference: "https://arxiv.org/abs/1603.09382",
        ..DROPS
    },
];

/// Refuses a rate that is no probability.
pub(super) fn probability(call: &Call, name: &'static str) -> Result<(), InferenceError> {
    let rate = call.float(name);
    if (0.0..=1.0).contains(&rate) {
        return Ok(());
    }
    let error =
        InferenceError::argument(name, format!("`{name}` is a probability, from 0 to 1, but is {rate}"));
    Err(if (1.0..=100.0).contains(&rate) {
        error.help(format!("{rate}% is {}", rate / 100.0))
    } else {
        error
    })
}

fn dropout(call: &Call) -> Result<Operation, InferenceError> {
    call.floating()?;
    probability(call, "p")?;
    if call.layer.spatial > 0 {
        call.trailing(
            call.layer.spatial.saturating_add(1),
            call.layer.shape.trim_end_matches(", unchanged"),
        )?;
    }
    Ok(Operation::new(call.layer, vec![TensorType::float(call.shape()?.clone())]))
}

#[cfg(test)]
mod tests {
    use super::super::test_call::{floats, refused, run};
    use crate::ir::Count;

    #[test]
    fn dropout_costs_nothing_once_trained() {
        let operation = run("Dropout", &[("p", 0.2.into())], &[floats([4, 5])]);
        assert_eq!((operation.outputs, operation.elementwise), (vec![floats([4, 5])], Count::ZERO));
    }

    #[test]
    fn channels_can_only_be_dropped_from_tensors_that_have_them() {
        run("Dropout2d", &[], &[floats([3, 4, 5])]);
        assert_eq!(
            refused("Dropout2d", &[], &[floats([4, 5])]).message,
            "`Dropout2d` takes […, C, H, W], but this is [4, 5]"
        );
    }

    #[test]
    fn a_rate_outside_0_to_1_is_refused_and_percent_is_recognised() {
        let error = refused("Dropout", &[("p", 20.into())], &[floats([4])]);
        assert_eq!(error.message, "`p` is a probability, from 0 to 1, but is 20");
        assert_eq!(error.help, ["20% is 0.2"]);
        assert!(refused("Dropout", &[("p", (-0.5).into())], &[floats([4])]).help.is_empty());
        run("Dropout", &[("p", 1.into())], &[floats([4])]);
    }
}
