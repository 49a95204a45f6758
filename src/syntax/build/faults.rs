//! What the scan mended, said once for each statement.

use super::Builder;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};
use crate::syntax::characters::Misplaced;
use crate::syntax::scan::{Fault, FaultKind};

/// Brackets beyond the nesting limit.
pub(in crate::syntax) fn too_deep(file: FileId, bracket: usize, limit: usize) -> Diagnostic {
    let place = Span::new(bracket, bracket.saturating_add(1)).within(file);
    Diagnostic::structural("limit", place, format!("brackets are nested more than {limit} deep"))
        .help("name the inner parts, and use the names")
}

/// How a statement came out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Clean,
    /// An error was reported, and the tree says as much as can be known.
    Reported,
    /// The scan guessed where a bracket or a string ends: the tree may say something that was not meant.
    Guessed,
}

impl Builder<'_> {
    /// Leaves of the errors since `before`, and of the scan's faults inside `span`, the one that says most.
    pub(super) fn settle(&mut self, before: usize, span: Span) -> Outcome {
        if self.faults.is_empty() && self.errors.len() <= before {
            return Outcome::Clean;
        }
        let first = self.faults.partition_point(|(fault, _)| fault.start < span.start as usize);
        let inside = self.faults.iter_mut().skip(first);
        let mut chosen: Option<Fault> = None;
        let mut guessed = false;
        for (fault, done) in inside.take_while(|(fault, _)| fault.start < span.end as usize) {
            // Where a body begins or ends concerns more than this statement.
            if *done
                || matches!(
                    fault.kind,
                    FaultKind::Unclosed(b'{') | FaultKind::Extra(b'}') | FaultKind::Nested
                )
            {
                continue;
            }
            *done = true;
            guessed |= !matches!(fault.kind, FaultKind::Extra(_) | FaultKind::Character(_));
            let better = fault.kind == FaultKind::String
                && chosen.as_ref().is_some_and(|chosen| chosen.kind != FaultKind::String);
            if chosen.is_none() || better {
                chosen = Some(fault.clone());
            }
        }
        let wrong = self.errors.len() > before;
        let Some(fault) = chosen else {
            self.keep_first(before);
            return if wrong { Outcome::Reported } else { Outcome::Clean };
        };
        self.errors.truncate(before);
        self.report_fault(&fault);
        if guessed || wrong { Outcome::Guessed } else { Outcome::Reported }
    }

    /// Of the errors from `before` on, keeps the one that stands first in the text.
    fn keep_first(&mut self, before: usize) {
        let new = self.errors.split_off(before.min(self.errors.len()));
        self.errors.extend(new.into_iter().min_by_key(|error| error.primary.location.span.start));
    }

    /// Reports what no statement has reported. Of braces too many, the first; and none if one was missing.
    pub(super) fn settle_rest(&mut self) {
        let mut brace_reported = self.lacks_brace;
        for (fault, done) in std::mem::take(&mut self.faults) {
            let brace = fault.kind == FaultKind::Extra(b'}');
            if !(done || brace && brace_reported) {
                self.report_fault(&fault);
            }
            brace_reported |= brace;
        }
    }

    /// Whether a `}` of the stretch closes nothing, so that what follows it may belong to an item.
    pub(super) fn has_extra_brace(&self) -> bool {
        self.faults.iter().any(|(fault, _)| matches!(fault.kind, FaultKind::Extra(b'}') | FaultKind::Nested))
    }

    fn report_fault(&mut self, fault: &Fault) {
        let span = Span::new(fault.start, fault.end);
        let sign = |byte: u8| char::from(byte);
        let error = match fault.kind {
            FaultKind::Unclosed(byte) => self.error(span, format!("`{}` is never closed", sign(byte))),
            FaultKind::MissingComma => self
                .error(span, "a line inside these brackets reads like a statement")
                .help("a comma is missing at the end of the line before it"),
            FaultKind::Extra(b'}') => self
                .error(span, "`}` closes nothing")
                .help("remove it, or an earlier `}` that ends the item too soon"),
            FaultKind::Extra(byte) => self
                .error(span, format!("`{}` closes nothing", sign(byte)))
                .help("remove it, or open it before"),
            FaultKind::Mismatch(open, close) => {
                self.error(span, format!("`{}` is closed by `{}`", sign(open), sign(close)))
            }
            FaultKind::String => self
                .error(span, "this string does not end on its line")
                .help("close it with `\"`; a line break inside a string is written `\\n`"),
            FaultKind::Nested => {
                let keyword = self.slice(span);
                self.error(
                    span,
                    format!("a `{keyword}` stands at the top of a file, not inside another item"),
                )
                .help("move it out of the braces")
            }
            FaultKind::Character(misplaced @ Misplaced::Blank(_)) => self.error(span, misplaced.message()),
            FaultKind::Character(misplaced) => self.error(span, misplaced.message()).help("remove it"),
        };
        self.errors.push(error);
    }
}
