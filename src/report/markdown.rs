//! Text within Markdown.

/// A text as a cell of a table: nothing in it ends the cell or begins a tag.
pub(crate) fn cell(text: &str) -> String {
    let mut cell = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '|' => cell.push_str("\\|"),
            '<' => cell.push_str("&lt;"),
            '`' => cell.push('\''),
            c if c.is_control() => cell.push(' '),
            c => cell.push(c),
        }
    }
    cell
}
