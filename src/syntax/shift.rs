//! A tree that moves with its text: every span of it by the same number of bytes.
//!
//! Main type: [`Shift`]. A part of the tree that is added and forgotten here does not compile: every pattern names all
//! fields.

use std::sync::Arc;

use super::ast::{
    Arg, BlockBody, DimPattern, DimPatternKind, Expr, ExprKind, Item, ItemKind, Label, LabelPart, Name,
    Parameter, Stage, Stmt, StmtKind, Targets, Trailer, TrailerKind,
};
use crate::source::Span;

/// By how many bytes, to the end of the text or to its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct By(i64);

impl By {
    /// By no byte.
    pub const NOTHING: By = By(0);

    /// From one offset to another.
    pub fn between(from: usize, to: usize) -> By {
        let offset = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        By(offset(to).saturating_sub(offset(from)))
    }

    /// An offset, moved.
    pub fn moved(self, offset: u32) -> u32 {
        u32::try_from(i64::from(offset).saturating_add(self.0)).unwrap_or_default()
    }
}

/// What has spans.
pub(super) trait Shift {
    fn shift(&mut self, by: By);
}

impl Shift for Span {
    fn shift(&mut self, by: By) {
        *self = Span { start: by.moved(self.start), end: by.moved(self.end) };
    }
}

impl<T: Shift> Shift for Vec<T> {
    fn shift(&mut self, by: By) {
        self.iter_mut().for_each(|part| part.shift(by));
    }
}

impl<T: Shift> Shift for Option<T> {
    fn shift(&mut self, by: By) {
        self.iter_mut().for_each(|part| part.shift(by));
    }
}

impl<T: Shift> Shift for Box<T> {
    fn shift(&mut self, by: By) {
        (**self).shift(by);
    }
}

/// What is shared stays as it is for the others.
impl<T: Shift + Clone> Shift for Arc<T> {
    fn shift(&mut self, by: By) {
        Arc::make_mut(self).shift(by);
    }
}

impl<T: Shift, U: Shift> Shift for (T, U) {
    fn shift(&mut self, by: By) {
        self.0.shift(by);
        self.1.shift(by);
    }
}

impl Shift for Name {
    fn shift(&mut self, by: By) {
        let Name { text: _, span } = self;
        span.shift(by);
    }
}

impl Shift for Item {
    fn shift(&mut self, by: By) {
        let Item { doc: _, span, kind } = self;
        span.shift(by);
        match kind {
            ItemKind::Use { source: _, source_span, names } => {
                source_span.shift(by);
                names.shift(by);
            }
            ItemKind::Const { name, parameters, value } => {
                name.shift(by);
                parameters.shift(by);
                value.shift(by);
            }
            ItemKind::Block { name, parameters, body } => {
                name.shift(by);
                parameters.shift(by);
                match body {
                    BlockBody::Statements(body) => body.shift(by),
                    BlockBody::Layer(layer) => layer.shift(by),
                }
            }
            ItemKind::Model { name, parameters, body } => {
                name.shift(by);
                parameters.shift(by);
                body.shift(by);
            }
            ItemKind::Variant { name, base, arguments, asserts } => {
                name.shift(by);
                base.shift(by);
                arguments.shift(by);
                asserts.shift(by);
            }
        }
    }
}

impl Shift for Parameter {
    fn shift(&mut self, by: By) {
        let Parameter { name, default } = self;
        name.shift(by);
        default.shift(by);
    }
}

impl Shift for Stmt {
    fn shift(&mut self, by: By) {
        let Stmt { doc: _, span, kind } = self;
        span.shift(by);
        kind.shift(by);
    }
}

impl Shift for StmtKind {
    fn shift(&mut self, by: By) {
        match self {
            StmtKind::Input { name, integer: _, pattern, pattern_span, default } => {
                name.shift(by);
                pattern.shift(by);
                pattern_span.shift(by);
                default.shift(by);
            }
            StmtKind::Assign { targets, value } | StmtKind::Let { targets, value } => {
                targets.shift(by);
                value.shift(by);
            }
            StmtKind::Layer { name, label, value } => {
                name.shift(by);
                label.shift(by);
                value.shift(by);
            }
            StmtKind::Param { buffer: _, name, label, integer: _, shape, shape_span, trainable } => {
                name.shift(by);
                label.shift(by);
                shape.shift(by);
                shape_span.shift(by);
                trainable.shift(by);
            }
            StmtKind::For { index, element, over, body } => {
                index.shift(by);
                element.shift(by);
                over.shift(by);
                body.shift(by);
            }
            StmtKind::If { arms, otherwise } => {
                arms.shift(by);
                otherwise.shift(by);
            }
            StmtKind::Assert { condition, message: _ } => condition.shift(by),
            StmtKind::Output { name, values } => {
                name.shift(by);
                values.shift(by);
            }
            StmtKind::Bad { words: _ } => {}
        }
    }
}

impl Shift for Targets {
    fn shift(&mut self, by: By) {
        match self {
            Targets::One(name) => name.shift(by),
            Targets::Tuple(names, span) => {
                names.shift(by);
                span.shift(by);
            }
        }
    }
}

impl Shift for DimPattern {
    fn shift(&mut self, by: By) {
        let DimPattern { span, kind } = self;
        span.shift(by);
        match kind {
            DimPatternKind::Any | DimPatternKind::Leading => {}
            DimPatternKind::Expr(expr) => expr.shift(by),
            DimPatternKind::Default(expr, default) => {
                expr.shift(by);
                default.shift(by);
            }
        }
    }
}

impl Shift for Label {
    fn shift(&mut self, by: By) {
        let Label { span, parts, quoted: _ } = self;
        span.shift(by);
        for part in parts {
            match part {
                LabelPart::Text(_) => {}
                LabelPart::Step(expr) | LabelPart::Join(expr) => expr.shift(by),
            }
        }
    }
}

impl Shift for Stage {
    fn shift(&mut self, by: By) {
        let Stage { label, value } = self;
        label.shift(by);
        value.shift(by);
    }
}

impl Shift for Expr {
    fn shift(&mut self, by: By) {
        let Expr { span, kind } = self;
        span.shift(by);
        match kind {
            ExprKind::Missing
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_)
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::Name(_) => {}
            ExprKind::List(parts) | ExprKind::Tuple(parts) | ExprKind::Power(parts) => parts.shift(by),
            ExprKind::Paren(inner) => inner.shift(by),
            ExprKind::Prefix(signs, operand) => {
                signs.iter_mut().for_each(|(_, span)| span.shift(by));
                operand.shift(by);
            }
            ExprKind::Infix(first, rest) => {
                first.shift(by);
                for (_, span, operand) in rest {
                    span.shift(by);
                    operand.shift(by);
                }
            }
            ExprKind::Postfix(operand, trailers) => {
                operand.shift(by);
                trailers.shift(by);
            }
            ExprKind::Range(from, to) => {
                from.shift(by);
                to.shift(by);
            }
            ExprKind::If(arms, otherwise) => {
                arms.shift(by);
                otherwise.shift(by);
            }
            ExprKind::Chain(stages) => stages.shift(by),
        }
    }
}

impl Shift for Trailer {
    fn shift(&mut self, by: By) {
        let Trailer { span, kind } = self;
        span.shift(by);
        match kind {
            TrailerKind::Call(arguments) => arguments.shift(by),
            TrailerKind::Index(index) => index.shift(by),
            TrailerKind::Field(name) => name.shift(by),
        }
    }
}

impl Shift for Arg {
    fn shift(&mut self, by: By) {
        let Arg { name, value } = self;
        name.shift(by);
        value.shift(by);
    }
}
