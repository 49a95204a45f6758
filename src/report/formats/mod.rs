//! The formats of a report, one file or folder each.

pub(in crate::report) mod csv;
pub(in crate::report) mod document;
pub(in crate::report) mod html;
pub(in crate::report) mod markdown;
pub(in crate::report) mod table;
