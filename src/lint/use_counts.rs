//! How often the names of a body are read in its text.

use foldhash::HashMap;

use crate::syntax::ast::{DimPattern, Expr, ExprKind, InfixOp, Stmt, StmtKind, Trailer, TrailerKind};
use crate::syntax::visit::{self, Visitor};

/// The readings of every name of a body. One in a loop, in a repetition, or of what is inside (`words.weight`) counts
/// as several.
#[derive(Default)]
pub(super) struct UseCounts<'t> {
    counts: HashMap<&'t str, usize>,
    several: usize,
}

impl<'t> UseCounts<'t> {
    /// The readings in a body.
    pub fn of(body: &'t [Stmt]) -> UseCounts<'t> {
        let mut counts = UseCounts::default();
        visit::body(&mut counts, body);
        counts
    }

    /// How often a name is read.
    pub fn count(&self, name: &str) -> usize {
        self.counts.get(name).copied().unwrap_or(0)
    }

    fn read(&mut self, name: &'t str) {
        let times = if self.several > 0 { 2 } else { 1 };
        let count = self.counts.entry(name).or_default();
        *count = count.saturating_add(times);
    }

    /// Looks at something that happens more than once.
    fn repeated(&mut self, look: impl FnOnce(&mut Self)) {
        self.several = self.several.saturating_add(1);
        look(self);
        self.several = self.several.saturating_sub(1);
    }
}

impl<'t> Visitor<'t> for UseCounts<'t> {
    fn statement(&mut self, stmt: &'t Stmt) {
        match &stmt.kind {
            StmtKind::For { over, body, .. } => {
                self.expression(over);
                self.repeated(|counts| visit::body(counts, body));
            }
            StmtKind::Bad { words } => {
                words.iter().for_each(|word| self.repeated(|counts| counts.read(word)));
            }
            _ => visit::statement(self, stmt),
        }
    }

    /// The names in a pattern are bound there.
    fn dim(&mut self, _: &'t DimPattern) {}

    fn expression(&mut self, expr: &'t Expr) {
        match &expr.kind {
            ExprKind::Name(name) => self.read(name),
            // `f * 3` uses a declared layer three times.
            ExprKind::Infix(first, rest) if rest.iter().any(|(op, ..)| *op == InfixOp::Multiply) => {
                self.repeated(|counts| counts.expression(first));
                rest.iter().for_each(|(_, _, part)| self.expression(part));
            }
            ExprKind::Postfix(callee, trailers) if trailers.iter().any(is_field) => {
                self.repeated(|counts| counts.expression(callee));
                trailers.iter().for_each(|trailer| visit::trailer(self, trailer));
            }
            _ => visit::expression(self, expr),
        }
    }
}

fn is_field(trailer: &Trailer) -> bool {
    matches!(trailer.kind, TrailerKind::Field(_))
}
