//! The standard library: blocks written in Weft and shipped inside the program.
//!
//! `use std.vision: Bottleneck` reads a file of it; [`blocks`] lists what it holds, for who wants to read it.

use crate::source::FileId;
use crate::syntax::{self, ast::Item, ast::ItemKind};

/// Its files: path and text.
static FILES: &[(&str, &str)] = &[
    ("std.audio", include_str!("../../../../std/audio.weft")),
    ("std.maps", include_str!("../../../../std/maps.weft")),
    ("std.text", include_str!("../../../../std/text.weft")),
    ("std.vision", include_str!("../../../../std/vision.weft")),
];

/// A block of the standard library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandardBlock {
    /// The file it stands in, as `use` names it: `std.vision`.
    pub file: &'static str,
    /// Its name.
    pub name: String,
    /// What it is, as its `##` lines say.
    pub doc: String,
    /// Its source, `##` lines included.
    pub source: String,
}

/// The text of a file of the standard library.
pub fn text(path: &str) -> Option<&'static str> {
    FILES.iter().find(|(name, _)| *name == path).map(|(_, text)| *text)
}

/// The paths of all files.
pub fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

/// Every block, in the order of the files.
pub fn blocks() -> Vec<StandardBlock> {
    let blocks_of = |(file, text): &(&'static str, &'static str)| {
        let items = syntax::parse(FileId(0), text).file.items;
        items.iter().filter_map(|item| block(file, text, item)).collect::<Vec<_>>()
    };
    FILES.iter().flat_map(blocks_of).collect()
}

fn block(file: &'static str, text: &str, item: &Item) -> Option<StandardBlock> {
    let ItemKind::Block { name, .. } = &item.kind else { return None };
    let doc = item.doc.clone().unwrap_or_default();
    let code = text.get(item.span.range())?;
    let mut source: String = doc.lines().map(|line| format!("## {line}\n")).collect();
    source += code;
    Some(StandardBlock { file, name: name.text.to_string(), doc, source })
}
