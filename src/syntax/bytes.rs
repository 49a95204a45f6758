//! What a byte may be part of. It is looked up: these are the innermost loops of reading a text.

use super::lexer::KEYWORDS;

const WORD: u8 = 1;
const KEYWORD: u8 = 2;

static CLASSES: [u8; 256] = classes();

/// Whether a byte is a letter, a digit or `_`.
pub(super) fn is_word(byte: u8) -> bool {
    is(byte, WORD)
}

/// Whether a keyword begins with a byte.
pub(super) fn begins_keyword(byte: u8) -> bool {
    is(byte, KEYWORD)
}

fn is(byte: u8, class: u8) -> bool {
    CLASSES.get(usize::from(byte)).is_some_and(|own| own & class != 0)
}

#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "constants: the compiler checks them"
)]
const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < classes.len() {
        let is_word = matches!(byte as u8, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_');
        classes[byte] = if is_word { WORD } else { 0 };
        byte += 1;
    }
    let mut keyword = 0;
    while keyword < KEYWORDS.len() {
        classes[KEYWORDS[keyword].as_bytes()[0] as usize] |= KEYWORD;
        keyword += 1;
    }
    classes
}
