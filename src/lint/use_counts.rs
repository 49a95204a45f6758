//! How often the names of a body are read in its text.

use foldhash::HashMap;

use crate::syntax::ast::{Expr, ExprKind, InfixOp, Label, LabelPart, Stmt, StmtKind, TrailerKind};

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
        let mut readings = UseCounts::default();
        readings.body(body);
        readings
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

    fn body(&mut self, body: &'t [Stmt]) {
        body.iter().for_each(|stmt| self.statement(&stmt.kind));
    }

    fn statement(&mut self, stmt: &'t StmtKind) {
        match stmt {
            StmtKind::Input { default, .. } => default.iter().for_each(|expr| self.expr(expr)),
            StmtKind::Assign { value, .. } | StmtKind::Let { value, .. } => self.expr(value),
            StmtKind::Layer { label, value, .. } => {
                label.iter().for_each(|label| self.label(label));
                self.expr(value);
            }
            StmtKind::Param { label, shape, .. } => {
                label.iter().for_each(|label| self.label(label));
                shape.iter().for_each(|expr| self.expr(expr));
            }
            StmtKind::For { over, body, .. } => {
                self.expr(over);
                self.repeated(|readings| readings.body(body));
            }
            StmtKind::If { arms, otherwise } => {
                for (condition, body) in arms {
                    self.expr(condition);
                    self.body(body);
                }
                otherwise.iter().for_each(|body| self.body(body));
            }
            StmtKind::Assert { condition, .. } => self.expr(condition),
            StmtKind::Output { values, .. } => values.iter().for_each(|expr| self.expr(expr)),
            StmtKind::Bad { words } => {
                words.iter().for_each(|word| self.repeated(|readings| readings.read(word)))
            }
        }
    }

    fn label(&mut self, label: &'t Label) {
        for part in &label.parts {
            if let LabelPart::Step(expr) | LabelPart::Join(expr) = part {
                self.expr(expr);
            }
        }
    }

    fn expr(&mut self, expr: &'t Expr) {
        match &expr.kind {
            ExprKind::Name(name) => self.read(name),
            ExprKind::List(parts) | ExprKind::Tuple(parts) | ExprKind::Power(parts) => {
                parts.iter().for_each(|part| self.expr(part));
            }
            ExprKind::Paren(inner) | ExprKind::Prefix(_, inner) => self.expr(inner),
            ExprKind::Infix(first, rest) => {
                // `f * 3` uses a declared layer three times.
                if rest.iter().any(|(op, ..)| *op == InfixOp::Multiply) {
                    self.repeated(|readings| readings.expr(first));
                } else {
                    self.expr(first);
                }
                rest.iter().for_each(|(_, _, part)| self.expr(part));
            }
            ExprKind::Postfix(callee, trailers) => {
                if trailers.iter().any(|trailer| matches!(trailer.kind, TrailerKind::Field(_))) {
                    self.repeated(|readings| readings.expr(callee));
                } else {
                    self.expr(callee);
                }
                for trailer in trailers {
                    match &trailer.kind {
                        TrailerKind::Call(arguments) => {
                            arguments.iter().for_each(|argument| self.expr(&argument.value));
                        }
                        TrailerKind::Index(index) => self.expr(index),
                        TrailerKind::Field(_) => {}
                    }
                }
            }
            ExprKind::Range(from, to) => [from, to].into_iter().for_each(|end| self.expr(end)),
            ExprKind::If(arms, otherwise) => {
                for (condition, branch) in arms {
                    self.expr(condition);
                    self.expr(branch);
                }
                otherwise.iter().for_each(|branch| self.expr(branch));
            }
            ExprKind::Chain(stages) => {
                for stage in stages {
                    stage.label.iter().for_each(|label| self.label(label));
                    self.expr(&stage.value);
                }
            }
            ExprKind::Missing
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_)
            | ExprKind::Bool(_)
            | ExprKind::None => {}
        }
    }
}
