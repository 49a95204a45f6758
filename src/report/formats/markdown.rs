//! The report as Markdown, for documents and pull requests.

use std::io::Write;

use crate::output::WriteError;
use crate::report::columns::Context;
use crate::report::{CONVENTION, Report, ReportFormat, ReportRow, arranged, summary, title};

pub(in crate::report) static FORMAT: ReportFormat = ReportFormat {
    name: "markdown",
    summary: "tables in Markdown, for documents",
    extensions: &["md"],
    writer: write,
};

fn write(report: &Report, out: &mut dyn Write) -> Result<(), WriteError> {
    for (graph, analysis) in &report.models {
        let context = Context::new(graph, analysis, report);
        let title = title(graph);
        write!(out, "### {}\n\n{}\n\n", cell(&title.name), cell(&title.flow))?;
        if let Some(dimensions) = &title.dimensions {
            write!(out, "{}\n\n", cell(dimensions))?;
        }
        let headings: Vec<_> = report.columns.iter().map(|column| cell(column.heading)).collect();
        let rules: Vec<_> =
            report.columns.iter().map(|column| if column.right { "---:" } else { "---" }).collect();
        write!(out, "| {} |\n| {} |\n", headings.join(" | "), rules.join(" | "))?;
        for row in arranged(graph, analysis, report, &context) {
            out.write_all(line(&row, &context).as_bytes())?;
        }
        write!(out, "\n| | | |\n| --- | ---: | --- |\n")?;
        for sum in summary(graph, analysis, report) {
            let indent = "&nbsp;&nbsp;".repeat(sum.level);
            let (value, notes) = (cell(&sum.value), cell(&sum.notes.join("; ")));
            writeln!(out, "| {indent}{} | {value} | {notes} |", sum.name)?;
        }
        writeln!(out)?;
    }
    if !report.models.is_empty() {
        writeln!(out, "{CONVENTION}")?;
    }
    Ok(())
}

fn line(row: &ReportRow, context: &Context) -> String {
    let indent = "&nbsp;&nbsp;".repeat(row.level);
    let label = if row.label.is_empty() { String::new() } else { format!("`{}`", cell(&row.label)) };
    let note = row.note.as_ref().map(|note| format!(" *{}*", cell(note))).unwrap_or_default();
    let values: Vec<_> = row.values.iter().map(|value| cell(&value.shown(context.defaults))).collect();
    format!("| {indent}{label}{note} | {} |\n", values.join(" | "))
}

/// A text as a cell of a table: nothing in it ends the cell or begins a tag.
pub(crate) fn cell(text: &str) -> String {
    let mut cell = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '|' => cell.push_str("\\|"),
            '<' => cell.push_str("&lt;"),
            '`' => cell.push('\''),
            c if c.is_control() => cell.push(' '),
            c => cell.push(c),
        }
    }
    cell
}
