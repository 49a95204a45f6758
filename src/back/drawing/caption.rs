//! The text in a box of a drawing, and the room it needs.

use unicode_width::UnicodeWidthStr;

use super::picture::{BoxKind, PictureBox};
use crate::diagnostic::escaped;

/// The size of letters.
pub(in crate::back) const FONT: f64 = 11.0;

/// The height of a line.
pub(in crate::back) const LINE: f64 = 14.0;

/// The widest that a name is shown; in full it stands among the details.
const LONGEST: usize = 44;

/// A piece of a line.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::back) struct CaptionPiece {
    pub text: String,
    pub look: Look,
}

/// How a piece looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::back) enum Look {
    /// A name.
    Name,
    /// A kind of layer.
    Kind,
    /// A shape.
    Shape,
    /// A number of parameters.
    Number,
    /// How often.
    Repeats,
}

/// The lines of a box.
pub(in crate::back) fn lines(part: &PictureBox) -> Vec<Vec<CaptionPiece>> {
    let named = [(&part.name, Look::Name), (&part.kind, Look::Kind), (&part.repeats, Look::Repeats)];
    let sized = [(&part.shape, Look::Shape), (&part.parameters, Look::Number)];
    let pieces = |texts: &[(&String, Look)]| -> Vec<CaptionPiece> {
        let texts = texts.iter().filter(|(text, _)| !text.is_empty());
        texts.map(|(text, look)| CaptionPiece { text: shortened(&escaped(text)), look: *look }).collect()
    };
    let on_one_line = part.inside.is_empty()
        && part.parameters.is_empty()
        && (part.name.is_empty() || matches!(part.sort, BoxKind::Input | BoxKind::Output));
    let lines = if on_one_line || part.sort == BoxKind::Repetition {
        vec![[pieces(&named), pieces(&sized)].concat()]
    } else {
        vec![pieces(&named), pieces(&sized)]
    };
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}

/// The width and height that a box's text needs.
pub(in crate::back) fn size(part: &PictureBox) -> (f64, f64) {
    let lines = lines(part);
    let width = lines.iter().map(|line| line_width(line)).fold(0.0, f64::max);
    (width + 14.0, lines.len() as f64 * LINE + 7.0)
}

fn line_width(pieces: &[CaptionPiece]) -> f64 {
    let spaces = pieces.len().saturating_sub(1) as f64 * FONT * 0.6;
    pieces.iter().map(width).sum::<f64>() + spaces
}

/// How wide a piece is, give or take the font of whoever looks at it.
fn width(piece: &CaptionPiece) -> f64 {
    let letter = match piece.look {
        Look::Name => 0.61,
        _ => 0.56,
    };
    piece.text.width() as f64 * FONT * letter
}

/// A text without its middle, where it is too long.
fn shortened(text: &str) -> String {
    let count = text.chars().count();
    if count <= LONGEST {
        return text.to_string();
    }
    let half = LONGEST.checked_div(2).unwrap_or(LONGEST);
    let head: String = text.chars().take(half).collect();
    let tail: String = text.chars().skip(count.saturating_sub(half)).collect();
    format!("{head}…{tail}")
}
