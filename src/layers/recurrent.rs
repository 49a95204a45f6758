//! Recurrences: RNN, LSTM, GRU; one cell, used again at every step of time.
//!
//! Weights have PyTorch's names and order, layer by layer and direction by direction. Leading axes are
//! sequences of their own, each with states of its own.

use super::call::{Call, positions};
use super::entry::{Argument, ArgumentKind, Fallback, Layer, UNDECLARED, WeightDoc};
use super::inference_error::{ErrorSubject, InferenceError};
use super::linear::BIAS;
use super::regularisation::probability;
use crate::ir::declaration::{FeatureAxis, Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{
    Axes, Count, Declaration, Family, Operation, Role, Shape, Size, TensorType, Usage, WeightSpec,
};
use crate::layers::axes::sequence;
use crate::layers::values;

const HIDDEN: Argument =
    Argument::required("hidden", &["hidden_size", "units"], ArgumentKind::Size, "the width of the state");

const DEPTH: Argument = Argument::optional(
    "layers",
    &["num_layers"],
    ArgumentKind::Integer,
    Fallback::Integer(1),
    "how many cells stand on top of each other, each with weights of its own",
);

const DROPOUT: Argument = Argument::optional(
    "dropout",
    &[],
    ArgumentKind::Float,
    Fallback::Float(0.0),
    "the rate of dropout between the layers",
);

const BIDIRECTIONAL: Argument = Argument::optional(
    "bidirectional",
    &[],
    ArgumentKind::Flag,
    Fallback::Flag(false),
    "a second cell a layer reads the sequence backwards; both results are joined",
);

const SINGLE_BIAS: Argument = Argument::optional(
    "single_bias",
    &[],
    ArgumentKind::Flag,
    Fallback::Flag(false),
    "only `bias_ih_l{k}`, as the papers have it, where PyTorch also stores `bias_hh_l{k}`",
);

const INPUT_WEIGHT: &str = "used at each step; in = D, above the first layer the width of y; `_reverse` is \
    added for the second direction";

const fn documented(gates: &'static [&'static str; 4]) -> [WeightDoc; 4] {
    let [input, hidden, input_bias, hidden_bias] = *gates;
    [
        WeightDoc { name: "weight_ih_l{k}", shape: input, note: INPUT_WEIGHT },
        WeightDoc { name: "weight_hh_l{k}", shape: hidden, note: "used at each step" },
        WeightDoc { name: "bias_ih_l{k}", shape: input_bias, note: "with `bias=true`" },
        WeightDoc {
            name: "bias_hh_l{k}",
            shape: hidden_bias,
            note: "with `bias=true`, without `single_bias`",
        },
    ]
}

static RNN_WEIGHTS: [WeightDoc; 4] =
    documented(&["[hidden, in]", "[hidden, hidden]", "[hidden]", "[hidden]"]);
static GRU_WEIGHTS: [WeightDoc; 4] =
    documented(&["[3·hidden, in]", "[3·hidden, hidden]", "[3·hidden]", "[3·hidden]"]);
static LSTM_WEIGHTS: [WeightDoc; 5] = {
    let [input, hidden, input_bias, hidden_bias] =
        documented(&["[4·hidden, in]", "[4·hidden, proj_size or hidden]", "[4·hidden]", "[4·hidden]"]);
    let projection =
        WeightDoc { name: "weight_hr_l{k}", shape: "[proj_size, hidden]", note: "with `proj_size`" };
    [input, hidden, input_bias, hidden_bias, projection]
};

const RECURRENCE: Layer = Layer {
    declaration: UNDECLARED,
    aliases: &[],
    summary: "",
    arguments: &[],
    inputs: &["x", "[h0]"],
    spatial: 0,
    shape: "[…, T, D] → y […, T, directions·hidden], h […, layers·directions, hidden]",
    weights: &[],
    cost: "",
    example: "",
    reference: "",
    apply: recurrent,
};

pub(super) static LAYERS: &[Layer] = &[
    Layer {
        declaration: Declaration {
            name: "RNN",
            family: Family::Sequence,
            axes: Axes::Other(sequence::recurrent),
            features: Features::replaced(FeatureAxis::Last),
            response: &[Response::Nonlinear],
            weights: Weighting::Several { first: &["weight_ih_l0"] },
            values: values::STATE,
            training: Training::DropsInside,
            keeps: Keeps::Nothing,
            inside: Inside::Recurrence { gates: 1 },
        },
        summary: "An Elman recurrence: h' = tanh(W·x + b + U·h + c), or with ReLU. Gives all states and the \
            last.",
        arguments: &[
            HIDDEN,
            DEPTH,
            Argument::optional(
                "nonlinearity",
                &["activation"],
                ArgumentKind::Choice(&["tanh", "relu"]),
                Fallback::Text("tanh"),
                "what is applied to the sum",
            ),
            BIAS,
            DROPOUT,
            BIDIRECTIONAL,
            SINGLE_BIAS,
        ],
        weights: &RNN_WEIGHTS,
        cost: "MACs = T × elements of the weight matrices; one element operation a unit and step",
        example: "model Example {\n    input x: [20, 32]\n    (_, h) = x -> RNN(64)\n    output h\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.RNN.html",
        ..RECURRENCE
    },
    Layer {
        declaration: Declaration {
            name: "LSTM",
            family: Family::Sequence,
            axes: Axes::Other(sequence::recurrent),
            features: Features::replaced(FeatureAxis::Last),
            response: &[Response::Nonlinear],
            weights: Weighting::Several { first: &["weight_ih_l0"] },
            values: values::GATED_STATE,
            training: Training::DropsInside,
            keeps: Keeps::Input,
            inside: Inside::Recurrence { gates: 4 },
        },
        summary: "Long short-term memory: four gates and a cell state. Gives all states, the last, and the \
            last cell state.",
        arguments: &[
            HIDDEN,
            DEPTH,
            BIAS,
            DROPOUT,
            BIDIRECTIONAL,
            Argument::optional(
                "proj_size",
                &[],
                ArgumentKind::Size,
                Fallback::Integer(0),
                "the state is projected to this width, less than `hidden`; 0: it is not",
            ),
            SINGLE_BIAS,
        ],
        inputs: &["x", "[h0]", "[c0]"],
        shape: "[…, T, D] → y […, T, directions·hidden], h and c […, layers·directions, hidden]; in y and \
            h, proj_size in place of hidden",
        weights: &LSTM_WEIGHTS,
        cost: "MACs = T × elements of the weight matrices; nine element operations a unit and step",
        example: "model Example {\n    input words: int[20]\n    \
            (_, h, _) = words -> Embedding(10_000, 100) -> LSTM(128)\n    \
            output h -> Flatten -> Linear(2)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.LSTM.html",
        ..RECURRENCE
    },
    Layer {
        declaration: Declaration {
            name: "GRU",
            family: Family::Sequence,
            axes: Axes::Other(sequence::recurrent),
            features: Features::replaced(FeatureAxis::Last),
            response: &[Response::Nonlinear],
            weights: Weighting::Several { first: &["weight_ih_l0"] },
            values: Values::ANY,
            training: Training::DropsInside,
            keeps: Keeps::Nothing,
            inside: Inside::Recurrence { gates: 3 },
        },
        summary: "A gated recurrent unit: three gates. Gives all states and the last.",
        arguments: &[HIDDEN, DEPTH, BIAS, DROPOUT, BIDIRECTIONAL, SINGLE_BIAS],
        weights: &GRU_WEIGHTS,
        cost: "MACs = T × elements of the weight matrices; eight element operations a unit and step",
        example: "model Example {\n    input x: [20, 32]\n    \
            output y = x -> GRU(64, bidirectional=true)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.GRU.html",
        ..RECURRENCE
    },
];

/// Of each recurrence: its gates, and the activations, products and sums of one unit in one step.
const CELLS: &[(&str, i128, u128)] = &[("RNN", 1, 1), ("LSTM", 4, 9), ("GRU", 3, 8)];

/// The most layers of one recurrence.
const MOST_LAYERS: usize = 10_000;

/// A recurrence whose arguments are read and checked.
struct Cell {
    gates: i128,
    operations: u128,
    hidden: Size,
    /// The width of the state that is given on: `proj_size` or `hidden`.
    given: Size,
    layers: usize,
    directions: usize,
    biases: &'static [&'static str],
}

impl Cell {
    fn of(call: &Call) -> Result<Cell, InferenceError> {
        let known = CELLS.iter().find(|(name, ..)| *name == call.layer.name());
        let (gates, operations) = known.map_or((1, 1), |(_, gates, operations)| (*gates, *operations));
        let hidden = call.size_from("hidden", 1)?;
        let given = projected(call, &hidden)?;
        probability(call, "dropout")?;
        Ok(Cell {
            gates,
            operations,
            hidden,
            given,
            layers: layers(call)?,
            directions: if call.flag("bidirectional") { 2 } else { 1 },
            biases: match (call.flag("bias"), call.flag("single_bias")) {
                (false, _) => &[],
                (true, true) => &["bias_ih"],
                (true, false) => &["bias_ih", "bias_hh"],
            },
        })
    }

    /// The shapes of one layer's matrices and biases in one direction, in PyTorch's order.
    fn tensors(&self, features: &Size) -> Vec<(&'static str, Shape)> {
        let rows = &self.hidden * self.gates;
        let mut tensors = vec![
            ("weight_ih", Shape::from(vec![rows.clone(), features.clone()])),
            ("weight_hh", Shape::from(vec![rows.clone(), self.given.clone()])),
        ];
        tensors.extend(self.biases.iter().map(|name| (*name, Shape::from(vec![rows.clone()]))));
        if self.given != self.hidden {
            tensors.push(("weight_hr", Shape::from(vec![self.given.clone(), self.hidden.clone()])));
        }
        tensors
    }

    /// Every tensor of every layer and direction.
    fn weights(&self, features: &Size, usage: &Usage) -> Vec<WeightSpec> {
        let joined = &self.given * Size::from(self.directions);
        let mut weights = Vec::new();
        for layer in 0..self.layers {
            let tensors = self.tensors(if layer == 0 { features } else { &joined });
            for suffix in ["", "_reverse"].iter().take(self.directions) {
                weights.extend(tensors.iter().map(|(name, shape)| WeightSpec {
                    name: format!("{name}_l{layer}{suffix}").into(),
                    shape: shape.clone(),
                    role: Role::Parameter,
                    usage: usage.clone(),
                }));
            }
        }
        weights
    }
}

fn layers(call: &Call) -> Result<usize, InferenceError> {
    let layers = call.size_from("layers", 1)?;
    let number = layers.as_number().and_then(|n| usize::try_from(n).ok());
    number.filter(|layers| *layers <= MOST_LAYERS).ok_or_else(|| {
        let message = format!("`layers` is {layers:#}, but a recurrence has at most {MOST_LAYERS}");
        InferenceError::new("limit", ErrorSubject::Argument("layers"), message)
    })
}

/// The width of the state that is given on.
fn projected(call: &Call, hidden: &Size) -> Result<Size, InferenceError> {
    if call.layer.argument("proj_size").is_none() {
        return Ok(hidden.clone());
    }
    let projected = call.size_from("proj_size", 0)?;
    if projected.as_number() == Some(0) {
        return Ok(hidden.clone());
    }
    if projected.is_less(hidden) == Some(false) {
        let message = format!("`proj_size` is {projected:#}, but must be less than `hidden`, {hidden:#}");
        return Err(
            InferenceError::argument("proj_size", message).help("leave it out to give the state on as it is")
        );
    }
    Ok(projected)
}

fn recurrent(call: &Call) -> Result<Operation, InferenceError> {
    call.floating()?;
    let expected = "a sequence, steps by features";
    let (leading, [steps, features]) = call.trailing(2, expected)? else {
        return Err(InferenceError::rank(call.layer.name(), expected, call.shape()?));
    };
    let cell = Cell::of(call)?;
    let sequences = positions(leading);
    let usage = Usage { positions: sequences.clone(), steps: Count::from(steps), uneven: None };
    let weights = cell.weights(features, &usage);
    let matrices: Count = weights.iter().filter(|w| w.shape.rank() == 2).map(|w| w.shape.elements()).sum();
    let cells = Size::from(cell.layers) * Size::from(cell.directions);
    let states =
        |width: &Size| -> Shape { leading.iter().cloned().chain([cells.clone(), width.clone()]).collect() };
    let (h, c) = (states(&cell.given), states(&cell.hidden));
    initial_states(call, &h, &c)?;
    let width = &cell.given * Size::from(cell.directions);
    let y: Shape = leading.iter().cloned().chain([steps.clone(), width]).collect();
    let has_cell_state = call.layer.name() == "LSTM";
    let outputs = [Some(y), Some(h), has_cell_state.then_some(c)].into_iter().flatten();
    let moments = usage.most();
    Ok(Operation {
        weights,
        macs: &moments * &matrices,
        elementwise: moments * Count::from(&cell.hidden) * Count::from(&cells) * cell.operations,
        ..Operation::new(call.layer, outputs.map(TensorType::float).collect())
    })
}

/// Refuses initial states of another shape than the last ones have.
fn initial_states(call: &Call, h: &Shape, c: &Shape) -> Result<(), InferenceError> {
    let names = ["h0", "c0"];
    let expected = [h, c];
    for ((at, state), (name, shape)) in call.inputs.iter().enumerate().skip(1).zip(names.iter().zip(expected))
    {
        if state.shape != *shape {
            let message =
                format!("`{name}` must be {shape}, layers × directions by width, but is {}", state.shape);
            return Err(InferenceError::new("shape-mismatch", ErrorSubject::Input(at), message));
        }
    }
    if call.layer.name() == "LSTM" && call.inputs.len() == 2 {
        let message = "`LSTM` starts from both states, (x, h0, c0), or from none, but only `h0` is sent";
        return Err(InferenceError::new("wrong-count", ErrorSubject::Layer, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::ir::{Attribute, Count, Operation};
    use crate::layers::test_call::{floats, refused, run};

    fn names(operation: &Operation) -> Vec<&str> {
        operation.weights.iter().map(|weight| &*weight.name).collect()
    }

    #[test]
    fn weights_are_named_and_ordered_as_pytorch_does() {
        let arguments = [
            ("hidden", Attribute::from(8)),
            ("layers", Attribute::from(2)),
            ("bidirectional", Attribute::from(true)),
            ("proj_size", Attribute::from(3)),
        ];
        let lstm = run("LSTM", &arguments, &[floats([6, 5])]);
        assert_eq!(
            names(&lstm).get(..10),
            Some(
                &[
                    "weight_ih_l0",
                    "weight_hh_l0",
                    "bias_ih_l0",
                    "bias_hh_l0",
                    "weight_hr_l0",
                    "weight_ih_l0_reverse",
                    "weight_hh_l0_reverse",
                    "bias_ih_l0_reverse",
                    "bias_hh_l0_reverse",
                    "weight_hr_l0_reverse",
                ][..]
            )
        );
        let second = lstm.weights.iter().find(|weight| &*weight.name == "weight_ih_l1");
        assert_eq!(second.map(|weight| weight.shape.to_string()), Some("[32, 6]".into()));
        assert_eq!(lstm.outputs, [floats([6, 6]), floats([4, 3]), floats([4, 8])]);
    }

    #[test]
    fn every_weight_is_used_at_every_step_of_every_sequence() {
        let gru = run("GRU", &[("hidden", Attribute::from(4))], &[floats([7, 10, 3])]);
        let usage =
            gru.weights.first().map(|weight| (weight.usage.positions.clone(), weight.usage.steps.clone()));
        assert_eq!(usage, Some((Count::from(7), Count::from(10))));
        assert_eq!(gru.macs, Count::from(7 * 10 * (12 * 3 + 12 * 4)));
        assert_eq!(gru.outputs, [floats([7, 10, 4]), floats([7, 1, 4])]);
    }

    #[test]
    fn one_bias_or_none_may_be_stored() {
        let with = |name: &'static str, flag: bool| {
            run("RNN", &[("hidden", Attribute::from(4)), (name, Attribute::from(flag))], &[floats([5, 3])])
        };
        assert_eq!(names(&with("bias", false)), ["weight_ih_l0", "weight_hh_l0"]);
        assert_eq!(names(&with("single_bias", true)), ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0"]);
    }

    #[test]
    fn initial_states_have_the_shape_of_the_last_ones() {
        let hidden = [("hidden", Attribute::from(4))];
        let accepted = run("LSTM", &hidden, &[floats([5, 3]), floats([1, 4]), floats([1, 4])]);
        assert_eq!(accepted.outputs.len(), 3);
        let wrong = refused("GRU", &hidden, &[floats([5, 3]), floats([2, 4])]);
        assert_eq!(wrong.message, "`h0` must be [1, 4], layers × directions by width, but is [2, 4]");
        assert_eq!(refused("LSTM", &hidden, &[floats([5, 3]), floats([1, 4])]).code, "wrong-count");
    }

    #[test]
    fn a_projection_must_narrow_the_state() {
        let arguments = [("hidden", Attribute::from(8)), ("proj_size", Attribute::from(8))];
        let error = refused("LSTM", &arguments, &[floats([6, 5])]);
        assert_eq!(error.message, "`proj_size` is 8, but must be less than `hidden`, 8");
    }

    #[test]
    fn too_many_layers_are_refused_before_they_are_made() {
        let arguments = [("hidden", Attribute::from(8)), ("layers", Attribute::from(1 << 40))];
        assert_eq!(refused("RNN", &arguments, &[floats([6, 5])]).code, "limit");
    }
}
