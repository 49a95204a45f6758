//! Lines sorted by a column, and the largest of them.
//!
//! Main function: [`arranged`]. Sorted lines stand by themselves, under their whole paths; what is left out is one
//! more line, so that columns add up as before.

use crate::analysis::Analysis;
use crate::ir::{Count, Graph};
use crate::report::ColumnValue;
use crate::report::columns::{Column, Context};
use crate::report::{Report, ReportLine, lines};

/// A line with the values of the report's columns; the first is the layer's.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportRow {
    /// How many opened blocks it stands in.
    pub level: usize,
    /// The path: as seen from the block it stands in, or whole where lines are sorted.
    pub label: String,
    /// The values of the columns behind the first.
    pub values: Vec<ColumnValue>,
    /// Whose weights it uses, where they are not its own.
    pub note: Option<String>,
    /// The whole path, or the kind of a layer without a name.
    pub path: String,
    /// True for the heading of an opened block, whose numbers are those of the rows below.
    pub is_heading: bool,
}

/// The rows of a model in the order that is asked for.
pub fn arranged(graph: &Graph, analysis: &Analysis, report: &Report, context: &Context) -> Vec<ReportRow> {
    let mut lines = lines(graph, analysis, report.depth);
    if report.sort.is_none() && report.top.is_none() {
        return lines.into_iter().map(|line| row(line, false, report, context)).collect();
    }
    // An opened block is the sum of its lines.
    lines.retain(|line| !is_heading(line));
    if let Some(by) = report.sort {
        sort(&mut lines, by, context);
    }
    let shown = report.top.unwrap_or(usize::MAX);
    let rest = lines.split_off(shown.min(lines.len()));
    let mut rows: Vec<ReportRow> = lines.into_iter().map(|line| row(line, true, report, context)).collect();
    rows.extend(remainder(&rest, report, context));
    rows
}

/// The largest first; words from A to Z, what has none at the end.
fn sort(lines: &mut [ReportLine], by: &Column, context: &Context) {
    let value = |line: &ReportLine| match (by.value)(line, context) {
        ColumnValue::Nothing if by.key == "layer" => ColumnValue::Text(line.path.clone()),
        value => value,
    };
    lines.sort_by(|one, other| {
        let (one, other) = (value(one), value(other));
        match (&one, &other) {
            (ColumnValue::Text(one), ColumnValue::Text(other)) => one.cmp(other),
            _ => {
                let size = |value: &ColumnValue| match value {
                    ColumnValue::Nothing => f64::NEG_INFINITY,
                    other => other.size(context.defaults).unwrap_or(f64::NEG_INFINITY),
                };
                size(&other).total_cmp(&size(&one))
            }
        }
    });
}

fn row(line: ReportLine, whole: bool, report: &Report, context: &Context) -> ReportRow {
    let values = report.columns.iter().skip(1).map(|column| (column.value)(&line, context)).collect();
    let is_heading = is_heading(&line);
    let (level, label) = if whole { (0, line.path.clone()) } else { (line.level, line.label) };
    ReportRow { level, label, values, note: line.note, path: line.path, is_heading }
}

fn is_heading(line: &ReportLine) -> bool {
    line.nodes.is_empty() && line.owned.is_empty()
}

/// One line for those that are left out.
fn remainder(lines: &[ReportLine], report: &Report, context: &Context) -> Option<ReportRow> {
    if lines.is_empty() {
        return None;
    }
    let sum = |column: &Column| {
        if !column.adds_up {
            return ColumnValue::Nothing;
        }
        let values: Vec<ColumnValue> = lines.iter().map(|line| (column.value)(line, context)).collect();
        let share = |value: &ColumnValue| {
            if let ColumnValue::Share(part, whole) = value { Some((*part, *whole)) } else { None }
        };
        if let Some((_, whole)) = values.iter().find_map(share) {
            return ColumnValue::Share(
                values.iter().filter_map(share).map(|(part, _)| part).fold(0, u128::saturating_add),
                whole,
            );
        }
        let number = |value: &ColumnValue| {
            if let ColumnValue::Number(count) = value { Some(count.clone()) } else { None }
        };
        let sum: Count = values.iter().filter_map(number).sum();
        if sum == Count::ZERO { ColumnValue::Nothing } else { ColumnValue::Number(sum) }
    };
    let more =
        if lines.len() == 1 { "1 more line".to_string() } else { format!("{} more lines", lines.len()) };
    let values = report.columns.iter().skip(1).map(|column| sum(column)).collect();
    Some(ReportRow { level: 0, path: more.clone(), label: more, values, note: None, is_heading: false })
}
