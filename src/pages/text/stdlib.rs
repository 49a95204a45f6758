//! The standard library as pages: the list of its blocks, and one block or file of it as it is written.

use super::{hanging, joined};
use crate::front::weft::stdlib::{self, StandardBlock};

/// Every block by file, with the first sentence of what it says of itself.
pub fn list(width: usize) -> String {
    let blocks = stdlib::blocks();
    let longest = blocks.iter().map(|block| block.name.len()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for file in stdlib::names() {
        lines.push(file.to_string());
        for block in blocks.iter().filter(|block| block.file == file) {
            lines.extend(hanging(
                &format!("  {:longest$}  ", block.name),
                &first_sentence(&block.doc),
                width,
            ));
        }
        lines.push(String::new());
    }
    lines.push(
        "`use std.vision: Bottleneck` imports one, `weft std Bottleneck` shows its source.".to_string(),
    );
    joined(lines)
}

/// A file (`std.vision`, `vision`) or a block (`Bottleneck`, `std.vision.Bottleneck`) as it is written; `None` for
/// another name.
pub fn source(name: &str) -> Option<String> {
    if let Some(text) = stdlib::text(name).or_else(|| stdlib::text(&format!("std.{name}"))) {
        return Some(text.to_string());
    }
    let named =
        |block: &StandardBlock| block.name == name || format!("{}.{}", block.file, block.name) == name;
    let block = stdlib::blocks().into_iter().find(named)?;
    Some(format!("# use {}: {}\n\n{}\n", block.file, block.name, block.source))
}

/// What [`source`] knows, to suggest from.
pub fn names() -> Vec<String> {
    let blocks = stdlib::blocks().into_iter().map(|block| block.name);
    stdlib::names().map(str::to_string).chain(blocks).collect()
}

/// Up to the first full stop that ends a sentence, on one line; "et al." ends none.
fn first_sentence(doc: &str) -> String {
    let line = doc.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let ends = line.match_indices(". ").map(|(at, _)| at);
    let end = ends.into_iter().find(|at| !line.get(..*at).is_some_and(|before| before.ends_with("et al")));
    end.and_then(|at| line.get(..at)).unwrap_or(line.trim_end_matches('.')).to_string()
}
