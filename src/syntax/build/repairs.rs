//! What was repaired, reported once for each statement.

use super::Builder;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};
use crate::syntax::brackets::{RepairKind, SyntaxRepair};
use crate::syntax::characters::Misplaced;
use crate::syntax::lexer::Bracket;

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
    /// Where a bracket or a string ends is a guess: the tree may say something that was not meant.
    Guessed,
}

impl Builder<'_> {
    /// Leaves of the errors since `before`, and of the repairs inside `span`, the one that says most.
    pub(super) fn settle(&mut self, before: usize, span: Span) -> Outcome {
        if self.repairs.is_empty() && self.errors.len() <= before {
            return Outcome::Clean;
        }
        let first = self.repairs.partition_point(|(repair, _)| repair.start < span.start as usize);
        let inside = self.repairs.iter_mut().skip(first);
        let mut chosen: Option<SyntaxRepair> = None;
        let mut guessed = false;
        for (repair, done) in inside.take_while(|(repair, _)| repair.start < span.end as usize) {
            // Where a body begins or ends concerns more than this statement.
            if *done
                || matches!(
                    repair.kind,
                    RepairKind::Unclosed(Bracket::Curly)
                        | RepairKind::Unmatched(Bracket::Curly)
                        | RepairKind::Nested
                )
            {
                continue;
            }
            *done = true;
            guessed |= !matches!(repair.kind, RepairKind::Unmatched(_) | RepairKind::Character(_));
            let better = repair.kind == RepairKind::String
                && chosen.as_ref().is_some_and(|chosen| chosen.kind != RepairKind::String);
            if chosen.is_none() || better {
                chosen = Some(repair.clone());
            }
        }
        let wrong = self.errors.len() > before;
        let Some(repair) = chosen else {
            self.keep_first(before);
            return if wrong { Outcome::Reported } else { Outcome::Clean };
        };
        self.errors.truncate(before);
        self.report_repair(&repair);
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
        for (repair, done) in std::mem::take(&mut self.repairs) {
            let brace = repair.kind == RepairKind::Unmatched(Bracket::Curly);
            if !(done || brace && brace_reported) {
                self.report_repair(&repair);
            }
            brace_reported |= brace;
        }
    }

    /// Whether a `}` of the stretch closes nothing, so that what follows it may belong to an item.
    pub(super) fn has_extra_brace(&self) -> bool {
        self.repairs.iter().any(|(repair, _)| {
            matches!(repair.kind, RepairKind::Unmatched(Bracket::Curly) | RepairKind::Nested)
        })
    }

    fn report_repair(&mut self, repair: &SyntaxRepair) {
        let span = Span::new(repair.start, repair.end);
        let error = match repair.kind {
            RepairKind::Unclosed(bracket) => {
                self.error(span, format!("`{}` is never closed", bracket.open()))
            }
            RepairKind::MissingComma => self
                .error(span, "a line inside these brackets reads like a statement")
                .help("a comma is missing at the end of the line before it"),
            RepairKind::Unmatched(Bracket::Curly) => self
                .error(span, "`}` closes nothing")
                .help("remove it, or an earlier `}` that ends the item too soon"),
            RepairKind::Unmatched(bracket) => self
                .error(span, format!("`{}` closes nothing", bracket.close()))
                .help("remove it, or open it before"),
            RepairKind::Mismatch(open, close) => {
                self.error(span, format!("`{}` is closed by `{}`", open.open(), close.close()))
            }
            RepairKind::String => self
                .error(span, "this string does not end on its line")
                .help("close it with `\"`; a line break inside a string is written `\\n`"),
            RepairKind::Nested => {
                let keyword = self.slice(span);
                self.error(
                    span,
                    format!("a `{keyword}` stands at the top of a file, not inside another item"),
                )
                .help("move it out of the braces")
            }
            RepairKind::Character(misplaced @ Misplaced::Blank(_)) => self.error(span, misplaced.message()),
            RepairKind::Character(misplaced) => self.error(span, misplaced.message()).help("remove it"),
        };
        self.errors.push(error);
    }
}
