//! The catalogue against PyTorch: rows of `tests/reference/layers.csv`, run through `torch.nn`, through [`Call`].
//!
//! A row is read as it would be written in Weft: PyTorch's names, axes without the batch. What Weft does
//! otherwise on purpose is left out.
//!
//! [`Call`]: super::Call

use serde_json::{Map, Value};

use super::trial::apply;
use crate::graph::{Attribute, Count, Operation, Role, Shape, TensorType};

/// Words of the refusals that Weft does not share on purpose.
const DELIBERATE: &[&str] =
    &["spatial element", "more than 1 value", "padding='same' is not supported", "smaller than kernel size"];

/// Arguments that count the batch as an axis in PyTorch.
const AXES: &[(&str, &str)] = &[("dim", "axis"), ("start_dim", "start_axis"), ("end_dim", "end_axis")];

struct Row {
    kind: String,
    arguments: Map<String, Value>,
    inputs: Vec<Shape>,
    outputs: Option<Vec<Shape>>,
    parameters: String,
    buffers: String,
    macs: String,
    refused: String,
}

#[test]
fn layers_agree_with_pytorch() {
    let rows: Vec<Row> = rows().into_iter().filter(|row| !row.is_deliberate()).collect();
    assert!(rows.len() > 2900, "only {} rows", rows.len());
    let wrong: Vec<String> = rows.iter().filter_map(disagreement).collect();
    assert!(wrong.is_empty(), "{} of {} rows differ:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

impl Row {
    fn is_deliberate(&self) -> bool {
        let empty = |shape: &Shape| shape.elements() == Count::ZERO;
        DELIBERATE.iter().any(|words| self.refused.contains(words))
            || self.outputs.iter().flatten().any(empty)
    }

    /// The arguments as Weft has them.
    fn weft(&self) -> Vec<(String, Attribute)> {
        let mut arguments = self.arguments.clone();
        arguments.remove("batch_first");
        let per_axis = |(name, value): (String, Value)| match AXES.iter().find(|(torch, _)| *torch == name) {
            Some((_, axis)) => {
                let n = value.as_i64().expect("an axis");
                ((*axis).to_string(), Attribute::from(i128::from(if n > 0 { n - 1 } else { n })))
            }
            None => (name, attribute(&value)),
        };
        arguments.into_iter().map(per_axis).collect()
    }
}

fn attribute(value: &Value) -> Attribute {
    match value {
        Value::Bool(flag) => Attribute::from(*flag),
        Value::String(text) => Attribute::from(&**text),
        Value::Array(values) => Attribute::List(values.iter().map(attribute).collect()),
        Value::Number(n) => {
            let whole = n.as_i64().map(|n| Attribute::from(i128::from(n)));
            whole.unwrap_or_else(|| Attribute::from(n.as_f64().expect("a number")))
        }
        other => panic!("no argument: {other}"),
    }
}

/// How a row differs, if it does.
fn disagreement(row: &Row) -> Option<String> {
    let arguments = row.weft();
    let named: Vec<(&str, Attribute)> =
        arguments.iter().map(|(name, value)| (&**name, value.clone())).collect();
    let of_type = if row.kind == "Embedding" { TensorType::int } else { TensorType::float };
    let inputs: Vec<TensorType> = row.inputs.iter().cloned().map(of_type).collect();
    let found = apply(&row.kind, &named, &inputs);
    let why = match (&found, &row.outputs) {
        (Err(_), None) => return None,
        (Ok(_), None) => format!("accepted what PyTorch refuses: {}", row.refused),
        (Err(refusal), Some(_)) => format!("refused: {}", refusal.message),
        (Ok(operation), Some(outputs)) => difference(row, operation, outputs)?,
    };
    let shapes: Vec<String> = row.inputs.iter().map(Shape::to_string).collect();
    Some(format!("{}({}) on {}: {why}", row.kind, Value::from(row.arguments.clone()), shapes.join(", ")))
}

fn difference(row: &Row, operation: &Operation, outputs: &[Shape]) -> Option<String> {
    let shape = operation.outputs.first().map(|output| &output.shape);
    if shape != outputs.first() {
        return Some(format!("gives {shape:?}, not {:?}", outputs.first()));
    }
    let of_role = |role: Role| -> Count {
        operation
            .weights
            .iter()
            .filter(|weight| weight.role == role)
            .map(|weight| weight.shape.elements())
            .sum()
    };
    let figures = [
        ("parameters", of_role(Role::Parameter), &row.parameters),
        ("elements in buffers", of_role(Role::Buffer), &row.buffers),
        ("MACs", operation.macs.clone(), &row.macs),
    ];
    figures.into_iter().find_map(|(what, found, expected)| {
        let found = found.as_number().expect("a number").to_string();
        (!expected.is_empty() && found != *expected).then(|| format!("has {found} {what}, not {expected}"))
    })
}

fn rows() -> Vec<Row> {
    let text = include_str!("../../tests/reference/layers.csv");
    let shapes = |json: &str| -> Vec<Shape> {
        let shapes: Vec<Vec<i64>> = serde_json::from_str(json).expect("shapes");
        shapes.into_iter().map(|dims| dims.into_iter().map(crate::graph::Size::from).collect()).collect()
    };
    let row = |line: &str| {
        let [kind, arguments, inputs, outputs, parameters, buffers, macs, refused] =
            <[String; 8]>::try_from(fields(line)).expect("eight columns");
        Row {
            kind,
            arguments: serde_json::from_str(&arguments).expect("arguments"),
            inputs: shapes(&inputs),
            outputs: (!outputs.is_empty()).then(|| shapes(&outputs)),
            parameters,
            buffers,
            macs,
            refused,
        }
    };
    text.lines().skip(1).map(row).collect()
}

/// The fields of a line of comma-separated values; in a quoted one, `""` is a quote.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                fields.last_mut().expect("a field").push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => fields.last_mut().expect("a field").push(c),
        }
    }
    fields
}
