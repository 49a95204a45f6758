//! Dotted paths as text.

/// A path without the number at its end: `layer3.` of `layer3.5`. Repetitions of one thing have it in common.
pub fn stem(path: &str) -> &str {
    path.trim_end_matches(|c: char| c.is_ascii_digit())
}
