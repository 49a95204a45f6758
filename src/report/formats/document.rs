//! The report as JSON and as YAML: the document of `back`, with memory counted as the report's options say.

use crate::back::document::{json, yaml};
use crate::report::ReportFormat;

pub(in crate::report) static JSON: ReportFormat = ReportFormat {
    name: "json",
    summary: "the whole document, for programs",
    extensions: &["json"],
    writer: |report, out| json(&report.document(), out),
};

pub(in crate::report) static YAML: ReportFormat = ReportFormat {
    name: "yaml",
    summary: "the same, for programs and people",
    extensions: &["yaml", "yml"],
    writer: |report, out| yaml(&report.document(), out),
};
