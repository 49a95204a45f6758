//! The report as YAML: the document.

use crate::report::{Format, Report};
use crate::back::document::{WriteError, yaml};

pub(super) const FORMAT: Format =
    Format { name: "yaml", summary: "the same, for programs and people", render };

fn render(report: &Report) -> Result<String, WriteError> {
    yaml(&report.document())
}
