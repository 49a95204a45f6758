//! Documentation for a terminal, wrapped to its width.

pub mod layers;
pub mod rules;
pub mod stdlib;

use super::{Pages, PagesFormat};
use crate::report::wrapped;

pub(super) static FORMAT: PagesFormat = PagesFormat {
    name: "text",
    summary: "For a terminal",
    extensions: &["txt"],
    writer: Pages { layers: layers::list, layer: layers::page, rules: rules::index, rule: rules::page },
};

/// A text behind a name, its further lines under its first.
fn hanging(name: &str, text: &str, width: usize) -> Vec<String> {
    let indent = name.chars().count();
    let mut texts = wrapped(text, Some(width.saturating_sub(indent).max(24))).into_iter();
    let first = name.to_string() + &texts.next().unwrap_or_default();
    std::iter::once(first).chain(texts.map(|line| " ".repeat(indent) + &line)).collect()
}

fn joined(lines: Vec<String>) -> String {
    lines.into_iter().map(|line| line.trim_end().to_string() + "\n").collect()
}
