//! What is linted.

use std::borrow::Borrow;
use std::sync::Arc;

use crate::analysis::Analysis;
use crate::front::weft::{Fingerprint, Program};
use crate::ir::Graph;
use crate::source::Sources;

/// Graphs with what follows from them, and the Weft text they were built from, where there is one.
///
/// What only a text can tell is not asked of graphs alone: rules about names and definitions ([`Check::File`]),
/// comments that allow findings, and fixes, which are edits of a text.
///
/// [`Check::File`]: crate::lint::Check::File
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a, A> {
    /// The graphs.
    pub(super) graphs: &'a [Arc<Graph>],
    /// Their analyses, in their order; each may be made only when it is asked for.
    pub(super) analyses: &'a [A],
    /// The files that the graphs' places are in; other tools' models may have none.
    pub(super) sources: &'a Sources,
    /// The program that they were built from.
    pub(super) program: Option<&'a Program>,
}

impl<'a, A: Borrow<Analysis>> Subject<'a, A> {
    /// The models of a program.
    pub fn program(program: &'a Program, analyses: &'a [A]) -> Subject<'a, A> {
        Subject { graphs: &program.models, analyses, sources: &program.sources, program: Some(program) }
    }

    /// Graphs without a text, whatever they were made from.
    pub fn graphs(graphs: &'a [Arc<Graph>], analyses: &'a [A], sources: &'a Sources) -> Subject<'a, A> {
        Subject { graphs, analyses, sources, program: None }
    }

    /// What each graph depends on, if that is known.
    pub(super) fn fingerprints(&self) -> &'a [Fingerprint] {
        self.program.map_or(&[], |program| &program.fingerprints)
    }

    /// True where every model of the file is among the graphs, but for those that lack values.
    pub(super) fn has_all_models(&self) -> bool {
        self.program.is_none_or(|program| {
            program.declared.len() == program.models.len().saturating_add(program.incomplete.len())
        })
    }
}
