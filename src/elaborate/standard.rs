//! The standard library: blocks written in Weft and shipped inside the program.

/// Its files: path and text.
static FILES: &[(&str, &str)] = &[("std.vision", include_str!("../../std/vision.weft"))];

/// The text of a file of the standard library.
pub(super) fn text(path: &str) -> Option<&'static str> {
    FILES.iter().find(|(name, _)| *name == path).map(|(_, text)| *text)
}

/// The paths of all files.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}
