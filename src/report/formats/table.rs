//! The report as a table for people.

use std::io::Write;

use crate::analysis::Analysis;
use crate::diagnostic::escaped;
use crate::ir::Graph;
use crate::output::WriteError;
use crate::report::layout::{Grid, TableColumn, TableRow, wrapped};
use crate::report::{CONVENTION, Context, Report, ReportFormat, Sum, arranged, summary};

pub(in crate::report) static FORMAT: ReportFormat =
    ReportFormat { name: "table", summary: "a table, for people", extensions: &["txt"], writer: write };

/// The length of a line of prose where there is no terminal.
const PROSE: usize = 100;

fn write(report: &Report, out: &mut dyn Write) -> Result<(), WriteError> {
    let paint = Paint { color: report.color };
    for (graph, analysis) in &report.models {
        for line in title(graph, report.width, paint) {
            writeln!(out, "{line}")?;
        }
        writeln!(out)?;
        for line in table(graph, analysis, report, paint) {
            writeln!(out, "{line}")?;
        }
        writeln!(out)?;
    }
    if !report.models.is_empty() {
        for line in indented(1, CONVENTION, Some(report.width.unwrap_or(PROSE))) {
            writeln!(out, "{}", paint.dim(&line))?;
        }
    }
    Ok(())
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
    let title = crate::report::title(graph);
    let name = escaped(&title.name);
    let mut lines = indented(0, &format!("{name}   {}", escaped(&title.flow)), width);
    if let Some(first) = lines.first_mut() {
        *first = first.replacen(&*name, &paint.bold(&name), 1);
    }
    if let Some(dimensions) = &title.dimensions {
        lines.extend(indented(1, &escaped(dimensions), width));
    }
    lines
}

fn table(graph: &Graph, analysis: &Analysis, report: &Report, paint: Paint) -> Vec<String> {
    let context = Context::new(graph, analysis, report);
    let rows =
        arranged(graph, analysis, report, &context).into_iter().map(|line| row(line, &context)).collect();
    let columns: Vec<TableColumn> = report
        .columns
        .iter()
        .map(|column| TableColumn { name: column.heading, right: column.right, leaves: column.leaves })
        .collect();
    let grid = Grid::new(&columns, rows, report.width);
    let sums = sums(&summary(graph, analysis, report), report.width);
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

fn row(line: crate::report::ReportRow, context: &Context) -> TableRow {
    let values = line.values.iter().map(|value| escaped(&value.shown(context.defaults)).into_owned());
    let label = format!("{}{}", "  ".repeat(line.level), escaped(&line.label));
    let cells = std::iter::once(label).chain(values).collect();
    TableRow { cells, note: line.note.map(|note| escaped(&note).into_owned()) }
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
