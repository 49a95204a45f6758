//! Characters that have no place outside strings and comments: nobody sees them, or they look like something else.

/// Why a character has no place in a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misplaced {
    /// A control character, NUL among them.
    Control(char),
    /// A character that changes the direction of writing.
    Direction(char),
    /// A character without width.
    Invisible(char),
    /// A blank that is neither a space nor a tab.
    Blank(char),
    /// A carriage return without a line feed behind it.
    LoneReturn,
}

/// What is wrong with a character, if it has no place in a program.
pub(super) fn misplaced(character: char) -> Option<Misplaced> {
    match character {
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Some(Misplaced::Direction(character))
        }
        '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => {
            Some(Misplaced::Invisible(character))
        }
        '\r' => Some(Misplaced::LoneReturn),
        _ if character.is_control() => Some(Misplaced::Control(character)),
        _ if character.is_whitespace() => Some(Misplaced::Blank(character)),
        _ => None,
    }
}

/// Whether a character can make a program look like another one, even from inside a string or a comment.
pub(super) fn overrides(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl Misplaced {
    /// What to say of it.
    pub(super) fn message(self) -> String {
        let code = |character: char| format!("U+{:04X}", u32::from(character));
        match self {
            Misplaced::Control(character) => {
                format!("the control character {} has no place here", code(character))
            }
            Misplaced::Direction(character) => {
                format!(
                    "the character {} changes the direction of writing and has no place here",
                    code(character)
                )
            }
            Misplaced::Invisible(character) => {
                format!("the invisible character {} has no place here", code(character))
            }
            Misplaced::Blank(character) => format!("{} is no blank here: write a space", code(character)),
            Misplaced::LoneReturn => {
                "a carriage return alone ends no line: end lines with LF or CRLF".to_owned()
            }
        }
    }
}
