//! The report as a table for people.

use super::layout::{Column, Grid, Row, wrapped};
use super::numbers::{percent, shown};
use super::{Cells, Format, Line, Report, Sum, lines, summary};
use crate::analysis::{Analysis, AtDefaults};
use crate::diagnostic::escaped;
use crate::document::WriteError;
use crate::graph::{Count, Graph, TensorType};

pub(super) const FORMAT: Format = Format { name: "table", summary: "a table, for people", render };

const COLUMNS: &[Column] = &[
    Column { name: "layer", right: false, leaves: None },
    Column { name: "kind", right: false, leaves: None },
    Column { name: "output", right: false, leaves: Some(3) },
    Column { name: "parameters", right: true, leaves: None },
    Column { name: "%", right: true, leaves: Some(1) },
    Column { name: "uses", right: true, leaves: Some(5) },
    Column { name: "without sharing", right: true, leaves: Some(2) },
    Column { name: "MACs", right: true, leaves: Some(4) },
];

/// How costs are counted, said below every report.
const CONVENTION: &str = "MACs count contractions per sample: convolutions, linear layers, matrix products, \
                          recurrent gates, both products of attention, padding and masked places included. \
                          Biases, look-ups and element operations count as none.";

/// The length of a line of prose where there is no terminal.
const PROSE: usize = 100;

fn render(report: &Report) -> Result<String, WriteError> {
    let paint = Paint { color: report.color };
    let mut text = Vec::new();
    for (graph, analysis) in &report.models {
        text.extend(title(graph, report.width, paint));
        text.push(String::new());
        text.extend(table(graph, analysis, report, paint));
        text.push(String::new());
    }
    if !report.models.is_empty() {
        text.extend(
            indented(1, CONVENTION, Some(report.width.unwrap_or(PROSE)))
                .into_iter()
                .map(|line| paint.dim(&line)),
        );
    }
    Ok(text.into_iter().map(|line| line + "\n").collect())
}

/// Colour, or none.
#[derive(Clone, Copy)]
struct Paint {
    color: bool,
}

impl Paint {
    fn bold(self, text: &str) -> String {
        if self.color { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_string() }
    }

    fn dim(self, text: &str) -> String {
        if self.color { format!("\u{1b}[2m{text}\u{1b}[0m") } else { text.to_string() }
    }
}

/// `LeNet5   image [1, 32, 32] → logits [10]`, and the symbolic sizes' defaults.
fn title(graph: &Graph, width: Option<usize>, paint: Paint) -> Vec<String> {
    let named = |name: &str, kind: Option<&TensorType>| {
        let kind = kind.map_or(String::new(), |kind| format!(" {kind}"));
        format!("{}{kind}", escaped(name))
    };
    let inputs = graph.inputs().iter().filter_map(|id| graph.node(*id));
    let inputs: Vec<_> = inputs.map(|node| named(&node.path, node.operation.outputs.first())).collect();
    let outputs: Vec<_> =
        graph.outputs.iter().map(|output| named(&output.name, graph.type_of(output.source))).collect();
    let name = escaped(&graph.name);
    let flow = [inputs.join(", "), "→".to_string(), outputs.join(", ")];
    let flow: Vec<_> = flow.into_iter().filter(|part| !part.is_empty()).collect();
    let mut lines = indented(0, &format!("{name}   {}", flow.join(" ")), width);
    if let Some(first) = lines.first_mut() {
        *first = first.replacen(&*name, &paint.bold(&name), 1);
    }
    let dimensions = graph.dimensions.iter().map(|dimension| match dimension.default {
        Some(default) => format!("{} = {default}", escaped(&dimension.name)),
        None => format!("{0} open (`--set {0}=…` gives it a number)", escaped(&dimension.name)),
    });
    let dimensions: Vec<_> = dimensions.collect();
    if !dimensions.is_empty() {
        lines.extend(indented(1, &format!("at {}", dimensions.join(", ")), width));
    }
    lines
}

fn table(graph: &Graph, analysis: &Analysis, report: &Report, paint: Paint) -> Vec<String> {
    let defaults = AtDefaults(graph);
    let all = defaults.judge(&analysis.totals.parameters);
    let rows =
        lines(graph, analysis, report.depth).into_iter().map(|line| row(line, all, defaults)).collect();
    let grid = Grid::new(COLUMNS, rows, report.width);
    let sums = sums(&summary(graph, analysis), report.width);
    let rule = paint.dim(&grid.rule());
    let heading = [paint.dim(&grid.heading()), rule.clone()];
    let mut text: Vec<String> = heading.into_iter().chain(grid.lines()).chain([rule]).chain(sums).collect();
    let left_out = grid.left_out();
    if let (Some(width), false) = (report.width, left_out.is_empty()) {
        let missing = format!("not shown in {width} columns: {}", left_out.join(", "));
        text.extend(indented(1, &missing, report.width).into_iter().map(|line| paint.dim(&line)));
    }
    text
}

fn row(line: Line, all: u128, defaults: AtDefaults) -> Row {
    let number = |count: &Option<Count>| count.as_ref().map_or(String::new(), |count| shown(count, defaults));
    let Cells { parameters, uses, without_sharing, macs } = line.cells;
    let share = parameters.as_ref().map(|count| percent(defaults.judge(count), all));
    let uses = uses.map(|(least, most)| match (shown(&least, defaults), shown(&most, defaults)) {
        (least, most) if least == most => most,
        (least, most) => format!("{least}–{most}"),
    });
    let cells = vec![
        format!("{}{}", "  ".repeat(line.level), escaped(&line.label)),
        escaped(&line.kind).into_owned(),
        line.output.map_or(String::new(), |shape| shape.to_string()),
        number(&parameters),
        share.unwrap_or_default(),
        uses.unwrap_or_default(),
        number(&without_sharing),
        number(&macs),
    ];
    Row { cells, note: line.note.map(|note| escaped(&note).into_owned()) }
}

/// The sums: names, numbers, what they mean.
fn sums(sums: &[Sum], width: Option<usize>) -> Vec<String> {
    let names: Vec<String> =
        sums.iter().map(|sum| format!("{}{}", "  ".repeat(sum.level), sum.name)).collect();
    let widest =
        |texts: &mut dyn Iterator<Item = &String>| texts.map(|text| text.chars().count()).max().unwrap_or(0);
    let (name, value) = (widest(&mut names.iter()), widest(&mut sums.iter().map(|sum| &sum.value)));
    let lines = sums.iter().zip(&names).flat_map(|(sum, label)| {
        let head = format!(" {label:name$}  {:>value$}   ", sum.value);
        let indent = head.chars().count();
        let notes = sum.notes.join("   ");
        let mut notes = wrapped(&notes, width.map(|width| width.saturating_sub(indent).max(16))).into_iter();
        let first = head + &notes.next().unwrap_or_default();
        std::iter::once(first).chain(notes.map(move |line| " ".repeat(indent) + &line)).collect::<Vec<_>>()
    });
    lines.map(|line| line.trim_end().to_string()).collect()
}

/// A text under an indent, wrapped.
fn indented(indent: usize, text: &str, width: Option<usize>) -> Vec<String> {
    let lines = wrapped(text, width.map(|width| width.saturating_sub(indent)));
    lines.into_iter().map(|line| " ".repeat(indent) + &line).collect()
}
