//! The table of layers on the page, foldable by block.
//!
//! An opened block is a row with the sums of the rows below it; which rows are seen is the page's script's business,
//! and without it all are.

use std::fmt::Write;

use crate::analysis::Analysis;
use crate::back::svg::safe;
use crate::ir::{Count, Graph};
use crate::report::ColumnValue;
use crate::report::columns::Context;
use crate::report::{Report, ReportRow, arranged};

/// A table with more rows has its innermost blocks closed for good.
const MOST_ROWS: usize = 4_000;

pub(super) fn table(
    text: &mut String,
    number: usize,
    graph: &Graph,
    analysis: &Analysis,
    report: &Report,
    context: &Context,
) {
    let rows = rows(graph, analysis, report, context);
    let foldable = rows.iter().any(|row| row.is_heading);
    text.push_str("<section class=\"layers\"><h2>Layers</h2>\n");
    if foldable {
        let _ = writeln!(
            text,
            "<p class=\"legend\"><button type=\"button\" data-table=\"layers-{number}\" data-open=\"1\">open all</button> \
             <button type=\"button\" data-table=\"layers-{number}\" data-open=\"\">close all</button></p>"
        );
    }
    let _ = write!(
        text,
        "<div class=\"scroll\"><table id=\"layers-{number}\" data-depth=\"{}\"><thead><tr>",
        report.depth
    );
    for column in &report.columns {
        let class = if column.right { " class=\"number\"" } else { "" };
        let _ = write!(text, "<th{class} title=\"{}\">{}</th>", safe(column.doc), safe(column.heading));
    }
    text.push_str("</tr></thead>\n<tbody>\n");
    for row in &rows {
        write_row(text, row, report, context);
    }
    text.push_str("</tbody></table></div></section>\n");
}

/// The rows, with as many blocks opened as there may be rows, each opened block with its sums.
fn rows(graph: &Graph, analysis: &Analysis, report: &Report, context: &Context) -> Vec<ReportRow> {
    let mut rows = Vec::new();
    for depth in [usize::MAX, 3, 2, 1, report.depth] {
        let opened = Report { depth: depth.max(report.depth), ..report.clone() };
        rows = arranged(graph, analysis, &opened, context);
        if rows.len() <= MOST_ROWS {
            break;
        }
    }
    add_sums(&mut rows, report);
    rows
}

/// Gives each opened block the sums of the columns that add up, from the innermost outwards.
fn add_sums(rows: &mut [ReportRow], report: &Report) {
    let adds_up: Vec<bool> = report.columns.iter().skip(1).map(|column| column.adds_up).collect();
    // For each level, the sums of the rows that have been met since the last heading of that level, from the end.
    let mut sums: Vec<Vec<ColumnValue>> = Vec::new();
    for row in rows.iter_mut().rev() {
        while sums.len() <= row.level.saturating_add(1) {
            sums.push(vec![ColumnValue::Nothing; adds_up.len()]);
        }
        if row.is_heading {
            let inner = sums.get_mut(row.level.saturating_add(1)).map(std::mem::take).unwrap_or_default();
            for ((value, sum), _) in row.values.iter_mut().zip(inner).zip(&adds_up).filter(|(_, adds)| **adds)
            {
                *value = sum;
            }
        }
        sums.truncate(row.level.saturating_add(1));
        if let Some(outer) = sums.get_mut(row.level) {
            for (sum, value) in outer.iter_mut().zip(&row.values) {
                *sum = plus(sum, value);
            }
        }
    }
}

fn plus(sum: &ColumnValue, value: &ColumnValue) -> ColumnValue {
    match (sum, value) {
        (ColumnValue::Number(a), ColumnValue::Number(b)) => ColumnValue::Number(a + b),
        (ColumnValue::Share(a, whole), ColumnValue::Share(b, _)) => {
            ColumnValue::Share(a.saturating_add(*b), *whole)
        }
        (ColumnValue::Nothing, ColumnValue::Number(b)) if *b == Count::ZERO => ColumnValue::Nothing,
        (ColumnValue::Nothing, value) => value.clone(),
        (sum, _) => sum.clone(),
    }
}

fn write_row(text: &mut String, row: &ReportRow, report: &Report, context: &Context) {
    let class = if row.is_heading { " class=\"block\"" } else { "" };
    let _ = write!(text, "<tr{class} data-level=\"{}\">", row.level);
    let label = safe(&row.label);
    let note = row.note.as_ref().map_or(String::new(), |note| format!(" <small>{}</small>", safe(note)));
    let indent = format!(" style=\"padding-left:{:.1}em\"", 0.6 + row.level as f64 * 1.1);
    if row.is_heading {
        let _ = write!(
            text,
            "<th scope=\"row\"{indent}><button type=\"button\" aria-expanded=\"true\">{label}</button>{note}</th>"
        );
    } else {
        let _ = write!(text, "<th scope=\"row\"{indent}>{label}{note}</th>");
    }
    for (column, value) in report.columns.iter().skip(1).zip(&row.values) {
        let class = if column.right { " class=\"number\"" } else { "" };
        let _ = write!(text, "<td{class}>{}</td>", safe(&value.shown(context.defaults)));
    }
    text.push_str("</tr>\n");
}
