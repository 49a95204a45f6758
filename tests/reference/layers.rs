//! Layers against PyTorch, through the language: rows made by running `torch.nn`, in `tests/reference/`.
//!
//! A row is written as Weft has it: PyTorch's names, axes without the batch. What Weft does otherwise on purpose, as the
//! end of the language's chapter on layers says, is left out.

use serde_json::{Map, Value};
use weft::analysis::analyse;
use weft::front::weft::Program;

use crate::common::elaborated;

/// Words of the refusals that Weft does not share on purpose.
const DELIBERATE: &[&str] =
    &["spatial element", "more than 1 value", "padding='same' is not supported", "smaller than kernel size"];

/// Arguments that count the batch as an axis in PyTorch.
const AXES: &[(&str, &str)] = &[("dim", "axis"), ("start_dim", "start_axis"), ("end_dim", "end_axis")];

struct Row {
    kind: String,
    arguments: Map<String, Value>,
    inputs: Vec<Value>,
    output: Option<Value>,
    parameters: String,
    buffers: String,
    macs: String,
    refused: String,
}

#[test]
fn layers_agree_with_pytorch() {
    agree(include_str!("layers.csv"), 2956);
}

#[test]
fn layers_agree_with_pytorch_in_all_their_arguments() {
    agree(include_str!("more_layers.csv"), 1583);
}

/// Holds Weft to so many rows.
fn agree(text: &str, count: usize) {
    let rows: Vec<Row> = rows(text).into_iter().filter(|row| !row.is_deliberate()).collect();
    assert_eq!(rows.len(), count, "rows that are compared");
    let wrong: Vec<String> = rows.iter().filter_map(disagreement).collect();
    assert!(wrong.is_empty(), "{} of {} rows differ:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

impl Row {
    fn is_deliberate(&self) -> bool {
        let empty = |output: &Value| output.as_array().is_some_and(|dims| dims.contains(&Value::from(0)));
        DELIBERATE.iter().any(|words| self.refused.contains(words)) || self.output.iter().any(empty)
    }

    /// The layer as Weft has it.
    fn layer(&self) -> String {
        let mut arguments = self.arguments.clone();
        arguments.remove("batch_first");
        let argument = |(name, value): (&String, &Value)| match AXES.iter().find(|(torch, _)| torch == name) {
            Some((_, axis)) => {
                let n = value.as_i64().expect("an axis");
                format!("{axis}={}", if n > 0 { n - 1 } else { n })
            }
            None => format!("{name}={value}"),
        };
        let arguments: Vec<_> = arguments.iter().map(argument).collect();
        format!("{}({})", self.kind, arguments.join(", "))
    }

    /// A model that consists of it.
    fn source(&self) -> String {
        let dtype = if self.kind == "Embedding" { "int" } else { "" };
        let names = &["a", "b", "c", "d"][..self.inputs.len()];
        let inputs =
            names.iter().zip(&self.inputs).map(|(name, shape)| format!("    input {name}: {dtype}{shape}\n"));
        let inputs: String = inputs.collect();
        format!("model Row {{\n{inputs}    output y = ({}) -> {}\n}}\n", names.join(", "), self.layer())
    }
}

/// How a row differs, if it does.
fn disagreement(row: &Row) -> Option<String> {
    let source = row.source();
    let program = elaborated(&source);
    let why = match (program.errors.first(), &row.output) {
        (Some(_), None) => return None,
        (None, None) => format!("accepted what PyTorch refuses: {}", row.refused),
        (Some(error), Some(_)) => format!("refused: {}", error.message),
        (None, Some(output)) => difference(row, &program, output)?,
    };
    Some(format!("{why}\n{source}"))
}

fn difference(row: &Row, program: &Program, output: &Value) -> Option<String> {
    let graph = program.models.first().expect("a graph");
    let shape = graph
        .outputs
        .first()
        .and_then(|result| graph.type_of(result.source))
        .expect("a result")
        .shape
        .to_string();
    if shape != output.to_string().replace(',', ", ") {
        return Some(format!("gives {shape}, not {output}"));
    }
    let totals = analyse(graph).totals;
    let figures = [
        ("parameters", totals.parameters, &row.parameters),
        ("elements in buffers", totals.buffers, &row.buffers),
        ("MACs", totals.macs, &row.macs),
    ];
    figures.into_iter().find_map(|(what, found, expected)| {
        let found = found.as_number().expect("a number").to_string();
        (!expected.is_empty() && found != *expected).then(|| format!("has {found} {what}, not {expected}"))
    })
}

fn rows(text: &str) -> Vec<Row> {
    let list = |json: &str| -> Vec<Value> { serde_json::from_str(json).expect("shapes") };
    let row = |line: &str| {
        let [kind, arguments, inputs, outputs, parameters, buffers, macs, refused] =
            <[String; 8]>::try_from(fields(line)).expect("eight columns");
        Row {
            kind,
            arguments: serde_json::from_str(&arguments).expect("arguments"),
            inputs: list(&inputs),
            output: (!outputs.is_empty()).then(|| list(&outputs).remove(0)),
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
