//! Words and signs of a text, for messages and for names in a statement that could not be read.
//!
//! Nothing here decides what a program means: that is the grammar's business.

use crate::source::Span;

/// The words that name nothing.
pub const KEYWORDS: [&str; 21] = [
    "use", "const", "block", "model", "input", "let", "layer", "param", "buffer", "for", "in", "if", "else",
    "assert", "output", "and", "or", "not", "true", "false", "none",
];

/// What a token of a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenKind {
    /// A word that may be a name, or a part of a label.
    Word,
    /// A word that names nothing.
    Keyword,
    /// A number with its suffix.
    Number,
    /// A string, quotes included, at most to the end of its line.
    Text,
    /// A comment, from its `#` to the end of its line.
    Comment,
    /// An operator, a bracket, a comma, or any other character.
    Sign,
}

/// A token of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its place.
    pub span: Span,
}

/// Every token of a text in order, whether or not the text can be read as a program. Blanks are no tokens.
pub fn tokens(text: &str) -> impl Iterator<Item = Token> {
    let mut at = 0usize;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let blank =
            rest.len().saturating_sub(rest.trim_start_matches([' ', '\t', '\r', '\n', '\u{feff}']).len());
        let start = at.saturating_add(blank);
        let rest = text.get(start..)?;
        let first = rest.chars().next()?;
        let (kind, length) = match first {
            '#' => (
                TokenKind::Comment,
                rest.find('\n')
                    .map_or(rest, |end| rest.get(..end).unwrap_or(rest))
                    .trim_end_matches('\r')
                    .len(),
            ),
            '"' => (TokenKind::Text, string_length(rest)),
            '0'..='9' => (TokenKind::Number, number_length(rest)),
            _ => {
                let token = first_token(rest);
                let kind = match is_word(first) {
                    true if KEYWORDS.contains(&token) => TokenKind::Keyword,
                    true => TokenKind::Word,
                    false => TokenKind::Sign,
                };
                (kind, token.len())
            }
        };
        at = start.saturating_add(length.max(1));
        Some(Token { kind, span: Span::new(start, at) })
    })
}

/// The length of a number that begins a text: `0.1`, `1e-5`, `26M`; the points of a range are no part of it.
fn number_length(text: &str) -> usize {
    let mut before = '0';
    for (at, character) in text.char_indices() {
        let next = text.get(at.saturating_add(1)..).and_then(|rest| rest.chars().next());
        let digit_next = next.is_some_and(|next| next.is_ascii_digit());
        let exponent = matches!(character, '+' | '-') && matches!(before, 'e' | 'E') && digit_next;
        if !(is_word(character) || character == '.' && digit_next || exponent) {
            return at;
        }
        before = character;
    }
    text.len()
}

/// Signs of more than one character, a longer one before its beginning.
const LONG_SIGNS: [&str; 24] = [
    "...", "**=", "//=", "->", "=>", "<-", "|>", "&&", "||", "==", "!=", "<=", ">=", "**", "//", "..", "+=",
    "-=", "*=", "/=", ":=", "::", "++", "<>",
];

/// Whether a character may stand in a word.
pub(super) fn is_word(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

/// Whether a text is a name: a word that begins with no digit and is no keyword.
pub fn is_name(text: &str) -> bool {
    let start = text.chars().next().is_some_and(|first| is_word(first) && !first.is_numeric());
    start && text.chars().all(is_word) && !KEYWORDS.contains(&text)
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
                '"' => string_length(rest),
                _ if is_word(first) => rest.find(|other| !is_word(other)).unwrap_or(rest.len()),
                _ => first.len_utf8(),
            };
            let (token, after) = rest.split_at_checked(length)?;
            rest = after;
            if is_word(first) && !first.is_ascii_digit() && !KEYWORDS.contains(&token) {
                return Some(token);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(TokenKind, &str)> {
        tokens(text).map(|token| (token.kind, &text[token.span.range()])).collect()
    }

    #[test]
    fn a_point_belongs_to_a_number_only_where_a_digit_follows() {
        use TokenKind::{Number, Sign, Word};
        let expected =
            [(Number, "0"), (Sign, ".."), (Number, "3"), (Number, "0.1"), (Number, "1e-5"), (Number, "26M")];
        assert_eq!(cut("0..3 0.1 1e-5 26M"), expected);
        assert_eq!(cut("3-x"), [(Number, "3"), (Sign, "-"), (Word, "x")]);
    }

    #[test]
    fn strings_and_comments_end_on_their_line() {
        use TokenKind::{Comment, Keyword, Text, Word};
        let expected = [(Text, "\"a # \\\" b"), (Comment, "# 核 \"x"), (Keyword, "model"), (Word, "Ä")];
        assert_eq!(cut("\"a # \\\" b\n# 核 \"x\r\nmodel Ä"), expected);
    }
}
