//! Activations that look at one entry at a time.

use super::{ACTIVATION, of_any, of_floats, to_floats};
use crate::ir::declaration::{FeatureAxis, Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Attribute, Axes, Count, Declaration, Family, Operation, Size};
use crate::layers::call::Call;
use crate::layers::entry::{Alias, Argument, ArgumentKind, Fallback, Layer, WeightDoc};
use crate::layers::inference_error::InferenceError;
use crate::layers::linear::{parameter, positions_beside};
use crate::layers::values;

/// What a function of one entry declares, which has no weights.
const fn pointwise(name: &'static str, response: Response, values: Values, keeps: Keeps) -> Declaration {
    let response = match response {
        Response::Moves => &[Response::Moves],
        Response::Linear => &[Response::Linear],
        _ => &[Response::Nonlinear],
    };
    Declaration {
        name,
        family: Family::Activation,
        axes: Axes::Entrywise,
        features: Features::NONE,
        response,
        weights: Weighting::None,
        values,
        training: Training::Same,
        keeps,
        inside: Inside::Plain,
    }
}

/// An entry that PyTorch documents under `torch.nn` (or, with a prefix given, elsewhere).
macro_rules! entry {
    ($name:literal, $response:ident, $values:expr, $keeps:ident, $summary:literal, $($rest:tt)*) => {
        entry!(@ $name, $response, $values, $keeps, $summary, concat!("torch.nn.", $name), $($rest)*)
    };
    (@ $name:literal, $response:ident, $values:expr, $keeps:ident, $summary:literal, $page:expr,
        $($field:ident: $value:expr),*) => {
        Layer {
            declaration: pointwise($name, Response::$response, $values, Keeps::$keeps),
            summary: $summary,
            example: concat!("model Example {\n    input x: [10]\n    output y = x -> ", $name, "\n}\n"),
            reference: concat!("https://pytorch.org/docs/stable/generated/", $page, ".html"),
            $($field: $value,)*
            ..ACTIVATION
        }
    };
}

const ALPHA: &[Argument] = &[Argument::optional(
    "alpha",
    &[],
    ArgumentKind::Float,
    Fallback::Float(1.0),
    "where negative inputs end",
)];

pub(in crate::layers) static LAYERS: &[Layer] = &[
    entry!("ReLU", Nonlinear, values::RELU, Output,
        "Rectified linear unit: max(0, x).", apply: of_any),
    entry!("ReLU6", Nonlinear, values::RELU6, Input,
        "ReLU that stops at 6: min(max(0, x), 6).", apply: of_any),
    entry!("LeakyReLU", Nonlinear, values::LEAKY, Input,
        "ReLU with a small slope below 0: max(0, x) + negative_slope · min(0, x).",
        arguments: &[Argument::optional(
            "negative_slope",
            &["alpha"],
            ArgumentKind::Float,
            Fallback::Float(0.01),
            "the slope below 0",
        )]
    ),
    Layer {
        declaration: Declaration {
            features: Features::kept(FeatureAxis::First),
            weights: Weighting::Scale,
            ..pointwise("PReLU", Response::Nonlinear, values::LEARNED_SLOPE, Keeps::Input)
        },
        summary: "ReLU whose slope below 0 is learned, one for all or one a channel.",
        example: "model Example {\n    input x: [10]\n    output y = x -> PReLU\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.PReLU.html",
        arguments: &[
            Argument::optional(
                "num_parameters",
                &[],
                ArgumentKind::Size,
                Fallback::Integer(1),
                "slopes: 1, or the channels on axis 0",
            ),
            Argument::optional(
                "init",
                &[],
                ArgumentKind::Float,
                Fallback::Float(0.25),
                "the slopes' first value",
            ),
        ],
        weights: &[WeightDoc {
            name: "weight",
            shape: "[num_parameters]",
            note: "each used at every entry of its channel",
        }],
        apply: prelu,
        ..ACTIVATION
    },
    entry!("ELU", Nonlinear, values::ELU, Input,
        "Exponential linear unit: x, below 0 alpha · (exp(x) − 1).", arguments: ALPHA),
    entry!("SELU", Nonlinear, values::SELU, Input,
        "ELU, scaled so that activations normalise themselves.", apply: of_floats),
    entry!("CELU", Nonlinear, values::ELU, Input,
        "ELU, smooth for every alpha: x, below 0 alpha · (exp(x / alpha) − 1).",
        arguments: ALPHA,
        apply: celu
    ),
    entry!("GELU", Nonlinear, values::GELU, Input,
        "Gaussian error linear unit: x · Φ(x).",
        arguments: &[Argument::optional(
            "approximate",
            &[],
            ArgumentKind::Choice(&["none", "tanh"]),
            Fallback::Text("none"),
            "`\"tanh\"` is the approximation of the first papers and of GPT-2",
        )]
    ),
    entry!("SiLU", Nonlinear, values::SILU, Input,
        "x · sigmoid(x), also called swish.", aliases: &[Alias::of("Swish")]),
    entry!("Mish", Nonlinear, values::MISH, Input,
        "x · tanh(softplus(x)).", apply: of_floats),
    entry!("Sigmoid", Nonlinear, values::UNIT, Output,
        "1 / (1 + exp(−x)).", apply: to_floats),
    entry!("LogSigmoid", Nonlinear, values::NEGATIVE, Input,
        "log(1 / (1 + exp(−x))).", apply: of_floats),
    entry!("Tanh", Nonlinear, values::SYMMETRIC, Output,
        "Hyperbolic tangent.", apply: to_floats),
    entry!("Hardswish", Nonlinear, values::HARDSWISH, Input,
        "Swish made of straight lines: x · ReLU6(x + 3) / 6.", apply: of_floats),
    entry!("Hardsigmoid", Nonlinear, values::UNIT, Input,
        "A sigmoid made of straight lines: ReLU6(x + 3) / 6.", apply: of_floats),
    entry!("Hardtanh", Nonlinear, values::HARD, Input,
        "x between two bounds, the bounds outside.",
        arguments: &[
            Argument::optional("min_val", &[], ArgumentKind::Float, Fallback::Float(-1.0), "the lower bound"),
            Argument::optional("max_val", &[], ArgumentKind::Float, Fallback::Float(1.0), "the upper bound"),
        ],
        apply: hardtanh
    ),
    entry!("Softplus", Nonlinear, values::SOFTPLUS, Input,
        "A smooth ReLU: log(1 + exp(beta · x)) / beta.",
        arguments: &[
            Argument::optional("beta", &[], ArgumentKind::Float, Fallback::Float(1.0), "how sharp the bend is"),
            Argument::optional(
                "threshold",
                &[],
                ArgumentKind::Float,
                Fallback::Float(20.0),
                "from this beta · x on it is x",
            ),
        ],
        apply: softplus
    ),
    entry!("Softsign", Nonlinear, values::SYMMETRIC, Input,
        "x / (1 + |x|).", apply: to_floats),
    entry!(@ "Abs", Nonlinear, values::ABSOLUTE, Input,
        "The absolute value.", "torch.abs", apply: of_any),
    entry!(@ "Neg", Linear, values::FALLING, Nothing,
        "−x; what the unary minus means.", "torch.neg", apply: of_any),
    entry!(@ "Exp", Nonlinear, values::POSITIVE, Output,
        "The exponential function.", "torch.exp", apply: to_floats),
    entry!(@ "Log", Nonlinear, values::RISING, Input,
        "The natural logarithm.", "torch.log", apply: to_floats),
    entry!(@ "Sqrt", Nonlinear, values::POSITIVE, Output,
        "The square root.", "torch.sqrt", apply: to_floats),
    entry!(@ "Square", Nonlinear, values::NON_NEGATIVE, Input,
        "x².", "torch.square", apply: of_any),
    entry!(@ "Sin", Nonlinear, values::WAVE, Input,
        "The sine.", "torch.sin", apply: to_floats),
    entry!(@ "Cos", Nonlinear, values::WAVE, Input,
        "The cosine.", "torch.cos", apply: to_floats),
    Layer {
        declaration: pointwise("Clamp", Response::Nonlinear, values::CLAMPED, Keeps::Input),
        summary: "x between two bounds, of which one may be missing.",
        arguments: &[
            Argument::optional("min", &[], ArgumentKind::Float, Fallback::None, "the lower bound"),
            Argument::optional("max", &[], ArgumentKind::Float, Fallback::None, "the upper bound"),
        ],
        example: "model Example {\n    input x: [10]\n    output y = x -> Clamp(0, 1)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.clamp.html",
        apply: clamp,
        ..ACTIVATION
    },
    entry!("Identity", Moves, values::IDENTITY, Nothing,
        "What comes in goes out.", cost: "none: nothing is computed", apply: identity),
];

fn prelu(call: &Call) -> Result<Operation, InferenceError> {
    let slopes = call.size_from("num_parameters", 1)?;
    let shape = call.shape()?;
    let channels = shape.dim(0);
    if slopes != Size::from(1) && channels != Some(&slopes) {
        let found = match channels {
            Some(channels) => format!("the input {shape} has {channels:#} channels on axis 0"),
            None => "the input is a scalar, without channels".to_string(),
        };
        let message = format!("`PReLU` learns {slopes:#} slopes, but {found}");
        let help = match channels {
            Some(channels) => format!("`num_parameters={channels:#}` learns one a channel, 1 one for all"),
            None => "`num_parameters=1` learns one for all".to_string(),
        };
        return Err(InferenceError::shape(message).help(help));
    }
    let uses = if slopes == Size::from(1) { shape.elements() } else { positions_beside(shape, 0..1) };
    let weights = vec![parameter("weight", vec![slopes], &uses)];
    Ok(Operation { weights, ..of_floats(call)? })
}

fn celu(call: &Call) -> Result<Operation, InferenceError> {
    nonzero(call, "alpha")?;
    of_floats(call)
}

fn softplus(call: &Call) -> Result<Operation, InferenceError> {
    nonzero(call, "beta")?;
    of_floats(call)
}

/// Refuses a divisor of 0.
fn nonzero(call: &Call, name: &'static str) -> Result<(), InferenceError> {
    if call.float(name) == 0.0 {
        return Err(InferenceError::argument(name, format!("`{name}` divides, so it cannot be 0")));
    }
    Ok(())
}

fn hardtanh(call: &Call) -> Result<Operation, InferenceError> {
    let (least, most) = (call.float("min_val"), call.float("max_val"));
    if least >= most {
        let message = format!("`min_val` must be less than `max_val`, but {least} is not less than {most}");
        return Err(InferenceError::argument("min_val", message));
    }
    of_floats(call)
}

fn clamp(call: &Call) -> Result<Operation, InferenceError> {
    let (least, most) = (call.value("min"), call.value("max"));
    if least == Attribute::None && most == Attribute::None {
        return Err(InferenceError::argument("min", "`Clamp` needs `min`, `max` or both"));
    }
    if ![&least, &most].contains(&&Attribute::None) && call.float("min") > call.float("max") {
        let message = format!("`min` must be at most `max`, but {least} is more than {most}");
        return Err(InferenceError::argument("min", message));
    }
    of_any(call)
}

fn identity(call: &Call) -> Result<Operation, InferenceError> {
    Ok(Operation { elementwise: Count::ZERO, ..of_any(call)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::test_call::{floats, ints, refused, run};

    #[test]
    fn an_activation_keeps_the_shape_and_costs_one_operation_an_entry() {
        let operation = run("GELU", &[], &[floats([197, 768])]);
        assert_eq!(operation.outputs, [floats([197, 768])]);
        assert_eq!((operation.elementwise, operation.macs), (Count::from(197 * 768), Count::ZERO));
        assert_eq!(run("Identity", &[], &[floats([197, 768])]).elementwise, Count::ZERO);
    }

    #[test]
    fn integers_stay_become_fractions_or_are_refused() {
        assert_eq!(run("Abs", &[], &[ints([4])]).outputs, [ints([4])]);
        assert_eq!(run("Sin", &[], &[ints([4])]).outputs, [floats([4])]);
        assert_eq!(refused("GELU", &[], &[ints([4])]).code, "wrong-kind");
    }

    #[test]
    fn a_slope_a_channel_is_used_at_every_pixel_and_one_for_all_at_every_entry() {
        let uses = |slopes: i128| {
            let operation = run("PReLU", &[("num_parameters", slopes.into())], &[floats([8, 5, 5])]);
            operation.weights.first().map(|weight| weight.usage.most())
        };
        assert_eq!(uses(8), Some(Count::from(25)));
        assert_eq!(uses(1), Some(Count::from(200)));
    }

    #[test]
    fn slopes_that_match_no_channels_are_refused_with_both_numbers() {
        let error = refused("PReLU", &[("num_parameters", 3.into())], &[floats([8, 5, 5])]);
        assert_eq!(
            error.message,
            "`PReLU` learns 3 slopes, but the input [8, 5, 5] has 8 channels on axis 0"
        );
    }

    #[test]
    fn bounds_in_the_wrong_order_are_refused() {
        let wrong = [("min", 2.0.into()), ("max", 1.0.into())];
        assert_eq!(refused("Clamp", &wrong, &[floats([4])]).code, "invalid-argument");
        assert_eq!(refused("Clamp", &[], &[floats([4])]).code, "invalid-argument");
        assert_eq!(
            refused("Hardtanh", &[("min_val", 1.0.into())], &[floats([4])]).message,
            "`min_val` must be less than `max_val`, but 1 is not less than 1"
        );
    }
}
