//! The report as CSV (RFC 4180), for spreadsheets and programs: one line a row of the table, under its whole path, numbers
//! as they are.

use super::columns::Context;
use super::{Format, Report, arranged};
use crate::back::document::WriteError;

pub(super) const FORMAT: Format =
    Format { name: "csv", summary: "the lines of the table, for spreadsheets", render };

fn render(report: &Report) -> Result<String, WriteError> {
    let headings = report.columns.iter().map(|column| column.key.to_string());
    let mut text = record(std::iter::once("model".to_string()).chain(headings).chain(["note".to_string()]));
    for (graph, analysis) in &report.models {
        let context = Context::new(graph, analysis, report);
        let rows = arranged(graph, analysis, report, &context);
        for row in rows.into_iter().filter(|row| !row.is_heading) {
            let values = row.values.iter().map(|value| value.plain(context.defaults));
            let head = [graph.name.to_string(), row.path.clone()].into_iter();
            text += &record(head.chain(values).chain([row.note.clone().unwrap_or_default()]));
        }
    }
    Ok(text)
}

/// Fields of one record, quoted where they have to be.
fn record(fields: impl Iterator<Item = String>) -> String {
    let quoted = |field: String| match field.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field,
    };
    fields.map(quoted).collect::<Vec<_>>().join(",") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::record;

    #[test]
    fn a_field_with_a_comma_or_a_quote_is_quoted() {
        let fields = ["a", "[3, 4]", "say \"x\"", ""].map(str::to_string);
        assert_eq!(record(fields.into_iter()), "a,\"[3, 4]\",\"say \"\"x\"\"\",\r\n");
    }
}
