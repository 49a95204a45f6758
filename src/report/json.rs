//! The report as JSON: the document.

use crate::report::{Format, Report};
use crate::back::document::{WriteError, json};

pub(super) const FORMAT: Format =
    Format { name: "json", summary: "the whole document, for programs", render };

fn render(report: &Report) -> Result<String, WriteError> {
    json(&report.document())
}
