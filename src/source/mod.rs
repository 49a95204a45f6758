//! Files, positions and spans, and the one door through which source text enters.
//!
//! Main types: [`Sources`] (every file read so far) and [`Location`] (a span of one of them).
//! Nothing here knows what the text means. Only an implementation of [`FileSystem`] touches a disk.

mod disk;
mod files;
mod revision;
pub mod search;

pub use disk::{Disk, SOURCE_LIMIT, read_limited};
pub(crate) use files::lexically_normal;
pub use files::{FileSystem, Memory, ReadError};
pub use revision::Revision;

use std::sync::{Arc, OnceLock};

/// A file among [`Sources`].
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct FileId(pub u32);

impl FileId {
    /// No file: where something was written that is written no more.
    pub const NOWHERE: FileId = FileId(u32::MAX);
}

/// A half-open range of bytes of one file.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` up to `end`.
    pub fn new(start: usize, end: usize) -> Span {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span { start: clamp(start), end: clamp(end) }
    }

    /// The smallest span that covers both.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// This span in a file.
    pub fn within(self, file: FileId) -> Location {
        Location { file, span: self }
    }

    /// The bytes as a range, for slicing.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A span of a file.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct Location {
    /// The file.
    pub file: FileId,
    /// The bytes.
    pub span: Span,
}

impl Location {
    /// No place: of what was not read from a file, or is in none any more.
    pub const NOWHERE: Location = Location { file: FileId::NOWHERE, span: Span { start: 0, end: 0 } };
}

/// One source file: its name as people write it, and its text.
#[derive(Clone, Debug)]
pub struct SourceFile {
    name: String,
    text: Arc<str>,
    /// Where lines start, once somebody asks: hardly anybody does of a file in which nothing is found.
    line_starts: OnceLock<Vec<u32>>,
}

impl SourceFile {
    fn new(name: String, text: Arc<str>) -> SourceFile {
        SourceFile { name, text, line_starts: OnceLock::new() }
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let bytes = self.text.bytes().zip(1u32..);
            let after_breaks = bytes.filter(|(byte, _)| *byte == b'\n').map(|(_, next)| next);
            std::iter::once(0).chain(after_breaks).collect()
        })
    }

    /// The name to show: the path as given, or `<stdin>`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The text of a span; empty where the span is not one of this file.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// The line of a byte offset, from 1.
    pub fn line(&self, offset: u32) -> usize {
        self.line_starts().partition_point(|start| *start <= offset)
    }

    /// Line and column of a byte offset, both from 1, the column in characters.
    pub fn line_column(&self, offset: u32) -> (usize, usize) {
        let line = self.line_starts().partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.line_starts().get(line).copied().unwrap_or(0) as usize;
        let before = self.text.get(start..offset as usize).unwrap_or("");
        (line.saturating_add(1), before.chars().count().saturating_add(1))
    }

    /// The span of the line (without its break) that holds a byte offset.
    pub fn line_span(&self, offset: u32) -> Span {
        let line = self.line_starts().partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.line_starts().get(line).copied().unwrap_or(0) as usize;
        let rest = self.text.get(start..).unwrap_or("");
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        Span::new(start, start.saturating_add(length))
    }
}

/// Every file of one run, by number.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// No files yet.
    pub fn new() -> Sources {
        Sources::default()
    }

    /// Adds a file and gives its number.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(SourceFile::new(name.into(), text.into()));
        id
    }

    /// The file of a number; `None` if no such file was added.
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// Name, line and column (from 1) of a location's start.
    pub fn position(&self, location: Location) -> (&str, usize, usize) {
        self.get(location.file).map_or(("", 1, 1), |file| {
            let (line, column) = file.line_column(location.span.start);
            (file.name(), line, column)
        })
    }

    /// `net.weft:3:7`: name, line and column of a location's start; `None` where its file is not among these.
    pub fn place(&self, location: Location) -> Option<String> {
        self.get(location.file)?;
        let (name, line, column) = self.position(location);
        Some(format!("{name}:{line}:{column}"))
    }

    /// The first line of a location: of a model, its name.
    pub fn first_line(&self, location: Location) -> Location {
        let length = self.text(location).lines().next().map_or(0, str::len);
        let start = location.span.start as usize;
        Span::new(start, start.saturating_add(length)).within(location.file)
    }

    /// The text of a location.
    pub fn text(&self, location: Location) -> &str {
        self.get(location.file).map_or("", |file| file.slice(location.span))
    }
}
