//! The report as Markdown, for documents and pull requests.

use super::columns::Context;
use super::{CONVENTION, Format, Report, Row, arranged, summary, title};
use crate::back::document::WriteError;

pub(super) const FORMAT: Format =
    Format { name: "markdown", summary: "tables in Markdown, for documents", render };

fn render(report: &Report) -> Result<String, WriteError> {
    let mut text = String::new();
    for (graph, analysis) in &report.models {
        let context = Context::new(graph, analysis, report);
        let title = title(graph);
        text += &format!("### {}\n\n{}\n\n", cell(&title.name), cell(&title.flow));
        if let Some(dimensions) = &title.dimensions {
            text += &format!("{}\n\n", cell(dimensions));
        }
        let headings: Vec<_> = report.columns.iter().map(|column| cell(column.heading)).collect();
        let rules: Vec<_> =
            report.columns.iter().map(|column| if column.right { "---:" } else { "---" }).collect();
        text += &format!("| {} |\n| {} |\n", headings.join(" | "), rules.join(" | "));
        for row in arranged(graph, analysis, report, &context) {
            text += &line(&row, &context);
        }
        text += "\n| | | |\n| --- | ---: | --- |\n";
        for sum in summary(graph, analysis, report) {
            let indent = "&nbsp;&nbsp;".repeat(sum.level);
            text += &format!(
                "| {indent}{} | {} | {} |\n",
                sum.name,
                cell(&sum.value),
                cell(&sum.notes.join("; "))
            );
        }
        text += "\n";
    }
    if !report.models.is_empty() {
        text += CONVENTION;
        text += "\n";
    }
    Ok(text)
}

fn line(row: &Row, context: &Context) -> String {
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
