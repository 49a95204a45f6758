//! Every statement and expression of a tree, an outer one before those in it.
//!
//! Main type: [`Visitor`], whose methods go on into what they are given; one that is replaced calls the function of its name
//! here to go on. For a plain look at everything there are [`subtrees`] and [`statements`]. Depth is bounded by the nesting of
//! brackets.

use super::ast::{
    Arg, BlockBody, DimPattern, DimPatternKind, Expr, ExprKind, File, Item, ItemKind, Label, LabelPart,
    Parameter, Stmt, StmtKind, Trailer, TrailerKind,
};

/// What looks at a tree.
pub(crate) trait Visitor<'t> {
    fn statement(&mut self, stmt: &'t Stmt) {
        statement(self, stmt);
    }

    fn expression(&mut self, expr: &'t Expr) {
        expression(self, expr);
    }

    /// An axis of an input's pattern.
    fn dim(&mut self, dim: &'t DimPattern) {
        match &dim.kind {
            DimPatternKind::Any | DimPatternKind::Leading => {}
            DimPatternKind::Expr(expr) => self.expression(expr),
            DimPatternKind::Default(expr, default) => {
                self.expression(expr);
                self.expression(default);
            }
        }
    }

    fn label(&mut self, label: &'t Label) {
        for part in &label.parts {
            match part {
                LabelPart::Text(_) => {}
                LabelPart::Step(expr) | LabelPart::Join(expr) => self.expression(expr),
            }
        }
    }
}

/// A part of a file.
#[derive(Clone, Copy)]
pub(crate) enum Subtree<'t> {
    Statement(&'t Stmt),
    Expression(&'t Expr),
}

/// Shows every part of a file to a function.
pub(crate) fn subtrees<'t>(file: &'t File, see: &mut dyn FnMut(Subtree<'t>)) {
    file.items.iter().for_each(|one| item(&mut Subtrees { see }, one));
}

struct Subtrees<'s, 't> {
    see: &'s mut dyn FnMut(Subtree<'t>),
}

impl<'t> Visitor<'t> for Subtrees<'_, 't> {
    fn statement(&mut self, stmt: &'t Stmt) {
        (self.see)(Subtree::Statement(stmt));
        statement(self, stmt);
    }

    fn expression(&mut self, expr: &'t Expr) {
        (self.see)(Subtree::Expression(expr));
        expression(self, expr);
    }
}

/// Shows every statement of an item to a function, without going into expressions.
pub(crate) fn statements<'t>(item: &'t Item, see: &mut dyn FnMut(&'t Stmt)) {
    self::item(&mut Statements { see }, item);
}

struct Statements<'s, 't> {
    see: &'s mut dyn FnMut(&'t Stmt),
}

impl<'t> Visitor<'t> for Statements<'_, 't> {
    fn statement(&mut self, stmt: &'t Stmt) {
        (self.see)(stmt);
        statement(self, stmt);
    }

    fn expression(&mut self, _: &'t Expr) {}
}

/// Goes on into an item.
pub(crate) fn item<'t, V: Visitor<'t> + ?Sized>(visitor: &mut V, item: &'t Item) {
    match &item.kind {
        ItemKind::Use { .. } => {}
        ItemKind::Const { parameters, value, .. } => {
            defaults(visitor, parameters.iter().flatten());
            visitor.expression(value);
        }
        ItemKind::Block { parameters, body, .. } => {
            defaults(visitor, parameters.iter());
            match body {
                BlockBody::Statements(body) => self::body(visitor, body),
                BlockBody::Layer(layer) => visitor.expression(layer),
            }
        }
        ItemKind::Model { parameters, body, .. } => {
            defaults(visitor, parameters.iter());
            self::body(visitor, body);
        }
        ItemKind::Variant { arguments, asserts, .. } => {
            self::arguments(visitor, arguments);
            self::body(visitor, asserts);
        }
    }
}

/// Goes on into every statement of a body.
pub(crate) fn body<'t, V: Visitor<'t> + ?Sized>(visitor: &mut V, body: &'t [Stmt]) {
    body.iter().for_each(|stmt| visitor.statement(stmt));
}

/// Goes on into a statement.
pub(crate) fn statement<'t, V: Visitor<'t> + ?Sized>(visitor: &mut V, stmt: &'t Stmt) {
    match &stmt.kind {
        StmtKind::Input { pattern, default, .. } => {
            pattern.iter().for_each(|dim| visitor.dim(dim));
            expressions(visitor, default);
        }
        StmtKind::Assign { value, .. } | StmtKind::Let { value, .. } => visitor.expression(value),
        StmtKind::Layer { label, value, .. } => {
            label.iter().for_each(|label| visitor.label(label));
            visitor.expression(value);
        }
        StmtKind::Param { label, shape, trainable, .. } => {
            label.iter().for_each(|label| visitor.label(label));
            expressions(visitor, shape);
            expressions(visitor, trainable);
        }
        StmtKind::For { over, body, .. } => {
            visitor.expression(over);
            self::body(visitor, body);
        }
        StmtKind::If { arms, otherwise } => {
            for (condition, body) in arms {
                visitor.expression(condition);
                self::body(visitor, body);
            }
            otherwise.iter().for_each(|body| self::body(visitor, body));
        }
        StmtKind::Assert { condition, .. } => visitor.expression(condition),
        StmtKind::Output { values, .. } => expressions(visitor, values),
        StmtKind::Bad { .. } => {}
    }
}

/// Goes on into an expression.
pub(crate) fn expression<'t, V: Visitor<'t> + ?Sized>(visitor: &mut V, expr: &'t Expr) {
    match &expr.kind {
        ExprKind::Missing
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Str(_)
        | ExprKind::Bool(_)
        | ExprKind::None
        | ExprKind::Name(_) => {}
        ExprKind::List(all) | ExprKind::Tuple(all) | ExprKind::Power(all) => expressions(visitor, all),
        ExprKind::Paren(inner) | ExprKind::Prefix(_, inner) => visitor.expression(inner),
        ExprKind::Infix(first, rest) => {
            visitor.expression(first);
            expressions(visitor, rest.iter().map(|(_, _, operand)| operand));
        }
        ExprKind::Postfix(first, trailers) => {
            visitor.expression(first);
            trailers.iter().for_each(|one| trailer(visitor, one));
        }
        ExprKind::Range(from, to) => {
            visitor.expression(from);
            visitor.expression(to);
        }
        ExprKind::If(arms, otherwise) => {
            for (condition, branch) in arms {
                visitor.expression(condition);
                visitor.expression(branch);
            }
            expressions(visitor, otherwise.as_deref());
        }
        ExprKind::Chain(stages) => {
            for stage in stages {
                stage.label.iter().for_each(|label| visitor.label(label));
                visitor.expression(&stage.value);
            }
        }
    }
}

/// Goes on into what follows an operand.
pub(crate) fn trailer<'t, V: Visitor<'t> + ?Sized>(visitor: &mut V, trailer: &'t Trailer) {
    match &trailer.kind {
        TrailerKind::Call(arguments) => self::arguments(visitor, arguments),
        TrailerKind::Index(index) => visitor.expression(index),
        TrailerKind::Field(_) => {}
    }
}

fn expressions<'t, V: Visitor<'t> + ?Sized>(visitor: &mut V, all: impl IntoIterator<Item = &'t Expr>) {
    all.into_iter().for_each(|one| visitor.expression(one));
}

fn defaults<'t, V: Visitor<'t> + ?Sized>(visitor: &mut V, parameters: impl Iterator<Item = &'t Parameter>) {
    expressions(visitor, parameters.filter_map(|parameter| parameter.default.as_ref()));
}

fn arguments<'t, V: Visitor<'t> + ?Sized>(visitor: &mut V, arguments: &'t [Arg]) {
    expressions(visitor, arguments.iter().map(|argument| &argument.value));
}
