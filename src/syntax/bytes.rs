//! What a byte may be part of. It is looked up: these are the innermost loops of reading a text.

const WORD: u8 = 1;
const PLAIN: u8 = 2;

static CLASSES: [u8; 256] = classes();

/// Whether a byte is a letter, a digit or `_`.
pub(super) fn is_word(byte: u8) -> bool {
    is(byte, WORD)
}

/// Whether a byte is a blank, part of a word or number, or an operator.
pub(super) fn is_plain(byte: u8) -> bool {
    is(byte, PLAIN)
}

fn is(byte: u8, class: u8) -> bool {
    CLASSES.get(usize::from(byte)).is_some_and(|own| own & class != 0)
}

#[allow(clippy::indexing_slicing, reason = "a constant: the compiler checks every index")]
const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    loop {
        classes[byte as usize] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => WORD | PLAIN,
            b'#' | b'"' | b'(' | b')' | b'[' | b']' | b'{' | b'}' => 0,
            b' '..=b'~' | b'\t' => PLAIN,
            _ => 0,
        };
        match byte.checked_add(1) {
            Some(next) => byte = next,
            None => return classes,
        }
    }
}
