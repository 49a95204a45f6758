//! Merging: tensors that meet element by element.
//!
//! The operators `+ - * /` are these layers: with two tensors, or with one and a `scalar`.

use super::broadcast::{broadcast, promoted};
use super::call::Call;
use super::entry::{Alias, Argument, ArgumentKind, Fallback, Layer, UNDECLARED};
use super::inference_error::{ErrorSubject, InferenceError};
use crate::ir::declaration::{Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Attribute, Axes, Count, Declaration, ElementType, Family, Operation, Shape, TensorType};

const SCALAR: Argument = Argument::optional(
    "scalar",
    &[],
    ArgumentKind::Float,
    Fallback::None,
    "a number in place of the other tensor: `x * 0.5` is `Mul(scalar=0.5)`",
);

const REVERSED: Argument = Argument::optional(
    "reversed",
    &[],
    ArgumentKind::Flag,
    Fallback::Flag(false),
    "the scalar stands on the left: `2 - x` is `Sub(scalar=2, reversed=true)`",
);

const ARITHMETIC: Layer = Layer {
    declaration: UNDECLARED,
    aliases: &[],
    summary: "",
    arguments: &[SCALAR, REVERSED],
    inputs: &["x", "[y]"],
    spatial: 0,
    shape: "the shapes broadcast: aligned from the last axis, an axis of 1 stretched to the other's",
    weights: &[],
    cost: "one element operation an entry of the result",
    example: "",
    reference: "https://pytorch.org/docs/stable/notes/broadcasting.html",
    apply: arithmetic,
};

pub(super) static LAYERS: &[Layer] = &[
    Layer {
        declaration: Declaration {
            name: "Add",
            family: Family::Merging,
            axes: Axes::Broadcast,
            features: Features::NONE,
            response: &[Response::Linear],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "The sum of tensors, element by element; what `x + y` means.",
        inputs: &["x", "[y]…"],
        cost: "one element operation an entry of the result, for each tensor after the first",
        example: "model Example {\n    input x: [64, 28, 28]\n    \
            output y = x + (x -> Conv2d(64, kernel=3, pad=1))\n}\n",
        ..ARITHMETIC
    },
    Layer {
        declaration: Declaration {
            name: "Sub",
            family: Family::Merging,
            axes: Axes::Broadcast,
            features: Features::NONE,
            response: &[Response::Linear],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        aliases: &[Alias::of("Subtract")],
        summary: "The difference of two tensors, element by element; what `x - y` means.",
        example: "model Example {\n    input x: [10]\n    input y: [10]\n    output difference = x - y\n}\n",
        ..ARITHMETIC
    },
    Layer {
        declaration: Declaration {
            name: "Mul",
            family: Family::Merging,
            axes: Axes::Broadcast,
            features: Features::NONE,
            response: &[Response::Multilinear],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Input,
            inside: Inside::Plain,
        },
        aliases: &[Alias::of("Multiply")],
        summary: "The product of tensors, element by element; what `x * y` means.",
        inputs: &["x", "[y]…"],
        cost: "one element operation an entry of the result, for each tensor after the first",
        example: "model Example {\n    input x: [64]\n    output y = x * (x -> Linear(64) -> Sigmoid)\n}\n",
        ..ARITHMETIC
    },
    Layer {
        declaration: Declaration {
            name: "Div",
            family: Family::Merging,
            axes: Axes::Broadcast,
            features: Features::NONE,
            response: &[Response::Multilinear, Response::Nonlinear],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Input,
            inside: Inside::Plain,
        },
        summary: "The quotient of two tensors, element by element; what `x / y` means. Always \
            floating-point.",
        example: "model Example {\n    input x: [10]\n    input y: [10]\n    output ratio = x / y\n}\n",
        ..ARITHMETIC
    },
    Layer {
        declaration: Declaration {
            name: "Maximum",
            family: Family::Merging,
            axes: Axes::Broadcast,
            features: Features::NONE,
            response: &[Response::Nonlinear],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Input,
            inside: Inside::Plain,
        },
        summary: "The largest of the tensors' values, element by element.",
        arguments: &[],
        inputs: &["x", "y…"],
        cost: "one element operation an entry of the result, for each tensor after the first",
        example: "model Example {\n    input x: [10]\n    input y: [10]\n    \
            output larger = (x, y) -> Maximum\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.maximum.html",
        ..ARITHMETIC
    },
    Layer {
        declaration: Declaration {
            name: "Average",
            family: Family::Merging,
            axes: Axes::Broadcast,
            features: Features::NONE,
            response: &[Response::Linear],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "The mean of the tensors' values, element by element. Always floating-point.",
        arguments: &[],
        inputs: &["x", "y…"],
        cost: "one element operation an entry of the result, for each tensor",
        example: "model Example {\n    input x: [10]\n    input y: [10]\n    \
            output mean = (x, y) -> Average\n}\n",
        reference: "https://keras.io/api/layers/merging_layers/average/",
        ..ARITHMETIC
    },
];

/// How a sentence about two shapes is put: `cannot add … and …`.
const WORDS: &[(&str, &str, &str)] = &[
    ("Add", "add", "and"),
    ("Sub", "take the difference of", "and"),
    ("Mul", "multiply", "and"),
    ("Div", "divide", "by"),
    ("Maximum", "compare", "and"),
    ("Average", "average", "and"),
];

fn arithmetic(call: &Call) -> Result<Operation, InferenceError> {
    match call.value("scalar") {
        Attribute::None => merged(call),
        scalar => with_scalar(call, &scalar),
    }
}

/// One tensor and a number.
fn with_scalar(call: &Call, scalar: &Attribute) -> Result<Operation, InferenceError> {
    let input = call.input()?;
    let name = call.layer.name();
    if call.inputs.len() > 1 {
        let found = call.inputs.len();
        return Err(InferenceError::argument(
            "scalar",
            format!("`{name}` with a `scalar` takes one tensor, but {found} are sent"),
        ));
    }
    let whole = input.dtype.is_integer() && scalar.as_integer().is_some() && name != "Div";
    let dtype = if whole { ElementType::Int64 } else { ElementType::Float32 };
    let elementwise = input.shape.elements();
    let output = TensorType { shape: input.shape.clone(), dtype };
    Ok(Operation { elementwise, ..Operation::new(call.layer, vec![output]) })
}

/// Two tensors or more.
fn merged(call: &Call) -> Result<Operation, InferenceError> {
    let name = call.layer.name();
    let first = call.input()?;
    if call.inputs.len() == 1 && call.layer.inputs.last() == Some(&"[y]") {
        let message =
            format!("`{name}` takes two tensors, or one and a `scalar`, but one tensor alone is sent");
        return Err(InferenceError::new("wrong-count", ErrorSubject::Layer, message));
    }
    let mut shape = first.shape.clone();
    for (at, input) in call.inputs.iter().enumerate().skip(1) {
        shape = broadcast(shape.dims(), input.shape.dims()).map_err(|clash| {
            let message = format!("{}: {}", cannot(name, &shape, &input.shape), clash.message());
            let error = InferenceError::new("shape-mismatch", ErrorSubject::Inputs(0, at), message);
            clash.help().into_iter().fold(error, InferenceError::help)
        })?;
    }
    let dtype = if matches!(name, "Div" | "Average") { ElementType::Float32 } else { promoted(call.inputs) };
    let tensors = call.inputs.len().saturating_sub(usize::from(name != "Average"));
    let elementwise = shape.elements() * Count::from(tensors as u128);
    Ok(Operation { elementwise, ..Operation::new(call.layer, vec![TensorType { shape, dtype }]) })
}

/// `cannot add [3] and [4]`
fn cannot(name: &str, left: &Shape, right: &Shape) -> String {
    let words = WORDS.iter().find(|(known, ..)| *known == name);
    let (verb, joint) = words.map_or(("merge", "and"), |(_, verb, joint)| (verb, joint));
    format!("cannot {verb} {left} {joint} {right}")
}

#[cfg(test)]
mod tests {
    use super::super::test_call::{floats, ints, refused, run};
    use crate::ir::{Attribute, Count, ElementType, Shape};

    #[test]
    fn a_sum_broadcasts_and_costs_one_operation_an_entry() {
        let sum = run("Add", &[], &[floats([8, 1, 5]), floats([4, 5])]);
        assert_eq!(sum.outputs, [floats([8, 4, 5])]);
        assert_eq!(sum.elementwise, Count::from(160));
        assert_eq!(run("Add", &[], &[floats([2]), floats([2]), floats([2])]).elementwise, Count::from(4));
    }

    #[test]
    fn shapes_that_do_not_fit_are_shown_with_the_axis() {
        let error = refused("Add", &[], &[floats([256, 28, 28]), floats([128, 28, 28])]);
        assert_eq!(error.code, "shape-mismatch");
        assert_eq!(error.message, "cannot add [256, 28, 28] and [128, 28, 28]: axis 0 is 256 against 128");
    }

    #[test]
    fn integers_stay_integers_unless_a_fraction_or_a_division_joins() {
        let dtype = |name, scalar: Attribute| {
            run(name, &[("scalar", scalar)], &[ints([4])]).outputs.first().map(|output| output.dtype)
        };
        assert_eq!(dtype("Mul", Attribute::from(2)), Some(ElementType::Int64));
        assert_eq!(dtype("Mul", Attribute::from(0.5)), Some(ElementType::Float32));
        assert_eq!(dtype("Div", Attribute::from(2)), Some(ElementType::Float32));
        assert_eq!(run("Add", &[], &[ints([4]), floats([4])]).outputs, [floats([4])]);
        assert_eq!(run("Add", &[], &[ints([4]), ints([4])]).outputs, [ints([4])]);
        assert_eq!(run("Average", &[], &[ints([4]), ints([4])]).outputs, [floats([4])]);
    }

    #[test]
    fn a_scalar_takes_the_place_of_the_second_tensor() {
        let reversed = [("scalar", Attribute::from(2)), ("reversed", Attribute::from(true))];
        assert_eq!(run("Sub", &reversed, &[floats([3])]).outputs, [floats([3])]);
        assert_eq!(refused("Sub", &[], &[floats([3])]).code, "wrong-count");
        let both = refused("Add", &[("scalar", Attribute::from(2))], &[floats([3]), floats([3])]);
        assert_eq!(both.code, "invalid-argument");
    }

    #[test]
    fn an_average_divides_as_well() {
        let average = run("Average", &[], &[floats([2, 3]), floats([3])]);
        assert_eq!(average.elementwise, Count::from(12));
        assert_eq!(average.outputs.first().map(|output| &output.shape), Some(&Shape::from([2, 3])));
    }
}
