//! Rows of truth, and the layer of each as Weft applies it.

use std::sync::Arc;

use serde_json::{Map, Value};
use weft::front::weft::{Input, Options, elaborate};
use weft::ir::{Connection, Graph, NodeId, Operation, Shape};
use weft::source::Memory;

/// What PyTorch says of one input and one result of a layer.
pub struct Row {
    /// The fields of the file.
    pub fields: Map<String, Value>,
    /// The layer applied.
    pub operation: Arc<Operation>,
    /// The shapes of its inputs.
    pub shapes: Vec<Shape>,
    /// The inputs that are varied, nearly always one.
    pub inputs: Vec<usize>,
    /// The model that applies it.
    pub source: String,
}

/// PyTorch's names of arguments that count the batch as an axis, and Weft's.
const AXES: &[(&str, &str)] = &[
    ("dim", "axis"),
    ("dims", "axis"),
    ("start_dim", "start_axis"),
    ("end_dim", "end_axis"),
    ("dim0", "axis0"),
    ("dim1", "axis1"),
];

/// Layers under another name in Weft: the mode of a border.
const PADS: &[(&str, &str)] = &[
    ("ZeroPad", "constant"),
    ("ReflectionPad", "reflect"),
    ("ReplicationPad", "replicate"),
    ("CircularPad", "circular"),
];

impl Row {
    pub fn connection<'a>(&'a self, shapes: &'a [&'a Shape], input: usize) -> Connection<'a> {
        let output = self.number("result").unwrap_or(0);
        Connection { operation: &self.operation, inputs: shapes, input, output }
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name)?.as_str()
    }

    pub fn number(&self, name: &str) -> Option<usize> {
        usize::try_from(self.fields.get(name)?.as_u64()?).ok()
    }

    /// The layer's canonical name.
    pub fn name(&self) -> &str {
        self.operation.kind.name()
    }

    /// True where the layer is in training.
    pub fn is_trained(&self) -> bool {
        self.fields.get("trained") == Some(&Value::Bool(true))
    }

    /// True for the first input and the first result, of which the traits are told.
    pub fn is_first(&self) -> bool {
        self.inputs.first() == Some(&0) && self.number("result").unwrap_or(0) == 0
    }
}

/// The rows of both files.
pub fn all() -> Vec<Row> {
    let shared = include_str!("../reference/meaning.jsonl").lines().map(|line| from_pytorch(fields(line)));
    let own = include_str!("../reference/more_meaning.jsonl").lines().map(|line| as_written(fields(line)));
    shared.chain(own).collect()
}

fn fields(line: &str) -> Map<String, Value> {
    serde_json::from_str(line).expect("a row")
}

/// A row of `more_meaning.jsonl`, in which the layer is written as Weft has it.
fn as_written(fields: Map<String, Value>) -> Row {
    let layer = fields["layer"].as_str().expect("a layer").to_string();
    let input =
        usize::try_from(fields.get("input").map_or(0, |n| n.as_u64().expect("a number"))).expect("one");
    row(fields, &layer, vec![input])
}

/// A row of `meaning.jsonl`, in which it is written as PyTorch has it.
fn from_pytorch(mut fields: Map<String, Value>) -> Row {
    let kind = fields["kind"].as_str().expect("a kind").to_string();
    let mut arguments = fields["arguments"].as_object().expect("arguments").clone();
    arguments.remove("batch_first");
    let without_batch = |value: &Value| match value {
        Value::Array(axes) => {
            let axes = axes.iter().map(|axis| axis.as_i64().expect("an axis") - 1).collect::<Vec<_>>();
            format!("{axes:?}")
        }
        axis => {
            let axis = axis.as_i64().expect("an axis");
            if axis > 0 { axis - 1 } else { axis }.to_string()
        }
    };
    let argument = |(name, value): (&String, &Value)| match AXES.iter().find(|(torch, _)| torch == name) {
        Some((_, axis)) => format!("{axis}={}", without_batch(value)),
        None if name == "unflattened_size" => format!("sizes={value}"),
        None => format!("{name}={value}"),
    };
    let mut layer = format!("{kind}({})", arguments.iter().map(argument).collect::<Vec<_>>().join(", "));
    if let Some((pad, mode)) = PADS.iter().find(|(pad, _)| kind.starts_with(pad)) {
        let axes: usize = kind[pad.len()..].trim_end_matches('d').parse().expect("axes");
        let sides = match &arguments["padding"] {
            Value::Array(sides) => {
                format!("{:?}", sides.iter().map(|n| n.as_i64().expect("a side")).collect::<Vec<_>>())
            }
            all => format!("{:?}", vec![all.as_i64().expect("a side"); 2 * axes]),
        };
        layer = format!("Pad({sides}, mode={mode:?})");
    }
    let own = fields["input"].clone();
    let twice = kind == "ConcatSelf";
    fields.insert("inputs".into(), Value::Array(vec![own; if twice { 2 } else { 1 }]));
    fields.insert("trained".into(), Value::Bool(true));
    row(fields, &layer.replace("ConcatSelf", "Concat"), if twice { vec![0, 1] } else { vec![0] })
}

fn row(fields: Map<String, Value>, layer: &str, inputs: Vec<usize>) -> Row {
    let shapes: Vec<String> =
        fields["inputs"].as_array().expect("shapes").iter().map(ToString::to_string).collect();
    let integers = fields.get("integers").and_then(Value::as_array).cloned().unwrap_or_default();
    let is_integer = |at: usize| integers.contains(&Value::from(at));
    let results = fields.get("results").and_then(Value::as_u64).unwrap_or(1);
    let source = source(layer, &shapes, &is_integer, results);
    let (graph, id) = applied(&source, layer).unwrap_or_else(|why| panic!("{why}\n{source}"));
    let operation = graph.node(id).expect("a node").operation.clone();
    let shapes = graph
        .inputs_of(id)
        .into_iter()
        .map(|port| graph.type_of(port).expect("a type").shape.clone())
        .collect();
    Row { fields, operation, shapes, inputs, source }
}

/// A model that applies a layer to inputs of these shapes.
pub fn source(layer: &str, shapes: &[String], is_integer: &dyn Fn(usize) -> bool, results: u64) -> String {
    let names: Vec<String> = (0..shapes.len()).map(|at| format!("x{at}")).collect();
    let dtype = |at: usize| if is_integer(at) { "int" } else { "" };
    let inputs = names.iter().zip(shapes).enumerate();
    let inputs: String =
        inputs.map(|(at, (name, shape))| format!("    input {name}: {}{shape}\n", dtype(at))).collect();
    let sent = if names.len() == 1 { names[0].clone() } else { format!("({})", names.join(", ")) };
    let given: Vec<String> = (0..results).map(|at| format!("y{at}")).collect();
    let given = if results == 1 { given[0].clone() } else { format!("({})", given.join(", ")) };
    format!("model Row {{\n{inputs}    {given} = {sent} -> {layer}\n    output y0\n}}\n")
}

/// The graph of a model, and the node of its layer.
pub fn applied(source: &str, layer: &str) -> Result<(Arc<Graph>, NodeId), String> {
    let input = Input { name: "row.weft".into(), path: None, text: source.into() };
    let mut program = elaborate(&Memory::default(), input, &Options::default());
    if let Some(error) = program.errors.first() {
        return Err(error.message.clone());
    }
    let name = layer.split('(').next().unwrap_or(layer);
    let known = weft::layers::find(name).expect("a layer of the catalogue").0.name();
    let graph = program.models.remove(0);
    let id = graph.nodes().find(|(_, node)| node.kind() == known).map(|(id, _)| id);
    id.map(|id| (graph, id)).ok_or_else(|| format!("no `{known}`"))
}
