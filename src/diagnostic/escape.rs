//! Text of an input made safe for a terminal: nothing invisible or commanding passes as it is.

use std::borrow::Cow;

/// True for a character that moves a cursor, changes a direction or cannot be seen.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// A name or a sentence on one line: hidden characters, line breaks included, as `\u{1b}`.
pub fn escaped(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_hidden) {
        Cow::Owned(text.chars().fold(String::with_capacity(text.len()), |mut safe, c| {
            if is_hidden(c) {
                safe.extend(c.escape_unicode())
            } else {
                safe.push(c)
            }
            safe
        }))
    } else {
        Cow::Borrowed(text)
    }
}

/// Source text as it can be shown: each hidden character, but for tabs and line ends, gives way to a visible one
/// of as many bytes, so that every offset still holds.
pub fn visible(text: &str) -> Cow<'_, str> {
    let hidden = |(_, c): &(usize, char)| is_hidden(*c) && !matches!(c, '\n' | '\t');
    let breaks_line = |at: usize| text.get(at..).is_some_and(|rest| rest.starts_with("\r\n"));
    if !text.char_indices().filter(hidden).any(|(at, _)| !breaks_line(at)) {
        return Cow::Borrowed(text);
    }
    let shown = text.char_indices().map(|(at, c)| match c.len_utf8() {
        _ if !hidden(&(at, c)) || breaks_line(at) => c,
        1 => '?',
        2 => '¿',
        _ => '\u{FFFD}',
    });
    Cow::Owned(shown.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_escape_codes_or_reversed_text_shows_them() {
        assert_eq!(escaped("a\u{1b}[31m\nb"), "a\\u{1b}[31m\\u{a}b");
        assert_eq!(escaped("\u{202E}tfew"), "\\u{202e}tfew");
        assert_eq!(escaped("模型 × é"), "模型 × é");
    }

    #[test]
    fn shown_source_keeps_every_offset() {
        let text = "a\u{1b}\tb\u{85}\u{202E}\r\nc\rd\u{0}";
        let shown = visible(text);
        assert_eq!(shown, "a?\tb¿\u{FFFD}\r\nc?d?");
        assert_eq!(shown.len(), text.len());
        assert!(matches!(visible("plain\r\n\ttext"), Cow::Borrowed(_)));
    }
}
