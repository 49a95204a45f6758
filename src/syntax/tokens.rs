//! Words and signs of a text, for messages and for names in a statement that could not be read.
//!
//! Nothing here decides what a program means: that is the grammar's business.

/// The words that name nothing.
pub const KEYWORDS: [&str; 21] = [
    "use", "const", "block", "model", "input", "let", "layer", "param", "buffer", "for", "in", "if", "else",
    "assert", "output", "and", "or", "not", "true", "false", "none",
];

/// Signs of more than one character, a longer one before its beginning.
const LONG_SIGNS: [&str; 24] = [
    "...", "**=", "//=", "->", "=>", "<-", "|>", "&&", "||", "==", "!=", "<=", ">=", "**", "//", "..", "+=",
    "-=", "*=", "/=", ":=", "::", "++", "<>",
];

/// Whether a character may stand in a word.
pub(super) fn is_word(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

/// The first token of a text; empty where the text is.
pub(super) fn first_token(text: &str) -> &str {
    let Some(first) = text.chars().next() else {
        return "";
    };
    let length = if first.is_ascii_digit() {
        text.find(|other: char| !is_word(other)).unwrap_or(text.len())
    } else if is_word(first) {
        text.find(|other: char| !is_word(other)).unwrap_or(text.len())
    } else if first == '"' {
        string_length(text)
    } else {
        let long = LONG_SIGNS.iter().find(|sign| text.starts_with(**sign));
        long.map_or(first.len_utf8(), |sign| sign.len())
    };
    text.get(..length).unwrap_or(text)
}

/// The last token of a text that ends in no blank.
pub(super) fn last_token(text: &str) -> &str {
    let Some(last) = text.chars().next_back() else {
        return "";
    };
    let start = if is_word(last) {
        text.rfind(|other: char| !is_word(other)).map_or(0, |at| at.saturating_add(width_at(text, at)))
    } else if last == '"' {
        let opened = text.strip_suffix('"').and_then(|inner| inner.rfind(['"', '\n']));
        opened.unwrap_or_else(|| text.len().saturating_sub(1))
    } else {
        let long = LONG_SIGNS.iter().find(|sign| text.ends_with(**sign));
        text.len().saturating_sub(long.map_or(last.len_utf8(), |sign| sign.len()))
    };
    text.get(start..).unwrap_or(text).trim_start_matches('\n')
}

fn width_at(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
}

/// The length of a string that begins a text, quotes included, at most to the end of its line.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'\n' => return at,
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at.saturating_add(1),
            _ => {}
        }
    }
    text.len()
}

/// Every word of a text that may be a name, without strings and comments.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let first = rest.chars().next()?;
            let length = match first {
                '#' => rest.find('\n').unwrap_or(rest.len()),
                _ => first_token(rest).len().max(1),
            };
            let (token, after) = rest.split_at_checked(length)?;
            rest = after;
            if is_word(first) && !first.is_ascii_digit() && !KEYWORDS.contains(&token) {
                return Some(token);
            }
        }
    })
}
