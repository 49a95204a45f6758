//! Lines and columns as the protocol counts them, and byte offsets.
//!
//! Main type: [`Lines`]. A line ends at `\n`, `\r\n` or `\r`; a column counts UTF-16 units, or bytes where the editor
//! agreed to that.

use lsp_types::{Position, PositionEncodingKind, Range};

use crate::source::Span;

/// What a column counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::server) enum Encoding {
    Utf8,
    #[default]
    Utf16,
}

impl Encoding {
    /// Bytes where the editor offers them, for they cost nothing; else what every editor knows.
    pub fn agreed(offered: Option<&[PositionEncodingKind]>) -> Encoding {
        let bytes = offered.is_some_and(|offered| offered.contains(&PositionEncodingKind::UTF8));
        if bytes { Encoding::Utf8 } else { Encoding::Utf16 }
    }

    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    /// How many columns a piece of a line takes.
    pub fn length(self, piece: &str) -> u32 {
        let length = match self {
            Encoding::Utf8 => piece.len(),
            Encoding::Utf16 => piece.encode_utf16().count(),
        };
        u32::try_from(length).unwrap_or(u32::MAX)
    }

    fn width(self, character: char) -> usize {
        match self {
            Encoding::Utf8 => character.len_utf8(),
            Encoding::Utf16 => character.len_utf16(),
        }
    }
}

/// Where the lines of a text start.
#[derive(Clone, Debug)]
pub(in crate::server) struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    pub fn of(text: &str) -> Lines {
        let bytes = text.as_bytes();
        let ends = |(at, byte): (usize, &u8)| match byte {
            b'\n' => true,
            b'\r' => bytes.get(at.saturating_add(1)) != Some(&b'\n'),
            _ => false,
        };
        let breaks = bytes.iter().enumerate().filter(|found| ends(*found));
        let after = breaks.map(|(at, _)| u32::try_from(at.saturating_add(1)).unwrap_or(u32::MAX));
        Lines { starts: std::iter::once(0).chain(after).collect() }
    }

    /// How many there are; a text that ends with a break has an empty one at its end.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The bytes of a line without its break; `None` past the last.
    fn line<'t>(&self, text: &'t str, number: usize) -> Option<(usize, &'t str)> {
        let start = *self.starts.get(number)? as usize;
        let end = self.starts.get(number.saturating_add(1)).map_or(text.len(), |end| *end as usize);
        Some((start, text.get(start..end)?.trim_end_matches(['\n', '\r'])))
    }

    /// The byte that a position means. A column past the end of its line means that end, one within a character the
    /// character's start; the line after the last means the end of the text, any other `None`.
    pub fn offset(&self, text: &str, position: Position, encoding: Encoding) -> Option<usize> {
        let number = position.line as usize;
        if number == self.count() {
            return Some(text.len());
        }
        let (start, line) = self.line(text, number)?;
        let mut left = position.character as usize;
        for (at, character) in line.char_indices() {
            let width = encoding.width(character);
            if left < width {
                return Some(start.saturating_add(at));
            }
            left = left.saturating_sub(width);
        }
        Some(start.saturating_add(line.len()))
    }

    /// The position of a byte; one past the end means the end.
    pub fn position(&self, text: &str, offset: usize, encoding: Encoding) -> Position {
        let offset = offset.min(text.len());
        let number = self.starts.partition_point(|start| *start as usize <= offset).saturating_sub(1);
        let (start, line) = self.line(text, number).unwrap_or((offset, ""));
        let inside = offset.saturating_sub(start).min(line.len());
        let whole = (0..=inside).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
        let before = line.get(..whole).unwrap_or("");
        let column = match encoding {
            Encoding::Utf8 => before.len(),
            Encoding::Utf16 if before.is_ascii() => before.len(),
            Encoding::Utf16 => before.encode_utf16().count(),
        };
        let small = |number| u32::try_from(number).unwrap_or(u32::MAX);
        Position::new(small(number), small(column))
    }

    /// The range of a span.
    pub fn range(&self, text: &str, span: Span, encoding: Encoding) -> Range {
        let position = |offset: u32| self.position(text, offset as usize, encoding);
        Range::new(position(span.start), position(span.end))
    }

    /// The span of a range; `None` where it is inverted or outside the text.
    pub fn span(&self, text: &str, range: Range, encoding: Encoding) -> Option<Span> {
        let start = self.offset(text, range.start, encoding)?;
        let end = self.offset(text, range.end, encoding)?;
        (range.start <= range.end).then(|| Span::new(start, end))
    }
}
