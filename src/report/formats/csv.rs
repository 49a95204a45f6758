//! The report as CSV (RFC 4180), for spreadsheets and programs: one line a row of the table, under its whole path, numbers
//! as they are.

use std::io::Write;

use crate::output::WriteError;
use crate::report::columns::Context;
use crate::report::{Report, ReportFormat, arranged};

pub(in crate::report) static FORMAT: ReportFormat = ReportFormat {
    name: "csv",
    summary: "the lines of the table, for spreadsheets",
    extensions: &["csv"],
    writer: write,
};

fn write(report: &Report, out: &mut dyn Write) -> Result<(), WriteError> {
    let headings = report.columns.iter().map(|column| column.key.to_string());
    let heading = record(std::iter::once("model".to_string()).chain(headings).chain(["note".to_string()]));
    out.write_all(heading.as_bytes())?;
    for (graph, analysis) in &report.models {
        let context = Context::new(graph, analysis, report);
        let rows = arranged(graph, analysis, report, &context);
        for row in rows.into_iter().filter(|row| !row.is_heading) {
            let values = row.values.iter().map(|value| value.plain(context.defaults));
            let head = [graph.name.to_string(), row.path.clone()].into_iter();
            let record = record(head.chain(values).chain([row.note.clone().unwrap_or_default()]));
            out.write_all(record.as_bytes())?;
        }
    }
    Ok(())
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
